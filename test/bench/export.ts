/**
 * A million observations of 100 deployments, with as many media, as a Camtrap DP folder: seconds and peak memory of a process of
 * its own. Peer: SQLite's own CSV dump of the same two tables (the sqlite3 shell, else Python's sqlite3 and csv modules), which
 * turns no time into text, hides nothing and joins nothing. Goals: 60 s and 250 MB.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { openDatabase } from "../../toolchain/fleet/db/open.ts";
import { temporaryFolder } from "../fleet/support/fleet.ts";
import type { Figure } from "./run.ts";

const ROWS = 1_000_000;
const DEPLOYMENTS = 100;
const ONCE = fileURLToPath(new URL("support/export-once.ts", import.meta.url));

interface Once {
  seconds: number;
  /** Of its processors, start included: what a busy machine does not change. */
  cpuSeconds: number;
  peakMb: number;
  rows: number;
}

export async function figures(): Promise<Figure[]> {
  const dataDir = temporaryFolder();
  try {
    mkdirSync(join(dataDir, "objects"));
    await fill(dataDir);
    const folder = exportOnce(dataDir, "camtrap-dp", "out");
    const zip = exportOnce(dataDir, "camtrap-dp", "out.zip");
    const parquet = exportOnce(dataDir, "parquet", "parquet");
    const peer = dump(dataDir);
    const figure = (
      name: string,
      value: number,
      unit: string,
      vs: string,
      goal: number,
    ): Figure => ({
      ...{ name, value: Math.round(value * 10) / 10, unit, vs },
      ratio: Number((goal / value).toPrecision(3)),
    });
    return [
      figure("export.camtrap-dp.1M", folder.seconds, "s", peer.name, peer.seconds),
      figure("export.camtrap-dp.1M.processor", folder.cpuSeconds, "s", "60 s", 60),
      figure("export.camtrap-dp.1M.memory", folder.peakMb, "MB", "250 MB", 250),
      figure("export.camtrap-dp.1M.zip", zip.seconds, "s", peer.name, peer.seconds),
      figure("export.camtrap-dp.1M.zip.memory", zip.peakMb, "MB", "250 MB", 250),
      figure("export.parquet.1M", parquet.seconds, "s", peer.name, peer.seconds),
      figure("export.parquet.1M.memory", parquet.peakMb, "MB", "250 MB", 250),
    ];
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Rows as cameras send them, made by the database itself. */
async function fill(dataDir: string): Promise<void> {
  const { db, close } = await openDatabase(dataDir, 0);
  // Numbers are bound as fractions, which would not divide as whole ones.
  const each = sql.lit(ROWS / DEPLOYMENTS);
  const seconds = sql.lit((ROWS / DEPLOYMENTS) * 30);
  await sql`
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${DEPLOYMENTS - 1})
    INSERT INTO deployments ("deploymentID", "projectID", "sourceID", "locationName", latitude, longitude,
      "deploymentStart", "deploymentEnd")
    SELECT 'default/d' || i, 'default', 'd' || i, 'place ' || i, -24.9 - i / 1000.0, 31.5 + i / 1000.0,
      1700000000, 1700000000 + ${seconds} FROM n`.execute(db);
  await sql`
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS - 1})
    INSERT INTO media ("mediaID", "deploymentID", "sourceID", timestamp, "captureMethod", "filePath",
      "filePublic", "fileName", "fileMediatype", "fileBytes", width, height, "receivedMs")
    SELECT 'default/m' || i, 'default/d' || (i / ${each}), 'm' || i, 1700000000 + (i % ${each}) * 30,
      'activityDetection', 'media/d' || (i / ${each}) || '/m' || i || '.jpg', 1, 'm' || i || '.jpg', 'image/jpeg',
      50000, 640, 480, 0 FROM n`.execute(db);
  await sql`
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS - 1})
    INSERT INTO observations ("observationID", "deploymentID", "sourceID", "mediaIDs", "eventID", "eventStart", "eventEnd",
      "observationLevel", "observationType", "scientificName", count, "bboxX", "bboxY", "bboxWidth", "bboxHeight",
      "classificationMethod", "classifiedBy", "classificationProbability", "receivedMs")
    SELECT 'default/o' || i, 'default/d' || (i / ${each}), 'o' || i, '[]', 'e' || i, 1700000000 + (i % ${each}) * 30,
      1700000002 + (i % ${each}) * 30, 'event', CASE WHEN i % 50 = 0 THEN 'human' WHEN i % 5 = 0 THEN 'blank' ELSE 'animal' END,
      CASE WHEN i % 5 = 0 THEN NULL ELSE 'Vulpes vulpes' END, 1, 0.125, 0.25, 0.5, 0.4, 'machine', 'thicket_96_int8',
      0.87, 0 FROM n`.execute(db);
  await close();
}

function exportOnce(dataDir: string, format: string, name: string): Once {
  const args = ["--import", "tsx", ONCE, dataDir, join(dataDir, name), format];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const once = JSON.parse(stdout) as Once;
  if (once.rows !== ROWS) throw new Error(`${once.rows} rows of ${ROWS}`);
  return once;
}

const DUMP = `
import csv, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for table in ("media", "observations"):
    with open(sys.argv[2] + table + ".csv", "w", newline="") as file:
        csv.writer(file).writerows(db.execute(f"SELECT * FROM {table}"))
`;

function dump(dataDir: string): { name: string; seconds: number } {
  const file = join(dataDir, "thicket.sqlite");
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const out = (table: string) => join(dataDir, `dump-${table}.csv`);
  const commands = ["media", "observations"].flatMap((table) => [
    ...[`.output ${out(table)}`, `SELECT * FROM ${table};`],
  ]);
  const shell = spawnSync("sqlite3", ["-csv", file], { input: commands.join("\n") });
  if (shell.status === 0)
    return { name: "the sqlite3 shell's CSV of both tables", seconds: seconds() };
  const python = spawnSync("python3", ["-c", DUMP, file, join(dataDir, "dump-")]);
  if (python.status === 0)
    return { name: "Python's sqlite3 and csv dump of both tables", seconds: seconds() };
  throw new Error("neither sqlite3 nor python3 is here to compare with");
}
