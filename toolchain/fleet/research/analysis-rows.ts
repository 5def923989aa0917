/** Rows for analyses out of the database, and a mark that changes whenever they may have. */
import type { Rows } from "../analytics/rows.ts";
import type { Db } from "../db/open.ts";
import { generalised } from "./privacy.ts";
import { sensitivePlaces } from "./sensitive-places.ts";
import { openResearch, type ResearchFilter } from "./source.ts";

/** @param isExact false: coordinates as those may know them who may not see sensitive places exactly */
export async function analysisRows(
  db: Db,
  filter: ResearchFilter,
  nowS: number,
  isExact: boolean,
): Promise<Rows> {
  const source = openResearch(db, filter, { nowS });
  const secret = isExact ? undefined : await sensitivePlaces(db, await source.metadata());
  const deployments = (await all(source.deployments())).map((row) => {
    const place = secret?.get(row.deploymentID);
    const { latitude, longitude } = generalised(
      { latitude: row.latitude, longitude: row.longitude, coordinateUncertainty: null },
      place?.sensitivity ?? 0,
    );
    // Cut to the period asked for, so that effort and records are of one time.
    const cut = { ...row, latitude: latitude ?? Number.NaN, longitude: longitude ?? Number.NaN };
    // A location's name may say where it is; which deployments share one may be known.
    const named = place ? { locationID: `generalised-${place.number}` } : {};
    return { ...cut, ...named, ...clipped(row, filter) };
  });
  return {
    deployments,
    observations: await all(source.observations()),
    failures: await all(source.failures()),
    receptions: await receptions(db, filter),
  };
}

function clipped(
  { deploymentStart, deploymentEnd }: { deploymentStart: string; deploymentEnd: string },
  { from, to }: ResearchFilter,
) {
  const iso = (seconds: number) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
  const isEarly = from !== undefined && Date.parse(deploymentStart) < from * 1000;
  const isLate = to !== undefined && Date.parse(deploymentEnd) > to * 1000;
  return {
    deploymentStart: isEarly ? iso(from) : deploymentStart,
    deploymentEnd: isLate ? iso(to) : deploymentEnd,
  };
}

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const row of rows) list.push(row);
  return list;
}

async function receptions(db: Db, { projectID = "default", siteIDs, from, to }: ResearchFilter) {
  let query = db
    .selectFrom("observations")
    .innerJoin("deployments", "deployments.deploymentID", "observations.deploymentID")
    .select(["eventStart as triggeredS", "receivedMs"])
    .where("projectID", "=", projectID)
    .where("recordID", "is not", null);
  if (siteIDs?.length) query = query.where("siteID", "in", siteIDs);
  if (from !== undefined) query = query.where("eventStart", ">=", from);
  if (to !== undefined) query = query.where("eventStart", "<", to);
  const rows = await query.execute();
  return rows.map(({ triggeredS, receivedMs }) => ({ triggeredS, receivedS: receivedMs / 1000 }));
}

/** A text that differs when rows were added, decided, moved or failed. Open deployments last: every hour counts as a change. */
export async function dataVersion(db: Db, nowMs: number): Promise<string> {
  const observations = await db
    .selectFrom("observations")
    .select(({ fn }) => [fn.countAll().as("count"), fn.max("receivedMs").as("last")])
    .executeTakeFirst();
  const reviews = await db
    .selectFrom("reviews")
    .select(({ fn }) => [fn.countAll().as("count"), fn.max("reviewedMs").as("last")])
    .executeTakeFirst();
  const deployments = await db
    .selectFrom("deployments")
    .select(({ fn }) => [fn.countAll().as("count"), fn.sum("deploymentEnd").as("ends")])
    .executeTakeFirst();
  const failures = await db
    .selectFrom("failure_periods")
    .select(({ fn }) => [fn.countAll().as("count"), fn.sum("failureEnd").as("ends")])
    .executeTakeFirst();
  const parts = [observations, reviews, deployments, failures].map((row) =>
    Object.values(row ?? {}).join("-"),
  );
  return [...parts, Math.floor(nowMs / 3_600_000)].join(".");
}
