/**
 * The server of the scripted day: check-ins and tus uploads in memory, over real sockets of this machine, and out of
 * order when the script says so. Deterministic: no dates, no random names. Not a fleet server: that is toolchain/fleet.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import {
  CHECK_IN_PATH,
  type CheckIn,
  type CheckInReply,
  MEDIA_PATH,
  PROTOCOL_VERSION,
} from "../../device/protocol/check-in.ts";
import { ENROL_PATH, type EnrolmentReply } from "../../device/protocol/enrolment.ts";

/** Generator of P-256 (FIPS 186-4, D.1.2.3): a key whose other half is 1. What is derived with it is never looked at. */
const SERVER_KEY =
  "BGsX0fLhLEJH+Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT+NC4v4af5uO5+tKfA+eFivOM1drMV7Oy7ZAaDe/UfU=";

/** What is wrong with the server at the moment. */
export type FleetFault =
  | "none"
  /** No connection comes about. */
  | "unreachable"
  /** Answers 500 to everything. */
  | "broken"
  /** Each piece of a picture is taken, its answer is not sent. */
  | "silent uploads";

export interface ScriptedFleet {
  origin: string;
  port: number;
  fault: FleetFault;
  /** Handed out with the next check-in of a camera that has another version. */
  config: CheckInReply["config"];
  /** Seen so far. */
  counts: { checkIns: number; records: number; pictures: number; failures: number };
  close(): Promise<void>;
}

interface Upload {
  mediaID: string;
  bytes: number;
  length: number;
}

/** @param now the camera's true time, UTC milliseconds */
export async function openScriptedFleet(now: () => number): Promise<ScriptedFleet> {
  const uploads = new Map<string, Upload>();
  const stored = new Set<string>();
  const server = createServer((request, response) => {
    response.sendDate = false;
    readBody(request)
      .then((body) => answer(request, body, response))
      // The camera broke off; nobody waits for the answer.
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const fleet: ScriptedFleet = {
    origin: `http://127.0.0.1:${port}`,
    port,
    fault: "none",
    config: undefined,
    counts: { checkIns: 0, records: 0, pictures: 0, failures: 0 },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return fleet;

  function answer(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const { method = "", url = "" } = request;
    if (fleet.fault === "broken") {
      fleet.counts.failures++;
      reply(response, 500, "out of order");
    } else if (url === CHECK_IN_PATH) checkIn(JSON.parse(body.toString("latin1")), response);
    else if (url === ENROL_PATH) enrol(response);
    else if (method === "POST") create(request, response);
    else piece(request, body, response);
  }

  function enrol(response: ServerResponse): void {
    const text: EnrolmentReply = {
      v: 1,
      cameraID: "scripted-day",
      serverKey: SERVER_KEY,
      name: "scripted day",
      site: "emulator",
      time: Math.floor(now() / 1000),
    };
    reply(response, 200, JSON.stringify(text));
  }

  function checkIn({ records, configVersion }: CheckIn, response: ServerResponse): void {
    const { config, counts } = fleet;
    counts.checkIns++;
    counts.records += records.length;
    const text: CheckInReply = {
      v: PROTOCOL_VERSION,
      time: Math.floor(now() / 1000),
      acknowledged: records.map(({ recordID }) => recordID),
      refused: [],
    };
    if (config && config.version !== configVersion) text.config = config;
    reply(response, 200, JSON.stringify(text));
  }

  function create(request: IncomingMessage, response: ServerResponse): void {
    const [, coded = ""] = String(request.headers["upload-metadata"]).split(/[ ,]/);
    const mediaID = Buffer.from(coded, "base64").toString();
    if (stored.has(mediaID)) {
      reply(response, 409, "stored already");
      return;
    }
    const path = `${MEDIA_PATH}/${mediaID}`;
    uploads.set(path, { mediaID, bytes: 0, length: Number(request.headers["upload-length"]) });
    reply(response, 201, "", { Location: path });
  }

  function piece(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const upload = uploads.get(request.url ?? "");
    if (!upload) {
      reply(response, 404, "no such upload");
      return;
    }
    if (request.method === "PATCH") {
      if (Number(request.headers["upload-offset"]) !== upload.bytes) {
        reply(response, 409, "another offset");
        return;
      }
      upload.bytes += body.length;
      if (fleet.fault === "silent uploads") {
        fleet.counts.failures++;
        request.socket.destroy();
        return;
      }
      if (upload.bytes === upload.length && !stored.has(upload.mediaID)) {
        stored.add(upload.mediaID);
        fleet.counts.pictures++;
      }
    }
    const status = request.method === "PATCH" ? 204 : 200;
    reply(response, status, "", { "Upload-Offset": String(upload.bytes) });
  }
}

function reply(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { ...headers, "Content-Length": String(text.length) });
  response.end(text);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
