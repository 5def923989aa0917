/**
 * What leaves the server: the rows of a ResearchSource as those may see them who will get the package. Sensitive places are
 * generalised with all that names them, pictures of people are not public, labels of the model are taxa. Every format
 * writes from here and from nowhere else.
 */
import type { Db } from "../../db/open.ts";
import { DEFAULT_PROJECT } from "../../ids.ts";
import { reachOf } from "../../rights/limited-db.ts";
import { reaches } from "../../rights/reach.ts";
import type { Deployment, Media, Observation } from "../camtrap-dp.ts";
import { taxonNameOf } from "../labels.ts";
import type { ProjectMetadata } from "../metadata.ts";
import { generalisationText, roundedPlace } from "../privacy.ts";
import { type SensitivePlace, sensitivePlaces } from "../sensitive-places.ts";
import { type FailurePeriod, openResearch, type ResearchFilter } from "../source.ts";
import { findPeople, NOBODY } from "./people.ts";

export interface ExportRequest extends ResearchFilter {
  /** Sensitive places as they are. Who asks must have the right "locate". */
  isExact?: boolean;
  /** Pictures of people as any other. */
  hasPeople?: boolean;
  nowS?: number;
}

export interface ExportDeployment extends Deployment {
  /** Of a generalised place: degrees it was rounded to. */
  precision?: number;
}

export interface ExportMedia extends Media {
  hasPeople: boolean;
}

export interface ExportView {
  projectID: string;
  metadata: ProjectMetadata;
  /** Everything of the project, and every place as it is. */
  isWhole: boolean;
  nowS: number;
  /** Deployments by name, in the order in which every stream below goes through them. */
  deploymentsByID: Map<string, ExportDeployment>;
  /** Whether what says where it stands is generalised or withheld. */
  isGeneralised(deploymentID: string): boolean;
  media(): AsyncIterable<ExportMedia>;
  observations(): AsyncIterable<Observation>;
  failures(): AsyncIterable<FailurePeriod>;
}

/** **Errors:** an Error for a project that is not there */
export async function openExport(db: Db, request: ExportRequest = {}): Promise<ExportView> {
  const { projectID = DEFAULT_PROJECT, isExact = false, hasPeople = false } = request;
  const { nowS = Math.floor(Date.now() / 1000), ...filter } = request;
  const source = openResearch(db, { ...filter, projectID }, { nowS });
  const metadata = await source.metadata();
  const hidden = isExact ? new Map<string, never>() : await sensitivePlaces(db, metadata);
  const people = hasPeople ? NOBODY : await findPeople(db, projectID);
  const heldPrecision = metadata.other?.coordinatePrecision;
  const held = typeof heldPrecision === "number" ? heldPrecision : undefined;
  const deploymentsByID = new Map<string, ExportDeployment>();
  for await (const deployment of source.deployments()) {
    const place = hidden.get(deployment.deploymentID);
    const shown = place ? hide(deployment, place, held) : deployment;
    deploymentsByID.set(deployment.deploymentID, shown);
  }
  const isHidden = (row: { deploymentID: string }) => hidden.has(row.deploymentID);
  const { siteIDs, from, to, taxa } = filter;
  const isFiltered = [siteIDs, from, to, taxa].some((value) => value !== undefined);
  return {
    ...{ projectID, metadata, nowS, deploymentsByID, failures: source.failures },
    isWhole: !isFiltered && hidden.size === 0 && reaches(reachOf(db), { projectID, siteID: null }),
    isGeneralised: (deploymentID) => hidden.has(deploymentID),
    async *media() {
      for await (const row of source.media()) {
        const areIn = people.areIn(row);
        const shown = isHidden(row) ? hideMedia(row) : row;
        yield { ...shown, filePublic: shown.filePublic && !areIn, hasPeople: areIn };
      }
    },
    async *observations() {
      for await (const row of source.observations()) {
        const shown = isHidden(row) ? without(row, ["observationComments"]) : row;
        if (shown.scientificName) shown.scientificName = taxonNameOf(shown.scientificName);
        yield shown;
      }
    },
  };
}

export const WITHHELD = "place name, groups, tags and comments withheld";

/** Free text may name the place, so none of it stays. */
function hide(
  deployment: Deployment,
  { sensitivity, number }: SensitivePlace,
  held: number | undefined,
): ExportDeployment {
  const texts = ["locationName", "deploymentGroups", "deploymentTags", "habitat"] as const;
  const rounded = roundedPlace(deployment, sensitivity, held);
  const { precision, ...coordinates } = rounded ?? { precision: held };
  const text = precision === undefined ? [] : [generalisationText(precision)];
  return {
    ...without(deployment, texts),
    ...(Number.isNaN(deployment.latitude) ? {} : coordinates),
    locationID: `generalised-${number}`,
    deploymentComments: [...text, WITHHELD].join("; "),
    precision,
  };
}

/** An address or a file name may carry the place; EXIF may carry its coordinates. */
function hideMedia(media: Media): Media {
  return {
    ...without(media, ["exifData", "mediaComments", "fileName"]),
    filePath: `media/${encodeURIComponent(media.mediaID)}${extensionOf(media.fileMediatype)}`,
  };
}

export const extensionOf = (mediatype: string): string =>
  `.${mediatype
    .replace(/^\w+\//, "")
    .replace("jpeg", "jpg")
    .replace(/\W/g, "")}`;

function without<T extends object>(row: T, names: readonly (keyof T)[]): T {
  const rest = { ...row };
  for (const name of names) delete rest[name];
  return rest;
}
