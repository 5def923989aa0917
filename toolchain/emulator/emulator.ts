/**
 * Public face of the emulator: an Espruino board with a console, flash, pins, radio and a virtual clock, for commands
 * and tests. Deterministic: the same options and the same scenario give the same console bytes.
 */
import { type Attach, createAttach } from "./attach.ts";
import type { BatteryOptions } from "./battery.ts";
import { BOARDS, type BoardName, vaultOf } from "./board/boards.ts";
import { Attachments } from "./board/bus/attachments.ts";
import { evaluateToJson } from "./board/evaluating.ts";
import { Flash, type TornWrite } from "./board/flash.ts";
import { Machine } from "./board/machine.ts";
import type { NetworkPolicy } from "./board/machine-options.ts";
import { installNative } from "./board/native-modules.ts";
import { SimulatedNetwork } from "./board/network/sim/simulated-network.ts";
import type { ResetReason } from "./board/power-down.ts";
import type { Profile } from "./board/profile.ts";
import { Supply } from "./board/supply.ts";
import type { Value } from "./engine/engine.ts";
import { leaveFactory } from "./factory.ts";
import { writeFiles } from "./first-files.ts";
import { type Holder, Memory } from "./memory.ts";
import type { FrameSource } from "./native/frame-source.ts";
import { joinInStep, NetworkControl, networkParts } from "./network-control.ts";
import type { EmulatorOptions, RunUntil } from "./options.ts";
import { createPins, type EmulatorPins, pinNumber } from "./pins.ts";
import { Power } from "./power.ts";
import { sceneOf } from "./scene.ts";
import { createConsole, type EmulatorConsole } from "./serial-console.ts";

export type {
  BatteryOptions,
  BoardName,
  EmulatorOptions,
  FrameSource,
  Holder,
  NetworkPolicy,
  ResetReason,
  RunUntil,
  TornWrite,
  Value,
};
export { SimulatedNetwork };

/** Default power-on time: an ordinary day, the same for every run. */
const DEFAULT_START_MS = Date.UTC(2026, 5, 1, 6, 0, 0);
/** How long the loop may keep the host's event loop waiting. */
const HOST_SHARE_MS = 50;
/** Virtual time that `idle` may spend on work that is never done. */
const IDLE_LIMIT_MS = 10_000;

export class Emulator {
  /** `write(bytes)`, `onData(listener)`: byte strings. */
  readonly console: EmulatorConsole;
  /** `drive(pin, level)`, `at(ms, run)`, `pwm(pin)`. */
  readonly pins: EmulatorPins;
  /** Connect devices to the board's buses and ports; each returns how to take it off again. */
  readonly attach: Attach;
  /** Operations by what started them: `start()`, `stage(name)`, `report()`. */
  readonly profile: Profile;
  /** JsVars: `usage`, `free`, `total`, `peak`, `holders()`. */
  readonly memory: Memory;
  /** Address, link, sockets, counters. */
  readonly network: NetworkControl;
  /** The supply: `isOn`, `cut()`, `restore()`, and with a battery its voltage and charge. */
  readonly power: Power;
  private readonly machine: Machine;
  private readonly supply: Supply;
  private readonly options: EmulatorOptions;
  private wake: (() => void) | undefined;
  private isClosed = false;
  private readonly leave: () => void;

  static boot(options: EmulatorOptions = {}): Emulator {
    return new Emulator(options);
  }

