/** The fleet in numbers. */
import type { Db } from "../db/open.ts";
import type { Tables } from "../db/tables.ts";

export async function fleetSummary(db: Db) {
  const countOf = async (table: keyof Tables): Promise<number> => {
    const row = await db
      .selectFrom(table)
      .select((rows) => rows.fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    return Number(row.count);
  };
  const types = await db
    .selectFrom("observation_sums")
    .select((rows) => ["observationType", rows.fn.sum<number>("records").as("count")])
    .groupBy("observationType")
    .execute();
  const notStored = await db
    .selectFrom("media")
    .select((rows) => rows.fn.countAll<number>().as("count"))
    .where("storedMs", "is", null)
    .executeTakeFirstOrThrow();
  const media = await countOf("media");
  return {
    cameras: await countOf("cameras"),
    observations: types.reduce((sum, { count }) => sum + Number(count), 0),
    observationsByType: Object.fromEntries(
      types.map(({ observationType, count }) => [observationType, Number(count)]),
    ),
    media,
    mediaStored: media - Number(notStored.count),
    faults: await countOf("faults"),
  };
}
