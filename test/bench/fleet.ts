/**
 * Check-ins per second over HTTP on the loopback, each with two records, durable before the answer (SQLite, WAL,
 * synchronous=FULL). Peer: the same Fastify parsing the same requests and answering without a database.
 * `vs` of the second figure is the same server with one commit per check-in.
 */
import { rmSync } from "node:fs";
import Fastify from "fastify";
import { createCheckInQueue } from "../../toolchain/fleet/checkin/group-commit.ts";
import { ingest } from "../../toolchain/fleet/checkin/ingest.ts";
import { judgeCheckIn } from "../../toolchain/fleet/checkin/validate.ts";
import { openDatabase } from "../../toolchain/fleet/db/open.ts";
import { createCamera } from "../../toolchain/fleet/store/cameras.ts";
import {
  addCamera,
  checkIn,
  observation,
  openFleet,
  temporaryFolder,
} from "../fleet/support/fleet.ts";
import { type Load, load } from "./fleet/processes.ts";
import type { Figure } from "./run.ts";

const CAMERAS = 100;
const CONNECTIONS = 64;
const CHECK_INS = 4000;

export async function figures(): Promise<Figure[]> {
  const { bare, full } = await overHttp();
  const grouped = await withoutHttp(64);
  const single = await withoutHttp(1);
  const vs = "the same Fastify without a database";
  return [
    figure("check-ins over HTTP on SQLite", full.perSecond, "1/s", vs, bare.perSecond),
    {
      ...figure("check-in latency p99 over HTTP on SQLite", full.p99Ms, "ms", vs, bare.p99Ms),
      ratio: Number((bare.p99Ms / full.p99Ms).toPrecision(3)),
    },
    figure("check-ins with group commit", grouped, "1/s", "one commit per check-in", single),
  ];
}

const figure = (name: string, value: number, unit: string, vs: string, peer: number): Figure => ({
  name,
  value: Number(value.toPrecision(4)),
  unit,
  vs,
  ratio: Number((value / peer).toPrecision(3)),
});

async function overHttp(): Promise<{ bare: Load; full: Load }> {
  const dataDir = temporaryFolder();
  const fleet = await openFleet({ dataDir });
  const credentials: string[] = [];
  for (let index = 0; index < CAMERAS; index++) {
    credentials.push((await addCamera(fleet, `camera ${index}`)).credential);
  }
  const bareServer = Fastify();
  bareServer.post("/device/v1/check-in", async ({ body }) => ({
    v: 1,
    time: Math.floor(Date.now() / 1000),
    acknowledged: (body as { records: { recordID: string }[] }).records.map((row) => row.recordID),
    refused: [],
  }));
  const bareUrl = await bareServer.listen({ host: "127.0.0.1", port: 0 });
  try {
    const all = { connections: CONNECTIONS, total: CHECK_INS };
    const bare = await load([bareUrl], credentials, all);
    return { bare, full: await load([fleet.url], credentials, all) };
  } finally {
    await bareServer.close();
    await fleet.server.close();
    rmSync(dataDir, { recursive: true });
  }
}

/** Check-ins per second through validation, group commit and database, 64 waiting at any time. */
async function withoutHttp(batchMax: number): Promise<number> {
  const dataDir = temporaryFolder();
  const { db, close } = await openDatabase(dataDir, 0);
  const cameras = await Promise.all(
    Array.from({ length: CAMERAS }, (_, n) => createCamera(db, { name: `${n}`, site: "s" }, 0)),
  );
  const queue = createCheckInQueue((arrivals) => ingest(db, arrivals, Date.now()), batchMax);
  let sent = 0;
  const startMs = performance.now();
  const worker = async () => {
    while (sent < CHECK_INS) {
      const n = sent++;
      const judged = judgeCheckIn(checkIn([observation(`1-${n}`), observation(`2-${n}`)]));
      if (typeof judged === "string") throw new Error(judged);
      await queue.submit({ cameraID: cameras[n % CAMERAS]!.cameraID, checkIn: judged });
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  const perSecond = CHECK_INS / ((performance.now() - startMs) / 1000);
  await close();
  rmSync(dataDir, { recursive: true });
  return perSecond;
}
