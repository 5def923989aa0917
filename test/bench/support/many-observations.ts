/**
 * A database as large as a network's archive: 100 cameras on 20 sites, each with five deployments of a year, as many observations as
 * asked of 20 species (the commonest is a tenth), people and blanks; made by the database itself, indexes last.
 */
import { sql } from "kysely";
import { fillSums } from "../../../toolchain/fleet/db/migration-sums.ts";
import type { AnyDatabase, Dialect } from "../../../toolchain/fleet/db/migrations.ts";
import type { Db } from "../../../toolchain/fleet/db/open.ts";

export const SHAPE = {
  cameras: 100,
  sites: 20,
  years: 5,
  startS: 1_577_836_800,
  yearS: 31_536_000,
};
const INSERT = 500_000;

/** Names by how often: 100 places, the commoner ones hold more. */
const TAXA = [
  ...["Vulpes vulpes", "Capreolus capreolus", "Sus scrofa", "Meles meles", "Lepus europaeus"],
  ...["Cervus elaphus", "Martes martes", "Felis silvestris", "Canis lupus", "Lynx lynx"],
  ...["Ursus arctos", "Lutra lutra", "Castor fiber", "Alces alces", "Rupicapra rupicapra"],
  ...["Mustela putorius", "Erinaceus europaeus", "Sciurus vulgaris", "Dama dama", "Gulo gulo"],
];
const WEIGHTS = [10, 9, 8, 7, 6, 5, 5, 4, 4, 3, 3, 3, 2, 2, 2, 2, 2, 1, 1, 1];

export async function fillObservations(db: Db, dialect: Dialect, rows: number): Promise<void> {
  const { cameras, sites, years, startS, yearS } = SHAPE;
  const each = rows / (cameras * years);
  const run = (text: string) => sql.raw(text).execute(db);
  const numbers = (from: number, to: number) =>
    dialect === "sqlite"
      ? `(with recursive n(i) as (select ${from} union all select i + 1 from n where i < ${to - 1}) select i from n)`
      : `(select i::bigint from generate_series(${from}, ${to - 1}) as g(i))`;
  await run(`insert into sites ("siteID", "projectID", name, sensitivity, "createdMs")
    select 'site ' || i, 'default', 'site ' || i, 0, 0 from ${numbers(0, sites)} as n`);
  await run(`insert into cameras ("cameraID", name, "createdMs", "configVersion", "wantedConfigVersion", "observationCount", "mediaCount")
    select 'c' || i, 'camera ' || i, 0, 0, 0, ${rows / cameras}, 0 from ${numbers(0, cameras)} as n`);
  const last = cameras * (years - 1);
  await run(`insert into deployments ("deploymentID", "projectID", "siteID", "cameraID", "locationName", latitude, longitude,
      "deploymentStart", "deploymentEnd")
    select 'c' || (i % ${cameras}) || '-' || (i / ${cameras}), 'default', 'site ' || ((i % ${cameras}) % ${sites}), 'c' || (i % ${cameras}),
      'place ' || (i % ${cameras}), 50 + (i % ${cameras}) / 100.0, 5 + (i % ${cameras}) / 100.0, ${startS} + (i / ${cameras}) * ${yearS},
      case when i >= ${last} then null else ${startS} + (i / ${cameras} + 1) * ${yearS} end from ${numbers(0, cameras * years)} as n`);
  const names = TAXA.flatMap((name, at) => Array<string>(WEIGHTS[at] ?? 0).fill(name));
  const place = `(i * 7919 + i / 80) % 100`;
  const name = `case ${names.map((one, at) => `when ${place} = ${at} then '${one}'`).join(" ")} else null end`;
  const type = `case when ${place} < ${names.length} then 'animal' when ${place} < 94 then 'blank' when ${place} < 98 then 'human' else 'vehicle' end`;
  // Spread over the year, more by night, no two in the same order as their IDs.
  const second = `((i / ${cameras * years}) * ${Math.floor(yearS / each)} + (i * 613) % 397)`;
  const restore = await withoutIndexes(db, dialect);
  for (let from = 0; from < rows; from += INSERT) {
    await run(`insert into observations ("observationID", "deploymentID", "cameraID", "recordID", "recordHash", "mediaIDs", "eventID",
        "eventStart", "eventEnd", "observationLevel", "observationType", "scientificName", count, "bboxX", "bboxY", "bboxWidth", "bboxHeight",
        "classificationMethod", "classifiedBy", "classificationProbability", "receivedMs")
      select 'c' || (i % ${cameras}) || ':1-' || i, 'c' || (i % ${cameras}) || '-' || ((i / ${cameras}) % ${years}), 'c' || (i % ${cameras}), '1-' || i, 'h', '["m' || i || '"]', 'e' || (i / ${cameras * years}),
        ${startS} + ((i / ${cameras}) % ${years}) * ${yearS} + ${second}, ${startS} + ((i / ${cameras}) % ${years}) * ${yearS} + ${second} + 2,
        'event', ${type}, ${name}, 1 + i % 3, 0.125, 0.25, 0.5, 0.4, case when i % 53 = 0 then 'human' else 'machine' end, 'thicket_96_int8',
        0.5 + (i % 50) / 100.0, (${startS} + ((i / ${cameras}) % ${years}) * ${yearS} + ${second} + 60) * 1000
      from ${numbers(from, Math.min(rows, from + INSERT))} as n`);
  }
  await restore();
  await fillSums(db as unknown as AnyDatabase, dialect);
  // As its own keeper does in time; the embedded database is never analysed by the server either.
  if (dialect === "postgres") await run("vacuum analyze");
}

/** Takes indexes and triggers away. @returns puts them back */
async function withoutIndexes(db: Db, dialect: Dialect): Promise<() => Promise<void>> {
  const list = (text: string) => sql.raw<{ name: string; text: string }>(text).execute(db);
  const { rows: indexes } =
    dialect === "sqlite"
      ? await list(
          `select name, sql as text from sqlite_master where type = 'index' and tbl_name = 'observations' and sql is not null`,
        )
      : await list(`select indexname as name, indexdef as text from pg_indexes
          where tablename = 'observations' and indexname like 'observations_%'`);
  const { rows: triggers } =
    dialect === "sqlite"
      ? await list(
          `select name, sql as text from sqlite_master where type = 'trigger' and tbl_name = 'observations'`,
        )
      : { rows: [] };
  const alter = (how: string) =>
    sql.raw(`alter table observations ${how} trigger user`).execute(db);
  for (const { name } of indexes) await sql.raw(`drop index "${name}"`).execute(db);
  for (const { name } of triggers) await sql.raw(`drop trigger "${name}"`).execute(db);
  if (dialect === "postgres") await alter("disable");
  return async () => {
    for (const { text } of [...indexes, ...triggers]) await sql.raw(text).execute(db);
    if (dialect === "postgres") await alter("enable");
  };
}
