/** Roll-outs in the database: read whole when the server starts, written change by change in the caller's transaction. */
import type { NotNull } from "kysely";
import type { Heartbeat } from "../../../device/protocol/check-in.ts";
import type { Db } from "../db/open.ts";
import type { ReleaseRow, RolloutRow } from "../db/tables.ts";
import { recordChanges } from "../store/changes.ts";
import { standingCameras } from "../store/standing-cameras.ts";
import { releaseOf } from "./releases.ts";
import { Rollout } from "./rollout.ts";
import type { Member } from "./states.ts";

/** Which cameras; all conditions that are given must hold. */
export interface Selection {
  sites?: string[];
  groups?: string[];
  cameraIDs?: string[];
}

export interface LiveRollout {
  rolloutID: number;
  createdMs: number;
  release: ReleaseRow;
  selection: Selection;
  rollout: Rollout;
  /** Not yet written. */
  moved: Set<Member>;
  /** What the row says. */
  written: string;
}

export interface FleetCamera {
  cameraID: string;
  site: string;
  group: string | null;
  intervalMs: number;
  lastSeenMs: number;
}

/** What is known of a camera in contact. */
export type SeenCamera = Pick<FleetCamera, "cameraID" | "site" | "intervalMs"> & {
  /** Its board, and the version of its list of trusted keys, where it says so. */
  hardware?: string | undefined;
  trust?: number | undefined;
};

/** Below SQLite's limit of 32766 values. */
const ROWS_PER_INSERT = 1000;
const INTERVAL_S_UNKNOWN = 3600;

export const isSelected = (
  { sites, groups, cameraIDs }: Selection,
  { site, group, cameraID }: Pick<FleetCamera, "cameraID" | "site" | "group">,
): boolean =>
  (sites?.includes(site) ?? true) &&
  (groups?.includes(group ?? "") ?? true) &&
  (cameraIDs?.includes(cameraID) ?? true);

export const intervalMsOf = (heartbeat: Heartbeat | null): number =>
  (heartbeat?.checkInIntervalS ?? INTERVAL_S_UNKNOWN) * 1000;

/** @param cameraID only this one */
export async function fleetCameras(db: Db, cameraID?: string): Promise<FleetCamera[]> {
  let query = standingCameras(db)
    .leftJoin("camera_groups", "camera_groups.cameraID", "cameras.cameraID")
    .select(["cameras.cameraID", "cameras.lastSeenMs", "cameras.heartbeat"])
    .select(["deployments.siteID as site", "groupName"])
    .$narrowType<{ site: NotNull }>();
  if (cameraID !== undefined) query = query.where("cameras.cameraID", "=", cameraID);
  return (await query.execute()).map((row) => ({
    cameraID: row.cameraID,
    site: row.site,
    group: row.groupName,
    intervalMs: intervalMsOf(row.heartbeat === null ? null : JSON.parse(row.heartbeat)),
    lastSeenMs: row.lastSeenMs ?? 0,
  }));
}

/** Those that may still say something to a camera, oldest first. */
export async function loadRollouts(db: Db): Promise<LiveRollout[]> {
  const rows = await db
    .selectFrom("rollouts")
    .selectAll()
    .where("status", "!=", "superseded")
    .orderBy("rolloutID")
    .execute();
  if (rows.length === 0) return [];
  const cameras = new Map((await fleetCameras(db)).map((camera) => [camera.cameraID, camera]));
  const live: LiveRollout[] = [];
  for (const row of rows) {
    const one = liveOf(row, await releaseOf(db, row.releaseID));
    const members = await db
      .selectFrom("rollout_members")
      .selectAll()
      .where("rolloutID", "=", row.rolloutID)
      .execute();
    for (const { ring, state, reason, attempt, installedMs, cameraID } of members) {
      const camera = cameras.get(cameraID);
      if (camera) one.rollout.join(camera, { ring, state, reason, attempt, installedMs });
    }
    live.push(one);
  }
  return live;
}

export function liveOf(row: RolloutRow, release: ReleaseRow): LiveRollout {
  const moved = new Set<Member>();
  const { rolloutID, status, reason, createdMs } = row;
  const forgiven = JSON.parse(row.forgiven);
  const rollout = new Rollout(JSON.parse(row.plan), (member) => moved.add(member), {
    ...{ status, reason, forgiven, createdMs },
  });
  const selection = JSON.parse(row.selection) as Selection;
  return { rolloutID, createdMs, release, selection, rollout, moved, written: memoryOf(rollout) };
}

/** What a roll-out's row holds of its course. */
const memoryOf = ({ status, reason, forgiven }: Rollout): string =>
  JSON.stringify({ status, reason, forgiven });

/** @returns whether there was anything to write */
export async function saveRollout(db: Db, live: LiveRollout, nowMs: number): Promise<boolean> {
  const { rolloutID, rollout, moved } = live;
  const memory = memoryOf(rollout);
  if (moved.size === 0 && memory === live.written) return false;
  await saveMembers(db, rolloutID, [...moved], nowMs);
  await saveEvents(db, rolloutID, [...moved], nowMs);
  if (memory !== live.written) {
    const { status, reason, forgiven } = rollout;
    await db
      .updateTable("rollouts")
      .set({ status, reason, forgiven: JSON.stringify(forgiven), changedMs: nowMs })
      .where("rolloutID", "=", rolloutID)
      .execute();
    await saveEvents(db, rolloutID, [{ cameraID: "", state: status, reason }], nowMs);
  }
  await recordChanges(db, [{ kind: "rollout", cameraID: "", itemID: String(rolloutID) }]);
  moved.clear();
  live.written = memory;
  return true;
}

export async function saveMembers(
  db: Db,
  rolloutID: number,
  members: readonly Member[],
  changedMs: number,
): Promise<void> {
  for (let from = 0; from < members.length; from += ROWS_PER_INSERT) {
    await db
      .insertInto("rollout_members")
      .values(
        members
          .slice(from, from + ROWS_PER_INSERT)
          .map(({ cameraID, ring, state, reason, attempt, installedMs }) => ({
            ...{ rolloutID, cameraID, ring, state, reason, attempt, installedMs, changedMs },
          })),
      )
      .onConflict((conflict) =>
        conflict.columns(["rolloutID", "cameraID"]).doUpdateSet(({ ref }) => ({
          state: ref("excluded.state"),
          reason: ref("excluded.reason"),
          attempt: ref("excluded.attempt"),
          installedMs: ref("excluded.installedMs"),
          changedMs: ref("excluded.changedMs"),
        })),
      )
      .execute();
  }
}

export async function saveEvents(
  db: Db,
  rolloutID: number,
  events: readonly { cameraID: string; state: string; reason: string }[],
  timeMs: number,
): Promise<void> {
  for (let from = 0; from < events.length; from += ROWS_PER_INSERT) {
    await db
      .insertInto("rollout_events")
      .values(
        events.slice(from, from + ROWS_PER_INSERT).map(({ cameraID, state, reason }) => ({
          ...{ rolloutID, cameraID, state, reason, timeMs },
        })),
      )
      .execute();
  }
}

/** Every change of a roll-out writes one: who knows the newest knows whether somebody else has written. */
export async function newestEvent(db: Db): Promise<number> {
  const row = await db
    .selectFrom("rollout_events")
    .select(({ fn }) => fn.max("sequence").as("newest"))
    .executeTakeFirst();
  return row?.newest ?? 0;
}
