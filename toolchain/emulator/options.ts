/** What a user of the emulator can ask for. */
import type { BatteryOptions } from "./battery.ts";
import type { BoardName } from "./board/boards.ts";
import type { NetworkPolicy } from "./board/machine-options.ts";
import type { SimulatedNetwork } from "./board/network/sim/simulated-network.ts";
import type { Air, Place } from "./native/air.ts";
import type { FrameSource } from "./native/frame-source.ts";
import type { World } from "./world/world.ts";

export interface EmulatorOptions {
  /** Default esp32s3. */
  board?: BoardName;
  /** Default 1. */
  seed?: number;
  /** Virtual UTC milliseconds at power-on; default 2026-06-01T06:00:00Z. */
  startMs?: number;
  /** Image of Storage and vault as `emulator.flash.image()` gives it, or of Storage alone; default erased. */
  flash?: Uint8Array;
  /**
   * The camera's program, as `toolchain build` writes it, with the default model: in the vault's slot where the firmware
   * carries the extension, else in Storage. A flash image that holds a program keeps it.
   */
  app?: string;
  /** Files written to Storage before the first boot. */
  files?: Record<string, string | Uint8Array>;
  /** What the camera sees; without one (and without `extension`) the board is a stock Espruino without native modules. */
  camera?: FrameSource;
  /** The firmware carries the native extension also where no camera is connected: the vault is there then. */
  extension?: boolean;
  /** The same, or a folder of photographs of which the first is shown. */
  frames?: string | FrameSource;
  /** Where the board stands: what the camera sees, the heat sensor's pulses, the battery's voltage. */
  world?: World;
  /** What the board runs on; without one, mains. `emulator.power` then tells its voltage and charge. */
  battery?: BatteryOptions;
  /** Awaited before virtual time jumps to `nextMs`; default: never waits. */
  pace?: (nextMs: number) => Promise<void>;
  /** A simulated network, or which hosts are reached over real sockets; without one there is no network. */
  network?: NetworkPolicy | SimulatedNetwork;
  /** Level 0..1 at an analog pin; undefined: nothing is connected to it. */
  analog?: (pin: string, nowMs: number) => number | undefined;
  /** Virtual time an operation takes, instead of the board's estimate (board/boards.ts). */
  microsecondsPerOperation?: number;
  /** How much faster than true time the board's clock runs, in parts per million; default 0. */
  clockDriftPpm?: number;
  /** Where require("radio") sends and hears: boards on one Air hear each other. Default: nobody is there. */
  radio?: { air: Air; place: Place };
  /**
   * Whether the firmware image that the bootloader chose starts; otherwise it crashes at once and the chip restarts.
   * Images are opaque to the emulator: whichever runs, it is this Espruino. Default: all start.
   */
  firmwareStarts?: (image: Uint8Array, partition: string) => boolean;
  /** Default true: touching what a built-in lacks throws and names it; false: it is undefined, as on the chip. */
  isStrict?: boolean;
  /** Console bytes, as a byte string. */
  onConsole?: (bytes: string) => void;
}

export interface RunUntil {
  /** Milliseconds of virtual time from now. */
  ms?: number;
  /** Virtual UTC milliseconds. */
  untilMs?: number;
  /** Asked after each turn; stops when true. */
  until?: () => boolean;
}
