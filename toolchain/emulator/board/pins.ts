/**
 * Pins as hardware: mode, driven level, and the level the world applies. A change of level is noted with its time
 * when a watch asked for it, as the interrupt handler does. Source: jspin.c, targets/esp32/jshardware.c.
 */
import type { Board } from "./boards.ts";

export const PIN_MODES = [
  "analog",
  "input",
  "input_pullup",
  "input_pulldown",
  "output",
  "opendrain",
  "opendrain_pullup",
  "af_output",
  "af_opendrain",
] as const;
export type PinMode = (typeof PIN_MODES)[number];

/** A pulse train, or with frequency 0 a constant voltage. */
export interface Pwm {
  /** 0..1. */
  duty: number;
  frequencyHz: number;
}

interface PinState {
  /** Present while analogWrite drives the pin. */
  pwm?: Pwm | undefined;
  mode: PinMode;
  isManual: boolean;
  output: boolean;
  /** What the world drives; undefined when nothing does. */
  input: boolean | undefined;
}

export interface PinChange {
  pin: number;
  isHigh: boolean;
  atUs: number;
}

export class Pins {
  private readonly board: Board;
  private readonly nowUs: () => number;
  private readonly states: PinState[];
  private readonly watched = new Set<number>();
  private changes: PinChange[] = [];
  /** Told when the world has applied a level. */
  onDriven: () => void = () => {};
  /** In light sleep no edge is noted. */
  isDeaf = false;

  constructor(board: Board, nowUs: () => number) {
    this.board = board;
    this.nowUs = nowUs;
    this.states = Array.from({ length: board.pinCount }, () => freshPin());
    const button = this.states[board.button];
    if (button) button.mode = board.buttonMode as PinMode;
  }

  /** Number of a pin by its name ("D5", "LED1", "BTN1"), or undefined. */
  number(name: string): number | undefined {
    if (name === "LED1" || name === "LED") return this.board.led;
    if (name === "BTN1" || name === "BTN") return this.board.button;
    const digits = /^(?:D|GPIO)(\d{1,2})$/.exec(name)?.[1];
    const pin = Number(digits);
    return digits !== undefined && pin < this.board.pinCount ? pin : undefined;
  }

  isValid(pin: number): boolean {
    return Number.isInteger(pin) && pin >= 0 && pin < this.board.pinCount;
  }

  mode(pin: number): PinMode {
    return this.state(pin).mode;
  }

  setMode(pin: number, mode: PinMode, isManual: boolean): void {
    this.change(pin, (state) => {
      state.pwm = undefined;
      state.mode = mode;
      state.isManual = isManual;
    });
  }

  /** Back to automatic: the next read or write chooses the mode. */
  setAutomatic(pin: number): void {
    this.state(pin).isManual = false;
  }

  read(pin: number): boolean {
    const state = this.state(pin);
    if (!state.isManual) this.change(pin, (s) => Object.assign(s, { mode: "input" }));
    return this.level(pin);
  }

  /** The level at the pin now, mode left as it is. */
  isOn(pin: number): boolean {
    return this.level(pin);
  }

  write(pin: number, isHigh: boolean): void {
    this.change(pin, (state) => {
      state.output = isHigh !== this.board.negatedPins.includes(pin);
      state.pwm = undefined;
      if (!state.isManual) state.mode = "output";
    });
  }

  setPwm(pin: number, pwm: Pwm): void {
    Object.assign(this.state(pin), { mode: "af_output", output: false, pwm });
  }

  pwm(pin: number): Pwm | undefined {
    const { mode, pwm } = this.state(pin);
    return mode === "af_output" ? pwm : undefined;
  }

  get pwmCount(): number {
    return this.states.filter((_state, pin) => this.pwm(pin)).length;
  }

  /** The world applies a level. */
  drive(pin: number, isHigh: boolean): void {
    this.change(pin, (state) => {
      state.input = isHigh;
    });
    this.onDriven();
  }

  /** The level at the metal, whatever the board file says about inverting it. */
  isElectricallyHigh(pin: number): boolean {
    return physicalLevel(this.state(pin));
  }

  watch(pin: number, isOn: boolean): void {
    if (isOn) this.watched.add(pin);
    else this.watched.delete(pin);
  }

  /** Changes since the last call, oldest first. */
  takeChanges(): PinChange[] {
    const taken = this.changes;
    this.changes = [];
    return taken;
  }

  get hasChanges(): boolean {
    return this.changes.length > 0;
  }

  /** After a reset: pins let go, watches gone; what the world drives stays. */
  reset(): void {
    for (const state of this.states) Object.assign(state, { ...freshPin(), input: state.input });
    this.watched.clear();
    this.changes = [];
  }

  private level(pin: number): boolean {
    const state = this.state(pin);
    const isNegated = this.board.negatedPins.includes(pin);
    return physicalLevel(state) !== isNegated;
  }

  private change(pin: number, edit: (state: PinState) => void): void {
    const before = this.level(pin);
    edit(this.state(pin));
    const isHigh = this.level(pin);
    if (isHigh !== before && this.watched.has(pin) && !this.isDeaf) {
      this.changes.push({ pin, isHigh, atUs: this.nowUs() });
    }
  }

  private state(pin: number): PinState {
    return this.states[pin] as PinState;
  }
}

const freshPin = (): PinState => ({
  mode: "input",
  isManual: false,
  output: false,
  input: undefined,
  pwm: undefined,
});

function physicalLevel(state: PinState): boolean {
  if (state.mode === "output" || state.mode === "af_output") return state.output;
  const isOpenDrain = state.mode.startsWith("opendrain") || state.mode === "af_opendrain";
  if (isOpenDrain && !state.output) return false;
  return state.input ?? state.mode.endsWith("pullup");
}
