/**
 * The emulated board: hardware that lives as long as it has power (flash, pins, clock, radio, console) and the
 * program that lives until the next reset (engine, timers, watches, queued events, modules).
 */
import type { Engine, EspThrow, Value } from "../engine/engine.ts";
import { type Board, VERSION } from "./boards.ts";
import { type BootKind, bootChip, bootProgram, forgetState } from "./boot.ts";
import { Chip } from "./chip.ts";
import { Clock } from "./clock.ts";
import { crlf, LineEditor } from "./console/line-editor.ts";
import { Packets } from "./console/packets.ts";
import { ConsolePort } from "./console/port.ts";
import { Faults } from "./errors.ts";
import { executeLine, runCallback } from "./evaluating.ts";
import { EventQueue } from "./event-queue.ts";
import type { Flash } from "./flash.ts";
import { installBoard } from "./install.ts";
import { runWatch } from "./io.ts";
import type { MachineOptions } from "./machine-options.ts";
import { Modules } from "./modules.ts";
import { Network } from "./network/network.ts";
import { Pins } from "./pins.ts";
import { Profile } from "./profile.ts";
import { createEngine } from "./program.ts";
import { Random } from "./random.ts";
import { Running } from "./running.ts";
import { HostOperations, Schedule } from "./schedule.ts";
import { Store } from "./storage/store.ts";
import { type Timer, Timers } from "./timers.ts";
import { Watches } from "./watches.ts";

export class Machine {
  readonly board: Board;
  readonly options: MachineOptions;
  readonly clock: Clock;
  readonly flash: Flash;
  readonly store: Store;
  readonly pins: Pins;
  readonly schedule = new Schedule();
  readonly hostOperations: HostOperations;
  readonly random: Random;
  readonly running: Running;
  readonly editor: LineEditor;
  readonly packets: Packets;
  readonly port: ConsolePort;
  readonly faults: Faults;
  readonly chip: Chip;
  readonly profile: Profile;
  readonly network: Network;
  readonly missing = new Set<string>();
  /** E.setFlags. */
  readonly flags = new Set<string>();
  /** Of the running program. */
  engine!: Engine;
  timers = new Timers();
  events = new EventQueue();
  watches!: Watches;
  modules!: Modules;
  /** Set by load() and reset(); done at the end of the turn. */
  todo: BootKind | undefined;
  isFirstBoot = true;
  /** Listens to the bytes of the port that the host is connected to. */
  onOutput: (bytes: string) => void = () => {};
  private retiredOperations = 0;
  private hasRunScript = false;

  constructor(options: MachineOptions) {
    this.options = options;
    this.board = options.board;
    this.flash = options.flash;
    const { microsecondsPerOperation } = this.board;
    const operations = () => this.operations;
    this.profile = new Profile(operations, microsecondsPerOperation);
    const { startMs, clockDriftPpm } = options;
    this.clock = new Clock(startMs, microsecondsPerOperation, operations, clockDriftPpm);
    this.random = new Random(options.seed);
    this.running = new Running(this.clock, this.schedule);
    this.store = new Store(this.flash, (text) => this.print(text));
    this.pins = new Pins(this.board, () => this.clock.upUs);
    this.hostOperations = new HostOperations(this.schedule, () => this.clock.upUs);
    this.port = new ConsolePort(this);
    this.editor = new LineEditor({
      send: (bytes) => this.sendRaw(bytes),
      execute: (line) => executeLine(this, line),
      packet: (type, data) => this.packets.handle(type, data),
      packetTimer: (isRunning) => this.packets.setTimer(isRunning),
      identity: () => `Espruino ${VERSION} ${this.board.id}`,
    });
    this.packets = new Packets(this);
    this.faults = new Faults(this);
    this.chip = new Chip(this);
    this.running.onCheck = () => this.chip.checkWatchdog();
    this.pins.onDriven = () => this.chip.checkPins();
    this.network = new Network(this);
  }

  get operations(): number {
    return this.retiredOperations + (this.engine?.operations ?? 0);
  }

  powerOn(): void {
    this.startProgram();
    this.boot();
  }

  /** Power gone and back: what is not in flash or on the wires is lost. */
  powerCycle(): void {
    this.chip.reset("power-on");
    this.forget();
    this.boot();
  }

  /** What a chip does out of reset: check Storage, run the boot files, show the banner when there is no code. */
  boot(): void {
    this.chip.guard(() => {
      this.profile.during("boot", () => bootChip(this));
      this.finishTurn();
    });
  }

  /** Lose what a chip loses in a reset; afterwards a fresh program exists that has not been booted. */
  forget(): void {
    this.port.forget();
    forgetState(this);
    this.startProgram();
  }

  /** Text from the interpreter to the console, each newline as CR LF; the typed line makes room for it. */
  print(text: string): void {
    this.editor.removeLine();
    this.sendRaw(crlf(text));
  }

  /** Bytes as they are (packets, ACK, NAK). */
  sendRaw(bytes: string): void {
    this.port.send(bytes);
  }

