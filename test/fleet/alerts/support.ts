/** Receivers of alerts as the world has them (a mail server, a broker, a webhook), and a fleet with a no-go zone. */
import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcp, type Server } from "node:net";
import { Aedes } from "aedes";
import { SMTPServer } from "smtp-server";
import { createSimulatedClock, type SimulatedClock } from "../../../toolchain/fleet/clock.ts";
import {
  checkIn,
  exchange,
  observation,
  operate,
  type TestCamera,
  type TestFleet,
  withFleet,
} from "../support/fleet.ts";

/** A new moon's midnight in the reserve below: the sun is 60 degrees under the horizon. */
export const NIGHT_MS = Date.parse("2026-03-20T22:00:00Z");
export const DAY_MS = Date.parse("2026-03-20T10:00:00Z");

/** Around 35 E, 2 S. */
export const NO_GO = {
  type: "Polygon",
  coordinates: [
    [
      [34.9, -2.1],
      [35.1, -2.1],
      [35.1, -1.9],
      [34.9, -1.9],
      [34.9, -2.1],
    ],
  ],
};

export const nightRule = (changes: Record<string, unknown> = {}) => ({
  name: "people at night",
  severity: "P1",
  when: {
    ...{ observationTypes: ["human", "vehicle"], inside: NO_GO, sunBelow: -6 },
    probabilityMin: 0.7,
    repeated: { times: 2, of: 3, probabilityMin: 0.4, withinMinutes: 10 },
  },
  ...changes,
});

export interface Alarmed extends TestFleet {
  clock: SimulatedClock;
}

/** A fleet whose clock stands at night and that may tell receivers on this machine. */
export const withAlarmedFleet = (
  body: (fleet: Alarmed) => Promise<void>,
  nowMs = NIGHT_MS,
): Promise<void> => {
  const clock = createSimulatedClock(nowMs);
  return withFleet((fleet) => body({ ...fleet, clock }), { clock, allowPrivateWebhooks: true });
};

/** One in the no-go zone. */
export async function addNoGoCamera(
  fleet: TestFleet,
  name = "waterhole",
  site = "Lowveld",
): Promise<TestCamera> {
  const place = { latitude: -2.0123, longitude: 35.0456 };
  return answer(fleet, "POST", "/api/v1/cameras", { name, site, ...place });
}

export async function answer<T>(
  fleet: TestFleet,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await operate(fleet, method, path, body);
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text ? JSON.parse(text) : undefined) as T;
}

export const addChannel = async (
  fleet: TestFleet,
  kind: string,
  config: Record<string, unknown>,
  more: Record<string, unknown> = {},
): Promise<string> => {
  const body = { name: kind, kind, config, ...more };
  const path = "/api/v1/alert-channels";
  return (await answer<{ channelID: string }>(fleet, "POST", path, body)).channelID;
};

export const addRule = async (fleet: TestFleet, rule: unknown): Promise<string> =>
  (await answer<{ ruleID: string }>(fleet, "POST", "/api/v1/alert-rules", rule)).ruleID;

let sequence = 0;

/** A camera reports one event, now by the server's clock. */
export async function seen(
  fleet: Alarmed,
  camera: TestCamera,
  recordID: string,
  changes: Parameters<typeof observation>[1] = {},
): Promise<void> {
  const time = Math.floor(fleet.clock.now() / 1000);
  const human = { observationType: "human", scientificName: "" } as const;
  const record = observation(recordID, {
    ...{ ...human, eventStart: time - 5, eventEnd: time - 3, classificationProbability: 0.9 },
    ...changes,
  });
  sequence++;
  await exchange(fleet, camera, checkIn([record], { sequence, time }));
}

// biome-ignore lint/suspicious/noExplicitAny: tests read answers of many shapes
type Json = any;

export const alertsOf = async (fleet: TestFleet, query = ""): Promise<Json[]> =>
  (await answer<{ alerts: Json[] }>(fleet, "GET", `/api/v1/alerts${query}`)).alerts;

export const alertOf = (fleet: TestFleet, alertID: number): Promise<Json> =>
  answer(fleet, "GET", `/api/v1/alerts/${alertID}`);

// --- Receivers

export interface Receiver<T> {
  port: number;
  got: T[];
  close(): Promise<void>;
}

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });

export interface Posted {
  headers: IncomingHttpHeaders;
  body: string;
}

/** @param respond what to answer; absent: 204 */
export async function webhookReceiver(respond?: RequestListener): Promise<Receiver<Posted>> {
  const got: Posted[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text) => {
      body += text;
    });
    request.on("error", () => {});
    request.on("end", () => {
      got.push({ headers: request.headers, body });
      if (respond) respond(request, response);
      else response.writeHead(204).end();
    });
  });
  const port = await listening(server);
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port, got, close };
}

export async function mailReceiver(): Promise<Receiver<string>> {
  const got: string[] = [];
  const server = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ["STARTTLS"], logger: false },
    onData(stream, _session, done) {
      let text = "";
      stream.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      stream.on("end", () => {
        got.push(text);
        done();
      });
    },
  });
  const port = await new Promise<number>((resolve) => {
    const net = server.listen(0, "127.0.0.1", () => resolve((net.address() as AddressInfo).port));
  });
  return { port, got, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

export interface Published {
  topic: string;
  qos: number;
  retain: boolean;
  body: Json;
}

export async function broker(): Promise<Receiver<Published>> {
  const got: Published[] = [];
  const aedes = await Aedes.createBroker();
  aedes.on("publish", ({ topic, qos, retain, payload }, client) => {
    if (client) got.push({ topic, qos, retain, body: JSON.parse(payload.toString()) });
  });
  const server = createTcp(aedes.handle);
  const port = await listening(server);
  const close = () =>
    new Promise<void>((resolve) => aedes.close(() => server.close(() => resolve())));
  return { port, got, close };
}
