/**
 * datapackage.json of an export: what the project says of itself, what the rows say where it does not, and what had to be
 * assumed. Source: Camtrap DP 1.0.2, camtrap-dp-profile.json.
 */
import { LABEL_TAXA } from "../labels.ts";
import type { ProjectMetadata, Taxon } from "../metadata.ts";
import { datetimeOf } from "../times.ts";
import type { ExportDeployment, ExportView } from "./view.ts";

const STANDARD = "https://raw.githubusercontent.com/tdwg/camtrap-dp/1.0.2";

/** What a pass over the rows finds out. */
export interface Seen {
  captureMethods: Set<string>;
  observationLevels: Set<string>;
  taxa: Set<string>;
  hasIndividuals: boolean;
}

export const newSeen = (): Seen => ({
  ...{ captureMethods: new Set(), observationLevels: new Set(), taxa: new Set() },
  hasIndividuals: false,
});

export const FAILURES_SCHEMA = {
  fields: [
    { name: "deploymentID", type: "string", constraints: { required: true } },
    ...["failureStart", "failureEnd"].map((name) => ({
      ...{ name, type: "datetime", format: "%Y-%m-%dT%H:%M:%S%z" },
      constraints: { required: true },
    })),
    { name: "reason", type: "string", constraints: { required: true } },
  ],
  foreignKeys: [
    { fields: "deploymentID", reference: { resource: "deployments", fields: "deploymentID" } },
  ],
};

const resource = (name: string, schema: unknown = `${STANDARD}/${name}-table-schema.json`) => ({
  ...{ name, path: `${name}.csv`, profile: "tabular-data-resource", format: "csv" },
  ...{ mediatype: "text/csv", encoding: "utf-8", schema },
});

export interface Descriptor {
  descriptor: Record<string, unknown>;
  /** Names of required properties that nobody stated. */
  assumed: string[];
}

export function descriptorOf(
  view: ExportView,
  seen: Seen,
  { hasFailures }: { hasFailures: boolean },
): Descriptor {
  const { metadata, isWhole, nowS } = view;
  const { extraResources = [], created, coordinatePrecision, ...other } = metadata.other ?? {};
  const deployments = [...view.deploymentsByID.values()];
  const assumed: string[] = [];
  const assume = <T>(name: string, value: T): T => {
    assumed.push(name);
    return value;
  };
  const precision = coarsest(deployments, coordinatePrecision);
  const descriptor = {
    resources: [
      ...["deployments", "media", "observations"].map((name) => resource(name)),
      ...(hasFailures ? [resource("failures", FAILURES_SCHEMA)] : []),
      ...(isWhole ? (extraResources as unknown[]) : []),
    ],
    profile: `${STANDARD}/camtrap-dp-profile.json`,
    ...other,
    created: isWhole && created ? created : datetimeOf(nowS),
    title: metadata.name,
    contributors: metadata.contributors ?? assume("contributors", [{ title: metadata.name }]),
    ...(metadata.sources && { sources: metadata.sources }),
    ...(metadata.licenses && { licenses: metadata.licenses }),
    project: metadata.project ?? {
      title: metadata.name,
      samplingDesign: assume("project.samplingDesign", "opportunistic"),
      captureMethod: orAll(seen.captureMethods, ["activityDetection", "timeLapse"]),
      individualAnimals: seen.hasIndividuals,
      observationLevel: orAll(seen.observationLevels, ["media", "event"]),
    },
    ...(precision === undefined ? {} : { coordinatePrecision: precision }),
    spatial: (isWhole && metadata.spatial) || boundsOf(deployments),
    temporal: (isWhole && metadata.temporal) || periodOf(deployments, nowS),
    taxonomic: taxaOf(metadata, seen, isWhole),
  };
  return { descriptor, assumed };
}

function orAll(found: Set<string>, all: string[]): string[] {
  const some = all.filter((value) => found.has(value));
  return some.length ? some : all;
}

function coarsest(deployments: ExportDeployment[], said: unknown): number | undefined {
  const all = deployments.flatMap(({ precision }) => (precision === undefined ? [] : [precision]));
  if (typeof said === "number") all.push(said);
  return all.length ? Math.max(...all) : undefined;
}

/** [west, south, east, north], or undefined where nobody said where a camera stands. */
export function extentOf(
  deployments: Iterable<ExportDeployment>,
): [number, number, number, number] | undefined {
  let extent: [number, number, number, number] | undefined;
  for (const { latitude, longitude } of deployments) {
    if (Number.isNaN(latitude) || Number.isNaN(longitude)) continue;
    const [west, south, east, north] = extent ?? [longitude, latitude, longitude, latitude];
    extent = [
      Math.min(west, longitude),
      Math.min(south, latitude),
      Math.max(east, longitude),
      Math.max(north, latitude),
    ];
  }
  return extent;
}

function boundsOf(deployments: ExportDeployment[]) {
  const extent = extentOf(deployments);
  if (!extent) return { type: "Polygon", coordinates: [] };
  const [west, south, east, north] = extent;
  const corners = [
    [west, south],
    [east, south],
    [east, north],
    [west, north],
    [west, south],
  ];
  return { type: "Polygon", coordinates: [corners] };
}

/** Days in the zone that the deployments are written in. */
export function periodOf(deployments: ExportDeployment[], nowS: number) {
  const day = (text: string | undefined) => (text ?? datetimeOf(nowS)).slice(0, 10);
  const starts = deployments.map(({ deploymentStart }) => day(deploymentStart)).sort();
  const ends = deployments.map(({ deploymentEnd }) => day(deploymentEnd)).sort();
  return { start: day(starts[0]), end: day(ends.at(-1)) };
}

/** The owner's list, without what it says of secrecy, and names that were seen beside it. */
export function taxaOf({ taxonomic = [] }: ProjectMetadata, seen: Seen, isWhole: boolean): Taxon[] {
  const known = taxonomic
    .filter(({ scientificName }) => isWhole || seen.taxa.has(scientificName))
    .map(({ sensitivity: _, ...taxon }) => taxon as Taxon);
  const names = new Set(taxonomic.map(({ scientificName }) => scientificName));
  const labels = new Map(Object.values(LABEL_TAXA).map((taxon) => [taxon.scientificName, taxon]));
  const others = [...seen.taxa].filter((name) => !names.has(name)).sort();
  return [
    ...known,
    ...others.map((scientificName) => labels.get(scientificName) ?? { scientificName }),
  ];
}
