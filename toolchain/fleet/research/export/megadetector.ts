/**
 * A project's pictures as one file of MegaDetector's results format 1.6, streamed. A detection without a box covers the picture.
 * Source: https://github.com/agentmorris/MegaDetector, megadetector-output-format.md.
 */
import type { Observation } from "../camtrap-dp.ts";
import { datetimeOf } from "../times.ts";
import { joinMedia } from "./join.ts";
import type { PackageOutput } from "./output.ts";
import { type ExportReport, leaveOut, newReport } from "./report.ts";
import type { ExportView } from "./view.ts";

export const MEGADETECTOR_FILE = "megadetector.json";
const CATEGORIES: Partial<Record<Observation["observationType"], string>> = {
  ...{ animal: "1", human: "2", vehicle: "3" },
};
/** Of what a person says without a number. */
const SURE = 1;

export async function writeMegadetector(
  view: ExportView,
  output: PackageOutput,
): Promise<ExportReport> {
  const report = newReport();
  report.deployments = view.deploymentsByID.size;
  await output.write(MEGADETECTOR_FILE, chunks(view, report));
  return report;
}

/** Names are only known at the end: the categories stand there. */
async function* chunks(view: ExportView, report: ExportReport): AsyncGenerator<string> {
  const classes = new Map<string, string>();
  const lost = { withoutMedia: 0 };
  yield '{"images":[';
  let before = "\n";
  for await (const { media, ofMedia, ofEvents } of joinMedia(view, undefined, lost)) {
    report.media += 1;
    const about = ofMedia.length ? ofMedia : ofEvents;
    report.observations += about.length;
    const image = { file: media.filePath, datetime: media.timestamp, ...resultOf(about, classes) };
    yield before + JSON.stringify(image);
    before = ",\n";
  }
  leaveOut(report, "no picture of them is there", lost.withoutMedia);
  const classifications = Object.fromEntries([...classes].map(([name, id]) => [id, name]));
  yield `\n],${JSON.stringify({
    info: {
      ...{ format_version: "1.6", detector: "thicket", classifier: "as named by each project" },
      detection_completion_time: datetimeOf(view.nowS).replace("T", " ").replace("Z", ""),
      detector_metadata: {
        typical_detection_threshold: 0.2,
        conservative_detection_threshold: 0.05,
      },
    },
    detection_categories: { 1: "animal", 2: "person", 3: "vehicle" },
    classification_categories: classifications,
  }).slice(1)}\n`;
}

function resultOf(about: Observation[], classes: Map<string, string>) {
  const judged = about.filter(({ observationType }) => observationType !== "unclassified");
  if (judged.length === 0) return { failure: "not classified", detections: null };
  return {
    detections: judged.flatMap((row) => {
      // "unknown" is something below the threshold: an animal, as MegaDetector would call it.
      const type = row.observationType === "unknown" ? "animal" : row.observationType;
      const category = CATEGORIES[type];
      if (category === undefined) return [];
      const { bboxX = 0, bboxY = 0, bboxWidth = 1, bboxHeight = 1 } = row;
      const conf = row.classificationProbability ?? SURE;
      const detection = { category, conf, bbox: [bboxX, bboxY, bboxWidth, bboxHeight] };
      if (type !== "animal" || row.scientificName === undefined) return [detection];
      const id = classes.get(row.scientificName) ?? String(classes.size + 1);
      classes.set(row.scientificName, id);
      return [{ ...detection, classifications: [[id, conf]] }];
    }),
  };
}
