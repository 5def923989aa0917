/**
 * A project as the four files of a Wildlife Insights image project. A row of images.csv is one observation of one picture; times
 * have no zone there, so all are UTC. Source: a public download (../shared/data/domain/wildlife-insights), which has these headers.
 */
import type { Deployment, Observation } from "../camtrap-dp.ts";
import { datetimeOf, momentOf } from "../times.ts";
import { type Cells, csvChunks } from "./csv.ts";
import { joinMedia } from "./join.ts";
import type { PackageOutput } from "./output.ts";
import { type ExportReport, leaveOut, newReport } from "./report.ts";
import type { ExportDeployment, ExportMedia, ExportView } from "./view.ts";

const words = (text: string): string[] => text.trim().split(/[\s,]+/);

export const WI_COLUMNS = {
  projects: words(`project_id,project_name,project_short_name,project_objectives,project_species,
    project_species_individual,project_sensor_layout,project_sensor_layout_targeted_type,project_bait_use,
    project_bait_type,project_stratification,project_stratification_type,project_sensor_method,
    project_individual_animals,project_blank_images,project_sensor_cluster,project_admin,project_admin_email,
    project_admin_organization,country_code,embargo,initiative_id,metadata_license,image_license,data_citation,
    count_optional,project_type`),
  cameras: words("project_id,camera_id,make,model,serial_number,year_purchased"),
  deployments:
    words(`project_id,deployment_id,placename,longitude,latitude,start_date,end_date,bait_type,
    bait_description,feature_type,feature_type_methodology,camera_id,quiet_period,camera_functioning,
    sensor_height,height_other,sensor_orientation,orientation_other,plot_treatment,plot_treatment_description,
    detection_distance,subproject_name,subproject_design,event_name,event_description,event_type,recorded_by`),
  images:
    words(`project_id,deployment_id,image_id,filename,location,is_blank,identified_by,wi_taxon_id,class,
    order,family,genus,species,common_name,uncertainty,timestamp,number_of_objects,age,sex,animal_recognizable,
    individual_id,individual_animal_notes,highlighted,markings,cv_confidence,license`),
};

type Row = Record<string, unknown>;

export async function writeWildlifeInsights(
  view: ExportView,
  output: PackageOutput,
): Promise<ExportReport> {
  const report = newReport();
  const { deploymentsByID } = view;
  const deployments = [...deploymentsByID.values()];
  // A public download has one column more.
  const isFuzzed = deployments.some(({ precision }) => precision !== undefined);
  const columns = [...WI_COLUMNS.deployments, ...(isFuzzed ? ["fuzzed"] : [])];
  const file = (name: string, header: string[], rows: AsyncIterable<Row> | Iterable<Row>) =>
    output.write(`${name}.csv`, csvChunks(header, cellsOf(header, rows)));
  await file("projects", WI_COLUMNS.projects, [projectRow(view)]);
  await file("cameras", WI_COLUMNS.cameras, cameraRows(view.projectID, deployments));
  report.deployments = deployments.length;
  await file(
    "deployments",
    columns,
    deployments.map((row) => deploymentRow(view.projectID, row)),
  );
  await file("images", WI_COLUMNS.images, imageRows(view, report));
  return report;
}

async function* cellsOf(
  header: string[],
  rows: AsyncIterable<Row> | Iterable<Row>,
): AsyncGenerator<Cells> {
  for await (const row of rows) yield header.map((name) => row[name]);
}

const yesNo = (value: boolean | undefined): string | undefined =>
  value === undefined ? undefined : value ? "Yes" : "No";

function projectRow({ projectID, metadata, deploymentsByID }: ExportView): Row {
  const { project, contributors = [], licenses = [], other = {} } = metadata;
  const contact = contributors.find(({ role }) => role === "contact") ?? contributors[0];
  const license = (scope: string) => {
    const found = licenses.find((one) => one.scope === scope);
    return found?.name ?? found?.path;
  };
  const baits = [...deploymentsByID.values()].map(({ baitUse }) => baitUse);
  return {
    ...{ project_id: projectID, project_name: metadata.name, project_short_name: project?.acronym },
    project_objectives: project?.description,
    project_sensor_layout: project && capitalised(project.samplingDesign),
    project_bait_use: baits.includes(true) ? "Yes" : baits.includes(false) ? "No" : undefined,
    project_sensor_method: project?.captureMethod
      .map((method) => (method === "timeLapse" ? "Time lapse" : "Sensor detection"))
      .join(", "),
    project_individual_animals: yesNo(project?.individualAnimals),
    ...{ project_admin: contact?.title, project_admin_email: contact?.email },
    project_admin_organization: contact?.organization,
    ...{ metadata_license: license("data"), image_license: license("media") },
    ...{ data_citation: other.bibliographicCitation, project_type: "Image" },
  };
}

