/**
 * Fakes of the camera's ports: they keep the contract of device/ports.ts, count what they are asked, and let a test
 * break them. Time stands still unless the test moves it.
 */
import { type Config, createConfig } from "../../device/deployment/config.ts";
import type {
  Box,
  Camera,
  Clock,
  Frame,
  HttpReply,
  HttpRequest,
  Links,
  Model,
  Motion,
  Ports,
  Vault,
  Vision,
} from "../../device/ports.ts";
import { E_VAULT_FULL, fault } from "../../device/protocol/error-names.ts";
import { nodeCrypto } from "./node-crypto.ts";

export const LABELS = ["blank", "human", "vehicle", "elephant", "big_cat", "other_animal"];
export const ANIMAL = [0.05, 0.02, 0.03, 0.8, 0.06, 0.04];
export const HUMAN = [0.1, 0.7, 0.1, 0.05, 0.03, 0.02];
export const BLANK = [0.9, 0.02, 0.02, 0.02, 0.02, 0.02];
/** 13 September 2025. */
export const START_S = 1757750400;

export class FakeClock implements Clock {
  /** UTC seconds. */
  time = START_S;
  uptimeS = 0;
  #timers: { id: number; atS: number; run: () => void }[] = [];
  #lastId = 0;

  now = (): number => this.time;
  set = (utcSeconds: number): void => {
    this.time = utcSeconds;
  };
  uptime = (): number => this.uptimeS;
  after = (ms: number, run: () => void): number => {
    this.#lastId += 1;
    this.#timers.push({ id: this.#lastId, atS: this.uptimeS + ms / 1000, run });
    return this.#lastId;
  };
  cancel = (timer: number): void => {
    this.#timers = this.#timers.filter(({ id }) => id !== timer);
  };
  /** Seconds until the next timer, Infinity without one. */
  get nextS(): number {
    return Math.min(...this.#timers.map(({ atS }) => atS - this.uptimeS), Infinity);
  }
  /** Let time pass, running what becomes due. */
  pass(seconds: number): void {
    const endS = this.uptimeS + seconds;
    for (;;) {
      const due = this.#timers
        .filter(({ atS }) => atS <= endS)
        .sort((a, b) => a.atS - b.atS || a.id - b.id)[0];
      if (!due) break;
      this.#advance(Math.max(due.atS, this.uptimeS));
      this.cancel(due.id);
      due.run();
    }
    this.#advance(endS);
  }
  #advance(uptimeS: number): void {
    this.time += uptimeS - this.uptimeS;
    this.uptimeS = uptimeS;
  }
}

export class FakeCamera implements Camera {
  isOpen = false;
  /** Handles lent and not given back. */
  lent: number[] = [];
  taken = 0;
  /** Makes start or capture throw, or capture answer with a problem, or not at all. */
  broken: "" | "start" | "throw" | "problem" | "silent" = "";
  jpegText = "JPEG".repeat(2500);
  #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }
  start = (): void => {
    if (this.broken === "start") throw new Error("CAMERA_INIT: no sensor");
    this.isOpen = true;
  };
  capture = (done: (frame: Frame | undefined, problem?: string) => void): void => {
    if (this.broken === "throw") throw new Error("CAMERA_BUSY: x");
    if (this.broken === "silent") return;
    const isBroken = this.broken === "problem";
    this.#clock.after(30, () => {
      if (isBroken) return done(undefined, "CAMERA_TIMEOUT");
      this.taken += 1;
      this.lent.push(this.taken);
      done({ handle: this.taken, width: 640, height: 480 });
    });
  };
  release = ({ handle }: Frame): void => {
    if (!this.lent.includes(handle)) throw new Error("FRAME_HANDLE: not lent");
    this.lent = this.lent.filter((lent) => lent !== handle);
  };
  jpeg = ({ handle }: Frame): string => {
    if (!this.lent.includes(handle)) throw new Error("FRAME_HANDLE: not lent");
    return this.jpegText;
  };
  stop = (): void => {
    this.isOpen = false;
  };
}

export class FakeVision implements Vision {
  /** What motion answers, frame by frame; the last stays. undefined: no background. */
  motions: (Motion | undefined)[] = [undefined];
  learnt: number[] = [];
  crops: (Box | undefined | { around: Box })[] = [];
  broken = false;
  motion = (): Motion | undefined => {
    if (this.broken) throw new Error("VISION_MOTION: broken");
    return this.motions.length > 1 ? this.motions.shift() : this.motions[0];
  };
  /** What is wrong with the lens, or "". */
  lensProblem = "";
  learn = ({ handle }: Frame): void => {
    this.learnt.push(handle);
  };
  lens = (): string => this.lensProblem;
  crop = (_frame: Frame, box: Box | undefined): void => {
    this.crops.push(box);
  };
  cropAround = (_frame: Frame, box: Box): void => {
    this.crops.push({ around: box });
  };
}

