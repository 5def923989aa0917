/**
 * What the camera's core needs from the world. `device/espruino` implements these on the interpreter; tests
 * implement them as fakes. Calls are synchronous unless they take a callback. A failing call throws a Fault.
 */
import type { CheckIn, CheckInReply } from "./protocol/check-in.ts";

/** What a failing port throws: `code` from protocol/error-names.ts, `at` the port. */
export interface Fault {
  code: number;
  at: string;
}

/** Pixels, left top width height. */
export type Box = [number, number, number, number];

export interface Frame {
  /** Handle of the native frame buffer; pixels never become JavaScript values. */
  handle: number;
  width: number;
  height: number;
}

export interface Camera {
  start(): void;
  /** Calls back with one frame, or with undefined and a fault code name. The caller releases the frame. */
  capture(done: (frame: Frame | undefined, problem?: string) => void): void;
  release(frame: Frame): void;
  /** JPEG bytes of a frame as a byte string in native memory; valid until the frame is released. */
  jpeg(frame: Frame, qualityPct: number): string;
  stop(): void;
}

export interface Motion {
  /** Changed pixels per mille of the frame, 0..1000. */
  changedPermille: number;
  /** Box around the largest changed region, or undefined. */
  box: Box | undefined;
}

export interface Vision {
  /** Compare with the background; undefined while there is none of this size. */
  motion(frame: Frame): Motion | undefined;
  /** Blend the frame into the background. */
  learn(frame: Frame): void;
  /** Cut the box (or the whole frame) out, resize and quantise it into the model's input. */
  crop(frame: Frame, box: Box | undefined): void;
}

export interface Model {
  /** Labels in output order, from the labels file. */
  labels(): string[];
  name(): string;
  start(): void;
  /** Run on what Vision.crop left in the input. Probabilities 0..1 in label order. */
  invoke(): number[];
  stop(): void;
}

/**
 * Small named values and waiting records that survive reboot and power loss.
 * Names: 1..20 characters of [a-z0-9-].
 */
export interface Vault {
  /** Text of a cell, or undefined. A damaged copy is skipped for the older good one. */
  read(name: string): string | undefined;
  /** Replace a cell: after a power cut it holds the old or the new text. */
  write(name: string, text: string): void;
  erase(name: string): void;
  /** Append an item to a queue; `data` may be a byte string in native memory. Returns its key (increasing). */
  append(queue: string, data: string): number;
  /** Keys waiting, oldest first. */
  keys(queue: string): number[];
  /** Bytes of one item, or undefined when it is gone or damaged. */
  item(queue: string, key: number): string | undefined;
  remove(queue: string, key: number): void;
  freeBytes(): number;
}

export interface HttpReply {
  status: number;
  /** Lower-case names. */
  headers: { [name: string]: string };
  body: string;
}

export interface HttpRequest {
  method: string;
  /** Absolute URL, http://host:port/path. */
  url: string;
  headers: { [name: string]: string };
  body: string;
  timeoutMs: number;
}

export interface Links {
  start(): void;
  /** Bring the network up (join Wi-Fi) and call back with "" or the reason why not. */
  connect(ssid: string, password: string, done: (problem: string) => void): void;
  /** Exactly one callback: the reply, or undefined and a reason. */
  request(
    request: HttpRequest,
    done: (reply: HttpReply | undefined, problem?: string) => void,
  ): void;
  /** dBm, 0 when not known. */
  rssiDbm(): number;
  stop(): void;
}

export interface Clock {
  /** UTC seconds, fractional. */
  now(): number;
  set(utcSeconds: number): void;
  /** Seconds since boot. */
  uptime(): number;
  after(ms: number, run: () => void): number;
  every(ms: number, run: () => void): number;
  cancel(timer: number): void;
}

export interface Power {
  /** Millivolts, 0 when not measured. */
  batteryMv(): number;
  tempC(): number | null;
  bootReason(): string;
  /** Low power until the next timer or trigger. */
  sleep(): void;
}

export interface Sensors {
  start(): void;
  /** Calls at each rising edge of the motion sensor (PIR). */
  onMotion(run: () => void): void;
  stop(): void;
}

export interface Memory {
  freeVars(): number;
  totalVars(): number;
}

export interface Ports {
  camera: Camera;
  vision: Vision;
  model: Model;
  vault: Vault;
  links: Links;
  clock: Clock;
  power: Power;
  sensors: Sensors;
  memory: Memory;
  /** Names of native modules that the firmware lacks. */
  missing: string[];
  /** One line to the console. */
  log(line: string): void;
}

export type { CheckIn, CheckInReply };
