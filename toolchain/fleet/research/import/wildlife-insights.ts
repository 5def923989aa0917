/**
 * Imports a folder of a Wildlife Insights download: projects.csv, cameras.csv, deployments.csv, images.csv (or images_*.csv). Read
 * twice, first to check, as camtrap-package.ts does. Times have no zone there: the caller says which.
 */
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { inputError } from "../../../errors.ts";
import { DEPLOYMENT_FIELDS, type Deployment, type Media, type Observation } from "../camtrap-dp.ts";
import { cellValue } from "../cell-value.ts";
import type { ProjectMetadata } from "../metadata.ts";
import { momentOf } from "../times.ts";
import type { ImportOptions } from "./camtrap-package.ts";
import { type CsvRow, csvRows } from "./csv-rows.ts";
import { withZone } from "./plain-time.ts";
import {
  addProblem,
  type ImportReport,
  type ImportTarget,
  inBatches,
  newImportReport,
  ROWS_PER_BATCH,
} from "./target.ts";

const DEPLOYMENT_COLUMNS = ["deployment_id", "longitude", "latitude", "start_date", "end_date"];
const IMAGE_COLUMNS = ["deployment_id", "image_id", "timestamp", "location"];

type Cells = CsvRow["cells"];
/** A row, or which field is wrong and how. */
type Made<T> = T | [field: string, message: string];
interface Image {
  media: Media;
  observation: Observation;
}

/** **Errors:** FILE_UNREADABLE, BAD_CSV */
export async function importWildlifeInsights(
  folder: string,
  target: ImportTarget,
  { skipBad = false, zone = "Z", onProgress = () => {} }: ImportOptions & { zone?: string } = {},
): Promise<ImportReport> {
  const report = newImportReport();
  const images = imageFiles(folder);
  const models = await cameraModels(folder);
  const known = new Set<string>();

  async function* deployments(onBad: Bad): AsyncGenerator<Deployment> {
    const file = join(folder, "deployments.csv");
    for await (const { line, cells } of csvRows(file, DEPLOYMENT_COLUMNS)) {
      const made = deploymentOf(cells, models, zone);
      if (Array.isArray(made))
        onBad({ file: basename(file), line, field: made[0], message: made[1] });
      else {
        known.add(made.deploymentID);
        yield made;
      }
    }
  }
  async function* pictures(onBad: Bad): AsyncGenerator<Image> {
    const times = new Map<string, number>();
    for (const file of images) {
      for await (const { line, cells } of csvRows(file, IMAGE_COLUMNS)) {
        const made = known.has(cells.deployment_id ?? "")
          ? imageOf(cells, zone, times)
          : (["deployment_id", `there is no deployment "${cells.deployment_id}"`] as [
              string,
              string,
            ]);
        if (Array.isArray(made))
          onBad({ file: basename(file), line, field: made[0], message: made[1] });
        else yield made;
      }
    }
  }

  const onBad: Bad = (problem) => addProblem(report, problem);
  let checked = 0;
  for await (const _ of deployments(onBad)) checked += 1;
  for await (const _ of pictures(onBad)) {
    checked += 1;
    if (checked % 50_000 === 0) onProgress(`${checked} rows checked`);
  }
  if (report.problemCount && !skipBad) return report;

  await target.metadata(await metadataOf(folder));
  const ignore = () => {};
  await inBatches(deployments(ignore), target.deployments, report, "deployments", onProgress);
  let batch: Image[] = [];
  const flush = async () => {
    // One picture of two animals is two rows.
    const media = new Map(batch.map((one) => [one.media.mediaID, one.media]));
    await inBatches(media.values(), target.media, report, "media");
    const observations = batch.map(({ observation }) => observation);
    await inBatches(observations, target.observations, report, "observations", onProgress);
    batch = [];
  };
  for await (const image of pictures(ignore)) {
    if (batch.push(image) >= ROWS_PER_BATCH) await flush();
  }
  await flush();
  report.notes.push(`times name no zone there: read as ${zone}`);
  return report;
}

