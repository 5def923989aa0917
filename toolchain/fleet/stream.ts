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
import { reachOf } from "./rights/limited-db.ts";
import { NOWHERE, type Reach, reachKey } from "./rights/reach.ts";
import { reasonFor } from "./rollout/views.ts";
import { type CameraStatus, listCameras } from "./store/cameras.ts";
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
  viewer: Viewer;
  /** Cameras of which it was told that they are gone, or that never were its own. */
  told: Set<string>;
}

/** Who looks: their database, and where they may see sensitive places exactly. */
export interface Viewer {
  userID: string | null;
  db: Db;
  exact: Reach;
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

/** Changes as events, each thing once per batch, with what it is now. @param whole to tell what is gone from what is another's */
async function render(
  whole: Db,
  changes: Change[],
  { viewer, told }: Client,
  nowMs: number,
): Promise<string> {
  const { db } = viewer;
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
  const gone = new Set(byCamera.keys());
  for (const camera of await listCameras(db, { ...viewer, nowMs }, [...byCamera.keys()])) {
    put("camera", camera.cameraID, "", camera);
    gone.delete(camera.cameraID);
    told.delete(camera.cameraID);
  }
  const lost = await lostCameras(
    whole,
    db,
    [...gone].filter((cameraID) => !told.has(cameraID)),
  );
  for (const cameraID of gone) told.add(cameraID);
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
      return change.kind === "camera" && lost.has(change.cameraID)
        ? eventText("reset", change.sequence, JSON.stringify({ now: isoOfMs(nowMs) }))
        : "";
    })
    .join("");
}

/** Of cameras that are not in the list: those that are no more, are out of service, or were moved out of this one's reach. */
async function lostCameras(whole: Db, db: Db, cameraIDs: string[]): Promise<Set<string>> {
  if (cameraIDs.length === 0) return new Set();
  const idsIn = async (of: Db, table: "cameras" | "deployments") =>
    new Set(
      (
        await of.selectFrom(table).select("cameraID").where("cameraID", "in", cameraIDs).execute()
      ).map(({ cameraID }) => cameraID),
    );
  const [there, once] = [await idsIn(whole, "cameras"), await idsIn(db, "deployments")];
  return new Set(cameraIDs.filter((cameraID) => !there.has(cameraID) || once.has(cameraID)));
}

/** Enough to know which to read again. */
async function rolloutStates(db: Db, changes: Change[]) {
  const ids = changes.filter(({ kind }) => kind === "rollout").map(({ itemID }) => Number(itemID));
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom("rollouts")
    .select(["rolloutID", "releaseID", "status", "reason"])
    .where("rolloutID", "in", ids)
    .execute();
  return rows.map((row) => ({ ...row, reason: reasonFor(db, row.reason) }));
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
