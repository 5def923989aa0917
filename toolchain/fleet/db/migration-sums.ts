/**
 * Migration: what analyses add up, kept up by the database itself. `observation_sums` has one row for all observations of a
 * deployment, name, type and level in one period of 30 days: how many, how many individuals, and at which seconds of the period
 * (` 17 86399x2`: one at second 17, one of two individuals at 86399). Triggers, because observations are written by check-ins,
 * imports and reviews, and a sum that one of them forgets is a wrong figure in a paper. With them come the indexes of the list's filters.
 */
import { sql } from "kysely";
import { withColumns } from "./migration-columns.ts";
import type { AnyDatabase, Dialect } from "./migrations.ts";

/** Seconds of a period; also in observation-sums.ts. */
const PERIOD_S = 2_592_000;
const KEY = [
  ...["deploymentID", "scientificName", "period"],
  ...["observationLevel", "observationType", "cameraSetupType"],
];

export async function observationSums(db: AnyDatabase, dialect: Dialect): Promise<void> {
  const sums = db.schema
    .createTable("observation_sums")
    .addColumn("deploymentID", "text", (column) =>
      column.notNull().references("deployments.deploymentID"),
    );
  await withColumns(sums, {
    ...{ scientificName: "text!", period: "integer!", observationLevel: "text!" },
    ...{ observationType: "text!", cameraSetupType: "text!" },
    ...{ records: "integer!", individuals: "integer!", moments: "text!" },
  })
    .addPrimaryKeyConstraint("observation_sums_key", KEY as never)
    .execute();
  // Counts without the long column beside them, in the order in which they are added up.
  await db.schema
    .createIndex("observation_sums_counts")
    .on("observation_sums")
    .columns([...KEY.filter((name) => name !== "period"), "period", "records", "individuals"])
    .execute();
  await db.schema
    .createTable("observation_versions")
    .addColumn("deploymentID", "text", (column) =>
      column.primaryKey().references("deployments.deploymentID"),
    )
    .addColumn("version", "bigint", (column) => column.notNull())
    .execute();
  await createIndexes(db);
  await fillSums(db, dialect);
  for (const statement of triggers(dialect)) await sql.raw(statement).execute(db);
}

async function createIndexes(db: AnyDatabase): Promise<void> {
  const indexes: [name: string, columns: string[]][] = [
    ["observations_by_name", ["scientificName", "eventStart", "observationID"]],
    ["observations_by_method", ["classificationMethod", "eventStart", "observationID"]],
    ["observations_of_event", ["deploymentID", "eventID"]],
  ];
  for (const [name, columns] of indexes) {
    await db.schema.createIndex(name).on("observations").columns(columns).execute();
  }
}

const names = KEY.map((name) => `"${name}"`).join(", ");

/** The columns of KEY, of a row of observations called `row`. */
const keyOf = (row: string): string[] => [
  `${row}."deploymentID"`,
  `coalesce(${row}."scientificName", '')`,
  `${row}."eventStart" / ${PERIOD_S}`,
  `${row}."observationLevel"`,
  `${row}."observationType"`,
  `coalesce(${row}."cameraSetupType", '')`,
];
const individualsOf = (row: string) =>
  `case when ${row}."count" > 1 then ${row}."count" else 1 end`;
const momentOf = (row: string) =>
  `' ' || (${row}."eventStart" % ${PERIOD_S}) || case when ${row}."count" > 1 then 'x' || ${row}."count" else '' end`;

/** Sums of all observations there are, or of those that share the key of a row. */
function summed(dialect: Dialect, like?: string): string {
  const joined = dialect === "sqlite" ? "group_concat" : "string_agg";
  const key = keyOf("o");
  const sameKey = like === undefined ? [] : keyOf(like).map((part, at) => `${key[at]} = ${part}`);
  const period =
    like === undefined
      ? []
      : [
          `o."eventStart" >= (${like}."eventStart" / ${PERIOD_S}) * ${PERIOD_S}`,
          `o."eventStart" < (${like}."eventStart" / ${PERIOD_S} + 1) * ${PERIOD_S}`,
        ];
  const where = [`o."replacedBy" is null`, ...period, ...sameKey].join(" and ");
  return `insert into observation_sums (${names}, records, individuals, moments)
    select ${key.join(", ")}, count(*), sum(${individualsOf("o")}), ${joined}(${momentOf("o")}, '')
    from observations as o where ${where} group by ${key.join(", ")}`;
}

/** What is there already, in one go. Also how a benchmark fills a large database. */
export async function fillSums(db: AnyDatabase, dialect: Dialect): Promise<void> {
  await sql.raw(summed(dialect)).execute(db);
  await sql
    .raw(`insert into observation_versions select "deploymentID", 1 from deployments`)
    .execute(db);
}

const add = (row: string): string =>
  `insert into observation_sums (${names}, records, individuals, moments)
    values (${keyOf(row).join(", ")}, 1, ${individualsOf(row)}, ${momentOf(row)})
    on conflict (${names}) do update set records = observation_sums.records + 1,
    individuals = observation_sums.individuals + excluded.individuals,
    moments = observation_sums.moments || excluded.moments`;

/** All that share the key of a row are counted anew: a moment cannot be taken out of the others by its place. */
const recount = (dialect: Dialect, row: string): string[] => [
  `delete from observation_sums where ${keyOf(row)
    .map((part, at) => `"${KEY[at]}" = ${part}`)
    .join(" and ")}`,
  summed(dialect, row),
];

const touch = (row: string): string =>
  `insert into observation_versions ("deploymentID", version) values (${row}."deploymentID", 1)
    on conflict ("deploymentID") do update set version = observation_versions.version + 1`;

/** Whether an update moves a row from one sum to another, or in or out of all. */
const COUNTED = [
  ...["deploymentID", "scientificName", "eventStart", "observationLevel", "observationType"],
  ...["cameraSetupType", "count", "replacedBy"],
];

function triggers(dialect: Dialect): string[] {
  const isOther = COUNTED.map((name) => {
    const differs = dialect === "sqlite" ? "is not" : "is distinct from";
    return `old."${name}" ${differs} new."${name}"`;
  }).join(" or ");
  const inserted = add("new");
  const updated = [...recount(dialect, "old"), ...recount(dialect, "new")];
  const deleted = recount(dialect, "old");
  if (dialect === "sqlite") {
    const trigger = (name: string, when: string, does: string[]) =>
      `create trigger observations_${name} after ${when} begin ${does.join("; ")}; end`;
    const counts = `insert on observations when new."replacedBy" is null`;
    return [
      trigger("counted", counts, [inserted]),
      trigger("recounted", `update on observations when ${isOther}`, updated),
      trigger("uncounted", "delete on observations", deleted),
      trigger("came", "insert on observations", [touch("new")]),
      trigger("changed", "update on observations", [touch("old"), touch("new")]),
      trigger("went", "delete on observations", [touch("old")]),
    ];
  }
  return [
    `create function observations_counted() returns trigger language plpgsql as $$ begin
      if tg_op = 'INSERT' then
        if new."replacedBy" is null then ${inserted}; end if;
        ${touch("new")};
      elsif tg_op = 'UPDATE' then
        if ${isOther} then ${updated.join("; ")}; end if;
        ${touch("old")}; ${touch("new")};
      else ${deleted.join("; ")}; ${touch("old")}; end if;
      return null; end $$`,
    `create trigger observations_counted after insert or update or delete on observations
      for each row execute function observations_counted()`,
  ];
}
