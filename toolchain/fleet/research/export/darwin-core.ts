/**
 * A project as a Darwin Core archive for GBIF: occurrences of animals at the level of events, their pictures as Audubon
 * media, meta.xml, EML. Rules as in camtrapdp's write_dwc. Where a place is generalised, informationWithheld is one column more.
 */
import type { Deployment, Observation } from "../camtrap-dp.ts";
import { generalisationText } from "../privacy.ts";
import { datetimeOf, momentOf } from "../times.ts";
import { csvChunks } from "./csv.ts";
import { CORE_TERMS, MEDIA_TERMS, metaXml, termName, WITHHELD_TERM } from "./dwc-terms.ts";
import { emlXml } from "./eml.ts";
import { joinMedia } from "./join.ts";
import type { PackageOutput } from "./output.ts";
import { type ExportReport, leaveOut, newReport } from "./report.ts";
import { type ExportDeployment, type ExportMedia, type ExportView, WITHHELD } from "./view.ts";

export async function writeDarwinCore(
  view: ExportView,
  output: PackageOutput,
): Promise<ExportReport> {
  const report = newReport();
  const taxa = new Set<string>();
  const isWithheld = [...view.deploymentsByID.keys()].some(view.isGeneralised);
  const terms = isWithheld ? [...CORE_TERMS, WITHHELD_TERM] : CORE_TERMS;
  report.deployments = view.deploymentsByID.size;
  const rowOf = occurrenceWriter(view, isWithheld);
  async function* occurrences() {
    for await (const observation of view.observations()) {
      if (!isOccurrence(observation)) {
        leaveOut(report, reasonOf(observation));
        continue;
      }
      report.observations += 1;
      if (observation.scientificName) taxa.add(observation.scientificName);
      yield rowOf(observation);
    }
  }
  await output.write("occurrence.csv", csvChunks(terms.map(termName), occurrences()));
  await output.write(
    "multimedia.csv",
    csvChunks(MEDIA_TERMS.map(termName), multimedia(view, report)),
  );
  await output.write("meta.xml", metaXml(terms));
  await output.write("eml.xml", emlXml(view, taxa));
  return report;
}

const isOccurrence = ({ observationType, observationLevel }: Observation): boolean =>
  observationType === "animal" && observationLevel === "event";

const reasonOf = ({ observationType }: Observation): string =>
  observationType === "animal" ? "at the level of media, not of events" : "not animals";

/** UTC, as GBIF's readers compare them. */
const utc = (text: string): string => datetimeOf(momentOf(text)?.seconds ?? 0);
const period = (start: string, end: string): string =>
  utc(start) === utc(end) ? utc(start) : `${utc(start)}/${utc(end)}`;

function occurrenceWriter(view: ExportView, isWithheld: boolean) {
  const { metadata, deploymentsByID } = view;
  const { licenses = [], contributors = [], sources = [], taxonomic = [], other = {} } = metadata;
  const license = licenses.find(({ scope }) => scope === "data");
  const datasetID = other.id;
  const dataset = [
    "Image",
    license?.name ?? license?.path,
    contributors.find(({ role }) => role === "rightsHolder")?.title,
    datasetID,
    (sources[0] as { title?: string } | undefined)?.title,
    metadata.name,
    "MachineObservation",
  ];
  const said =
    typeof other.coordinatePrecision === "number" ? other.coordinatePrecision : undefined;
  const taxonIDs = new Map(
    taxonomic.map(({ scientificName, taxonID }) => [scientificName, taxonID]),
  );
  return (row: Observation): unknown[] => {
    const deployment = deploymentsByID.get(row.deploymentID) as ExportDeployment;
    const precision = deployment.precision ?? said;
    const { cameraDepth, cameraHeight } = deployment;
    return [
      ...dataset,
      precision === undefined ? undefined : generalisationText(precision),
      ...[row.observationID, row.count, row.sex, row.lifeStage, row.behavior, "present"],
      ...[row.observationComments, row.individualID, row.eventID, row.deploymentID],
      period(row.eventStart, row.eventEnd),
      deployment.habitat,
      "camera trap",
      `${utc(deployment.deploymentStart)}/${utc(deployment.deploymentEnd)}`,
      eventRemarks(deployment, row, view.isGeneralised(row.deploymentID)),
      ...[deployment.locationID, deployment.locationName],
      ...[cameraDepth, cameraDepth, cameraHeight, cameraHeight],
      ...[deployment.latitude, deployment.longitude, "EPSG:4326"],
      ...[deployment.coordinateUncertainty, precision, row.classifiedBy],
      row.classificationTimestamp && utc(row.classificationTimestamp),
      row.classificationMethod === "human" && row.classificationProbability === 1
        ? "verified using recorded media"
        : undefined,
      identificationRemarks(row),
      ...[taxonIDs.get(row.scientificName ?? ""), row.scientificName, "Animalia"],
      ...(isWithheld ? [view.isGeneralised(row.deploymentID) ? WITHHELD : undefined] : []),
    ];
  };
}

const FEATURES: Record<NonNullable<Deployment["featureType"]>, string> = {
  ...{ roadPaved: "paved road", roadDirt: "dirt road", trailHiking: "hiking trail" },
  ...{ trailGame: "game trail", roadUnderpass: "road underpass", roadOverpass: "road overpass" },
  ...{ roadBridge: "road bridge", culvert: "culvert", burrow: "burrow", nestSite: "nest site" },
  ...{ carcass: "carcass", waterSource: "water source", fruitingTree: "fruiting tree" },
};

function eventRemarks(
  deployment: ExportDeployment,
  { observationTags }: Observation,
  isGeneralised: boolean,
): string {
  const { baitUse, featureType, deploymentComments } = deployment;
  const bait = baitUse === undefined ? "" : baitUse ? " with bait" : " without bait";
  const feature = featureType ? ` near ${FEATURES[featureType]}` : "";
  const parts = [
    `camera trap${bait}${feature}`,
    observationTags && `tags: ${observationTags}`,
    isGeneralised ? undefined : deploymentComments,
  ];
  return parts.filter(Boolean).join(" | ");
}

function identificationRemarks(row: Observation): string | undefined {
  const { classificationMethod: method, classificationProbability: probability } = row;
  if (!method) return undefined;
  const sure = probability === undefined ? "" : ` with ${Math.round(probability * 100)}% certainty`;
  return `classified by a ${method}${method === "machine" ? sure : ""}`;
}

async function* multimedia(view: ExportView, report: ExportReport): AsyncGenerator<unknown[]> {
  const license = view.metadata.licenses?.find(({ scope }) => scope === "media");
  const rights = license?.name ?? license?.path;
  for await (const { media, ofEvents } of joinMedia(view, isOccurrence)) {
    if (ofEvents.length) report.media += 1;
    for (const { observationID } of ofEvents) yield mediaRow(view, media, observationID, rights);
  }
}

function mediaRow(
  { deploymentsByID }: ExportView,
  media: ExportMedia,
  occurrenceID: string,
  rights: string | undefined,
): unknown[] {
  const comments = [media.favorite ? "marked as favourite" : undefined, media.mediaComments];
  return [
    occurrenceID,
    media.mediaID,
    media.fileMediatype.startsWith("video") ? "MovingImage" : "StillImage",
    comments.filter(Boolean).join(" | "),
    rights,
    utc(media.timestamp),
    deploymentsByID.get(media.deploymentID)?.cameraModel,
    media.captureMethod === "timeLapse" ? "time lapse" : "activity detection",
    media.filePath,
    media.fileMediatype,
    media.filePublic ? "online" : "authenticate",
  ];
}
