/**
 * Imports a file of MegaDetector's results format (1.0 to 1.6). Each folder of its files is a deployment; time is what the file says
 * of an image, or EXIF and file time where the image lies beside the JSON. Detections below the detector's typical threshold count
 * as none. Read whole: JSON of some hundred megabytes at most.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import { fileProblem, inputError } from "../../../errors.ts";
import type { Deployment, Media, Observation } from "../camtrap-dp.ts";
import { momentOf } from "../times.ts";
import type { ImportOptions } from "./camtrap-package.ts";
import { eventsOf, INTERVAL_MIN } from "./events.ts";
import { photographFacts } from "./photograph-facts.ts";
import { withZone } from "./plain-time.ts";
import {
  addProblem,
  type ImportReport,
  type ImportTarget,
  inBatches,
  newImportReport,
} from "./target.ts";

const THRESHOLD = 0.2;
const BYTES_MAX = 512 * 1024 * 1024;
const TYPES: Record<string, Observation["observationType"]> = {
  ...{ animal: "animal", person: "human", human: "human", vehicle: "vehicle" },
};

interface Results {
  info?: { detector?: string; detector_metadata?: { typical_detection_threshold?: number } };
  detection_categories?: Record<string, string>;
  classification_categories?: Record<string, string>;
  images?: ImageResult[];
}
interface ImageResult {
  file?: string;
  failure?: string;
  datetime?: string;
  detections?: Detection[] | null;
}
interface Detection {
  category: string;
  conf: number;
  bbox: number[];
  classifications?: [string, number][];
}
interface Image {
  media: Media;
  seconds: number;
  result: ImageResult;
}

export interface MegadetectorOptions extends ImportOptions {
  zone?: string;
  intervalMin?: number;
  /** All files are of this deployment. */
  deploymentID?: string;
  place?: { latitude: number; longitude: number };
}

/** **Errors:** FILE_UNREADABLE, BAD_RESULTS */
export async function importMegadetector(
  path: string,
  target: ImportTarget,
  options: MegadetectorOptions = {},
): Promise<ImportReport> {
  const { skipBad = false, place, onProgress = () => {} } = options;
  const report = newImportReport();
  const results = readResults(path);
  const byDeployment = new Map<string, Image[]>();
  const seen = new Set<string>();
  for (const [index, result] of (results.images ?? []).entries()) {
    const made = imageOf(path, result, results, options);
    const isTwice = typeof result.file === "string" && seen.has(result.file);
    const problem = isTwice ? (["file", `"${result.file}" is there twice`] as const) : made;
    if (Array.isArray(problem)) {
      const [field, message] = problem as [string, string];
      const where = `${basename(path)} image ${index + 1}`;
      addProblem(report, { file: where, line: 0, field, message });
      continue;
    }
    const image = made as Image;
    seen.add(result.file as string);
    const { deploymentID } = image.media;
    byDeployment.set(deploymentID, [...(byDeployment.get(deploymentID) ?? []), image]);
  }
  if (report.problemCount && !skipBad) return report;
  const intervalS = (options.intervalMin ?? INTERVAL_MIN) * 60;
  for (const [deploymentID, images] of byDeployment) {
    const events = eventsOf(deploymentID, images, intervalS);
    const times = events.flatMap(({ pictures }) => pictures);
    const deployment: Partial<Deployment> = {
      deploymentID,
      ...place,
      deploymentStart: times[0]?.media.timestamp,
      deploymentEnd: times.at(-1)?.media.timestamp,
    };
    await inBatches([deployment as Deployment], target.deployments, report, "deployments");
    const media = images.map((image) => image.media);
    await inBatches(media, target.media, report, "media", onProgress);
    const rows = events.flatMap(({ eventID, pictures }) =>
      pictures.flatMap((image) => observationsOf(image, eventID, results)),
    );
    await inBatches(rows, target.observations, report, "observations", onProgress);
  }
  return report;
}

function readResults(path: string): Results {
  let text: string;
  try {
    if (statSync(path).size > BYTES_MAX) {
      throw inputError(
        "BAD_RESULTS",
        `${path} is larger than ${BYTES_MAX / 1024 / 1024} MB`,
        "split it",
      );
    }
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw inputError("FILE_UNREADABLE", `cannot read ${path}: ${fileProblem(error)}`);
  }
  try {
    const results = JSON.parse(text) as Results;
    if (Array.isArray(results?.images) && results.detection_categories) return results;
  } catch {
    // Said below, as for other JSON.
  }
  throw inputError(
    "BAD_RESULTS",
    `${path} is no MegaDetector results file`,
    "it would have images and detection_categories",
  );
}

