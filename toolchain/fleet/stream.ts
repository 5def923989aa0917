/**
 * Server-sent events: every client reads the log of changes from where it is; a commit only wakes it. Nothing is kept
 * per client but its place, so a client that comes back with Last-Event-ID, to this process or another, goes on there.
 * Source: HTML Living Standard, section 9.2.
 */
import type { ServerResponse } from "node:http";
import { alertsByID } from "./alerts/views.ts";
import type { Clock } from "./clock.ts";
import { isoOfMs } from "./clock.ts";
import type { Db } from "./db/open.ts";
import { httpError } from "./http-errors.ts";
import { type CameraStatus, type CameraView, listCameras } from "./store/cameras.ts";
import { type Change, changeRange, changesAfter } from "./store/changes.ts";
import { mediaByID } from "./store/media.ts";
import { observationsByID } from "./store/observations.ts";

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
  /** May see sensitive places exactly. */
  isExact: boolean;
}

export interface Streams {
  /** @param lastEventID of the header; undefined for a client that begins now. **Errors:** TOO_MANY_STREAMS */
  open(response: ServerResponse, lastEventID: string | undefined, isExact: boolean): Promise<void>;
  /** Something was committed. */
  wake(): void;
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
        const text = await render(db, changes, { nowMs: clock.now(), isExact: client.isExact });
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
    const cameras = await listCameras(db, { nowMs, isExact: true });
    const changed: string[] = [];
    const before = statuses;
    statuses = new Map(cameras.map(({ cameraID, status }) => [cameraID, status]));
    for (const camera of cameras) {
      const was = before.get(camera.cameraID);
      if (was === undefined || was === camera.status) continue;
      changed.push(camera.cameraID);
    }
    if (changed.length === 0) return;
    for (const isExact of [true, false]) {
      const watching = [...clients].filter((client) => client.isExact === isExact);
      if (watching.length === 0) continue;
      for (const camera of await listCameras(db, { nowMs, isExact }, changed)) {
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
    async open(response, lastEventID, isExact) {
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
        isExact,
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
    close() {
      isClosed = true;
      for (const client of clients) drop(client);
      stopTimers();
    },
  };
}

/** Changes as events, each thing once per batch, with what it is now. */
async function render(db: Db, changes: Change[], view: CameraView): Promise<string> {
  const newest = new Map(changes.map((change) => [keyOf(change), change]));
  const texts = new Map<string, string>();
  const put = (kind: string, cameraID: string, itemID: string, json: unknown) =>
    texts.set(`${kind}/${cameraID}/${itemID}`, JSON.stringify(json));
  for (const rollout of await rolloutStates(db, [...newest.values()])) {
    put("rollout", "", String(rollout.rolloutID), rollout);
  }
  const alertIDs = changes
    .filter(({ kind }) => kind === "alert")
    .map(({ itemID }) => Number(itemID));
  for (const alert of await alertsByID(db, [...new Set(alertIDs)])) {
    put("alert", "", String(alert.alertID), alert);
  }
  const byCamera = groupByCamera([...newest.values()].filter(({ cameraID }) => cameraID !== ""));
  for (const camera of await listCameras(db, view, [...byCamera.keys()])) {
    put("camera", camera.cameraID, "", camera);
  }
  for (const [cameraID, items] of byCamera) {
    const idsOf = (kind: Change["kind"]) =>
      items.filter((item) => item.kind === kind).map(({ itemID }) => itemID);
    for (const observation of await observationsByID(db, cameraID, idsOf("observation"))) {
      const recordID = observation.observationID.slice(cameraID.length + 1);
      put("observation", cameraID, recordID, observation);
    }
    for (const media of await mediaByID(db, cameraID, idsOf("media"))) {
      put("media", cameraID, media.mediaID, media);
    }
  }
  return [...newest.values()]
    .sort((a, b) => a.sequence - b.sequence)
    .map((change) => {
      const json = texts.get(keyOf(change));
      if (json !== undefined) return eventText(change.kind, change.sequence, json);
      // A camera that is gone: the lists must be read again.
      return change.kind === "camera"
        ? eventText("reset", change.sequence, JSON.stringify({ now: isoOfMs(view.nowMs) }))
        : "";
    })
    .join("");
}

/** Enough to know which to read again. */
async function rolloutStates(db: Db, changes: Change[]) {
  const ids = changes.filter(({ kind }) => kind === "rollout").map(({ itemID }) => Number(itemID));
  if (ids.length === 0) return [];
  return db
    .selectFrom("rollouts")
    .select(["rolloutID", "releaseID", "status", "reason"])
    .where("rolloutID", "in", ids)
    .execute();
}

const eventText = (event: string, sequence: number, json: string): string =>
  `id: ${sequence}\nevent: ${event}\ndata: ${json}\n\n`;

const keyOf = ({ kind, cameraID, itemID }: Change): string => `${kind}/${cameraID}/${itemID}`;

function groupByCamera(changes: Change[]): Map<string, Change[]> {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const group = groups.get(change.cameraID);
    if (group) group.push(change);
    else groups.set(change.cameraID, [change]);
  }
  return groups;
}