  /** Bytes from the host, which is connected to the port that is the console after power-on. */
  receive(bytes: string): void {
    this.port.receive(this.board.console, bytes);
  }

  get hasInput(): boolean {
    return this.port.hasInput;
  }

  /** One turn of the idle loop. Returns whether there was anything to do. */
  turn(): boolean {
    if (this.chip.isDown) return this.chip.downTurn();
    let isBusy = true;
    this.chip.guard(() => {
      isBusy = this.upTurn();
    });
    return isBusy;
  }

  private upTurn(): boolean {
    this.chip.startTurn();
    const idleUs = this.clock.upUs;
    this.running.startTurn();
    let isBusy = this.profile.during("host", () => this.schedule.runDue(idleUs));
    // What typed code has queued comes before timers that fell due meanwhile, as on a fast interpreter.
    if (this.serveInput() || this.hasRunScript) {
      this.hasRunScript = false;
      isBusy = true;
      this.runEvents();
    }
    for (const change of this.pins.takeChanges()) {
      isBusy = true;
      this.watches.handle(change);
    }
    const hasRun = this.timers.runDue(
      idleUs,
      (timer) => this.profile.during("timer", () => this.runTimer(timer)),
      () => this.faults.callbackRemoved("interval"),
    );
    if (hasRun) isBusy = true;
    if (this.profile.during("host", () => this.network.serve(idleUs, isBusy))) isBusy = true;
    if (this.runEvents()) isBusy = true;
    const { todo } = this;
    if (todo) {
      isBusy = true;
      this.todo = undefined;
      bootProgram(this, todo);
    }
    this.finishTurn();
    return isBusy;
  }

  /** When the board next has something to do, in microseconds since power-on; Infinity: never by itself. */
  nextWakeUs(): number {
    // Without a program there are no timers.
    const parts = [this.schedule, this.chip, this.network.sockets];
    return Math.min(this.timers.nextDueUs(), ...parts.map((part) => part.nextUs()));
  }

  /** Everything that enters the engine goes through here. */
  runCode<T>(run: () => T): T {
    return this.running.code(run);
  }

  /** A fresh interpreter; what the hardware has stays. */
  startProgram(): void {
    this.retiredOperations += this.engine?.operations ?? 0;
    this.hostOperations.abandon();
    this.network.wifi.forgetCallbacks();
    this.timers = new Timers();
    this.events = new EventQueue();
    this.watches = new Watches(
      this.pins,
      this.timers,
      (watch, event) => this.profile.during("watch", () => runWatch(this, watch, event)),
      () => this.faults.callbackRemoved("watch"),
    );
    this.engine = createEngine(this, this.events);
    this.timers.engine = this.engine;
    this.watches.engine = this.engine;
    this.modules = new Modules(this);
    installBoard(this);
    this.options.natives?.(this);
  }

  /** Program text in RAM, run at once with the echo off. */
  runScript(text: string): void {
    this.editor.isEchoOn = false;
    this.hasRunScript = true;
    this.chip.guard(() => {
      this.faults.protect(() => {
        this.runCode(() => this.engine.evaluate(text, { file: "", label: "script" }));
      });
      this.finishTurn();
    });
  }

  /** A built-in global that the program has touched, else undefined: nobody can listen to it then. */
  touchedGlobal(name: string): Value {
    return this.engine.global.props?.get(name);
  }

  /** An Error for the program. */
  error(message: string): EspThrow {
    return this.engine.error("Error", message);
  }

  private serveInput(): boolean {
    const hadInput = this.port.hasInput;
    const bytes = Buffer.from(this.port.take(), "latin1");
    this.profile.during("console", () => {
      for (const byte of bytes) this.editor.receive(byte);
    });
    return hadInput;
  }

  private runTimer(timer: Timer): boolean {
    if (timer.native) {
      timer.native(timer.dueUs);
      return true;
    }
    return this.faults.protectEvent(() => runCallback(this, timer.callback, undefined, timer.args));
  }

  private runEvents(): boolean {
    let hasRun = false;
    for (;;) {
      const hasDrained = this.events.drain(
        (work) => this.profile.during("event", work),
        () => this.faults.stopsEvents,
      );
      const jobs = () => this.runCode(() => this.engine.runMicrotasks());
      this.profile.during("event", () => this.faults.protect(jobs));
      if (!hasDrained) break;
      hasRun = true;
      this.network.noteEvents();
      if (this.faults.stopsEvents) break;
    }
    const rejections = this.engine.unhandledRejections();
    if (rejections.length > 0) {
      const text = this.engine.text(rejections[0]);
      this.faults.raise(this.error(`Unhandled promise rejection: ${text}`));
    }
    return hasRun;
  }

  private finishTurn(): void {
    this.faults.check();
    if (this.port.clearsLine && !this.editor.isReceivingPacket) {
      this.port.clearsLine = false;
      this.editor.clear(true);
    }
    this.editor.returnLine();
  }
}
