/** What exports do quickly gives the same as what does it slowly: CSV against csv-stringify, times against Date, rows against their columns. */
import { stringify } from "csv-stringify/sync";
import { sql } from "kysely";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { csvChunks } from "../../../toolchain/fleet/research/export/csv.ts";
import { datetimeOf } from "../../../toolchain/fleet/research/times.ts";
import { withDatabases } from "../support/databases.ts";

/** Numerical Recipes' generator: the same numbers at each run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test("writes the CSV that csv-stringify writes, whatever the cells hold", async () => {
  const next = numbers(7);
  const signs = ["a", " ", ",", '"', "\n", "\r", "é", "", "1.5", ";", "'", "\t"];
  const rows = Array.from({ length: 2500 }, () =>
    Array.from({ length: 4 }, () =>
      Array.from({ length: 3 }, () => signs[Math.floor(next() ** 3 * signs.length)]).join(""),
    ),
  );
  const header = ["one", "two,", "three", "four"];
  let text = "";
  for await (const chunk of csvChunks(
    header,
    (async function* () {
      yield* rows;
    })(),
  ))
    text += chunk;
  assert.is(text, stringify([header, ...rows]));
});

test("writes times as Date does, before 1970 and at the ends of days and months too", () => {
  const next = numbers(11);
  const days = [-86_400, -1, 0, 86_399, 86_400, 951_782_399, 951_782_400, 1_709_251_199];
  const seconds = [...days, ...Array.from({ length: 5000 }, () => Math.floor(next() * 4e9 - 1e9))];
  for (const at of seconds) {
    assert.is(datetimeOf(at), `${new Date(at * 1000).toISOString().slice(0, 19)}Z`);
  }
  assert.is(datetimeOf(0, -90), "1969-12-31T22:30:00-01:30");
  assert.throws(() => datetimeOf(Number.NaN));
});

withDatabases("a question that was asked before tells of a column that came since", async (db) => {
  const ask = () => db.selectFrom("sites").selectAll().execute();
  const row = { siteID: "s", projectID: "default", name: "n", sensitivity: 0, createdMs: 5 };
  const before = { ...row, timeZone: null };
  await db
    .insertInto("sites")
    .values({ ...before, sensitivity: 0 })
    .execute();
  assert.equal(await ask(), [before]);
  await sql`alter table sites add column more text default 'yes'`.execute(db);
  assert.equal(await ask(), [{ ...before, more: "yes" }]);
});

test.run();
