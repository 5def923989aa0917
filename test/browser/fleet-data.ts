/**
 * A made-up fleet, told to a real server the way cameras tell it: check-ins and resumable uploads with drawn pictures.
 */
import type { Heartbeat } from "../../device/protocol/check-in.ts";
import { MEDIA_PATH } from "../../device/protocol/check-in.ts";
import type { ObservationType } from "../../device/protocol/records.ts";
import type { SimulatedClock } from "../../toolchain/fleet/clock.ts";
import {
  checkIn,
  exchange,
  heartbeat,
  media,
  observation,
  operate,
  type TestCamera,
  type TestFleet,
} from "../fleet/support/fleet.ts";
import { drawScene, type Scene } from "./scenes.ts";

/** A camera of the made-up fleet, which remembers what it has sent. */
export interface Actor extends TestCamera {
  name: string;
  sequence: number;
  configVersion: number;
  heartbeat: Partial<Heartbeat>;
}

export async function provision(
  fleet: TestFleet,
  name: string,
  site: string,
  place = { latitude: 46.512, longitude: 8.104 },
): Promise<Actor> {
  const response = await operate(fleet, "POST", "/api/v1/cameras", { name, site, ...place });
  const created = (await response.json()) as TestCamera;
  return { ...created, name, sequence: 0, configVersion: 0, heartbeat: {} };
}

/** One check-in; the camera takes the configuration it is offered, as a real one does. */
export async function report(
  fleet: TestFleet,
  actor: Actor,
  atMs: number,
  records: Parameters<typeof checkIn>[0] = [],
): Promise<void> {
  actor.sequence++;
  const reply = await exchange(
    fleet,
    actor,
    checkIn(records, {
      sequence: actor.sequence,
      time: Math.floor(atMs / 1000),
      heartbeat: heartbeat({ ...TYPICAL, ...actor.heartbeat }),
      configVersion: actor.configVersion,
    }),
  );
  if (reply.refused.length) throw new Error(JSON.stringify(reply.refused));
  if (reply.config) actor.configVersion = reply.config.version;
}

const TYPICAL: Partial<Heartbeat> = {
  uptimeS: 273_900,
  bootCount: 4,
  bootReason: "deep sleep",
  freeVars: 11_240,
  totalVars: 16_383,
  freeFlashBytes: 812_000,
  batteryMv: 3_960,
  triggers: 214,
  captures: 642,
  inferences: 488,
  inferenceMs: 236,
  clockDriftS: 2,
  subsystems: ["capture", "detector", "recorder", "uplink"].map((name) => ({
    name,
    state: "running",
    failures: 0,
  })),
};

export interface Sighting extends Scene {
  type: ObservationType;
  species?: string;
  probability?: number;
  count?: number;
  /** Pictures of the burst; the subject moves a little from one to the next. */
  pictures?: number;
  /** False: the pictures stay on the camera. */
  isUploaded?: boolean;
}

/**
 * A trigger on a camera: the check-in first, then the pictures, as the outbox sends them.
 * @returns the observationID
 */
export async function see(
  fleet: TestFleet,
  actor: Actor,
  atMs: number,
  sighting: Sighting,
): Promise<string> {
  const { type, box, pictures = 1, width = 640, height = 480 } = sighting;
  const event = `4-${actor.sequence + 1}`;
  const files = await Promise.all(
    Array.from({ length: pictures }, (_, index) =>
      drawScene({ ...sighting, box: [box[0] + index * 0.04, box[1], box[2], box[3]] }),
    ),
  );
  const mediaIDs = files.map((_, index) => `${event}-${index}`);
  const timestamp = Math.floor(atMs / 1000);
  const [x, y, w, h] = type === "blank" ? [0, 0, 0, 0] : box;
  await report(fleet, actor, atMs, [
    observation(event, {
      eventID: event,
      eventStart: timestamp,
      eventEnd: timestamp + 2,
      observationType: type,
      scientificName: sighting.species ?? "",
      count: sighting.count ?? (type === "blank" ? 0 : 1),
      classificationProbability: sighting.probability ?? 0.87,
      ...{ bboxX: x, bboxY: y, bboxWidth: w, bboxHeight: h, mediaIDs },
    }),
    ...files.map((file, index) =>
      media(`${event}-m${index}`, mediaIDs[index] ?? "", {
        ...{ eventID: event, timestamp, fileBytes: file.length, width, height },
      }),
    ),
  ]);
  if (sighting.isUploaded === false) return `${actor.cameraID}:${event}`;
  for (const [index, file] of files.entries())
    await upload(fleet, actor, file, { mediaID: mediaIDs[index] ?? "", eventID: event, timestamp });
  return `${actor.cameraID}:${event}`;
}

