/**
 * Imports a folder or SD card of photographs as one deployment: time and place from EXIF, one row for each content (SHA-256), each
 * judged by the camera's own detector, grouped into events. Stopped anywhere, it goes on where it was: what has an observation is
 * not judged again. The detector is passed in; the fleet knows no model.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileProblem, inputError, interruptedError } from "../../../errors.ts";
import { isJpeg } from "../../objects.ts";
import type { Deployment, Media, Observation } from "../camtrap-dp.ts";
import { momentOf } from "../times.ts";
import { photographPath } from "./database-target.ts";
import { type Event, eventsOf, INTERVAL_MIN } from "./events.ts";
import { type PhotographFacts, photographFacts } from "./photograph-facts.ts";
import {
  addProblem,
  type ImportReport,
  type ImportTarget,
  inBatches,
  type Judged,
  newImportReport,
  type Progress,
  ROWS_PER_BATCH,
} from "./target.ts";

export interface Detector {
  /** What the rows call it. */
  name: string;
  /** Photographs that it likes to get at once. */
  batch: number;
  /** @returns what is wrong with a file that it could not decode */
  problemOf(file: string): Promise<string | undefined>;
  /** One verdict for each name, in order. */
  judge(folder: string, names: string[]): Promise<(Judged & { bbox?: Box })[]>;
}
type Box = [left: number, top: number, width: number, height: number];

export interface PhotographOptions {
  deploymentID: string;
  detector: Detector;
  /** Where the camera stood; else EXIF says, or nobody. */
  place?: { latitude: number; longitude: number };
  /** Of clocks that name none. */
  zone?: string;
  intervalMin?: number;
  signal?: AbortSignal;
  onProgress?: Progress;
}

interface Photograph extends PhotographFacts {
  /** Relative to the folder. */
  name: string;
  mediaID: string;
  sha256: string;
  seconds: number;
}

/** **Errors:** NO_PICTURES, INTERRUPTED */
export async function importPhotographs(
  folder: string,
  target: ImportTarget,
  options: PhotographOptions,
): Promise<ImportReport> {
  const { deploymentID, detector, zone = "Z", signal, onProgress = () => {} } = options;
  const report = newImportReport();
  const photographs = await readAll(folder, zone, report, options);
  if (photographs.length === 0) return report;
  const intervalS = (options.intervalMin ?? INTERVAL_MIN) * 60;
  const events = eventsOf(deploymentID, photographs, intervalS);
  const deployment = deploymentOf(photographs, options);
  // Nobody may have said where it stood; that can be told later.
  await inBatches([deployment as Deployment], target.deployments, report, "deployments");

  const known = new Map<string, Judged>();
  for (let at = 0; at < photographs.length; at += ROWS_PER_BATCH) {
    const ids = photographs.slice(at, at + ROWS_PER_BATCH).map(({ mediaID }) => mediaID);
    for (const [id, verdict] of await target.judged(ids)) known.set(id, verdict);
  }
  if (known.size) report.notes.push(`${known.size} were there already`);
  const eventOf = new Map(events.flatMap((event) => event.pictures.map((one) => [one, event])));
  const open = [...eventOf.keys()].filter(({ mediaID }) => !known.has(mediaID));
  for (let at = 0; at < open.length; at += detector.batch) {
    if (signal?.aborted) {
      throw interruptedError(
        "INTERRUPTED",
        `interrupted after ${at} of ${open.length} photographs; the same command goes on there`,
      );
    }
    onProgress(`${known.size} of ${photographs.length} photographs: ${open[at]?.name}`);
    const some = open.slice(at, at + detector.batch);
    const verdicts = await detector.judge(
      folder,
      some.map(({ name }) => name),
    );
    for (const { name, sha256 } of some) {
      await target.keepPhotograph(sha256, readFileSync(join(folder, name)));
    }
    await inBatches(
      some.map((one) => mediaOf(one, deploymentID)),
      target.media,
      report,
      "media",
    );
    const rows = some.map((one, index) =>
      observationOf(one, eventOf.get(one) as Event<Photograph>, options, verdicts[index] as Judged),
    );
    await inBatches(rows, target.observations, report, "observations");
    for (const [index, { mediaID }] of some.entries())
      known.set(mediaID, verdicts[index] as Judged);
  }
  const rows = events.flatMap((event) => eventObservations(event, options, known));
  await inBatches(rows, target.observations, report, "observations");
  return report;
}