type Bad = (problem: { file: string; line: number; field: string; message: string }) => void;

/** **Errors:** FILE_UNREADABLE */
function imageFiles(folder: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const images = names.filter((name) => /^images(_\d+)?\.csv$/.test(name)).sort();
  if (images.length && names.includes("deployments.csv")) {
    return images.map((name) => join(folder, name));
  }
  throw inputError(
    "FILE_UNREADABLE",
    `${folder} is no Wildlife Insights download`,
    "it would hold deployments.csv and images.csv",
  );
}

async function cameraModels(folder: string): Promise<Map<string, string>> {
  const models = new Map<string, string>();
  const file = join(folder, "cameras.csv");
  if (!existsSync(file)) return models;
  for await (const { cells } of csvRows(file, ["camera_id"])) {
    const model = [cells.make, cells.model].filter(Boolean).join("-");
    if (model) models.set(cells.camera_id ?? "", model);
  }
  return models;
}

async function metadataOf(folder: string): Promise<Partial<Omit<ProjectMetadata, "projectID">>> {
  const file = join(folder, "projects.csv");
  if (!existsSync(file)) return {};
  for await (const { cells } of csvRows(file, ["project_name"])) {
    const { project_admin: title, project_admin_email: email } = cells;
    const organization = cells.project_admin_organization;
    const licenses = [
      { name: cells.metadata_license, scope: "data" as const },
      { name: cells.image_license, scope: "media" as const },
    ];
    return {
      name: cells.project_name,
      ...(title && { contributors: [{ title, email, organization, role: "contact" }] }),
      ...(licenses.every(({ name }) => name) && { licenses }),
      sources: [{ title: "Wildlife Insights", path: "https://www.wildlifeinsights.org" }],
      other: {
        ...(cells.project_objectives && { description: cells.project_objectives }),
        ...(cells.data_citation && { bibliographicCitation: cells.data_citation }),
      },
    };
  }
  return {};
}

const FEATURES = new Map(
  (DEPLOYMENT_FIELDS.find(({ name }) => name === "featureType")?.oneOf ?? []).map((name) => [
    name.toLowerCase(),
    name,
  ]),
);

function deploymentOf(cells: Cells, models: Map<string, string>, zone: string): Made<Deployment> {
  const start = withZone(cells.start_date ?? "", zone);
  const end = withZone(cells.end_date ?? "", zone);
  if (!start) return ["start_date", `must be a time, not "${cells.start_date}"`];
  if (!end) return ["end_date", `must be a time, not "${cells.end_date}"`];
  if (seconds(end) < seconds(start)) return ["end_date", "is before start_date"];
  if (!cells.deployment_id) return ["deployment_id", "must not be empty"];
  const numbers: Record<string, unknown> = {};
  const columns = { latitude: "latitude", longitude: "longitude", quiet_period: "cameraDelay" };
  for (const [column, name] of Object.entries({
    ...columns,
    detection_distance: "detectionDistance",
  })) {
    const field = DEPLOYMENT_FIELDS.find((one) => one.name === name);
    const { value, problem } = field ? cellValue(field, cells[column] ?? "") : {};
    if (problem) return [column, problem];
    if (value !== undefined) numbers[name] = value;
  }
  const feature = FEATURES.get((cells.feature_type ?? "").toLowerCase().replace(/\W/g, ""));
  const bait = cells.bait_type;
  const functioning = cells.camera_functioning;
  return {
    deploymentID: cells.deployment_id,
    ...(numbers as { latitude: number; longitude: number }),
    ...{ deploymentStart: start, deploymentEnd: end },
    ...defined({
      locationID: cells.placename,
      locationName: cells.placename,
      cameraID: cells.camera_id,
      cameraModel: models.get(cells.camera_id ?? ""),
      setupBy: cells.recorded_by,
      featureType: feature as Deployment["featureType"],
      baitUse: bait ? bait !== "None" : undefined,
      deploymentComments: functioning === "Camera Functioning" ? undefined : functioning,
    }),
  };
}

