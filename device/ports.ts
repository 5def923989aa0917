/**
 * What the camera's core needs from the world. `device/espruino` implements these on the interpreter; tests
 * implement them as fakes. Calls are synchronous unless they take a callback. A failing call throws a Fault.
 */
import type { Fault } from "./protocol/error-names.ts";
import type { TargetKind } from "./protocol/release.ts";

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
  /** Calls back once with one frame, or with undefined and a fault code name. The caller releases the frame. */
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
  /** Pixels per mille in which only the light changed, or a thing has gone that was learnt; 0..1000. */
  suppressedPermille: number;
}

export interface Vision {
  /** Compare with the background; undefined while there is none of this size. */
  motion(frame: Frame): Motion | undefined;
  /** Blend the frame into the background. */
  learn(frame: Frame): void;
  /** "" when the lens is clear, else what is wrong with it: "LENS_COVERED" or "LENS_BLURRED". */
  lens(frame: Frame): string;
  /**
   * Cut a piece out, resize and quantise it into the model's input.
   * @param box the piece exactly as given; undefined: the whole frame
   */
  crop(frame: Frame, box: Box | undefined): void;
  /** The same for a thing seen at `box`: with the margin around it that the model was trained with. */
  cropAround(frame: Frame, box: Box): void;
}

export interface Model {
  /** Labels in output order, from the labels file. */
  labels(): string[];
  name(): string;
  start(): void;
  /** Run on what Vision.crop left in the input. Probabilities 0..1 in label order. */
  invoke(): number[];
  /** Milliseconds of the last invoke, 0 before the first. */
  lastMs(): number;
  stop(): void;
}

/**
 * Small named values and waiting records that survive reboot and power loss.
 * Names of cells: 1..20 characters of [a-z0-9-]. Queues: "records", "blanks" (of less worth),
 * "crashes" (of more), "media" (pictures).
 */
export interface Vault {
  /** Find what is stored. Before it nothing else may be called. */
  start(): void;
  /** Text of a cell, or undefined. A damaged copy is skipped for the older good one. */
  read(name: string): string | undefined;
  /** Replace a cell: after a power cut it holds the old or the new text. Up to 1024 bytes. */
  write(name: string, text: string): void;
  erase(name: string): void;
  /**
   * Append an item to a queue. When there is no room, items worth no more are given up, the oldest first.
   * @param data 1 byte or more; may be a byte string in native memory
   * @param note 1..100 characters kept beside it, readable without touching the data
   * @returns its key; keys of records and blanks increase together, those of media by themselves
   *
   * **Errors:** VAULT_FULL, VAULT_WRITE.
   */
  append(queue: string, data: string, note: string): number;
  /** Items waiting. */
  count(queue: string): number;
  /** Key of the oldest item above `after` (0: the oldest), or 0. */
  next(queue: string, after: number): number;
  /** The note of an item, or undefined when it is gone or damaged. */
  note(queue: string, key: number): string | undefined;
  /**
   * Bytes of one item, or undefined when it is gone or damaged. Where possible they lie in flash: they and parts of
   * them are good until the next append or remove, then null. `"" + text` is a copy.
   */
  item(queue: string, key: number): string | undefined;
  remove(queue: string, key: number): void;
  /** Items given up for want of room since start. */
  evicted(queue: string): number;
}

/**
 * Hashes and signatures, computed natively. Data, keys and results are byte strings.
 *
 * **Errors:** those of `require("crypto")` (device/espruino/native-modules.ts).
 */
export interface Crypto {
  /** SHA-256, 32 bytes. */
  sha256(data: string): string;
  /**
   * ECDSA P-256 with SHA-256.
   * @param publicKey 65 bytes: 4, x, y
   * @param signature r and s, 32 bytes each
   */
  verify(publicKey: string, message: string, signature: string): boolean;
  /** HMAC-SHA-256, 32 bytes. */
  hmac(key: string, data: string): string;
  /** HKDF-SHA-256 (RFC 5869). */
  hkdf(secret: string, salt: string, info: string, length: number): string;
  /** New P-256 pair: 32 bytes, and 65 bytes as above. */
  keyPair(): { privateKey: string; publicKey: string };
  /** r and s, 32 bytes each. */
  sign(privateKey: string, message: string): string;
  /** ECDH: the shared point's x, 32 bytes, for hkdf. */
  ecdh(privateKey: string, publicKey: string): string;
}

/** What a place for images holds of a release. */
export interface ImageState {
  /** "": nothing of that release. "unstarted": pending, but another image runs. */
  state: "" | "staged" | "pending" | "unstarted" | "confirmed" | "rolledBack";
  /** Starts of a pending image, also after it was rolled back. */
  tries: number;
}

/**
 * The two places of each kind of image: one runs, or is to be gone back to; the other takes what is fetched. After a power
 * cut a place holds what it did or what it was to hold.
 *
 * **Errors:** those of `require("vault")` and `require("firmware")` (device/espruino/native-modules.ts), by their first word.
 */
