/**
 * Says what is wrong with a Camtrap DP folder, by file, line and field, in one pass over each table: cells (types, ranges,
 * enums, uniqueness), the order of columns, what rows say of each other, and what datapackage.json must say.
 * Source: Camtrap DP 1.0.2, table schemas and profile.
 */
import { createReadStream } from "node:fs";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { isAppError } from "../../errors.ts";
import {
  DEPLOYMENT_FIELDS,
  type Field,
  MEDIA_FIELDS,
  OBSERVATION_FIELDS,
  type Observation,
} from "./camtrap-dp.ts";
import { FAILURE_FIELDS } from "./export/camtrap-package.ts";
import { openPackage, type ReadOptions, type RowProblem } from "./read-package.ts";
import type { FailurePeriod } from "./source.ts";
import { momentOf } from "./times.ts";

export interface PackageProblem extends RowProblem {
  /** The data can be read all the same. */
  isOnlyForm?: boolean;
}

export interface PackageCheck {
  rows: { deployments: number; media: number; observations: number; failures: number };
  /** The first thousand; of rows that miss the same one, the first. */
  problems: PackageProblem[];
  problemCount: number;
  /** IDs of rows that can be read but not be taken: whoever passes over bad rows passes over these. */
  bad: { deployments: Set<string>; media: Set<string>; observations: Set<string> };
}

const PROBLEMS_MAX = 1000;
/** Properties without which a package is none. */
const REQUIRED = [
  ...["profile", "created", "contributors", "project", "spatial", "temporal", "taxonomic"],
];
const PROJECT_REQUIRED = [
  ...["title", "samplingDesign", "captureMethod", "individualAnimals", "observationLevel"],
];

/** **Errors:** PACKAGE_UNREADABLE, PACKAGE_INVALID (no folder, no datapackage.json, no tables) */
export async function checkPackage(
  path: string,
  { onProgress = (_: string) => {} } = {},
): Promise<PackageCheck> {
  const opened = openPackage(path);
  const found: PackageCheck = {
    rows: { deployments: 0, media: 0, observations: 0, failures: 0 },
    ...{ problems: [], problemCount: 0 },
    bad: { deployments: new Set(), media: new Set(), observations: new Set() },
  };
  const tell = (problem: PackageProblem) => {
    found.problemCount += 1;
    const file = basename(problem.file);
    if (found.problems.length < PROBLEMS_MAX) found.problems.push({ ...problem, file });
  };
  checkDescriptor(opened.descriptor, (field, message) =>
    tell({ file: "datapackage.json", line: 0, field, message, isOnlyForm: true }),
  );
  const resources = opened.descriptor.resources as { name: string; path: string }[];
  const fileOf = (name: string) => resources.find((one) => one.name === name)?.path ?? name;
  for (const [name, fields] of TABLES) await checkHeader(opened.folder, fileOf(name), fields, tell);

  /** One table, with what its rows must keep to beyond their cells. */
  async function table<T extends object>(
    name: keyof PackageCheck["rows"],
    rows: (options: ReadOptions) => AsyncIterable<T>,
    check: (row: T) => [field: string, message: string] | undefined,
  ): Promise<void> {
    let line = 0;
    // One lost deployment may make a thousand rows point to nothing: the first is named, all are counted.
    const told = new Set<string>();
    const onLine = (at: number) => {
      line = at;
    };
    try {
      for await (const row of rows({ onProblem: tell, onLine })) {
        found.rows[name] += 1;
        if (found.rows[name] % 50_000 === 0) onProgress(`${found.rows[name]} ${name} checked`);
        const wrong = check(row);
        if (!wrong) continue;
        const [field, message] = wrong;
        const isNew = !told.has(message) || !/^there is no/.test(message);
        told.add(message);
        if (isNew) tell({ file: fileOf(name), line, field, message });
        else found.problemCount += 1;
      }
    } catch (error) {
      // What ends the reading of a table ends no more than that.
      if (!isAppError(error) || error.code !== "PACKAGE_ROW") throw error;
      tell({ file: fileOf(name), line: 0, field: "", message: error.message });
    }
  }

  const deployments = new Set<string>();
  const media = new Set<string>();
  const lost = (id: string): [string, string] | undefined =>
    deployments.has(id) ? undefined : ["deploymentID", `there is no deployment "${id}"`];
  await table("deployments", opened.deployments, (row) => {
    if (!isAfter(row.deploymentStart, row.deploymentEnd)) {
      deployments.add(row.deploymentID);
      return undefined;
    }
    found.bad.deployments.add(row.deploymentID);
    return ["deploymentEnd", "is before deploymentStart"];
  });
  await table("media", opened.media, (row) => {
    const wrong = lost(row.deploymentID);
    (wrong ? found.bad.media : media).add(row.mediaID);
    return wrong;
  });
  await table("observations", opened.observations, (row) => {
    const wrong = lost(row.deploymentID) ?? wrongObservation(row, media);
    if (wrong) found.bad.observations.add(row.observationID);
    return wrong;
  });
  await table(
    "failures",
    (options) => opened.table<FailurePeriod>("failures", FAILURE_FIELDS, options) ?? nothing(),
    ({ deploymentID, failureStart, failureEnd }) => {
      const wrong = lost(deploymentID);
      if (wrong) found.bad.deployments.add(deploymentID);
      return isAfter(failureStart, failureEnd) ? ["failureEnd", "is before failureStart"] : wrong;
    },
  );
  return found;
}

