/** A fleet server on a temporary folder, and what a camera would send it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CheckIn, CheckInReply, Heartbeat } from "../../../device/protocol/check-in.ts";
import type {
  CameraRecord,
  FaultRecord,
  MediaRecord,
  ObservationRecord,
} from "../../../device/protocol/records.ts";
import {
  createServer,
  type FleetServer,
  type ServerOptions,
} from "../../../toolchain/fleet/server.ts";
import { newPostgres } from "../../support/postgres.ts";

export interface TestFleet {
  server: FleetServer;
  /** Origin, once `listen` was called. */
  url: string;
  token: string;
  dataDir: string;
  problems: string[];
  operator: { authorization: string };
}

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), "thicket-fleet-"));

/**
 * Run a body against a new server on a new folder; both are gone afterwards.
 * On PostgreSQL where THICKET_TEST_DATABASE says so: postgres.test.ts runs whole files like this.
 */
export async function withFleet(
  body: (fleet: TestFleet) => Promise<void>,
  options: Partial<ServerOptions> = {},
): Promise<void> {
  const dataDir = options.dataDir ?? temporaryFolder();
  const onPostgres = process.env.THICKET_TEST_DATABASE === "postgres";
  const postgres = onPostgres ? await newPostgres() : undefined;
  const fleet = await openFleet({ databaseUrl: postgres?.url, ...options, dataDir });
  try {
    await body(fleet);
  } finally {
    await fleet.server.close();
    await postgres?.drop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

export async function openFleet(
  options: Partial<ServerOptions> & { dataDir: string; token?: string },
): Promise<TestFleet> {
  const problems: string[] = [];
  const server = await createServer({
    dashboardDir: join(options.dataDir, "no-dashboard"),
    onProblem: (message) => problems.push(message),
    ...options,
  });
  await server.app.listen({ host: "127.0.0.1", port: 0 });
  const address = server.app.server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const token = server.operatorToken ?? options.token ?? "";
  return {
    server,
    url: `http://127.0.0.1:${port}`,
    token,
    dataDir: options.dataDir,
    problems,
    operator: { authorization: `Bearer ${token}` },
  };
}

export interface TestCamera {
  cameraID: string;
  credential: string;
}

export async function addCamera(fleet: TestFleet, name = "ridge"): Promise<TestCamera> {
  const response = await operate(fleet, "POST", "/api/v1/cameras", { name, site: "north" });
  return (await response.json()) as TestCamera;
}

export const operate = (
  fleet: TestFleet,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> =>
  fetch(fleet.url + path, {
    method,
    headers: {
      ...fleet.operator,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });

// biome-ignore lint/suspicious/noExplicitAny: tests read answers of many shapes
export const getJson = async (fleet: TestFleet, path: string): Promise<any> =>
  (await operate(fleet, "GET", path)).json();

export const heartbeat = (changes: Partial<Heartbeat> = {}): Heartbeat => ({
  state: "operational",
  uptimeS: 120,
  bootCount: 1,
  bootReason: "power",
  appVersion: "0.1.0",
  freeVars: 9000,
  totalVars: 16000,
  freeFlashBytes: 500000,
  batteryMv: 3900,
  tempC: 21.5,
  rssiDbm: -61,
  queuedRecords: 0,
  queuedMedia: 0,
  droppedRecords: 0,
  triggers: 1,
  captures: 3,
  captureFailures: 0,
  inferences: 3,
  inferenceMs: 410,
  clockDriftS: 0,
  checkInIntervalS: 3600,
  subsystems: [{ name: "camera", state: "running", failures: 0 }],
  ...changes,
});

export const observation = (
  recordID: string,
  changes: Partial<ObservationRecord> = {},
): ObservationRecord => ({
  kind: "observation",
  recordID,
  eventID: `e${recordID}`,
  eventStart: 1_700_000_000,
  eventEnd: 1_700_000_002,
  observationType: "animal",
  scientificName: "elephant",
  count: 1,
  classificationProbability: 0.87,
  classifiedBy: "thicket_96_int8",
  bboxX: 0.1,
  bboxY: 0.2,
  bboxWidth: 0.5,
  bboxHeight: 0.4,
  mediaIDs: [`m${recordID}`],
  ...changes,
});

export const media = (
  recordID: string,
  mediaID: string,
  changes: Partial<MediaRecord> = {},
): MediaRecord => ({
  kind: "media",
  recordID,
  mediaID,
  eventID: "e1-1",
  timestamp: 1_700_000_001,
  captureMethod: "activityDetection",
  fileBytes: 5000,
  width: 640,
  height: 480,
  ...changes,
});

export const fault = (recordID: string, changes: Partial<FaultRecord> = {}): FaultRecord => ({
  kind: "fault",
  recordID,
  timestamp: 1_700_000_003,
  subsystem: "camera",
  code: "E_CAMERA_TIMEOUT",
  count: 1,
  ...changes,
});

export const checkIn = (records: CameraRecord[], changes: Partial<CheckIn> = {}): CheckIn => ({
  v: 1,
  sequence: 1,
  time: 1_700_000_010,
  heartbeat: heartbeat(),
  records,
  configVersion: 0,
  ...changes,
});

export const postCheckIn = (
  url: string,
  { credential }: TestCamera,
  body: unknown,
): Promise<Response> =>
  fetch(`${url}/device/v1/check-in`, {
    method: "POST",
    headers: { authorization: `Bearer ${credential}`, "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

export async function exchange(
  fleet: TestFleet,
  camera: TestCamera,
  body: unknown,
): Promise<CheckInReply> {
  const response = await postCheckIn(fleet.url, camera, body);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as CheckInReply;
}

/** Bytes with a JPEG's first and last marker; nothing here decodes them. */
export function fakeJpeg(bytes: number, fill = 7): Buffer {
  const picture = Buffer.alloc(bytes, fill);
  picture.set([0xff, 0xd8, 0xff, 0xe0], 0);
  picture.set([0xff, 0xd9], bytes - 2);
  return picture;
}