function cameraRows(projectID: string, deployments: Deployment[]): Row[] {
  const models = new Map<string, string | undefined>();
  for (const { cameraID, cameraModel } of deployments) {
    if (cameraID !== undefined) models.set(cameraID, models.get(cameraID) ?? cameraModel);
  }
  return [...models].map(([cameraID, cameraModel = ""]) => {
    const [make, ...model] = cameraModel.split("-");
    return { project_id: projectID, camera_id: cameraID, make, model: model.join("-") };
  });
}

/** roadDirt -> Road dirt, as Wildlife Insights writes it. */
const capitalised = (name: string): string => {
  const text = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return text.charAt(0).toUpperCase() + text.slice(1);
};

function deploymentRow(projectID: string, row: ExportDeployment): Row {
  const { cameraHeight, cameraTilt, baitUse, featureType } = row;
  return {
    ...{ project_id: projectID, deployment_id: row.deploymentID },
    placename: row.locationName ?? row.locationID,
    ...{ longitude: row.longitude, latitude: row.latitude },
    ...{ start_date: plainTime(row.deploymentStart), end_date: plainTime(row.deploymentEnd) },
    bait_type: baitUse === undefined ? undefined : baitUse ? "Other" : "None",
    feature_type: featureType && capitalised(featureType),
    ...{ camera_id: row.cameraID, quiet_period: row.cameraDelay },
    camera_functioning: "Camera Functioning",
    sensor_height: cameraHeight === undefined ? "Unknown" : "Other",
    height_other: cameraHeight === undefined ? undefined : `${cameraHeight} m`,
    sensor_orientation: orientation(cameraTilt),
    orientation_other: orientation(cameraTilt) === "Other" ? `${cameraTilt} degrees` : undefined,
    ...{ detection_distance: row.detectionDistance, recorded_by: row.setupBy },
    fuzzed: row.precision !== undefined,
  };
}

function orientation(tilt: number | undefined): string | undefined {
  if (tilt === undefined) return undefined;
  if (tilt <= -45) return "Pointed Downward";
  return Math.abs(tilt) <= 10 ? "Parallel" : "Other";
}

/** UTC without saying so: the format has no zone. */
const plainTime = (text: string): string =>
  datetimeOf(momentOf(text)?.seconds ?? 0)
    .replace("T", " ")
    .replace("Z", "");

async function* imageRows(view: ExportView, report: ExportReport): AsyncGenerator<Row> {
  const lost = { withoutMedia: 0 };
  const taxa = new Map(
    (view.metadata.taxonomic ?? []).map((taxon) => [taxon.scientificName, taxon]),
  );
  const license = view.metadata.licenses?.find(({ scope }) => scope === "media");
  const named = license?.name ?? license?.path;
  for await (const { media, ofMedia, ofEvents } of joinMedia(view, undefined, lost)) {
    report.media += 1;
    // What is said of the picture itself is nearer than what is said of its event.
    const about = ofMedia.length ? ofMedia : ofEvents;
    report.observations += about.length;
    for (const row of about.length ? about : [undefined]) {
      const taxon = taxa.get(row?.scientificName ?? "");
      yield { ...imageRow(view.projectID, media, row), ...taxonOf(row, taxon), license: named };
    }
  }
  leaveOut(report, "no picture of them is there", lost.withoutMedia);
}

function imageRow(projectID: string, media: ExportMedia, row: Observation | undefined): Row {
  const { classificationMethod, classificationProbability } = row ?? {};
  return {
    ...{ project_id: projectID, deployment_id: media.deploymentID, image_id: media.mediaID },
    ...{ filename: media.fileName, location: media.filePath },
    is_blank: row?.observationType === "blank" ? 1 : 0,
    ...{ identified_by: row?.classifiedBy, timestamp: plainTime(media.timestamp) },
    number_of_objects: row?.count ?? (row?.observationType === "blank" ? undefined : 1),
    ...{ age: row?.lifeStage && capitalised(row.lifeStage), sex: row?.sex && capitalised(row.sex) },
    animal_recognizable: yesNo(row?.individualID === undefined ? undefined : true),
    ...{ individual_id: row?.individualID, individual_animal_notes: row?.observationComments },
    highlighted: media.favorite ?? false,
    cv_confidence: classificationMethod === "machine" ? classificationProbability : undefined,
  };
}

/** Names that Wildlife Insights gives what is no species. */
const COMMON_NAMES: Partial<Record<Observation["observationType"], string>> = {
  ...{ blank: "Blank", vehicle: "Vehicle", unknown: "No CV Result", unclassified: "No CV Result" },
};

function taxonOf(row: Observation | undefined, taxon: Record<string, unknown> | undefined): Row {
  const [genus = "", species = ""] = (row?.scientificName ?? "").split(" ");
  const rank = taxon?.taxonRank ?? (species ? "species" : undefined);
  const names = taxon?.vernacularNames as Record<string, string> | undefined;
  const isBelow = rank === "species" || rank === "subspecies";
  return {
    ...{ class: taxon?.class, order: taxon?.order, family: taxon?.family },
    ...(isBelow ? { genus, species } : { [String(rank ?? "genus")]: row?.scientificName }),
    common_name: names?.eng ?? COMMON_NAMES[row?.observationType ?? "unclassified"],
  };
}
