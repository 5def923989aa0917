/**
 * Judges what a camera sent: the envelope as a whole, the heartbeat and each record by itself. Says what is wrong in
 * one line; never throws.
 */
import { createHash } from "node:crypto";
import { Compile, type Validator } from "typebox/compile";
import {
  type Heartbeat,
  type HeartbeatDetails,
  MAX_RECORDS_PER_CHECK_IN,
} from "../../../device/protocol/check-in.ts";
import type { ConfigRefusal } from "../../../device/protocol/config.ts";
import type {
  CameraRecord,
  FaultRecord,
  MediaRecord,
  ObservationRecord,
} from "../../../device/protocol/records.ts";
import type { ReleaseReport } from "../../../device/protocol/release-offers.ts";
import { unpacked } from "./heartbeats.ts";
import {
  CheckInSchema,
  DetailsSchema,
  FaultSchema,
  HeartbeatSchema,
  MediaSchema,
  ObservationSchema,
  ReleaseReportSchema,
  SubsystemSchema,
} from "./schemas.ts";

const envelope = Compile(CheckInSchema);
const releaseValidator = Compile(ReleaseReportSchema);
const heartbeatValidator = Compile(HeartbeatSchema);
const recordSchemas = { observation: ObservationSchema, media: MediaSchema, fault: FaultSchema };
const recordJudges = Object.fromEntries(
  Object.entries(recordSchemas).map(([kind, schema]) => [
    kind,
    { validator: Compile(schema) as unknown as Validator, pick: pickerOf(schema) },
  ]),
);
const detailsValidator = Compile(DetailsSchema);
const pickHeartbeat = pickerOf(HeartbeatSchema);
const pickSubsystem = pickerOf(SubsystemSchema);

/** Cameras round fractions to three decimals, each by up to half a thousandth. */
const BBOX_SLACK = 0.002;
const FAULT_CHARACTERS = 80;
const RELEASE_REPORTS_MAX = 10;
const HARDWARE_LENGTH_MAX = 8;

export interface JudgedRecord<Kind extends CameraRecord = CameraRecord> {
  record: Kind;
  hash: string;
}

export interface JudgedCheckIn {
  sequence: number;
  time: number;
  configVersion: number;
  configSum?: number;
  configRefused?: ConfigRefusal;
  /** Number of the last order carried out; 0: none. */
  orderDone: number;
  heartbeat: Heartbeat | null;
  /** Why heartbeat is null; "" when it is not. */
  heartbeatProblem: string;
  /** What seldom changes is missing in heartbeat: it is what it was before. */
  lacksDetails: boolean;
  observations: JudgedRecord<ObservationRecord>[];
  media: JudgedRecord<MediaRecord>[];
  faults: JudgedRecord<FaultRecord>[];
  refused: { recordID: string; reason: string }[];
  /** Undefined when it sent none. */
  releases: ReleaseReport[] | undefined;
  hardware?: string;
  /** Version of its list of trusted keys. */
  trust?: number;
}

/** @returns the check-in, or one line saying why it is none */
export function judgeCheckIn(body: unknown): JudgedCheckIn | string {
  if (!envelope.Check(body)) return problemOf(envelope as unknown as Validator, body);
  const judged: JudgedCheckIn = {
    sequence: body.sequence,
    time: body.time,
    configVersion: body.configVersion,
    orderDone: body.orderDone ?? 0,
    heartbeat: null,
    heartbeatProblem: "",
    lacksDetails: false,
    observations: [],
    media: [],
    faults: [],
    refused: [],
    releases: judgeReleases((body as { releases?: unknown }).releases),
  };
  const { hardware, trust } = body as { hardware?: unknown; trust?: unknown };
  if (typeof hardware === "string" && hardware.length <= HARDWARE_LENGTH_MAX)
    judged.hardware = hardware;
  if (Number.isSafeInteger(trust)) judged.trust = trust as number;
  const { configSum, configRefused } = body;
  if (configSum !== undefined) judged.configSum = configSum;
  if (configRefused) {
    const { version, reason } = configRefused;
    judged.configRefused = { version, reason: oneLine(reason) };
  }
  judgeHeartbeat(judged, body.heartbeat, body.details);
  // Records beyond the limit stay unanswered: the camera sends them again next time.
  body.records.slice(0, MAX_RECORDS_PER_CHECK_IN).forEach((record, index) => {
    judgeRecord(judged, record, index);
  });
  return judged;
}

