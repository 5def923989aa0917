/** How many events need a person, by reason: for the first page of the dashboard. */

import { type Expression, type SqlBool, sql } from "kysely";
import type { Db } from "../db/open.ts";
import { placedObservations } from "../store/placed-observations.ts";
import { isMachine, isRare, isUnsure, rareNames, type Where } from "./queue-reasons.ts";

/** Rows that the counts look at, the newest: the first page asks for them, and whoever has more of them waiting knows it. */
const COUNTED_ROWS_MAX = 10_000;

/**
 * How many events wait, by reason; for the first page of the dashboard. One pass over the events, not one for each reason: an
 * event disagrees when its labels are not all the same and one of them is the machine's.
 * @returns also `isPartial`: there are older rows that were not looked at
 */
export async function queueCounts(db: Db, projectID: string) {
  const rare = await rareNames(db, projectID);
  const newest = placedObservations(db)
    .where("deployments.projectID", "=", projectID)
    .where("observations.replacedBy", "is", null)
    .orderBy("observations.eventStart", "desc")
    .orderBy("observations.observationID", "desc")
    .selectAll("observations")
    .limit(COUNTED_ROWS_MAX);
  const label = sql<string>`${sql.ref("o.observationType")} || '/' || coalesce(${sql.ref("o.scientificName")}, '')`;
  const events = db
    .selectFrom(newest.as("o"))
    .groupBy([
      "o.deploymentID",
      sql`coalesce(${sql.ref("o.eventID")}, ${sql.ref("o.observationID")})`,
    ])
    .select((row) => {
      const eb = row as unknown as Where;
      const any = (condition: Expression<SqlBool>, name: string) =>
        eb.fn
          .max<number>(
            eb
              .case()
              .when(eb.and([condition, eb("o.cameraSetupType", "is", null)]))
              .then(sql.lit(1))
              .else(sql.lit(0))
              .end(),
          )
          .as(name);
      return [
        any(eb("o.flag", "is not", null), "flagged"),
        any(isUnsure(eb), "unsure"),
        any(isRare(eb, rare), "rare"),
        any(isMachine(eb), "machine"),
        sql<number>`case when min(${label}) = max(${label}) then 0 else 1 end`.as("mixed"),
        eb.fn.countAll<number>().as("rows"),
      ];
    });
  const sumOf = (condition: string) =>
    sql<number>`coalesce(sum(case when ${sql.raw(condition)} then 1 else 0 end), 0)`;
  const row = await db
    .selectFrom(events.as("events"))
    .select([
      sumOf("flagged = 1 or unsure = 1 or rare = 1 or (mixed = 1 and machine = 1)").as("any"),
      sumOf("flagged = 1").as("flagged"),
      sumOf("unsure = 1").as("unsure"),
      sumOf("mixed = 1 and machine = 1").as("disagreeing"),
      sumOf("rare = 1").as("rare"),
      sumOf("flagged = 1 or machine = 1").as("all"),
      sql<number>`coalesce(sum("rows"), 0)`.as("looked"),
    ])
    .executeTakeFirstOrThrow();
  const [any, flagged, unsure, disagreeing] = [row.any, row.flagged, row.unsure, row.disagreeing];
  const counts = { any, flagged, unsure, disagreeing, rare: row.rare, all: row.all };
  for (const name of Object.keys(counts) as (keyof typeof counts)[]) {
    counts[name] = Number(counts[name]);
  }
  return { ...counts, isPartial: Number(row.looked) >= COUNTED_ROWS_MAX };
}