/** Every photograph that can be judged, each content once. */
async function readAll(
  folder: string,
  zone: string,
  report: ImportReport,
  { detector, onProgress = () => {}, signal }: PhotographOptions,
): Promise<Photograph[]> {
  const names = listJpegs(folder);
  const found = new Map<string, Photograph>();
  let doubles = 0;
  let withoutExif = 0;
  for (const [index, name] of names.entries()) {
    if (signal?.aborted) throw interruptedError("INTERRUPTED", "interrupted; nothing was imported");
    onProgress(`reading ${index + 1} of ${names.length}: ${name}`);
    const file = join(folder, name);
    const bytes = readFileSync(file);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    if (found.has(sha256)) {
      doubles += 1;
      continue;
    }
    const problem = isJpeg(bytes) ? await detector.problemOf(file) : "it is no whole JPEG";
    if (problem) {
      addProblem(report, { file: name, line: 0, field: "", message: problem });
      continue;
    }
    const facts = photographFacts(file, bytes, zone);
    if (facts.isFileTime) withoutExif += 1;
    const seconds = momentOf(facts.timestamp)?.seconds ?? 0;
    found.set(sha256, { ...facts, name, sha256, mediaID: sha256.slice(0, 32), seconds });
  }
  if (doubles) report.notes.push(`${doubles} have the same content as another: taken once`);
  if (withoutExif) report.notes.push(`${withoutExif} have no EXIF time: the file's, and flagged`);
  return [...found.values()];
}

/** **Errors:** NO_PICTURES */
function listJpegs(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  } catch (error) {
    throw inputError("NO_PICTURES", `cannot read ${folder}: ${fileProblem(error)}`);
  }
  // A card from a Mac has "._" beside each file.
  const jpegs = names.filter((name) => /(^|[\\/])[^.][^\\/]*\.jpe?g$/i.test(name)).sort();
  if (jpegs.length) return jpegs.map((name) => name.replaceAll("\\", "/"));
  throw inputError(
    "NO_PICTURES",
    `${folder} holds no photographs`,
    "files must end in .jpg or .jpeg",
  );
}

function deploymentOf(
  photographs: Photograph[],
  { deploymentID, place }: PhotographOptions,
): Partial<Deployment> {
  const sorted = photographs.toSorted((a, b) => a.seconds - b.seconds);
  const [first, last] = [sorted[0] as Photograph, sorted.at(-1) as Photograph];
  const placed = place ?? sorted.find(({ latitude }) => latitude !== undefined);
  const { latitude, longitude } = placed ?? {};
  const model = sorted.find(({ cameraModel }) => cameraModel)?.cameraModel;
  return {
    ...{ deploymentID, deploymentStart: first.timestamp, deploymentEnd: last.timestamp },
    ...(latitude !== undefined && { latitude, longitude }),
    ...(model && { cameraModel: model }),
    timestampIssues: photographs.some(({ isFileTime }) => isFileTime),
  };
}

const mediaOf = (one: Photograph, deploymentID: string): Media => ({
  ...{ mediaID: one.mediaID, deploymentID, captureMethod: "activityDetection" },
  ...{ timestamp: one.timestamp, filePath: photographPath(one.sha256), filePublic: false },
  ...{ fileName: one.name, fileMediatype: "image/jpeg" },
  ...(one.isFileTime && { mediaComments: "timestamp is the file's: no EXIF time" }),
});

function observationOf(
  one: Photograph,
  { eventID }: Event<Photograph>,
  { deploymentID, detector }: PhotographOptions,
  { bbox, ...verdict }: Judged & { bbox?: Box },
): Observation {
  const [bboxX, bboxY, bboxWidth, bboxHeight] = bbox ?? [];
  return {
    ...{ observationID: `${one.mediaID}-1`, deploymentID, mediaID: one.mediaID, eventID },
    ...{ eventStart: one.timestamp, eventEnd: one.timestamp, observationLevel: "media" },
    ...(verdict as { observationType: Observation["observationType"] }),
    ...(bboxWidth ? { bboxX, bboxY, bboxWidth, bboxHeight } : {}),
    ...{ classificationMethod: "machine", classifiedBy: detector.name },
  };
}

/** One for each kind that its pictures show; a blank only where they show nothing. */
function eventObservations(
  { eventID, pictures }: Event<Photograph>,
  { deploymentID, detector }: PhotographOptions,
  known: Map<string, Judged>,
): Observation[] {
  const kinds = new Map<string, Judged[]>();
  for (const { mediaID } of pictures) {
    const verdict = known.get(mediaID);
    if (!verdict) continue;
    const kind = `${verdict.observationType} ${verdict.scientificName ?? ""}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), verdict]);
  }
  const isSeen = [...kinds.values()].some(([first]) => first?.observationType !== "blank");
  const [first, last] = [pictures[0] as Photograph, pictures.at(-1) as Photograph];
  return [...kinds]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .filter(([, [one]]) => !isSeen || one?.observationType !== "blank")
    .map(([, verdicts], index) => {
      const { observationType, scientificName } = verdicts[0] as Judged;
      const sum = verdicts.reduce((total, one) => total + (one.classificationProbability ?? 0), 0);
      return {
        ...{ observationID: `${eventID}-${index + 1}`, deploymentID, eventID },
        ...{ eventStart: first.timestamp, eventEnd: last.timestamp, observationLevel: "event" },
        observationType: observationType as Observation["observationType"],
        ...(scientificName && { scientificName }),
        classificationProbability: Math.round((sum / verdicts.length) * 1000) / 1000,
        ...{ classificationMethod: "machine", classifiedBy: detector.name },
      };
    });
}