export interface Images {
  /** Board as manifests name it; "" when it is none of those. */
  hardware: string;
  /** What this camera can take now. */
  kinds: TargetKind[];
  /** Counter and digest (32 bytes) of the newest confirmed image; 0 and "" for none. */
  installed(kind: TargetKind): { counter: number; digest: string };
  bytesMax(kind: TargetKind): number;
  state(kind: TargetKind, counter: number): ImageState;
  /** Start anew in the free place. */
  begin(kind: TargetKind, bytes: number): void;
  /** The next piece; for slots `offset` is a multiple of 4; a torn piece is written again, with the same bytes. */
  write(kind: TargetKind, offset: number, data: string): void;
  /** Apply the next piece of a delta; `state` is "" at first, then what the call before returned (at most 64 bytes). */
  patch(kind: TargetKind, state: string, piece: string): string;
  /** Bytes of the delta that are taken in a state. */
  patchOffset(state: string): number;
  /** Check the whole image against its digest, and hold it ready. */
  stage(kind: TargetKind, bytes: number, counter: number, digest: string): void;
  /** Start it from the next restart on, on trial. */
  activate(kind: TargetKind, counter: number): void;
  confirm(kind: TargetKind, counter: number): void;
  /** Give up a staged or pending image. */
  rollBack(kind: TargetKind, counter: number): void;
  /** Leave the confirmed image for the one before it, which must be there and whole. */
  recall(kind: TargetKind): void;
  /** Restart the chip. */
  restart(): void;
  /** From now on restart the chip when the program does not come back to idle for so long. */
  watchdog(seconds: number): void;
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
  /** Radio off until the next connect. */
  disconnect(): void;
  stop(): void;
}

export interface Clock {
  /** UTC seconds, fractional. */
  now(): number;
  set(utcSeconds: number): void;
  /** Seconds since boot. */
  uptime(): number;
  after(ms: number, run: () => void): number;
  /** Forget a timer; 0 and one that has run are nothing to forget. */
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
  /** Of the flash that holds program and model. */
  freeFlashBytes(): number;
}

/**
 * The serial line that the console is on. While it is open, what arrives comes here first, and what the console prints
 * goes out through it; a frame written is never torn by a printed line.
 */
export interface SerialLine {
  open(onData: (bytes: string) => void): void;
  write(bytes: string): void;
  /** To the console behind this line: its answers come, but Ctrl-C cannot stop what it runs, and long output is cut. */
  pass(text: string): void;
  /** The console has the line to itself again, text first, until it is taken back. */
  handOver(text: string): void;
  takeBack(): void;
  /** The line is the console's for good. */
  close(): void;
}

export interface FoundNetwork {
  ssid: string;
  rssiDbm: number;
  isOpen: boolean;
}

/** Answers one request to the camera's own page. */
export type PageAnswer = (
  method: string,
  path: string,
  body: string,
  reply: (status: number, type: string, text: string) => void,
) => void;

/** Wi-Fi as somebody who sets the camera up needs it. */
export interface SetupWifi {
  scan(done: (found: FoundNetwork[]) => void): void;
  /** Calls back once: "" and the camera's address, or why not; then the radio does not go on trying. */
  join(ssid: string, password: string, done: (problem: string, address: string) => void): void;
  /** From the next joining on. */
  setHostname(name: string): void;
  /** The camera's own network. @param password "": open */
  openAccessPoint(ssid: string, password: string): void;
  closeAccessPoint(): void;
  /** Offer pages on port 80 of all its addresses. Returns how to stop. */
  serve(answer: PageAnswer): () => void;
}

/**
 * What setting a camera up without our tool needs. Made anew each time it is asked for and holding no state, so that it
 * can be let go whenever nobody sets the camera up: what was opened stays open.
 */
export interface SetupPorts {
  /** undefined where the console is not on a serial line. */
  line: SerialLine | undefined;
  /** undefined on firmware without it. */
  wifi: SetupWifi | undefined;
  /** Such as "ESP32S3". */
  chip: string;
  /** Four hexadecimal digits that tell cameras apart. */
  tag: string;
  /** Of its own network; "": open. */
  accessPointPassword: string;
}

export interface Ports {
  camera: Camera;
  vision: Vision;
  model: Model;
  vault: Vault;
  crypto: Crypto;
  links: Links;
  clock: Clock;
  power: Power;
  sensors: Sensors;
  memory: Memory;
  setup: () => SetupPorts;
  /** Names of modules that the firmware lacks: camera, vision, model, http, vault, crypto. */
  missing: string[];
  /** Name of the board, as the firmware says it. */
  hardware: string;
  /** Standard base64 of a byte string. */
  base64(text: string): string;
  fromBase64(text: string): string;
  /** Made when they are needed, and let go. Undefined where the firmware has no place for images. */
  images(): Images | undefined;
  /** One line to the console. */
  log(line: string): void;
}

export type { Fault };