/** tus 1.0: create, then send the bytes. */
async function upload(
  fleet: TestFleet,
  actor: Actor,
  file: Buffer,
  metadata: Record<string, string | number>,
): Promise<void> {
  const common = { authorization: `Bearer ${actor.credential}`, "tus-resumable": "1.0.0" };
  const encoded = Object.entries(metadata)
    .map(([key, value]) => `${key} ${Buffer.from(String(value)).toString("base64")}`)
    .join(",");
  const created = await fetch(fleet.url + MEDIA_PATH, {
    method: "POST",
    headers: { ...common, "upload-length": String(file.length), "upload-metadata": encoded },
  });
  const location = created.headers.get("location");
  if (created.status !== 201 || !location) throw new Error(`creation: ${created.status}`);
  const sent = await fetch(new URL(location, fleet.url), {
    method: "PATCH",
    headers: {
      ...common,
      "upload-offset": "0",
      "content-type": "application/offset+octet-stream",
    },
    body: new Uint8Array(file),
  });
  if (sent.status !== 204) throw new Error(`upload: ${sent.status} ${await sent.text()}`);
}

const MINUTE_MS = 60_000;

/** Six cameras in every state and a day's detections. The clock ends at `nowMs`. */
export async function fillFleet(fleet: TestFleet, clock: SimulatedClock, nowMs: number) {
  const ford = await provision(fleet, "River ford", "Lower valley");
  const ridge = await provision(fleet, "Ridge north", "Ridge");
  const pan = await provision(fleet, "Salt pan", "Lower valley");
  const gate = await provision(fleet, "East gate", "Boundary");
  const spare = await provision(fleet, "Spare 2", "Store room");
  const track = await provision(fleet, "Forest track", "Boundary");
  ridge.heartbeat = { batteryMv: 3420, queuedRecords: 2, queuedMedia: 5, tempC: 6 };
  gate.heartbeat = { clockDriftS: 95 };
  const rows: [number, Actor, Sighting | undefined][] = [
    [2900, gate, undefined],
    [1500, pan, { type: "animal", subject: "deer", light: "dusk", box: [0.5, 0.46, 0.2, 0.3] }],
    [420, ford, { ...elephant("night", [0.42, 0.34, 0.4, 0.44]), probability: 0.91 }],
    [300, ford, { type: "blank", subject: "", light: "day", box: [0, 0, 0, 0] }],
    [260, ridge, { ...deer("night", [0.7, 0.55, 0.1, 0.16]), type: "unknown", isUploaded: false }],
    [
      200,
      track,
      { type: "vehicle", subject: "vehicle", light: "day", box: [0.12, 0.44, 0.5, 0.34] },
    ],
    [160, ridge, { ...deer("day", [0.3, 0.4, 0.22, 0.34]), species: "other_animal" }],
    [120, pan, { ...cat("night", [0.34, 0.52, 0.4, 0.24]), probability: 0.81 }],
    [41, ridge, undefined],
    [13, ford, { ...elephant("dusk", [0.2, 0.3, 0.42, 0.46]), count: 2, pictures: 2 }],
    [4, track, { ...person("dusk", [0.55, 0.42, 0.12, 0.42]), probability: 0.93, pictures: 3 }],
  ];
  for (const [minutesAgo, actor, sighting] of rows) {
    const atMs = nowMs - minutesAgo * MINUTE_MS;
    clock.set(atMs);
    if (sighting) await see(fleet, actor, atMs, sighting);
    else await report(fleet, actor, atMs);
  }
  clock.set(nowMs);
  return { ford, ridge, pan, gate, spare, track };
}

type Light = Scene["light"];
type Box = Scene["box"];

export const elephant = (light: Light, box: Box): Sighting => ({
  ...{ type: "animal", species: "elephant", subject: "elephant", probability: 0.98, light, box },
});

const cat = (light: Light, box: Box): Sighting => ({
  ...{ type: "animal", species: "big_cat", subject: "big_cat", light, box },
});

const deer = (light: Light, box: Box): Sighting => ({
  ...{ type: "animal", subject: "deer", probability: 0.74, light, box },
});

export const person = (light: Light, box: Box): Sighting => ({
  ...{ type: "human", subject: "human", light, box },
});