const TABLES: [string, readonly Field[]][] = [
  ["deployments", DEPLOYMENT_FIELDS],
  ["media", MEDIA_FIELDS],
  ["observations", OBSERVATION_FIELDS],
];

async function* nothing(): AsyncGenerator<never> {
  // A package without failures has no such table.
}

function wrongObservation(
  { mediaID, observationLevel, eventStart, eventEnd }: Observation,
  media: Set<string>,
): [field: string, message: string] | undefined {
  if (mediaID !== undefined && !media.has(mediaID)) {
    return ["mediaID", `there is no media "${mediaID}"`];
  }
  if (observationLevel === "media" && mediaID === undefined) {
    return ["mediaID", "must be there at the level of media"];
  }
  return isAfter(eventStart, eventEnd) ? ["eventEnd", "is before eventStart"] : undefined;
}

const isAfter = (start: string, end: string): boolean =>
  (momentOf(start)?.seconds ?? 0) > (momentOf(end)?.seconds ?? 0);

function checkDescriptor(
  descriptor: Record<string, unknown>,
  tell: (field: string, message: string) => void,
): void {
  for (const name of REQUIRED) {
    if (descriptor[name] === undefined) tell(name, "must be there");
  }
  const { profile, project, contributors, created, licenses } = descriptor;
  if (typeof profile === "string" && !/camtrap-dp\/1\.0\.2\//.test(profile)) {
    tell("profile", `must be the one of Camtrap DP 1.0.2, not "${profile}"`);
  }
  if (typeof created === "string" && Number.isNaN(Date.parse(created))) {
    tell("created", `must be a time, not "${created}"`);
  }
  if (Array.isArray(contributors) && contributors.length === 0) {
    tell("contributors", "must name at least one");
  }
  if (project && typeof project === "object") {
    for (const name of PROJECT_REQUIRED) {
      if (!(name in project)) tell(`project.${name}`, "must be there");
    }
  }
  if (Array.isArray(licenses)) {
    for (const scope of ["data", "media"]) {
      if (!licenses.some((license) => license?.scope === scope)) {
        tell("licenses", `must have one with the scope ${scope}`);
      }
    }
  }
}

/** All columns, in the order of the standard. */
async function checkHeader(
  folder: string,
  path: string,
  fields: readonly Field[],
  tell: (problem: PackageProblem) => void,
): Promise<void> {
  const input = createReadStream(join(folder, path));
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  try {
    for await (const line of lines) {
      const names = line.replace(/^\uFEFF/, "").split(",");
      const cells = names.map((name) => name.replace(/^"(.*)"$/, "$1"));
      const at = fields.findIndex(({ name }, index) => cells[index] !== name);
      if (at >= 0) {
        const { name } = fields[at] as Field;
        const message = `must be column ${at + 1}, where "${cells[at] ?? "nothing"}" stands`;
        tell({ file: path, line: 1, field: name, message, isOnlyForm: true });
      }
      break;
    }
  } catch {
    // A file that cannot be read is told by whoever reads its rows.
  } finally {
    input.destroy();
  }
}
