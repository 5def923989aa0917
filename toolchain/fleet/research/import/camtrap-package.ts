/**
 * Imports a Camtrap DP folder. It is read twice: first only checked (check-package.ts), so that a package with a bad row
 * changes nothing unless bad rows are to be passed over; then written, batch by batch. Doing it again changes nothing.
 */
import type { Deployment, Media, Observation } from "../camtrap-dp.ts";
import { checkPackage } from "../check-package.ts";
import { FAILURE_FIELDS } from "../export/camtrap-package.ts";
import type { ProjectMetadata } from "../metadata.ts";
import { openPackage } from "../read-package.ts";
import type { FailurePeriod } from "../source.ts";
import {
  addProblem,
  type ImportReport,
  type ImportTarget,
  inBatches,
  newImportReport,
  type Progress,
} from "./target.ts";

const TABLES = ["deployments", "media", "observations", "failures"];
/** Of datapackage.json; made anew by every export. */
const NOT_KEPT = ["resources", "profile"];
const OWN_PLACE = ["contributors", "sources", "licenses", "project", "spatial", "temporal"];

export interface ImportOptions {
  /** Take the rows that are good when others are not. */
  skipBad?: boolean;
  onProgress?: Progress;
}

/**
 * @returns a report with problems and no rows, when there are bad rows and they are not to be passed over
 * **Errors:** PACKAGE_UNREADABLE, PACKAGE_INVALID, BAD_IMPORT
 */
export async function importCamtrapPackage(
  path: string,
  target: ImportTarget,
  { skipBad = false, onProgress = () => {} }: ImportOptions = {},
): Promise<ImportReport> {
  const report = newImportReport();
  const found = await checkPackage(path, { onProgress });
  for (const problem of found.problems) if (!problem.isOnlyForm) addProblem(report, problem);
  // What is beyond those that are named.
  report.problemCount += found.problemCount - found.problems.length;
  if (report.problemCount > 0 && !skipBad) return report;
  const opened = openPackage(path);
  const { metadata, notes } = metadataIn(opened.descriptor);
  report.notes.push(...notes);
  await target.metadata(metadata);
  // The reader passes over what it cannot read; what hangs on such a row was found by the check.
  const { deployments, media, observations } = found.bad;
  const fits = (row: { deploymentID: string; mediaID?: string; observationID?: string }) =>
    !deployments.has(row.deploymentID) &&
    (row.observationID === undefined
      ? !media.has(row.mediaID ?? "")
      : !observations.has(row.observationID));
  const read = { onProblem: () => {} };
  async function* good<T extends { deploymentID: string; mediaID?: string }>(
    rows: AsyncIterable<T>,
  ): AsyncGenerator<T> {
    for await (const row of rows) if (fits(row)) yield row;
  }
  const write = async <T>(
    rows: AsyncIterable<T>,
    batch: (rows: T[]) => ReturnType<ImportTarget["media"]>,
    name?: "deployments" | "media" | "observations",
  ) => inBatches(rows, batch, report, name, onProgress);
  await write<Deployment>(good(opened.deployments(read)), target.deployments, "deployments");
  await write<Media>(good(opened.media(read)), target.media, "media");
  await write<Observation>(good(opened.observations(read)), target.observations, "observations");
  const failures = opened.table<FailurePeriod>("failures", FAILURE_FIELDS, read);
  if (failures) await write(good(failures), target.failures);
  return report;
}

/** What the project says of itself, out of a datapackage.json. */
function metadataIn(descriptor: Record<string, unknown>): {
  metadata: Partial<Omit<ProjectMetadata, "projectID">>;
  notes: string[];
} {
  const notes: string[] = [];
  const extra = (descriptor.resources as { name?: string; path?: unknown; data?: unknown }[])
    .filter(({ name }) => !TABLES.includes(name ?? ""))
    .filter(({ name, data }) => {
      if (data === undefined) notes.push(`the table "${name}" is not kept`);
      return data !== undefined;
    });
  const own = Object.fromEntries(
    OWN_PLACE.filter((name) => descriptor[name] !== undefined).map((name) => [
      name,
      descriptor[name],
    ]),
  );
  const other = Object.fromEntries(
    Object.entries(descriptor).filter(
      ([name]) => ![...NOT_KEPT, ...OWN_PLACE, "title", "taxonomic"].includes(name),
    ),
  );
  const { title, taxonomic } = descriptor as { title?: string; taxonomic?: never };
  return {
    notes,
    metadata: {
      ...own,
      ...(title === undefined ? {} : { name: title }),
      ...(taxonomic === undefined ? {} : { taxonomic }),
      other: extra.length ? { ...other, extraResources: extra } : other,
    },
  };
}
