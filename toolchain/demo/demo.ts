/**
 * The whole system on one machine: a fleet server in its own process, emulated cameras that live through a day in
 * about a minute, and at the end a comparison of what the cameras made with what the server has.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { interruptedError, usageError } from "../errors.ts";
import { type FleetClient, fleetClient } from "../fleet/client.ts";
import type { Io } from "../log.ts";
import { type DemoCamera, startCamera } from "./cameras.ts";
import { type Balance, balance, createLedger, type Ledger } from "./ledger.ts";
import { placeOf } from "./places.ts";
import { drawnScene, photographScene, type Scene, type SceneOptions } from "./scenes.ts";
import { startServer } from "./server-process.ts";

const HOUR_MS = 3_600_000;
/** Cameras take turns in steps of this much virtual time. */
const STEP_MS = 60_000;
/** Wall time a virtual day should take. */
const DAY_WALL_MS = 45_000;
/** After the day the cameras may go on this long to send what is left. */
const FLUSH_LIMIT_MS = 6 * HOUR_MS;

export interface DemoOptions {
  cameras: number;
  hours: number;
  port: number;
  seed: number;
  /** Keep the server's data here; default: a temporary folder. */
  dataDir?: string;
  /** Instead of drawn scenes: these files of a folder, each checked before. */
  photographs?: { folder: string; names: string[] };
  code: string;
}

/** What a viewer of the running demo may look at. */
export interface DemoView {
  fleet: FleetClient;
  cameras: DemoCamera[];
  ledger: Ledger;
  startMs: number;
  nowMs: number;
  endMs: number;
  serverPid: number | undefined;
  restarts: number;
}

export interface DemoResult extends Balance {
  cameras: number;
  virtualHours: number;
  triggers: number;
  serverRestarts: number;
  wallSeconds: number;
  jsvarsPeak: number;
}

export interface RunningDemo {
  url: string;
  token: string;
  /** Live the day. `onStep` is called after each step of virtual time. */
  live(onStep: (view: DemoView) => void): Promise<DemoResult>;
  stop(): Promise<void>;
}

export async function startDemo(options: DemoOptions, io: Io): Promise<RunningDemo> {
  const { photographs } = options;
  const sceneOf = (index: number, scene: SceneOptions): Scene =>
    photographs === undefined
      ? drawnScene(scene)
      : photographScene(
          photographs.folder,
          photographs.names.filter((_name, turn) => turn % options.cameras === index),
          scene,
        );
  const isOurs = options.dataDir === undefined;
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), "thicket-demo-"));
  io.progress("starting the fleet server");
  const server = await startServer(dataDir, options.port, (reason) =>
    io.note(`the server stopped (${reason}); starting it again`),
  );
  const token = server.token || process.env.THICKET_TOKEN;
  if (!token) {
    await server.stop();
    throw usageError(
      "NO_TOKEN",
      `${dataDir} belongs to a server that has already shown its operator token`,
      "pass that token in THICKET_TOKEN, or give --data a new folder",
    );
  }
  const fleet = fleetClient(server.url, token);
  return {
    url: server.url,
    token,
    live: (onStep) => liveThroughDay(options, sceneOf, fleet, server, io, onStep),
    async stop() {
      await server.stop();
      if (isOurs) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function liveThroughDay(
  options: DemoOptions,
  sceneOf: (index: number, scene: SceneOptions) => Scene,
  fleet: FleetClient,
  server: Awaited<ReturnType<typeof startServer>>,
  io: Io,
  onStep: (view: DemoView) => void,
): Promise<DemoResult> {
  const wallStart = performance.now();
  const endMs = Math.floor(Date.now() / STEP_MS) * STEP_MS;
  const startMs = endMs - options.hours * HOUR_MS;
  const ledger = createLedger();
  // A request meets a server whose clock shows the camera's own time; while the server is down this fails,
  // and so will the request itself.
  const setServerClock = async (nowMs: number) => {
    const now = new Date(nowMs).toISOString();
    await fleet.send("PUT", "/api/v1/clock", { now }).catch(() => {});
  };
  await setServerClock(startMs);

  const cameras: DemoCamera[] = [];
  for (let index = 0; index < options.cameras; index++) {
    io.progress(`booting and provisioning camera ${index + 1} of ${options.cameras}`);
    const place = placeOf(index);
    const seed = options.seed + index;
    const scene = sceneOf(index, { place, seed, startMs, hours: options.hours });
    cameras.push(
      await startCamera({
        place,
        scene,
        code: options.code,
        seed,
        startMs,
        fleet,
        ledger,
        setServerClock,
      }),
    );
  }

  const view = (nowMs: number): DemoView => ({
    fleet,
    cameras,
    ledger,
    startMs,
    nowMs,
    endMs,
    serverPid: server.pid(),
    restarts: server.restarts(),
  });
  const paceStart = performance.now();
  for (let nowMs = startMs + STEP_MS; nowMs <= endMs; nowMs += STEP_MS) {
    for (const camera of cameras) await camera.emulator.run({ untilMs: nowMs });
    onStep(view(nowMs));
    if (io.signal.aborted) throw interruptedError("INTERRUPTED", "the demo was interrupted");
    const dueMs = ((nowMs - startMs) / (24 * HOUR_MS)) * DAY_WALL_MS;
    await sleep(Math.max(0, dueMs - (performance.now() - paceStart)));
  }
  for (let nowMs = endMs; nowMs < endMs + FLUSH_LIMIT_MS; nowMs += STEP_MS) {
    await server.ready();
    if ((await waiting(cameras)) === 0) break;
    for (const camera of cameras) await camera.emulator.run({ untilMs: nowMs + STEP_MS });
    onStep(view(nowMs));
  }

  await server.ready();
  return {
    ...(await balance(ledger, fleet)),
    cameras: cameras.length,
    virtualHours: options.hours,
    triggers: cameras.reduce((sum, camera) => sum + camera.scene.triggers, 0),
    serverRestarts: server.restarts(),
    wallSeconds: Math.round((performance.now() - wallStart) / 100) / 10,
    jsvarsPeak: Math.max(...cameras.map((camera) => camera.emulator.memory.peak)),
  };
}

/** Records and pictures still in the cameras' outboxes. */
async function waiting(cameras: DemoCamera[]): Promise<number> {
  let sum = 0;
  for (const camera of cameras) {
    const { queuedRecords, queuedMedia } = await camera.heartbeat();
    sum += queuedRecords + queuedMedia;
  }
  return sum;
}
