/**
 * Server-sent events: every client reads the log of changes from where it is; a commit only wakes it. Nothing is kept
 * per client but its place, so a client that comes back with Last-Event-ID, to this process or another, goes on there.
 * Source: HTML Living Standard, section 9.2.
 */
import type { ServerResponse } from "node:http";
import type { Clock } from "./clock.ts";
import { isoOfMs } from "./clock.ts";
import type { Db } from "./db/open.ts";
import { httpError } from "./http-errors.ts";
import { reachOf } from "./rights/limited-db.ts";
import { NOWHERE, reachKey } from "./rights/reach.ts";
import { type CameraStatus, listCameras } from "./store/cameras.ts";
import { changeRange, changesAfter } from "./store/changes.ts";
import { eventText, render, type Viewer } from "./stream-events.ts";

const CLIENTS_MAX = 200;
const BATCH = 200;
const PING_MS = 15_000;
const STATUS_MS = 2_000;
const SHARED_MS = 1_000;
/** A client that reads slower than this is cut off; it comes back and resumes. */
const BACKLOG_BYTES_MAX = 4 * 1024 * 1024;

interface Client {
  response: ServerResponse;
  /** Last change sent. */
  sequence: number;
  isBusy: boolean;
  isBehind: boolean;
  viewer: Viewer;
  /** Cameras of which it was told that they are gone, or that never were its own. */
  told: Set<string>;
}

export interface Streams {
  /** @param lastEventID of the header; undefined for a client that begins now. **Errors:** TOO_MANY_STREAMS */
  open(response: ServerResponse, lastEventID: string | undefined, viewer: Viewer): Promise<void>;
  /** Something was committed. */
  wake(): void;
  /** What a user may see has changed: their clients come back and are asked who they are. */
  dropUser(userID: string): void;
  close(): void;
}

interface StreamOptions {
  onProblem: (message: string) => void;
  /** Other servers write to the database without waking us. */
  isShared?: boolean;
}

export function createStreams(
  db: Db,
  clock: Clock,
  { onProblem, isShared = false }: StreamOptions,
): Streams {
  const clients = new Set<Client>();
  let timers: NodeJS.Timeout[] = [];
  let statuses = new Map<string, CameraStatus>();
  let isClosed = false;

  function drop(client: Client): void {
    clients.delete(client);
    client.response.end();
    if (clients.size === 0) stopTimers();
  }

  function send(client: Client, text: string): void {
    if (!clients.has(client)) return;
    client.response.write(text);
    if (client.response.writableLength > BACKLOG_BYTES_MAX) {
      drop(client);
      client.response.destroy();
    }
  }

  async function pump(client: Client): Promise<void> {
    client.isBehind = true;
    if (client.isBusy) return;
    client.isBusy = true;
    try {
      while (client.isBehind && clients.has(client)) {
        client.isBehind = false;
        const changes = await changesAfter(db, client.sequence, BATCH);
        if (changes.length === 0) continue;
        client.isBehind = changes.length === BATCH;
        const text = await render(db, changes, client, clock.now());
        client.sequence = changes.at(-1)?.sequence ?? client.sequence;
        send(client, text);
      }
    } catch (error) {
      if (!isClosed) onProblem(`event stream: ${(error as Error).stack}`);
      drop(client);
    } finally {
      client.isBusy = false;
    }
  }

  /** A camera that stays silent changes its state without a commit. */
  async function watchStatuses(): Promise<void> {
    const nowMs = clock.now();
    const cameras = await listCameras(db, { nowMs, exact: NOWHERE });
    const changed: string[] = [];
    const before = statuses;
    statuses = new Map(cameras.map(({ cameraID, status }) => [cameraID, status]));
    for (const camera of cameras) {
      const was = before.get(camera.cameraID);
      if (was === undefined || was === camera.status) continue;
      changed.push(camera.cameraID);
    }
    if (changed.length === 0) return;
    for (const watching of alike([...clients])) {
      const [{ viewer }] = watching as [Client];
      for (const camera of await listCameras(viewer.db, { ...viewer, nowMs }, changed)) {
        const text = `event: camera\ndata: ${JSON.stringify(camera)}\n\n`;
        for (const client of watching) send(client, text);
      }
    }
  }

  function wake(): void {
    for (const client of clients) void pump(client);
  }

  function startTimers(): void {
    const onError = (error: Error) => {
      if (!isClosed) onProblem(`camera states: ${error.stack}`);
    };
    timers = [
      setInterval(() => {
        for (const client of clients) send(client, ": ping\n\n");
      }, PING_MS),
      setInterval(() => void watchStatuses().catch(onError), STATUS_MS),
    ];
    if (isShared) timers.push(setInterval(wake, SHARED_MS));
    void watchStatuses().catch(onError);
  }

  function stopTimers(): void {
    for (const timer of timers) clearInterval(timer);
    timers = [];
    statuses = new Map();
  }

  return {
    async open(response, lastEventID, viewer) {
      if (clients.size >= CLIENTS_MAX || isClosed) throw httpError("TOO_MANY_STREAMS");
      const { oldest, newest } = await changeRange(db);
      const asked = lastEventID === undefined ? newest : Number(lastEventID);
      // Gone before it began: no close event would come any more.
      if (response.destroyed) return;
      const isKnown = Number.isSafeInteger(asked) && asked >= oldest - 1 && asked <= newest;
      const client: Client = {
        response,
        sequence: isKnown ? asked : newest,
        isBusy: false,
        isBehind: false,
        viewer,
        told: new Set(),
      };
      response.writeHead(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
      });
      clients.add(client);
      response.on("close", () => drop(client));
      if (timers.length === 0) startTimers();
      // `reset` tells a client whose place is no longer known to read the lists again.
      const event = isKnown ? "ready" : "reset";
      const data = JSON.stringify({ now: isoOfMs(clock.now()) });
      send(client, `retry: 2000\n${eventText(event, client.sequence, data)}`);
      await pump(client);
    },
    wake,
    dropUser(userID) {
      for (const client of clients) if (client.viewer.userID === userID) drop(client);
    },
    close() {
      isClosed = true;
      for (const client of clients) drop(client);
      stopTimers();
    },
  };
}

/** Those who see the same, together. */
function alike(clients: Client[]): Client[][] {
  const groups = new Map<string, Client[]>();
  for (const client of clients) {
    const { db, exact } = client.viewer;
    const key = `${reachKey(reachOf(db))} ${reachKey(exact)}`;
    groups.set(key, [...(groups.get(key) ?? []), client]);
  }
  return [...groups.values()];
}