export class FakeModel implements Model {
  /** What invoke answers, one after the other; the last stays. */
  outputs: number[][] = [ANIMAL];
  invoked = 0;
  broken: "" | "start" | "invoke" = "";
  labels = (): string[] => LABELS;
  name = (): string => "fake_model";
  lastMs = (): number => 42;
  start = (): void => {
    if (this.broken === "start") throw new Error("MODEL_FILE: model.tflite");
  };
  invoke = (): number[] => {
    if (this.broken === "invoke") throw new Error("MODEL_INVOKE: broken");
    this.invoked += 1;
    return (this.outputs.length > 1 ? this.outputs.shift() : this.outputs[0]) as number[];
  };
  stop = (): void => {};
}

/** A vault in memory. Its contents may be handed to the next fake camera: that is a reboot. */
export class FakeVault implements Vault {
  cells = new Map<string, string>();
  items: { queue: string; key: number; data: string; note: string }[] = [];
  writes = 0;
  bytesMax = 500_000;
  broken = false;
  #lastKey = 0;

  start = (): void => {
    if (this.broken) throw fault(-202, "vault");
  };
  read = (name: string): string | undefined => this.cells.get(name);
  write = (name: string, text: string): void => {
    if (this.broken) throw fault(-202, name);
    this.writes += 1;
    this.cells.set(name, text);
  };
  erase = (name: string): void => {
    this.cells.delete(name);
  };
  append = (queue: string, data: string, note: string): number => {
    if (this.broken) throw fault(-202, queue);
    if (data.length > this.freeBytes()) throw fault(E_VAULT_FULL, queue);
    this.#lastKey += 1;
    this.items.push({ queue, key: this.#lastKey, data, note });
    return this.#lastKey;
  };
  #keys = (queue: string): number[] =>
    this.items.filter((item) => item.queue === queue).map(({ key }) => key);
  count = (queue: string): number => this.#keys(queue).length;
  next = (queue: string, after: number): number =>
    this.#keys(queue).find((key) => key > after) ?? 0;
  #find = (queue: string, key: number) =>
    this.items.find((item) => item.queue === queue && item.key === key);
  note = (queue: string, key: number): string | undefined => this.#find(queue, key)?.note;
  item = (queue: string, key: number): string | undefined => this.#find(queue, key)?.data;
  remove = (queue: string, key: number): void => {
    this.items = this.items.filter((item) => item.queue !== queue || item.key !== key);
  };
  evicted = (): number => 0;
  freeBytes = (): number =>
    this.bytesMax - this.items.reduce((sum, { data }) => sum + data.length, 0);
}

/** A configuration on fakes alone. */
export const testConfig = (vault: Vault, clock: Clock): Config =>
  createConfig({ vault, clock, guard: (work) => work(), log: () => {} });

type Answer = Partial<HttpReply> | string | undefined;

/** The network: a test says what is answered. A text is a failure; undefined never answers. */
export class FakeLinks implements Links {
  requests: HttpRequest[] = [];
  answer: (request: HttpRequest) => Answer = () => "connection refused";
  joinProblem = "";
  isUp = false;
  #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }
  start = (): void => {};
  connect = (_ssid: string, _password: string, done: (problem: string) => void): void => {
    this.#clock.after(100, () => {
      this.isUp = !this.joinProblem;
      done(this.joinProblem);
    });
  };
  request = (
    request: HttpRequest,
    done: (reply: HttpReply | undefined, problem?: string) => void,
  ): void => {
    this.requests.push(request);
    const answer = this.answer(request);
    this.#clock.after(50, () => {
      if (typeof answer === "string") done(undefined, answer);
      else if (answer) done({ status: 200, headers: {}, body: "", ...answer });
    });
  };
  rssiDbm = (): number => -60;
  disconnect = (): void => {
    this.isUp = false;
  };
  stop = (): void => this.disconnect();
}

export interface FakePorts extends Ports {
  clock: FakeClock;
  camera: FakeCamera;
  vision: FakeVision;
  model: FakeModel;
  vault: FakeVault;
  links: FakeLinks;
  lines: string[];
  /** A rising edge of the motion sensor. */
  move(): void;
  sleeps: number;
}

/** A camera's surroundings; `vault` of an earlier one makes this its next boot. */
export function fakePorts(vault = new FakeVault()): FakePorts {
  const clock = new FakeClock();
  const lines: string[] = [];
  let onMotion = (): void => {};
  const ports: FakePorts = {
    clock,
    camera: new FakeCamera(clock),
    vision: new FakeVision(),
    model: new FakeModel(),
    vault,
    crypto: nodeCrypto,
    links: new FakeLinks(clock),
    power: {
      batteryMv: () => 4000,
      tempC: () => null,
      bootReason: () => "powerOn",
      sleep: () => {
        ports.sleeps += 1;
      },
    },
    sensors: {
      start: () => {},
      onMotion: (run) => {
        onMotion = run;
      },
      stop: () => {},
    },
    memory: { freeVars: () => 12000, totalVars: () => 16383, freeFlashBytes: () => 600_000 },
    setup: () => ({
      ...{ line: undefined, wifi: undefined, chip: "fake", tag: "beef", accessPointPassword: "" },
    }),
    missing: [],
    hardware: "ESP32S3",
    base64: (text) => Buffer.from(text, "latin1").toString("base64"),
    fromBase64: (text) => Buffer.from(text, "base64").toString("latin1"),
    images: () => undefined,
    log: (line) => lines.push(line),
    lines,
    move: () => onMotion(),
    sleeps: 0,
  };
  return ports;
}