function judgeHeartbeat(judged: JudgedCheckIn, value: unknown, details: unknown): void {
  const isPacked = typeof value === "string";
  const told = isPacked && detailsValidator.Check(details) ? details : undefined;
  const beat = isPacked ? unpacked(value, told as HeartbeatDetails | undefined) : value;
  if (typeof beat === "string") judged.heartbeatProblem = beat;
  else if (heartbeatValidator.Check(beat)) {
    const known = pickHeartbeat(beat) as unknown as Heartbeat;
    const subsystems = known.subsystems.map((row) => pickSubsystem(row) as never);
    judged.heartbeat = { ...known, subsystems };
    if (known.selfTest !== undefined) judged.heartbeat.selfTest = oneLine(known.selfTest, 200);
    judged.lacksDetails = isPacked && !told;
  } else {
    judged.heartbeatProblem = problemOf(heartbeatValidator as unknown as Validator, beat);
  }
}

/** One of each kind, the first; what is not understood is left out, so that it is offered nothing it cannot take. */
function judgeReleases(value: unknown): ReleaseReport[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const reports = new Map<string, ReleaseReport>();
  for (const report of value.slice(0, RELEASE_REPORTS_MAX)) {
    if (!releaseValidator.Check(report) || reports.has(report.kind)) continue;
    const { kind, counter, pending, failed, waiting, whole } = report;
    const told = failed && { ...failed, reason: oneLine(failed.reason) };
    const waits = waiting === undefined ? {} : { waiting: oneLine(waiting) };
    reports.set(kind, { kind, counter, pending, failed: told, ...waits, ...(whole && { whole }) });
  }
  return [...reports.values()];
}

function judgeRecord(judged: JudgedCheckIn, value: unknown, index: number): void {
  const reason = takeRecord(judged, value);
  if (!reason) return;
  const { recordID } = (value ?? {}) as { recordID?: unknown };
  // The id goes back as it came, or the camera could not tell which record to drop.
  const id = typeof recordID === "string" ? recordID : "";
  judged.refused.push({ recordID: id, reason: id ? reason : `record ${index}: ${reason}` });
}

/** @returns "" when the record was taken, else why not */
function takeRecord(judged: JudgedCheckIn, value: unknown): string {
  const { kind } = (value ?? {}) as { kind?: unknown };
  const judge =
    typeof kind === "string" && Object.hasOwn(recordJudges, kind) ? recordJudges[kind] : undefined;
  if (!judge) return "kind must be observation, media or fault";
  if (!judge.validator.Check(value)) return problemOf(judge.validator, value);
  const record = judge.pick(value as object) as unknown as CameraRecord;
  if (record.kind === "observation") {
    const problem = observationProblem(record);
    if (!problem) judged.observations.push({ record, hash: hashOf(record) });
    return problem;
  }
  if (record.kind === "media") {
    judged.media.push({ record, hash: hashOf(record) });
    return "";
  }
  record.code = oneLine(record.code);
  record.subsystem = oneLine(record.subsystem);
  if (record.before !== undefined) record.before = oneLine(record.before, 200);
  judged.faults.push({ record, hash: hashOf(record) });
  return "";
}

function observationProblem(record: ObservationRecord): string {
  if (record.eventEnd < record.eventStart) return "eventEnd is before eventStart";
  if (record.count < 1 && record.observationType !== "blank") return "count must be at least 1";
  if (
    record.bboxX + record.bboxWidth > 1 + BBOX_SLACK ||
    record.bboxY + record.bboxHeight > 1 + BBOX_SLACK
  )
    return "the box leaves the frame";
  return "";
}

/** Copies a schema's own fields and leaves the rest; typebox's Clean does it too, at a fifth of a check-in's time. */
function pickerOf({ properties }: { properties: object }) {
  const keys = Object.keys(properties);
  return (value: object): Record<string, unknown> => {
    const known: Record<string, unknown> = {};
    for (const key of keys) known[key] = (value as Record<string, unknown>)[key];
    return known;
  };
}

const oneLine = (text: string, charactersMax = FAULT_CHARACTERS): string =>
  text.replace(/[\u0000-\u001f\u007f]+/g, " ").slice(0, charactersMax);

/**
 * Independent of the order of keys, so that a camera may build the same record another way after a restart, and of fields
 * that it does not send.
 */
function hashOf(record: CameraRecord): string {
  const sent = Object.entries(record).filter(([, value]) => value !== undefined);
  const entries = sent.sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(entries)).digest("hex");
}

function problemOf(validator: Validator, value: unknown): string {
  const [error] = validator.Errors(value);
  if (!error) return "not understood";
  const where = error.instancePath.slice(1).replaceAll("/", ".");
  const allowed = (error.params as { allowedValues?: unknown[] }).allowedValues;
  const what = allowed ? `must be one of ${allowed.join(", ")}` : error.message;
  return (where ? `${where} ${what}` : what).slice(0, 200);
}
