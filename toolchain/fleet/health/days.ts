/**
 * A camera's days in numbers: what its heartbeats added, one row per camera and day, written in the transaction of the
 * check-in. Health is judged from these rows, so no judgement reads every heartbeat again.
 */
import type { Heartbeat } from "../../../device/protocol/check-in.ts";
import type { Db } from "../db/open.ts";
import type { HealthDaysTable } from "../db/tables.ts";

const DAY_MS = 86_400_000;

export const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);

export type Day = Omit<HealthDaysTable, "cameraID">;

export const emptyDay = (day: number): Day => ({
  ...{ day, contacts: 0, boots: 0, resets: 0, triggers: 0, captures: 0, captureFailures: 0 },
  ...{ poweredS: 0, unableS: 0, batteryCount: 0, rssiCount: 0, lensUnclear: 0 },
  ...{ batteryMvSum: 0, rssiDbmSum: 0, tempCMin: null, tempCMax: null },
});

/** Add a heartbeat to its day. @param before the camera's heartbeat before it */
export function addHeartbeat(day: Day, before: Heartbeat | null, now: Heartbeat): void {
  const isSameBoot = before?.bootCount === now.bootCount;
  const since = (key: "triggers" | "captures" | "captureFailures"): number =>
    isSameBoot ? Math.max(0, now[key] - (before?.[key] ?? 0)) : now[key];
  // Counters over all boots: a boot that lost its last hours begins a little lower.
  const grown = (key: "poweredS" | "unableS"): number =>
    before?.[key] === undefined ? 0 : Math.max(0, (now[key] ?? 0) - before[key]);
  day.contacts += 1;
  day.triggers += since("triggers");
  day.captures += since("captures");
  day.captureFailures += since("captureFailures");
  day.poweredS += grown("poweredS");
  day.unableS += grown("unableS");
  if (before && !isSameBoot) {
    day.boots += Math.max(0, now.bootCount - before.bootCount);
    if (RESETS.includes(now.bootReason)) day.resets += 1;
  }
  if (now.batteryMv > 0) {
    day.batteryMvSum += now.batteryMv;
    day.batteryCount += 1;
  }
  if (now.rssiDbm < 0) {
    day.rssiDbmSum += now.rssiDbm;
    day.rssiCount += 1;
  }
  if (now.lens === "covered" || now.lens === "blurred") day.lensUnclear += 1;
  if (now.tempC !== null) {
    day.tempCMin = Math.min(now.tempC, day.tempCMin ?? now.tempC);
    day.tempCMax = Math.max(now.tempC, day.tempCMax ?? now.tempC);
  }
}

/** Starts that nobody announced. */
export const RESETS = ["reset", "watchdog", "brownout", "panic"];

/** A heartbeat that came, with the one before it. */
export interface Step {
  cameraID: string;
  before: Heartbeat | null;
  now: Heartbeat;
}

/** In the transaction that stores the heartbeats. */
export async function saveDays(db: Db, steps: Step[], nowMs: number): Promise<void> {
  const today = dayOf(nowMs);
  const cameraIDs = [...new Set(steps.map(({ cameraID }) => cameraID))];
  if (cameraIDs.length === 0) return;
  const known = await db
    .selectFrom("health_days")
    .selectAll()
    .where("cameraID", "in", cameraIDs)
    .where("day", "=", today)
    .execute();
  const days = new Map(cameraIDs.map((cameraID) => [cameraID, emptyDay(today)]));
  for (const { cameraID, ...day } of known) days.set(cameraID, day);
  for (const { cameraID, before, now } of steps) {
    addHeartbeat(days.get(cameraID) as Day, before, now);
  }
  await db
    .insertInto("health_days")
    .values([...days].map(([cameraID, day]) => ({ cameraID, ...day })))
    .onConflict((conflict) =>
      conflict
        .columns(["cameraID", "day"])
        .doUpdateSet((row) =>
          Object.fromEntries(
            (Object.keys(emptyDay(0)) as (keyof Day)[]).map((key) => [
              key,
              row.ref(`excluded.${key}`),
            ]),
          ),
        ),
    )
    .execute();
}

/** Oldest first, by camera. @param cameraID only this one */
export async function readDays(
  db: Db,
  fromDay: number,
  cameraID?: string,
): Promise<Map<string, Day[]>> {
  let query = db.selectFrom("health_days").selectAll().where("day", ">=", fromDay).orderBy("day");
  if (cameraID !== undefined) query = query.where("cameraID", "=", cameraID);
  const found = new Map<string, Day[]>();
  for (const { cameraID: owner, ...day } of await query.execute()) {
    const days = found.get(owner);
    if (days) days.push(day);
    else found.set(owner, [day]);
  }
  return found;
}