const seconds = (text: string): number => momentOf(text)?.seconds ?? 0;

/** Without what is absent or "". */
function defined<T extends object>(row: T): Partial<T> {
  const kept = Object.entries(row).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(kept) as Partial<T>;
}

/** @param times how often each picture has come, so that its rows have names of their own */
function imageOf(cells: Cells, zone: string, times: Map<string, number>): Made<Image> {
  const { image_id: mediaID, deployment_id: deploymentID = "" } = cells;
  const timestamp = withZone(cells.timestamp ?? "", zone);
  if (!mediaID) return ["image_id", "must not be empty"];
  if (!timestamp) return ["timestamp", `must be a time, not "${cells.timestamp}"`];
  const filePath = cells.location || cells.filename || "";
  if (!/^[^./~]/.test(filePath) || filePath.includes("..")) {
    return ["location", `must be an address or a relative path, not "${filePath}"`];
  }
  const count = cells.number_of_objects ? Number(cells.number_of_objects) : undefined;
  if (count !== undefined && !(Number.isInteger(count) && count >= 0)) {
    return ["number_of_objects", `must be a whole number, not "${cells.number_of_objects}"`];
  }
  const nth = (times.get(mediaID) ?? 0) + 1;
  times.set(mediaID, nth);
  return {
    media: {
      ...{ mediaID, deploymentID, timestamp, filePath, filePublic: false },
      fileMediatype: /\.png$/i.test(filePath) ? "image/png" : "image/jpeg",
      ...defined({ fileName: cells.filename }),
      ...(/^true$/i.test(cells.highlighted ?? "") && { favorite: true }),
    },
    observation: {
      ...{ observationID: `${mediaID}_${nth}`, deploymentID, mediaID },
      ...{ eventStart: timestamp, eventEnd: timestamp, observationLevel: "media" },
      ...identified(cells),
      ...defined({ individualID: cells.individual_id, count: count || undefined }),
      ...defined({ observationComments: cells.individual_animal_notes }),
    },
  };
}

const AGES: Record<string, Observation["lifeStage"]> = {
  ...{ adult: "adult", subadult: "subadult", juvenile: "juvenile" },
};
const SEXES: Record<string, Observation["sex"]> = { male: "male", female: "female" };

function identified(cells: Cells): Pick<Observation, "observationType"> & Partial<Observation> {
  const isMachine = !cells.identified_by || /computer vision/i.test(cells.identified_by);
  const confidence = Number(cells.cv_confidence || Number.NaN);
  const about: Partial<Observation> = {
    classificationMethod: isMachine ? "machine" : "human",
    ...defined({ classifiedBy: cells.identified_by }),
    ...(isMachine && confidence >= 0 && confidence <= 1
      ? { classificationProbability: confidence }
      : {}),
    ...defined({ lifeStage: AGES[(cells.age ?? "").toLowerCase()] }),
    ...defined({ sex: SEXES[(cells.sex ?? "").toLowerCase()] }),
  };
  const { genus, species, family, order, common_name: common = "" } = cells;
  const name =
    (genus && species ? `${genus} ${species}` : genus || family || order || cells.class) || "";
  if (/^(1|true)$/i.test(cells.is_blank ?? "")) return { observationType: "blank", ...about };
  if (/^Homo\b/.test(name) || /^human/i.test(common)) {
    return { observationType: "human", ...about, ...defined({ scientificName: name }) };
  }
  if (/^vehicle/i.test(common)) return { observationType: "vehicle", ...about };
  if (name) return { observationType: "animal", scientificName: name, ...about };
  return { observationType: common && !/no cv/i.test(common) ? "unknown" : "unclassified" };
}
