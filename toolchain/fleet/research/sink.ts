/**
 * The write side for imports: rows of a Camtrap DP package into one project, in batches. Doing it again changes nothing;
 * a row with the same ID takes the new values. What a person has decided here stays against a machine's label, and rows that
 * our own cameras sent are left alone.
 */
import { inputError } from "../../errors.ts";
import type { Db } from "../db/open.ts";
import { projectItemID } from "../ids.ts";
import {
  DEPLOYMENT_FIELDS,
  type Deployment,
  type Field,
  MEDIA_FIELDS,
  type Media,
  OBSERVATION_FIELDS,
  type Observation,
} from "./camtrap-dp.ts";
import { type ProjectMetadata, saveMetadata } from "./metadata.ts";
import { databaseRow } from "./rows.ts";
import type { FailurePeriod } from "./source.ts";
import { momentOf } from "./times.ts";

/** Below SQLite's limit of 32766 values in one statement. */
const ROWS_PER_INSERT = 500;

export interface Written {
  /** New or changed to what the package says. */
  written: number;
  /** Left as they are: a camera's own, or decided by a person here. */
  kept: number;
}

export interface ResearchSink {
  metadata(metadata: Partial<Omit<ProjectMetadata, "projectID">>): Promise<void>;
  /** **Errors:** BAD_IMPORT */
  deployments(rows: Deployment[]): Promise<Written>;
  /** **Errors:** BAD_IMPORT, also for a deployment that is not there yet */
  media(rows: Media[]): Promise<Written>;
  observations(rows: Observation[]): Promise<Written>;
  failures(rows: FailurePeriod[]): Promise<Written>;
}

type Table = "deployments" | "media" | "observations";
const KEYS = {
  deployments: "deploymentID",
  media: "mediaID",
  observations: "observationID",
} as const;

/** @param siteID where the deployments belong, when they belong to a site of ours */
export function openSink(
  db: Db,
  projectID: string,
  { siteID = null as string | null, nowMs = Date.now() } = {},
): ResearchSink {
  /** What rows of this project are called here, by what the package calls them. */
  async function known(reader: Db, table: Table, names: string[]): Promise<Map<string, string>> {
    const key = KEYS[table];
    const wanted = new Map(names.map((name) => [projectItemID(projectID, name), name]));
    for (const name of names) wanted.set(name, name);
    const found = new Map<string, string>();
    for (const ids of slices([...wanted.keys()])) {
      const rows = await idsHere(reader, table, ids, projectID);
      for (const row of rows) {
        const id = row[key as keyof typeof row] as string;
        found.set(wanted.get(id) as string, id);
      }
    }
    return found;
  }

  async function deploymentsOf(reader: Db, table: string, rows: { deploymentID: string }[]) {
    const names = [...new Set(rows.map(({ deploymentID }) => deploymentID))];
    const found = await known(reader, "deployments", names);
    const missing = names.find((name) => !found.has(name));
    if (missing === undefined) return found;
    throw inputError("BAD_IMPORT", `${table}: there is no deployment ${missing}`);
  }

  /** Write what is not a camera's own. @param columns what the package does not say */
  async function write<T extends object>(
    table: Table,
    fields: readonly Field[],
    rows: T[],
    prepare: (transaction: Db) => Promise<(row: T) => Record<string, unknown>>,
  ): Promise<Written> {
    const key = KEYS[table];
    return db.transaction().execute(async (transaction) => {
      const nameOf = (row: T) => String(row[key as keyof T]);
      const found = await known(transaction, table, rows.map(nameOf));
      const columnsOf = await prepare(transaction);
      // The last of several with one ID: a statement cannot write a row twice.
      const distinct = [...new Map(rows.map((row) => [nameOf(row), row])).values()];
      const values = distinct
        .filter((row) => found.get(nameOf(row)) !== nameOf(row))
        .map((row) => {
          const made = databaseRow(fields, row);
          if (typeof made === "string") {
            throw inputError("BAD_IMPORT", `${table}: ${nameOf(row)}: ${made} is no time`);
          }
          const id = projectItemID(projectID, nameOf(row));
          return { ...made, [key]: id, sourceID: nameOf(row), ...columnsOf(row) };
        });
      let written = 0;
      for (const some of slices(values)) written += await upsert(transaction, table, some);
      return { written, kept: distinct.length - written };
    });
  }

  return {
    metadata: (said) => saveMetadata(db, { ...said, projectID }),

    deployments: (rows) =>
      write("deployments", DEPLOYMENT_FIELDS, rows, async () => (row) => ({
        ...{ projectID, siteID, cameraID: null, locationID: null },
        ...{ sourceCameraID: row.cameraID ?? null, sourceLocationID: row.locationID ?? null },
      })),

    media: (rows) =>
      write("media", MEDIA_FIELDS, rows, async (transaction) => {
        const deployments = await deploymentsOf(transaction, "media", rows);
        return ({ deploymentID }) => ({
          deploymentID: deployments.get(deploymentID),
          ...{ fileBytes: 0, width: 0, height: 0, receivedMs: nowMs },
        });
      }),

    observations: (rows) =>
      write("observations", OBSERVATION_FIELDS, rows, async (transaction) => {
        const deployments = await deploymentsOf(transaction, "observations", rows);
        const names = rows.flatMap(({ mediaID }) => (mediaID === undefined ? [] : [mediaID]));
        const media = await known(transaction, "media", [...new Set(names)]);
        return ({ deploymentID, mediaID, observationID }) => {
          if (mediaID !== undefined && !media.has(mediaID)) {
            const text = `observations: ${observationID}: there is no media ${mediaID}`;
            throw inputError("BAD_IMPORT", text);
          }
          return {
            deploymentID: deployments.get(deploymentID),
            mediaID: mediaID === undefined ? null : media.get(mediaID),
            ...{ mediaIDs: "[]", receivedMs: nowMs },
          };
        };
      }),

    failures: (rows) =>
      db.transaction().execute(async (transaction) => {
        const deployments = await deploymentsOf(transaction, "failures", rows);
        for (const { deploymentID, failureStart, failureEnd, reason } of rows) {
          const [start, end] = [momentOf(failureStart), momentOf(failureEnd)];
          if (!start || !end || end.seconds < start.seconds) {
            throw inputError("BAD_IMPORT", `failures: ${deploymentID}: not a period of time`);
          }
          const row = {
            deploymentID: deployments.get(deploymentID) as string,
            ...{ failureStart: start.seconds, failureStartOffsetMin: start.offsetMin },
            ...{ failureEnd: end.seconds, failureEndOffsetMin: end.offsetMin, reason },
          };
          await transaction
            .insertInto("failure_periods")
            .values(row)
            .onConflict((conflict) =>
              conflict.columns(["deploymentID", "failureStart", "reason"]).doUpdateSet(row),
            )
            .execute();
        }
        return { written: rows.length, kept: 0 };
      }),
  };
}

