/** What a camera is booted with, from the short options: its program as files, and what stands before its sensors. */
import { BOARDS } from "./board/boards.ts";
import type { FrameSource } from "./native/frame-source.ts";
import { PhotographSource } from "./native/photographs.ts";
import type { EmulatorOptions } from "./options.ts";
import { WIRING } from "./wiring.ts";
import { drivePir, type Pins } from "./world/pir.ts";

export interface Scene {
  camera: FrameSource | undefined;
  analog: EmulatorOptions["analog"];
  /** Let the world act on the pins. */
  drive(pins: Pins): void;
}

export function sceneOf(options: EmulatorOptions): Scene {
  const { frames, world, analog = world?.analog } = options;
  const board = BOARDS[options.board ?? "esp32s3"];
  const { motionPin } = WIRING[board.name];
  const before = typeof frames === "string" ? new PhotographSource(frames) : frames;
  const camera = options.camera ?? before;
  if (camera && !board.hasCamera) throw new Error(`the ${board.name} has no camera interface`);
  return {
    camera: camera ?? (board.hasCamera ? world?.frameSource : undefined),
    analog,
    drive(pins) {
      if (!world) return;
      pins.drive(motionPin, 0);
      drivePir(pins, world.events, motionPin);
    },
  };
}