function imageOf(
  path: string,
  result: ImageResult,
  results: Results,
  { zone = "Z", deploymentID }: MegadetectorOptions,
): Image | [field: string, message: string] {
  const file = result.file?.replaceAll("\\", "/");
  if (!file) return ["file", "must be there"];
  if (!/^[^./~]/.test(file) || file.includes("..")) {
    return ["file", `must be a relative path, not "${file}"`];
  }
  const wrong = detectionProblem(result.detections ?? [], results);
  if (wrong) return ["detections", wrong];
  const beside = join(dirname(path), file);
  const facts =
    result.datetime === undefined && existsSync(beside)
      ? photographFacts(beside, readFileSync(beside), zone)
      : undefined;
  const timestamp = facts?.timestamp ?? withZone(result.datetime ?? "", zone);
  if (!timestamp) {
    return ["datetime", `${file} names no time, and is not beside the results to be looked into`];
  }
  const folder = posix.dirname(file);
  return {
    result,
    seconds: momentOf(timestamp)?.seconds ?? 0,
    media: {
      ...{ mediaID: file, deploymentID: deploymentID ?? (folder === "." ? "results" : folder) },
      ...{ timestamp, filePath: file, filePublic: false, fileName: posix.basename(file) },
      fileMediatype: /\.png$/i.test(file) ? "image/png" : "image/jpeg",
      ...(facts?.isFileTime && { mediaComments: "timestamp is the file's: no EXIF time" }),
    },
  };
}

function detectionProblem(detections: Detection[], results: Results): string | undefined {
  for (const { category, conf, bbox } of detections) {
    const name = results.detection_categories?.[category];
    if (name === undefined) return `there is no category "${category}"`;
    if (!(conf >= 0 && conf <= 1)) return `conf must be 0 to 1, not ${conf}`;
    const isBox = Array.isArray(bbox) && bbox.length === 4 && bbox.every((side) => side >= 0);
    if (!isBox || bbox.some((side) => side > 1)) return `bbox must be four numbers from 0 to 1`;
  }
  return undefined;
}

function observationsOf(
  { media, result }: Image,
  eventID: string,
  results: Results,
): Observation[] {
  const { mediaID, deploymentID, timestamp } = media;
  const threshold = results.info?.detector_metadata?.typical_detection_threshold ?? THRESHOLD;
  const base = {
    ...{ deploymentID, mediaID, eventID, eventStart: timestamp, eventEnd: timestamp },
    observationLevel: "media" as const,
  };
  const named = (index: number) => ({ observationID: `${mediaID}_${index}`, ...base });
  if (result.failure || !result.detections) {
    const observationComments = result.failure;
    return [
      {
        ...named(1),
        observationType: "unclassified",
        ...(observationComments && { observationComments }),
      },
    ];
  }
  const by = {
    ...{ classificationMethod: "machine" as const },
    ...(results.info?.detector && { classifiedBy: results.info.detector }),
  };
  const found = result.detections.filter(({ conf }) => conf >= threshold);
  if (found.length === 0) return [{ ...named(1), observationType: "blank", ...by }];
  return found.map(({ category, conf, bbox, classifications = [] }, index) => {
    const [x = 0, y = 0, width = 0, height = 0] = bbox;
    const [best] = classifications.toSorted(([, a], [, b]) => b - a);
    const observationType = TYPES[results.detection_categories?.[category] ?? ""] ?? "unknown";
    return {
      ...{ ...named(index + 1), observationType, ...by, classificationProbability: conf },
      ...(width && height ? { bboxX: x, bboxY: y, bboxWidth: width, bboxHeight: height } : {}),
      ...(observationType === "animal" && best && labelled(results, best)),
    };
  });
}

/** A label is a name of a taxon only where it looks like one; "deer" becomes a tag. */
function labelled(results: Results, [id, conf]: [string, number]): Partial<Observation> {
  const label = results.classification_categories?.[id];
  if (label === undefined) return {};
  if (/^[A-Z][a-z-]+( [a-z-]+)*$/.test(label)) {
    return { scientificName: label, classificationProbability: conf };
  }
  return { observationTags: `label:${label}` };
}
