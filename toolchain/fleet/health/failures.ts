/**
 * When a camera could not have recorded, as failure periods of its deployments: from its silence, as far as nothing proves that it
 * worked meanwhile, and from the seconds in which it says itself that it was not able. Effort in analyses and exports leaves them out.
 */
import type { Heartbeat } from "../../../device/protocol/check-in.ts";
import type { Db } from "../db/open.ts";

/** Seconds UTC; end null while it lasts. */
export interface Failure {
  failureStart: number;
  failureEnd: number | null;
  reason: string;
}

export interface Contact {
  timeS: number;
  intervalS: number;
  bootCount: number;
  uptimeS: number;
}

/** Silent as on the dashboard: more than so many of the intervals that the camera promised. */
const SILENT_INTERVALS = 6;
/** Of a camera that has promised none yet. */
const INTERVAL_S = 3600;
const SILENCE = "silent";
const UNABLE = "not able to record";
const DAY_S = 86_400;

/**
 * Gaps between contacts in which nothing proves that the camera worked.
 * @param contacts oldest first
 * @param proofs times of what it recorded, seconds: it worked then
 * @param endS where the deployment ends, or now
 * @param isOver false while the deployment lasts
 */
export function silences(
  contacts: readonly Contact[],
  proofs: readonly number[],
  endS: number,
  isOver: boolean,
): Failure[] {
  const found: Failure[] = [];
  contacts.forEach((contact, index) => {
    const next = contacts[index + 1];
    const untilS = Math.min(next?.timeS ?? endS, endS);
    const isSameBoot = next !== undefined && next.bootCount === contact.bootCount;
    // The program ran all the time, only the network did not.
    if (isSameBoot || untilS - contact.timeS <= SILENT_INTERVALS * contact.intervalS) return;
    const sinceBootS = next ? next.timeS - next.uptimeS : untilS;
    const lastProof = proofs.filter((time) => time > contact.timeS && time < sinceBootS);
    const failureStart = Math.max(contact.timeS, ...lastProof);
    const failureEnd = Math.min(sinceBootS, untilS);
    if (failureEnd <= failureStart) return;
    const lasts = next === undefined && !isOver;
    found.push({ failureStart, failureEnd: lasts ? null : failureEnd, reason: SILENCE });
  });
  return found;
}

/**
 * What a camera counted as "not able" on each day. The count says how long, not when: the end of the day stands for it.
 * @param days day number since 1970, and seconds
 */
export function unablePeriods(
  days: readonly { day: number; unableS: number }[],
  [startS, endS]: readonly [number, number],
): Failure[] {
  return days.flatMap(({ day, unableS }) => {
    const failureEnd = Math.min((day + 1) * DAY_S, endS);
    const failureStart = Math.max(startS, failureEnd - unableS);
    return unableS > 0 && failureEnd > failureStart
      ? [{ failureStart, failureEnd, reason: UNABLE }]
      : [];
  });
}

/** Deployments that ended longer ago are settled. */
const SETTLED_S = 2 * DAY_S;

/** Write what is known now; what was written before about the same deployments is replaced. Periods that a person or an import gave stay. */
export async function recordFailures(db: Db, nowMs: number): Promise<void> {
  const nowS = Math.floor(nowMs / 1000);
  const deployments = await db
    .selectFrom("deployments")
    .select(["deploymentID", "cameraID", "deploymentStart", "deploymentEnd"])
    .where("cameraID", "is not", null)
    .where((row) =>
      row.or([row("deploymentEnd", "is", null), row("deploymentEnd", ">", nowS - SETTLED_S)]),
    )
    .execute();
  for (const { deploymentID, cameraID, deploymentStart, deploymentEnd } of deployments) {
    const endS = Math.min(deploymentEnd ?? nowS, nowS);
    const heard = await contactsOf(db, cameraID as string, deploymentStart, endS);
    const intervalS = heard[0]?.intervalS ?? INTERVAL_S;
    // Nobody knows that it worked before it was first heard of, if it ever was.
    const contacts = [{ timeS: deploymentStart, intervalS, bootCount: -1, uptimeS: 0 }, ...heard];
    const isOver = deploymentEnd !== null;
    const proofs = await lastRecorded(db, deploymentID, silences(contacts, [], endS, isOver));
    const days = await db
      .selectFrom("health_days")
      .select(["day", "unableS"])
      .where("cameraID", "=", cameraID as string)
      .where("day", ">=", Math.floor(deploymentStart / DAY_S))
      .where("day", "<=", Math.floor(endS / DAY_S))
      .where("unableS", ">", 0)
      .execute();
    const periods = [
      ...silences(contacts, proofs, endS, isOver),
      ...unablePeriods(days, [deploymentStart, endS]),
    ];
    await db.transaction().execute(async (transaction) => {
      await transaction
        .deleteFrom("failure_periods")
        .where("deploymentID", "=", deploymentID)
        .where("reason", "in", [SILENCE, UNABLE])
        .execute();
      if (periods.length > 0) {
        await transaction
          .insertInto("failure_periods")
          .values(periods.map((period) => ({ deploymentID, ...period })))
          .execute();
      }
    });
  }
}

async function contactsOf(
  db: Db,
  cameraID: string,
  fromS: number,
  toS: number,
): Promise<Contact[]> {
  const rows = await db
    .selectFrom("check_ins")
    .select(["receivedMs", "heartbeat"])
    .where("cameraID", "=", cameraID)
    .where("receivedMs", ">=", fromS * 1000)
    .where("receivedMs", "<=", toS * 1000 + 999)
    .orderBy("receivedMs")
    .execute();
  return rows.flatMap(({ receivedMs, heartbeat }) => {
    if (heartbeat === null) return [];
    const { checkInIntervalS, bootCount, uptimeS } = JSON.parse(heartbeat) as Heartbeat;
    const timeS = Math.floor(receivedMs / 1000);
    return [{ timeS, intervalS: checkInIntervalS, bootCount, uptimeS }];
  });
}

/** Longer than an event lasts. */
const EVENT_S = DAY_S;
/** Those that began last; one of them ended last. */
const LAST = 100;

/** When the last event of each gap was over, as far as it has any: the rest of the time is of no interest, and may be years. */
async function lastRecorded(
  db: Db,
  deploymentID: string,
  gaps: readonly Failure[],
): Promise<number[]> {
  const times: number[] = [];
  for (const { failureStart, failureEnd } of gaps) {
    let query = db
      .selectFrom("observations")
      .select("eventEnd")
      .where("deploymentID", "=", deploymentID)
      .where("eventStart", ">", failureStart - EVENT_S)
      .where("eventEnd", ">", failureStart)
      .orderBy("eventStart", "desc")
      .limit(LAST);
    if (failureEnd !== null) {
      query = query.where("eventStart", "<", failureEnd).where("eventEnd", "<", failureEnd);
    }
    const rows = await query.execute();
    if (rows.length > 0) times.push(Math.max(...rows.map(({ eventEnd }) => eventEnd)));
  }
  return times;
}
