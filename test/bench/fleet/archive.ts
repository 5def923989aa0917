/** Lists, filters and analyses over a large archive, each asked for other things twenty times: 95th percentile, on both databases. */
import { rmSync } from "node:fs";
import { openDatabase } from "../../../toolchain/fleet/db/open.ts";
import { openPostgres } from "../../../toolchain/fleet/db/postgres.ts";
import { temporaryFolder } from "../../fleet/support/fleet.ts";
import { type Asked, type Places, QUERIES } from "../../fleet/support/many-queries.ts";
import { ownPostgres } from "../../support/postgres.ts";
import type { Figure } from "../run.ts";
import { fillObservations, SHAPE } from "../support/many-observations.ts";

const RUNS = 20;
/** Answers are computed, not asked for: a few are enough. */
const ANSWERS = 3;
const GOAL_MS = 300;
const TAXA = ["Lynx lynx", "Vulpes vulpes", "Gulo gulo", "Sus scrofa", "Cervus elaphus"];
/** As large as a server with memory to spare is told to take. */
const POSTGRES = ["shared_buffers=1GB", "max_wal_size=8GB", "maintenance_work_mem=512MB"];

type Opened = Awaited<ReturnType<typeof openDatabase>>;

export async function* figures(rows: number): AsyncGenerator<Figure> {
  // A database that is there already (THICKET_BENCH_SQLITE a folder, THICKET_BENCH_POSTGRES an address) is asked as it is.
  const { THICKET_BENCH_SQLITE: kept, THICKET_BENCH_POSTGRES: keptUrl } = process.env;
  const dataDir = kept ?? temporaryFolder();
  yield* asked("sqlite", await openDatabase(dataDir, 0), rows, kept !== undefined);
  if (!kept) rmSync(dataDir, { recursive: true, force: true });
  const url = keptUrl ?? (await ownPostgres(POSTGRES))?.url;
  if (url === undefined) return;
  const opened = await openPostgres(keptUrl ?? `${url}postgres`, 0, () => {});
  yield* asked("postgres", opened, rows, keptUrl !== undefined);
}

async function* asked(
  name: string,
  { db, dialect, close }: Opened,
  rows: number,
  isFilled: boolean,
): AsyncGenerator<Figure> {
  const startMs = performance.now();
  if (!isFilled) await fillObservations(db, dialect, rows);
  const many = `${rows / 1e6}M`;
  const seconds = (performance.now() - startMs) / 1000;
  if (!isFilled) yield plain(`archive.${name}.${many}.filled`, seconds, "s");
  for (const query of QUERIES) {
    const wall: number[] = [];
    const before = process.cpuUsage();
    let rows: unknown;
    for (let turn = 0; turn < RUNS; turn++) {
      const beginMs = performance.now();
      rows = await query.run(db, places(turn));
      wall.push(performance.now() - beginMs);
    }
    const used = process.cpuUsage(before);
    const answers = query.answer ? Array.from({ length: ANSWERS }, () => timed(query, rows)) : [];
    wall.sort((a, b) => a - b);
    const p95 = wall[Math.ceil(0.95 * RUNS) - 1] ?? 0;
    const cpuMs = (used.user + used.system) / 1000 / RUNS;
    yield {
      ...plain(`archive.${name}.${many}.${query.name}.p95`, p95, "ms"),
      ...{ vs: `${GOAL_MS} ms`, ratio: Number((GOAL_MS / p95).toPrecision(3)) },
    };
    yield plain(`archive.${name}.${many}.${query.name}.processor`, cpuMs, "ms");
    if (answers.length > 0) {
      yield plain(`archive.${name}.${many}.${query.name}.computed`, Math.min(...answers), "ms");
    }
  }
  yield plain(`archive.${name}.${many}.memory`, process.resourceUsage().maxRSS / 1024, "MB");
  await close();
}

/** Milliseconds of what is made of the rows of the last turn. */
function timed({ answer }: Asked, rows: unknown): number {
  const beginMs = performance.now();
  answer?.(rows, places(RUNS - 1));
  return performance.now() - beginMs;
}

const plain = (name: string, value: number, unit: string): Figure => ({
  ...{ name, value: Number(value.toPrecision(4)), unit, vs: "", ratio: null },
});

function places(turn: number): Places {
  const { startS, yearS, cameras, sites, years } = SHAPE;
  const from = startS + yearS * (turn % years) + turn * 777_777;
  const before = [startS + 2 * yearS + turn * 999_999, "c5:1-9"];
  return {
    ...{ cameraID: `c${(turn * 17) % cameras}`, site: `site ${turn % sites}` },
    ...{ taxon: TAXA[turn % TAXA.length] ?? "", other: TAXA[(turn + 1) % TAXA.length] ?? "" },
    ...{ from, to: from + 8_888_888 },
    before: Buffer.from(JSON.stringify(before)).toString("base64url"),
  };
}