/** Those of the ids that are rows of this project. */
function idsHere(db: Db, table: Table, ids: string[], projectID: string) {
  if (table === "deployments") {
    return db
      .selectFrom("deployments")
      .select("deploymentID")
      .where("deploymentID", "in", ids)
      .where("projectID", "=", projectID)
      .execute();
  }
  const key = `${table}.${KEYS[table]}` as "media.mediaID";
  return db
    .selectFrom(table as "media")
    .innerJoin("deployments", "deployments.deploymentID", `${table as "media"}.deploymentID`)
    .select(key)
    .where(key, "in", ids)
    .where("projectID", "=", projectID)
    .execute();
}

/** @returns rows that were written; not those that a person decided, here or in the package before, against a machine */
async function upsert(db: Db, table: Table, rows: Record<string, unknown>[]): Promise<number> {
  const key = KEYS[table];
  const columns = Object.keys(rows[0] ?? {}).filter(
    (name) => name !== key && name !== "receivedMs",
  );
  const written = await db
    .insertInto(table)
    .values(rows as never)
    .onConflict((conflict) => {
      const updated = conflict
        .column(key as never)
        .doUpdateSet(({ ref }) =>
          Object.fromEntries(columns.map((name) => [name, ref(`excluded.${name}` as never)])),
        );
      if (table !== "observations") return updated;
      return updated.where(({ eb, or, and, not, exists, selectFrom }) =>
        and([
          or([
            eb("observations.classificationMethod" as never, "is", null as never),
            eb("observations.classificationMethod" as never, "=", "machine" as never),
            eb("excluded.classificationMethod" as never, "=", "human" as never),
          ]),
          not(
            exists(
              selectFrom("reviews" as never)
                .select("reviewID" as never)
                .whereRef(
                  "reviews.observationID" as never,
                  "=",
                  "observations.observationID" as never,
                ),
            ),
          ),
        ]),
      );
    })
    .returning(key as never)
    .execute();
  return written.length;
}

function* slices<T>(items: T[]): Generator<T[]> {
  for (let from = 0; from < items.length; from += ROWS_PER_INSERT) {
    yield items.slice(from, from + ROWS_PER_INSERT);
  }
}
