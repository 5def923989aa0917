/**
 * Improv Serial v1 from the host's side, with our own command to enrol: what a browser's Improv does for Wi-Fi, for
 * tools and tests. Asks again when nothing comes back, since a line may lose bytes while a board starts.
 * Source: improv-wifi.com/serial; device/protocol/improv.ts.
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  ERROR_NONE,
  IMPROV_ERROR,
  IMPROV_RESULT,
  IMPROV_RPC,
  IMPROV_STATE,
  improvCodec,
  RPC_ENROL,
  RPC_INFO,
  RPC_JOIN,
  RPC_SCAN,
  RPC_STATE,
  STATE_JOINED,
} from "../../device/protocol/improv.ts";
import { deviceError, noDeviceError } from "../errors.ts";
import type { Transport } from "./transport.ts";

const STEP_MS = 20;
const ANSWER_MS_MAX = 30_000;
/** Without a sign of life for so long the command is sent again; longer when it was taken up. */
const AGAIN_MS = 3000;
const AGAIN_TAKEN_MS = 10_000;

const ERRORS: Record<number, [code: string, text: string]> = {
  1: ["IMPROV_INVALID", "it did not understand the command"],
  2: ["IMPROV_UNKNOWN_COMMAND", "it does not know this command"],
  3: ["IMPROV_NOT_JOINED", "it could not join the network: wrong password, or out of reach"],
  5: ["IMPROV_HOSTNAME", "it does not take this host name"],
  255: ["IMPROV_REFUSED", "it refused; the reason is a line on its console"],
};

export interface ImprovInfo {
  firmware: string;
  version: string;
  chip: string;
  name: string;
}

export interface ImprovNetwork {
  ssid: string;
  rssiDbm: number;
  isOpen: boolean;
}

export interface EnrolRequest {
  server: string;
  claim: string;
  name?: string;
  latitude?: number;
  longitude?: number;
  /** UTC seconds. */
  time?: number;
}

/** Every call may throw NO_ANSWER, PORT_LOST and the errors of ERRORS. */
export interface Improv {
  /** The state's number: 2 ready, 3 joining, 4 on a network. */
  state(): Promise<number>;
  info(): Promise<ImprovInfo>;
  scan(): Promise<ImprovNetwork[]>;
  /** Address of the camera's page, "" when it has none. Errors: IMPROV_NOT_JOINED. */
  join(ssid: string, password: string): Promise<string>;
  /** The camera's ID. Errors: IMPROV_REFUSED. */
  enrol(given: EnrolRequest): Promise<string>;
}

/** What came back since the command was sent. */
interface Heard {
  states: number[];
  results: string[][];
  error: number;
  /** The camera is at it: it clears its error first. */
  isTaken: boolean;
  silentMs: number;
}

const nothingHeard = (): Heard => ({
  ...{ states: [], results: [], error: ERROR_NONE, isTaken: false, silentMs: 0 },
});

const toBytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
const toText = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8");

/** @param pass lets time go by; an emulator's is its own */
export function improvClient(
  transport: Transport,
  pass: (ms: number) => Promise<unknown> = sleep,
): Improv {
  const codec = improvCodec();
  let rest = "";
  let lost = "";
  let heard = nothingHeard();
  let pending = 0;

  function take(type: number, data: string): void {
    heard.silentMs = 0;
    if (type === IMPROV_STATE) heard.states.push(data.charCodeAt(0));
    else if (type === IMPROV_ERROR) {
      heard.error = data.charCodeAt(0);
      heard.isTaken = heard.error === ERROR_NONE;
    } else if (type === IMPROV_RESULT && data.charCodeAt(0) === pending) {
      const texts = codec.unpackTexts(data.slice(2));
      if (texts) heard.results.push(texts.map(toText));
    }
  }

  transport.onData((bytes) => {
    rest += bytes;
    for (;;) {
      const piece = codec.nextPiece(rest);
      rest = piece.rest;
      if (piece.type) take(piece.type, piece.data);
      else if (!piece.isDamaged) return;
    }
  });
  transport.onClose((reason) => {
    lost = reason;
  });

  async function ask(command: number, data: string, isDone: (so: Heard) => boolean) {
    heard = nothingHeard();
    pending = command;
    const frame = codec.frame(IMPROV_RPC, codec.rpcData(command, data)).slice(1);
    heard.silentMs = AGAIN_MS;
    for (let waitedMs = 0; waitedMs < ANSWER_MS_MAX; waitedMs += STEP_MS) {
      if (heard.silentMs >= (heard.isTaken ? AGAIN_TAKEN_MS : AGAIN_MS)) {
        heard.silentMs = 0;
        await transport.write(frame);
      }
      await pass(STEP_MS);
      heard.silentMs += STEP_MS;
      if (lost) throw noDeviceError("PORT_LOST", lost, "plug the camera in and try again");
      if (heard.error !== ERROR_NONE) {
        const known = ERRORS[heard.error] ?? ["IMPROV_ERROR", `it answered error ${heard.error}`];
        throw deviceError(known[0], `${transport.name}: ${known[1]}`);
      }
      if (isDone(heard)) return heard;
    }
    throw deviceError("NO_ANSWER", `${transport.name}: no answer to an Improv command`);
  }

  const first = (so: Heard): boolean => so.results.length > 0;

  return {
    state: async () => {
      const { states } = await ask(
        RPC_STATE,
        "",
        ({ states, results }) =>
          states.length > 0 && (states.at(-1) !== STATE_JOINED || results.length > 0),
      );
      return states.at(-1) as number;
    },
    info: async () => {
      const { results } = await ask(RPC_INFO, "", first);
      const [firmware = "", version = "", chip = "", name = ""] = results[0] as string[];
      return { firmware, version, chip, name };
    },
    scan: async () => {
      const { results } = await ask(RPC_SCAN, "", ({ results }) => results.at(-1)?.length === 0);
      return results
        .filter(({ length }) => length > 0)
        .map(([ssid = "", rssi = "0", secured]) => ({
          ssid,
          rssiDbm: Number(rssi),
          isOpen: secured === "NO",
        }));
    },
    join: async (ssid, password) => {
      const data = codec.packTexts([toBytes(ssid), toBytes(password)]);
      const { results } = await ask(RPC_JOIN, data, first);
      return results[0]?.[0] ?? "";
    },
    enrol: async ({ server, claim, name, latitude, longitude, time }) => {
      const texts = [server, claim, name, latitude, longitude, time].map((value) =>
        toBytes(`${value ?? ""}`),
      );
      const { results } = await ask(RPC_ENROL, codec.packTexts(texts), first);
      return results[0]?.[0] ?? "";
    },
  };
}
