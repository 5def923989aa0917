/** Puts together what is known of a camera's health, and of the fleet's: the answers of the health routes. */
import type { Heartbeat } from "../../../device/protocol/check-in.ts";
import { isoOfMs } from "../clock.ts";
import type { Db } from "../db/open.ts";
import { NOWHERE } from "../rights/reach.ts";
import { cameraDetail, listCameras } from "../store/cameras.ts";
import { anomaliesOf } from "./anomalies.ts";
import { AVAILABILITY_TARGET, availabilityOf } from "./availability.ts";
import { type Day, dayOf, RESETS, readDays } from "./days.ts";
import { type Forecast, forecast } from "./forecast.ts";
import { scoreOf } from "./score.ts";

const DAY_MS = 86_400_000;
const HISTORY_DAYS = 60;
const AVAILABILITY_DAYS = 30;
const CRASH_DAYS = 7;
const CRASHES_MAX = 20;

type Camera = Awaited<ReturnType<typeof listCameras>>[number];

/** Camera without heartbeat: no score, since nothing is known. */
function judge(camera: Camera, days: Day[], crashFaults: number, nowMs: number) {
  const today = dayOf(nowMs);
  const recent = days.filter(({ day }) => day > today - AVAILABILITY_DAYS);
  const availability = availabilityOf(recent);
  const battery = forecast(
    days
      .filter(({ day, batteryCount }) => day < today && batteryCount > 0)
      // A day's mean belongs to its noon.
      .map((day) => ({ day: day.day + 0.5, mv: day.batteryMvSum / day.batteryCount })),
  );
  const { heartbeat } = camera;
  if (!heartbeat) {
    return {
      score: null,
      reasons: [],
      anomalies: [],
      availability,
      forecast: forecastJson(battery),
    };
  }
  const anomalies = anomaliesOf(heartbeat, days, today);
  const resets = days
    .filter(({ day }) => day > today - CRASH_DAYS)
    .reduce((sum, day) => sum + day.resets, 0);
  const { score, reasons } = scoreOf({
    ...{ status: camera.status, heartbeat, problem: camera.problem, availability, anomalies },
    isConfigRefused: camera.configState === "refused",
    crashes: resets + crashFaults,
    forecast: battery,
    daysLeft: "refusal" in battery ? undefined : battery.emptyDay - nowMs / DAY_MS,
  });
  return { score, reasons, anomalies, availability, forecast: forecastJson(battery) };
}

function forecastJson(found: Forecast) {
  if ("refusal" in found) return { empty: null, refusal: found.refusal };
  return {
    empty: dateOf(found.emptyDay),
    earliest: dateOf(found.earliestDay),
    latest: found.latestDay === null ? null : dateOf(found.latestDay),
    chargePct: Math.round(found.chargePct),
    drainPctPerDay: Math.round(found.drainPctPerDay * 100) / 100,
    daysUsed: found.daysUsed,
  };
}

const dateOf = (day: number): string => isoOfMs(Math.round(day * DAY_MS)).slice(0, 10);

/** **Errors:** CAMERA_UNKNOWN */
export async function cameraHealth(db: Db, cameraID: string, nowMs: number) {
  const camera = await cameraDetail(db, cameraID, { nowMs, exact: NOWHERE });
  const today = dayOf(nowMs);
  const days = (await readDays(db, today - HISTORY_DAYS, cameraID)).get(cameraID) ?? [];
  const crashes = await crashesOf(db, cameraID);
  const recent = crashes.filter(({ timeMs }) => timeMs > nowMs - CRASH_DAYS * DAY_MS).length;
  const { name, site, status, lastSeen } = camera;
  return {
    ...{ cameraID, name, site, status, lastSeen },
    ...judge(camera, days, recent, nowMs),
    selfTest: camera.heartbeat?.selfTest ?? null,
    crashes: [...restartOf(camera.heartbeat, camera.lastSeen), ...crashes.map(crashJson)],
    history: days.map(historyJson),
  };
}

/** The newest start, when nobody announced it. */
function restartOf(heartbeat: Heartbeat | null, lastSeen: string | null) {
  if (!heartbeat || !RESETS.includes(heartbeat.bootReason) || lastSeen === null) return [];
  const startMs = Date.parse(lastSeen) - heartbeat.uptimeS * 1000;
  const text = `restarted (${heartbeat.bootReason})`;
  return [{ time: isoOfMs(startMs), text, uptimeS: null, before: null, count: 1 }];
}

/** What the program itself reported, newest first. */
async function crashesOf(db: Db, cameraID: string) {
  const rows = await db
    .selectFrom("faults")
    .select(["timestamp", "code", "count", "uptimeS", "before", "receivedMs"])
    .where("cameraID", "=", cameraID)
    .where("subsystem", "=", "program")
    .orderBy("receivedMs", "desc")
    .limit(CRASHES_MAX)
    .execute();
  return rows.map((row) => ({ ...row, timeMs: Number(row.receivedMs) }));
}

const crashJson = (row: Awaited<ReturnType<typeof crashesOf>>[number]) => ({
  time: isoOfMs(Number(row.timestamp) * 1000),
  text: row.code,
  uptimeS: row.uptimeS === null ? null : Number(row.uptimeS),
  before: row.before,
  count: row.count,
});

const historyJson = (day: Day) => ({
  day: dateOf(day.day),
  contacts: day.contacts,
  batteryMv: day.batteryCount ? Math.round(day.batteryMvSum / day.batteryCount) : null,
  rssiDbm: day.rssiCount ? Math.round(day.rssiDbmSum / day.rssiCount) : null,
  ...{ tempCMin: day.tempCMin, tempCMax: day.tempCMax, triggers: day.triggers },
  ...{ captures: day.captures, captureFailures: day.captureFailures, boots: day.boots },
  ...{ resets: day.resets, poweredS: day.poweredS, unableS: day.unableS },
});

export async function fleetHealth(db: Db, nowMs: number) {
  const today = dayOf(nowMs);
  const days = await readDays(db, today - HISTORY_DAYS);
  const crashed = await db
    .selectFrom("faults")
    .select((row) => ["cameraID", row.fn.countAll<number>().as("crashes")])
    .where("subsystem", "=", "program")
    .where("receivedMs", ">", nowMs - CRASH_DAYS * DAY_MS)
    .groupBy("cameraID")
    .execute();
  const crashesBy = new Map(crashed.map(({ cameraID, crashes }) => [cameraID, Number(crashes)]));
  const cameras = (await listCameras(db, { nowMs, exact: NOWHERE })).map((camera) => {
    const { cameraID, name, site, status } = camera;
    const own = days.get(cameraID) ?? [];
    const found = judge(camera, own, crashesBy.get(cameraID) ?? 0, nowMs);
    return {
      ...{ cameraID, name, site, status, score: found.score },
      reason: found.reasons[0]?.text ?? null,
      batteryEmpty: found.forecast.empty,
      availability: found.availability.share,
    };
  });
  const month = [...days.values()].flat().filter(({ day }) => day > today - AVAILABILITY_DAYS);
  return {
    now: isoOfMs(nowMs),
    availability: { ...availabilityOf(month), target: AVAILABILITY_TARGET },
    cameras,
  };
}