  private constructor(options: EmulatorOptions) {
    this.options = options;
    const known = BOARDS[options.board ?? "esp32s3"];
    const { microsecondsPerOperation = known.microsecondsPerOperation } = options;
    const board = { ...known, microsecondsPerOperation };
    const { storageAddress, storageBytes } = board;
    const flash = new Flash(storageAddress, storageBytes, options.flash, vaultOf(board));
    const scene = sceneOf(options);
    const { camera } = scene;
    const isOurs = options.extension === true || options.app !== undefined;
    const hasExtension = camera !== undefined || isOurs;
    const hasVault = hasExtension && vaultOf(board) !== undefined;
    const { app, files = {} } = options;
    if (app !== undefined) leaveFactory(flash, board, app, hasVault);
    writeFiles(flash, files);
    const attached = new Attachments();
    this.machine = new Machine({
      board,
      flash,
      startMs: options.startMs ?? DEFAULT_START_MS,
      seed: options.seed ?? 1,
      ...networkParts(options.network),
      analog: (pin, nowMs) => this.power.level(pin) ?? scene.analog?.(pin, nowMs),
      attached,
      isStrict: options.isStrict,
      clockDriftPpm: options.clockDriftPpm,
      radio: options.radio,
      firmwareStarts: options.firmwareStarts,
      natives: hasExtension ? (machine) => installNative(machine, camera) : undefined,
      hasBootGuard: hasVault,
    });
    this.supply = new Supply(this.machine);
    this.memory = new Memory(this.machine);
    this.network = new NetworkControl(this.machine, () => this.wake?.());
    this.leave = joinInStep(options.network, this.machine, (until) => this.run(until));
    this.power = new Power(this.machine, this.supply, options.battery);
    this.console = createConsole(this.machine, this.supply, () => this.wake?.());
    if (options.onConsole) this.console.onData(options.onConsole);
    this.pins = createPins(this.machine);
    this.profile = this.machine.profile;
    this.attach = createAttach(board, attached, (name) => pinNumber(this.machine, name));
    scene.drive(this.pins);
    this.supply.attempt(() => this.machine.powerOn());
  }

  /** True virtual UTC, milliseconds. The board's own clock may be set to something else. */
  get nowMs(): number {
    return this.machine.clock.trueMs;
  }

  /** Virtual milliseconds since this emulator started. */
  get uptimeMs(): number {
    return this.machine.clock.upUs / 1000 / this.machine.clock.rate;
  }

  /** Exceptions that nobody caught so far. */
  get uncaught(): number {
    return this.machine.faults.uncaught;
  }

  /** Simple operations executed so far. */
  get operations(): number {
    return this.machine.operations;
  }

  /** Names of unknown or not modelled things that programs touched. */
  get missing(): string[] {
    return [...this.machine.missing];
  }

  /** Flash of Storage and vault: counters, wear, `image()`, `load()`, `cutAt()`. */
  get flash(): Flash {
    return this.machine.flash;
  }

  /** Flash of the OTA partitions, otadata first; undefined until a program has required "firmware". */
  get firmwareFlash(): Flash | undefined {
    return this.machine.chip.flashParts.all[1];
  }

  /** False after a power cut or with an empty battery, until powerCycle. */
  get isOn(): boolean {
    return this.power.isOn;
  }

  /** Error flags raised and not yet read by the program. */
  get errorFlags(): string[] {
    return [...this.machine.engine.errorFlags];
  }

  /** A global variable of the program; undefined when there is none. */
  readGlobal(name: string): Value {
    return this.machine.engine.global.props?.get(name);
  }

  hasGlobal(name: string): boolean {
    return this.machine.engine.global.props?.has(name) ?? false;
  }

  /**
   * Evaluate an expression in the running program and bring its value out as JSON does; undefined for undefined.
   * Throws an Error with the interpreter's text when it fails, and a PowerCut when the power goes in it.
   */
  evaluate(expression: string): unknown {
    if (!this.supply.isOn) throw new Error("the board is off; powerCycle() switches it on");
    if (this.machine.chip.isDown) throw new Error("the board is in deep sleep or restarting");
    let json: string | undefined;
    this.machine.chip.guard(() => {
      json = evaluateToJson(this.machine, expression);
    });
    return json === undefined ? undefined : JSON.parse(json);
  }

  /** Bytes of a Storage file as a byte string, or undefined. */
  readFile(name: string): string | undefined {
    return this.machine.store.read(name);
  }

