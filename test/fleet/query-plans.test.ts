/**
 * How the databases find what people ask of a large archive: the plans of every query are kept beside this file, and none reads all
 * observations. PostgreSQL is told that reading a table whole is dear, as it is with ten million rows. Another plan than the one kept
 * is looked at, and if it is good, written with THICKET_WRITE_PLANS=1.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CompiledQuery, type KyselyPlugin, type RootOperationNode } from "kysely";
import Libsql from "libsql";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { DATABASE_FILE, type Db, openDatabase } from "../../toolchain/fleet/db/open.ts";
import { openPostgres } from "../../toolchain/fleet/db/postgres.ts";
import { fillObservations, SHAPE } from "../bench/support/many-observations.ts";
import { newPostgres } from "../support/postgres.ts";
import { ROOT, skip } from "../support/skip.ts";
import { NO_POSTGRES } from "./support/databases.ts";
import { temporaryFolder } from "./support/fleet.ts";
import { QUERIES } from "./support/many-queries.ts";

const FOLDER = join(ROOT, "test/fleet/query-plans");
const ROWS = 2000;
const places = {
  ...{ cameraID: "c7", site: "site 3", taxon: "Lynx lynx", other: "Meles meles" },
  ...{ from: SHAPE.startS + SHAPE.yearS, to: SHAPE.startS + SHAPE.yearS + 7_000_000 },
  before: Buffer.from(JSON.stringify([SHAPE.startS + 2 * SHAPE.yearS, "c5:1-9"])).toString(
    "base64url",
  ),
};

class Recorder implements KyselyPlugin {
  readonly nodes: RootOperationNode[] = [];

  transformQuery({ node }: Parameters<KyselyPlugin["transformQuery"]>[0]) {
    this.nodes.push(node);
    return node;
  }

  async transformResult({ result }: Parameters<KyselyPlugin["transformResult"]>[0]) {
    return result;
  }
}

type Explain = (db: Db, query: CompiledQuery) => Promise<string[]>;

/** Name, and each different step of each different statement. */
async function plansOf(db: Db, explain: Explain): Promise<string> {
  const texts: string[] = [];
  for (const { name, run } of QUERIES) {
    const recorder = new Recorder();
    await run(db.withPlugin(recorder), places);
    const statements = new Map<string, string[]>();
    for (const node of recorder.nodes) {
      const query = db.getExecutor().compileQuery(node, { queryId: "plan" } as never);
      if (statements.has(query.sql) || !/observation/.test(query.sql)) continue;
      // A union asks the same of many.
      statements.set(query.sql, [...new Set(await explain(db, query))]);
    }
    const steps = [...new Set([...statements.values()].map((lines) => lines.join("\n")))];
    texts.push([`# ${name}`, ...steps].join("\n"));
  }
  return `${texts.join("\n\n")}\n`;
}

/** On a connection of its own: libsql keeps a lock for a plan that was read. */
const sqlitePlan =
  (raw: Libsql.Database): Explain =>
  async (_db, { sql, parameters }) => {
    const rows = raw.prepare(`explain query plan ${sql}`).all(parameters) as { detail: string }[];
    return rows.map(({ detail }) => `  ${detail}`);
  };

const postgresPlan: Explain = async (db, { sql, parameters }) =>
  db.transaction().execute(async (transaction) => {
    for (const dear of ["seqscan", "bitmapscan", "hashjoin", "mergejoin"]) {
      await transaction.executeQuery(CompiledQuery.raw(`set local enable_${dear} = off`));
    }
    const asked = CompiledQuery.raw(`explain (costs off) ${sql}`, [...parameters]);
    const { rows } = await transaction.executeQuery<Record<string, string>>(asked);
    // Without the values asked for: they are no part of how.
    return (
      rows
        .map((row) => row["QUERY PLAN"] ?? "")
        .filter(
          (line) =>
            !/^\s*(Filter|Index Cond|Sort Key|Group Key|Presorted Key|Join Filter|Cache)/.test(
              line,
            ),
        )
        // PostgreSQL numbers what a statement names more than once.
        .map((line) => `  ${line.replace(/_\d+$/, "")}`)
    );
  });

/** @param essence what must be the same; the rest may differ with the statistics of the day */
function compareWith(file: string, found: string, essence = (text: string) => text): void {
  const path = join(FOLDER, file);
  if (process.env.THICKET_WRITE_PLANS) {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(path, found);
  }
  assert.ok(existsSync(path), `${path} is kept`);
  assert.fixture(essence(found), essence(readFileSync(path, "utf8")));
}

/** How the large table is read. PostgreSQL chooses by its statistics how it joins and adds up the small ones. */
const ofObservations = (plans: string): string =>
  plans
    .split("\n")
    .filter((line) => /^#|\bon observations\b/.test(line))
    .map((line) => line.replace(/^ +(-> +)?/, ""))
    .join("\n");

/** Reading observations in the order of an index, newest first, ends with the page: no scan of all. */
const SCANS =
  /SCAN (observations|o|other)\b(?! USING INDEX observations_by_)|Seq Scan on observations\b/g;

/** Steps that read all observations. What a statement itself has found so far may be read whole. */
const wholeReads = (plans: string): string[] =>
  plans.split(/^# /m).flatMap((plan) => {
    const own = new Set([...plan.matchAll(/CO-ROUTINE (\w+)/g)].map(([, name]) => name));
    return [...plan.matchAll(SCANS)]
      .filter(([, name]) => name === undefined || !own.has(name))
      .map(([step]) => step);
  });

test("SQLite finds everything by an index", async () => {
  const dataDir = temporaryFolder();
  const { db, close, dialect } = await openDatabase(dataDir, 0);
  await fillObservations(db, dialect, ROWS);
  const raw = new Libsql(join(dataDir, DATABASE_FILE), { readonly: true });
  const plans = await plansOf(db, sqlitePlan(raw));
  raw.close();
  assert.equal(wholeReads(plans), []);
  assert.equal(wholeReads("# a list\n  SCAN observations\n"), ["SCAN observations"]);
  compareWith("sqlite.txt", plans);
  await close();
  rmSync(dataDir, { recursive: true });
});

test("PostgreSQL finds everything by an index", async () => {
  const postgres = await newPostgres();
  if (!postgres) return skip(NO_POSTGRES);
  const { db, close, dialect } = await openPostgres(postgres.url, 0, () => {});
  await fillObservations(db, dialect, ROWS);
  const plans = await plansOf(db, postgresPlan);
  assert.equal(wholeReads(plans), []);
  compareWith("postgres.txt", plans, ofObservations);
  await close();
  await postgres.drop();
});

test.run();
