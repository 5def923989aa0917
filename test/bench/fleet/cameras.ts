/**
 * 100 cameras at ten times the traffic of a busy field season (a check-in with two records a minute each, a dashboard listening), then as
 * many check-ins as 64 connections can bring: on SQLite, and on PostgreSQL (as durable as it comes) with one and three servers.
 */
import { rmSync } from "node:fs";
import { openDatabase } from "../../../toolchain/fleet/db/open.ts";
import { temporaryFolder } from "../../fleet/support/fleet.ts";
import { ownPostgres } from "../../support/postgres.ts";
import type { Figure } from "../run.ts";
import { cpuSeconds, load, peakMb, type Server, serve, serveBare } from "./processes.ts";

const CAMERAS = 100;
const CHECK_INS = 4000;
/** Check-ins of the whole fleet at rest; one per camera and minute. */
const EVERY_MS = 60_000;
const QUIET_CHECK_INS = 60;
/** A busy camera checks in every ten minutes. */
const BUSY_EVERY_MS = 600_000;
const GOAL_PERCENT = 5;

const figure = (name: string, value: number, unit: string, vs = "", ratio = 0): Figure => ({
  ...{ name, value: Number(value.toPrecision(4)), unit, vs },
  ratio: vs ? Number(ratio.toPrecision(3)) : null,
});

async function addCameras({ url, token }: Server): Promise<string[]> {
  const credentials: string[] = [];
  for (let at = 0; at < CAMERAS; at++) {
    const response = await fetch(`${url}/api/v1/cameras`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ name: `camera ${at}`, site: `site ${at % 10}` }),
    });
    credentials.push(((await response.json()) as { credential: string }).credential);
  }
  return credentials;
}

export async function* figures(): AsyncGenerator<Figure> {
  const bareServer = await serveBare();
  const bare = await load([bareServer.url], ["none"], { total: CHECK_INS });
  await bareServer.stop();
  yield figure("fleet.bare.check-ins", bare.perSecond, "1/s");
  yield* sqlite(bare);
  const postgres = await ownPostgres();
  if (!postgres) return;
  for (const servers of [1, 3]) yield* onPostgres(`${postgres.url}postgres`, servers, bare);
}

type Bare = Awaited<ReturnType<typeof load>>;
const PEER = "the same Fastify without a database";

async function* sqlite(bare: Bare): AsyncGenerator<Figure> {
  const dataDir = temporaryFolder();
  // What is there at the first start is not what is measured.
  await (await openDatabase(dataDir, 0)).close();
  const server = await serve(dataDir);
  const credentials = await addCameras(server);
  const abort = new AbortController();
  const stream = await fetch(`${server.url}/api/v1/stream`, {
    headers: { authorization: `Bearer ${server.token}` },
    signal: abort.signal,
  });
  const reader = stream.body?.getReader();
  void (async () => {
    while (reader && !(await reader.read()).done);
  })().catch(() => {});
  const before = cpuSeconds(server.pid);
  const startMs = performance.now();
  // A handful of connections in turn make one check-in a minute of each of the cameras.
  const connections = 5;
  const pace = { connections, total: QUIET_CHECK_INS, everyMs: (EVERY_MS * connections) / CAMERAS };
  await load([server.url], credentials, pace);
  const seconds = (performance.now() - startMs) / 1000;
  const percent = (100 * (cpuSeconds(server.pid) - before)) / seconds;
  const times = BUSY_EVERY_MS / EVERY_MS;
  yield figure(
    `fleet.sqlite.100-cameras.core (${times} times as busy as a check-in every 10 min)`,
    percent,
    "% of a core",
    `${GOAL_PERCENT} %`,
    GOAL_PERCENT / percent,
  );
  abort.abort();
  yield* most("sqlite", [server], credentials, bare);
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

async function* onPostgres(url: string, count: number, bare: Bare): AsyncGenerator<Figure> {
  const dataDir = temporaryFolder();
  const first = await serve(dataDir, url);
  const servers = [first];
  while (servers.length < count) servers.push(await serve(dataDir, url));
  const credentials = await addCameras(first);
  yield* most(`postgres.${count}-servers`, servers, credentials, bare);
  for (const server of servers) await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

async function* most(
  name: string,
  servers: Server[],
  credentials: string[],
  bare: Bare,
): AsyncGenerator<Figure> {
  const used = () => servers.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
  const before = used();
  const urls = servers.map(({ url }) => url);
  const full = await load(urls, credentials, { total: CHECK_INS });
  const cpuMs = (1000 * (used() - before)) / CHECK_INS;
  yield figure(
    `fleet.${name}.check-ins`,
    full.perSecond,
    "1/s",
    PEER,
    full.perSecond / bare.perSecond,
  );
  yield figure(`fleet.${name}.check-in.p99`, full.p99Ms, "ms", PEER, bare.p99Ms / full.p99Ms);
  yield figure(`fleet.${name}.check-in.processor`, cpuMs, "ms");
  const memory = Math.max(...servers.map(({ pid }) => peakMb(pid)));
  yield figure(`fleet.${name}.memory (each server, at most)`, memory, "MB");
}