  /**
   * Run program text in RAM, as if it came from a file of that name: nothing is echoed, errors are reported on the
   * console. What it starts goes on in `run`.
   */
  runScript(text: string): void {
    this.supply.attempt(() => this.machine.runScript(text));
  }

  /** Advance virtual time. Console input is served at once, also between timers. */
  async run(until: RunUntil): Promise<void> {
    const { clock } = this.machine;
    const endUs = this.endUs(until);
    const isDone = () => this.isClosed || until.until?.() === true;
    let lastYield = performance.now();
    while (!isDone()) {
      const isBusy = this.supply.turn();
      if (performance.now() - lastYield > HOST_SHARE_MS) {
        await new Promise((resolve) => setImmediate(resolve));
        lastYield = performance.now();
      }
      if (isDone()) return;
      if (!this.supply.isOn) return this.supply.passTo(endUs);
      if (isBusy || this.machine.hasInput || this.machine.pins.hasChanges) {
        if (clock.upUs >= endUs) return;
        continue;
      }
      if (this.machine.hostOperations.isPending) {
        await this.orInput(this.machine.hostOperations.settled());
        continue;
      }
      const nextUs = this.machine.nextWakeUs();
      if (nextUs <= clock.upUs) continue;
      const targetUs = Math.min(nextUs, endUs);
      await this.waitFor(targetUs);
      if (this.machine.hasInput || this.network.takeHeard()) continue;
      if (targetUs === Number.POSITIVE_INFINITY) return;
      clock.jumpTo(targetUs);
      if (nextUs > endUs) return;
    }
  }

  /** Serve what is due now (console input, promises, host operations) without jumping ahead in time. */
  async idle(): Promise<void> {
    // A board too busy to become idle (an interval shorter than its work) must not hold the host for ever.
    const limitMs = this.uptimeMs + IDLE_LIMIT_MS;
    for (;;) {
      while (!this.isClosed && this.supply.isOn && (this.supply.turn() || this.machine.hasInput)) {
        if (this.uptimeMs > limitMs) return;
      }
      if (this.isClosed || !this.supply.isOn || !this.machine.hostOperations.isPending) return;
      await this.machine.hostOperations.settled();
    }
  }

  /** Why the board last started. */
  get resetReason(): ResetReason {
    return this.machine.chip.resetReason;
  }

  /** In deep sleep. */
  get isAsleep(): boolean {
    return this.machine.chip.isAsleep;
  }

  /** Power off (if it is on) and on again: RAM is lost, flash stays. */
  powerCycle(): void {
    this.power.restore();
  }

  /** Nothing runs any more. */
  close(): void {
    this.isClosed = true;
    this.leave();
    this.machine.hostOperations.abandon();
    this.machine.network.sockets.reset();
    this.wake?.();
  }

  private endUs({ ms, untilMs, until }: RunUntil): number {
    const { clock } = this.machine;
    const { upUs, trueMs } = clock;
    if (ms !== undefined) return upUs + Math.round(ms * 1000 * clock.rate);
    if (untilMs !== undefined) return upUs + Math.round((untilMs - trueMs) * 1000 * clock.rate);
    return until ? Number.POSITIVE_INFINITY : upUs;
  }

  private async waitFor(targetUs: number): Promise<void> {
    const { pace } = this.options;
    const { trueMs, upUs, rate } = this.machine.clock;
    const isIdle = targetUs === Number.POSITIVE_INFINITY;
    const wait = pace && !isIdle ? pace(trueMs + (targetUs - upUs) / 1000 / rate) : undefined;
    const turn = wait ?? this.network.hostTurn(isIdle);
    if (turn) await this.orInput(turn);
  }

  /** Wait for something of the host, or for console input. */
  private async orInput(promise: Promise<void>): Promise<void> {
    const input = new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    await Promise.race([promise, input]);
    this.wake = undefined;
  }
}
