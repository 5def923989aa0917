/**
 * One random session of somebody who sets a camera up by Improv over a bad line, with wrong passwords, clients that go
 * away and Ctrl-C in between. In the end the line is good, and the camera must be ready within 15 s of its time.
 */
import { improvCodec } from "../../device/protocol/improv.ts";
import { AppError } from "../../toolchain/errors.ts";
import { type Improv, improvClient } from "../../toolchain/link/improv.ts";
import { Dice } from "../fuzz/dice.ts";
import { CLEAN, drawFaults, type FaultyWire } from "./faulty-wire.ts";

const READY_MS_MAX = 15_000;
const TRIES = 5;
export const NETWORK = { ssid: "woods", password: "twelve-trees" };
const SERVER = "http://10.0.0.1:8700";
/** What a client may be told when bytes are lost; anything else is wrong. */
const BAD_LINE = ["NO_ANSWER", "IMPROV_INVALID", "IMPROV_UNKNOWN_COMMAND", "IMPROV_REFUSED"];

export interface Session {
  seed: number;
  /** Everything was done. */
  isFinished: boolean;
  /** Errors met, by code. */
  errors: Record<string, number>;
  /** Longest wait for the camera at the end, ms of its time. */
  readyMs: number;
  problem: string;
}

/** A camera and the wire to it. */
export interface Bench {
  wire: FaultyWire;
  /** Let the camera's time pass. */
  pass(ms: number): Promise<void>;
  /** ID of the server's camera, "" before it is enrolled. */
  cameraID(): string;
  /** False when the camera has been provisioned for a minute: its line is the console's then. */
  isOpen(): boolean;
  /** The network the camera keeps, "" for none. */
  ssid(): string;
  close(): void;
}

type Step = (improv: Improv) => Promise<unknown>;

/** @param build makes the camera of this seed; it draws from the dice, too */
export async function liveImprov(
  seed: number,
  build: (dice: Dice) => Promise<Bench>,
): Promise<Session> {
  const dice = new Dice(seed);
  const bench = await build(dice);
  const { wire } = bench;
  const session: Session = { seed, isFinished: true, errors: {}, readyMs: 0, problem: "" };
  const pass = async (ms: number): Promise<void> => {
    wire.advance(ms);
    await bench.pass(ms);
  };
  const fail = (what: string): void => {
    session.problem ||= what;
  };

  /** True when it worked; an error that is not in `allowed` is a problem of the camera. */
  async function attempt(improv: Improv, step: Step, allowed: string[]): Promise<boolean> {
    try {
      await step(improv);
      return true;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      session.errors[error.code] = (session.errors[error.code] ?? 0) + 1;
      if (!allowed.includes(error.code)) fail(`${error.code} ${error.message}`);
      return false;
    }
  }

  async function persist(improv: Improv, step: Step, allowed: string[]): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) if (await attempt(improv, step, allowed)) return;
    session.isFinished = false;
  }

  async function disturb(): Promise<void> {
    const frame = frameOf();
    const what = dice.pick(["nothing", "nothing", "ctrl-c", "cut", "typed"]);
    if (what === "ctrl-c") await wire.write("\x03");
    if (what === "typed") await wire.write("print(1)\r\n");
    if (what === "cut") {
      await wire.write(frame.slice(0, 1 + dice.below(frame.length - 1)));
      await pass(dice.below(50));
      wire.cutOff();
    }
    await pass(dice.below(300));
  }

  try {
    wire.faults = drawFaults(dice);
    const improv = improvClient(wire, pass);
    await disturb();
    await persist(improv, (client) => client.info(), BAD_LINE);
    await disturb();
    if (dice.chance(50)) await persist(improv, (client) => client.scan(), BAD_LINE);
    if (dice.chance(50)) {
      const wrong = (client: Improv) => client.join(NETWORK.ssid, "wrong-password");
      const isJoined = await attempt(improv, wrong, [...BAD_LINE, "IMPROV_NOT_JOINED"]);
      if (isJoined) fail("joined with a wrong password");
    }
    await disturb();
    // Whether it is said to be joined or not must be true; a password that lost a byte is wrong.
    const right = (client: Improv) => client.join(NETWORK.ssid, NETWORK.password);
    await persist(improv, right, [...BAD_LINE, "IMPROV_NOT_JOINED"]);
    await disturb();
    if (session.isFinished) {
      if (bench.ssid() !== NETWORK.ssid) fail(`said to be on a network it does not keep`);
      const enrol = (client: Improv) =>
        client.enrol({ server: SERVER, claim: "good", name: "ridge" });
      await persist(improv, enrol, BAD_LINE);
      if (session.isFinished && bench.cameraID() === "") fail("said to be enrolled and is not");
    }
    await disturb();
    wire.cutOff();
    wire.faults = CLEAN;
    const last = improvClient(wire, async (ms) => {
      session.readyMs += ms;
      await pass(ms);
    });
    const wasOpen = await attempt(last, (client) => client.state(), ["NO_ANSWER"]);
    if (!wasOpen && !bench.isOpen()) session.readyMs = 0;
    else if (!wasOpen) fail("does not answer any more");
    if (session.readyMs > READY_MS_MAX) fail(`ready again only after ${session.readyMs} ms`);
  } finally {
    bench.close();
  }
  return session;
}

const codec = improvCodec();
const frameOf = (): string =>
  codec.frame(3, codec.rpcData(1, codec.packTexts([NETWORK.ssid, NETWORK.password])));
