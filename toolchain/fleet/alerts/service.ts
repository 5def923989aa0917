/**
 * The alerts of a server: raised with each commit of check-ins, by silence, and passed on. `heard` runs in the caller's
 * transaction; everything else looks at the database and goes on from there, so a killed server loses nothing.
 */
import type { Heartbeat } from "../../../device/protocol/check-in.ts";
import type { Db } from "../db/open.ts";
import { createDeliveryWorker, type DeliveryOptions, type DeliveryWorker } from "./delivery.ts";
import type { Contact } from "./hits.ts";
import { escalateDue } from "./life.ts";
import { raiseFor, raiseSilent } from "./raise.ts";
import { createRuleReader, placesOf, type StoredRule, settingsOf } from "./rows.ts";
import { installDefaults } from "./store.ts";
import { SILENT_INTERVALS } from "./troubles.ts";

const TICK_MS = 1000;
const SILENCE_MS = 60_000;
const INTERVAL_S_UNKNOWN = 3600;

export interface Alerts {
  /** New records and heartbeats, in the transaction that files them. */
  heard(transaction: Db, contacts: readonly Contact[], nowMs: number): Promise<void>;
  /** Something was committed: send what is due. */
  wake(): void;
  /** Everything that time does: escalations, silence, messages that are due. Resolves when it is done. */
  tick(isForSilence?: boolean): Promise<void>;
  close(): Promise<void>;
}

export interface AlertOptions extends Omit<DeliveryOptions, "now"> {
  now(): number;
}

export async function createAlerts(db: Db, options: AlertOptions): Promise<Alerts> {
  const { now, onProblem, onStored } = options;
  const worker: DeliveryWorker = createDeliveryWorker(db, options);
  const enabledRules = createRuleReader();
  let isClosed = false;
  let ticking: Promise<void> | undefined;
  await worker.recover();
  await installDefaults(db, now());

  async function passTime(isForSilence: boolean): Promise<void> {
    if (isForSilence) await lookForSilence(db, await enabledRules(db), now(), onStored);
    if ((await escalateDue(db, now())) > 0) onStored();
  }

  const onError = (error: unknown) => {
    if (!isClosed) onProblem(`alerts: ${(error as Error).stack}`);
  };
  let silenceMs = performance.now();
  const keep = () => {
    if (isClosed || ticking) return;
    const isForSilence = performance.now() - silenceMs >= SILENCE_MS;
    if (isForSilence) silenceMs = performance.now();
    ticking = passTime(isForSilence)
      .catch(onError)
      .finally(() => {
        ticking = undefined;
      });
    // The outbox may take long over a dead channel; time goes on meanwhile.
    void worker.run().catch(onError);
  };
  const timer = setInterval(keep, TICK_MS).unref();

  return {
    heard: async (transaction, contacts, nowMs) =>
      raiseFor(transaction, await enabledRules(transaction), contacts, nowMs, onProblem),
    wake() {
      if (!isClosed) void worker.run().catch(onError);
    },
    tick: async (isForSilence = true) => {
      await passTime(isForSilence);
      await worker.run();
    },
    close: async () => {
      isClosed = true;
      clearInterval(timer);
      await worker.close();
      await ticking;
    },
  };
}

/** Cameras that have missed their own intervals and are not known for it. */
async function lookForSilence(
  db: Db,
  rules: readonly StoredRule[],
  nowMs: number,
  onStored: () => void,
): Promise<void> {
  const wanted = rules.filter(({ when }) => when.troubles?.includes("silent"));
  if (wanted.length === 0) return;
  const cameras = await db
    .selectFrom("cameras")
    .select(["cameraID", "lastSeenMs", "heartbeat"])
    .where("lastSeenMs", "is not", null)
    .execute();
  const silentFor = (lastSeenMs: number | null, heartbeat: string | null) => {
    const { checkInIntervalS = INTERVAL_S_UNKNOWN } =
      heartbeat === null ? {} : (JSON.parse(heartbeat) as Partial<Heartbeat>);
    return (nowMs - (lastSeenMs ?? nowMs)) / 1000 / checkInIntervalS;
  };
  for (const rule of wanted) {
    const intervals = rule.when.silentIntervals ?? SILENT_INTERVALS;
    const silent = cameras.filter((row) => silentFor(row.lastSeenMs, row.heartbeat) > intervals);
    const news = await notYetKnown(
      db,
      rule,
      silent.map(({ cameraID }) => cameraID),
    );
    if (news.length === 0) continue;
    await db.transaction().execute(async (transaction) => {
      // Another server may have been faster.
      const still = await notYetKnown(transaction, rule, news);
      const places = await placesOf(transaction, still);
      const settings = await settingsOf(transaction, rule.projectID);
      for (const place of places.values()) {
        if (place.projectID !== rule.projectID) continue;
        await raiseSilent(transaction, rule, place, settings, nowMs);
      }
    });
    onStored();
  }
}

async function notYetKnown(db: Db, rule: StoredRule, cameraIDs: string[]): Promise<string[]> {
  if (cameraIDs.length === 0) return [];
  const rows = await db
    .selectFrom("alerts")
    .select("cameraID")
    .where("ruleID", "=", rule.ruleID)
    .where("subject", "=", "trouble silent")
    .where("state", "in", ["raised", "escalated", "acknowledged", "muted", "allowed"])
    .execute();
  const known = new Set(rows.map(({ cameraID }) => cameraID));
  return cameraIDs.filter((cameraID) => !known.has(cameraID));
}
