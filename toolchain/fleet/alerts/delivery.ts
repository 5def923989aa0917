/**
 * Works the outbox off: claims what is due in a transaction, sends it, writes down what became of it. What was claimed and not
 * written down (the process died, the connection broke) is tried again after a while under the same key, so nothing is lost and
 * a receiver that minds the key takes nothing twice. A channel that is slow or down holds up no other.
 */
import { setMaxListeners } from "node:events";
import type { Db } from "../db/open.ts";
import type { DeliveryRow } from "../db/tables-alerts.ts";
import { ATTEMPT_MS_MAX, type Outcome, type Sender } from "./channels/attempt.ts";
import { send } from "./channels/send.ts";
import type { Message } from "./messages.ts";
import { makeDigests } from "./outbox.ts";
import { noteStep } from "./rows.ts";

const BACK_OFF_MS_MIN = 5_000;
const BACK_OFF_MS_MAX = 30 * 60_000;
/** After so long a message is a dead letter. */
const GIVE_UP_MS = 24 * 3_600_000;
/** A claim older than this belongs to a process that is gone. */
const CLAIM_MS = 60_000;
const IN_FLIGHT_MAX = 16;
const IN_FLIGHT_OF_CHANNEL_MAX = 4;
const LOOK_AT = 500;

export interface DeliveryOptions {
  now(): number;
  /** Of jitter. */
  random?: () => number;
  sender?: Sender;
  limitMs?: number;
  mayBePrivate?: boolean;
  /** Other servers work on the same outbox. */
  isShared?: boolean;
  onProblem(message: string): void;
  onStored(): void;
}

export interface DeliveryWorker {
  /** Sends what is due, and what becomes due by it; resolves when nothing due is left. */
  run(): Promise<void>;
  /** What an earlier process left half-done is due again. */
  recover(): Promise<void>;
  /** Breaks off what is being sent; it stays in the outbox. */
  close(): Promise<void>;
}

export function createDeliveryWorker(db: Db, options: DeliveryOptions): DeliveryWorker {
  const { now, random = Math.random, sender = send, limitMs = ATTEMPT_MS_MAX } = options;
  const inFlight = new Map<string, string>();
  const sending = new Set<Promise<void>>();
  const stop = new AbortController();
  // Each attempt listens.
  setMaxListeners(4 * IN_FLIGHT_MAX, stop.signal);
  let running: Promise<void> | undefined;
  let isAsked = false;
  let wakeUp = (): void => {};

  const isFree = (channelID: string) =>
    [...inFlight.values()].filter((one) => one === channelID).length < IN_FLIGHT_OF_CHANNEL_MAX;

  const dueQuery = (reader: Db, nowMs: number) =>
    reader
      .selectFrom("deliveries")
      .selectAll()
      .where((row) =>
        row.or([
          row.and([row("state", "=", "waiting"), row("nextMs", "<=", nowMs)]),
          row.and([row("state", "=", "sending"), row("claimedMs", "<=", nowMs - CLAIM_MS)]),
        ]),
      )
      // The worst first, then the oldest.
      .orderBy("severity")
      .orderBy("nextMs")
      .orderBy("deliveryID")
      .limit(LOOK_AT);

  async function claim(): Promise<DeliveryRow[]> {
    const nowMs = now();
    if ((await dueQuery(db, nowMs).execute()).length === 0) return [];
    return db.transaction().execute(async (transaction) => {
      await makeDigests(transaction, nowMs);
      const claimed: DeliveryRow[] = [];
      for (const row of await dueQuery(transaction, nowMs).execute()) {
        if (inFlight.size >= IN_FLIGHT_MAX) break;
        if (inFlight.has(row.deliveryID) || !isFree(row.channelID)) continue;
        inFlight.set(row.deliveryID, row.channelID);
        claimed.push({ ...row, attempts: row.attempts + 1, claimedMs: nowMs });
      }
      for (const { deliveryID, attempts } of claimed) {
        await transaction
          .updateTable("deliveries")
          .set({ state: "sending", attempts, claimedMs: nowMs })
          .where("deliveryID", "=", deliveryID)
          .execute();
      }
      return claimed;
    });
  }

  async function attempt(row: DeliveryRow): Promise<void> {
    const channel = await db
      .selectFrom("alert_channels")
      .selectAll()
      .where("channelID", "=", row.channelID)
      .executeTakeFirst();
    const outcome: Outcome = channel?.isEnabled
      ? await sender({
          ...{ deliveryID: row.deliveryID, kind: channel.kind, nowMs: now(), limitMs },
          config: { ...JSON.parse(channel.config), ...JSON.parse(channel.secret) },
          message: JSON.parse(row.message) as Message,
          ...{ signal: stop.signal, mayBePrivate: options.mayBePrivate ?? false },
        })
      : {
          isSent: false,
          isFinal: true,
          reason: channel ? "the channel is off" : "no such channel",
        };
    // The server stops: whether it arrived is not known. It stays claimed, and is due again at the next start.
    if (stop.signal.aborted && !outcome.isSent) return;
    await settle(row, channel?.name ?? row.channelID, outcome);
  }

  async function settle(row: DeliveryRow, channel: string, outcome: Outcome): Promise<void> {
    const nowMs = now();
    const isDead = !outcome.isSent && (outcome.isFinal || nowMs - row.createdMs >= GIVE_UP_MS);
    await db.transaction().execute(async (transaction) => {
      const changed = await transaction
        .updateTable("deliveries")
        .set({
          claimedMs: null,
          ...(outcome.isSent
            ? { state: "sent" as const, sentMs: nowMs, error: null }
            : {
                state: isDead ? ("dead" as const) : ("waiting" as const),
                nextMs: nowMs + backOffMs(row.attempts, outcome.retryAfterMs, random),
                error: outcome.reason,
              }),
        })
        .where("deliveryID", "=", row.deliveryID)
        // Another process may have taken it over in the meantime.
        .where("state", "=", "sending")
        .where("claimedMs", "=", row.claimedMs)
        .executeTakeFirst();
      if (Number(changed.numUpdatedRows) === 0) return;
      if (!outcome.isSent && !isDead) return;
      const alertIDs = await alertsOf(transaction, row);
      const note = outcome.isSent ? channel : `${channel}: ${outcome.reason}`;
      const step = outcome.isSent ? "delivered" : "not delivered";
      for (const alertID of alertIDs) await noteStep(transaction, alertID, { step, note, nowMs });
    });
    if (isDead) options.onProblem(`alert message ${row.deliveryID} is given up: ${outcome.reason}`);
    options.onStored();
  }

  async function work(): Promise<void> {
    while (isAsked || sending.size > 0) {
      isAsked = false;
      for (const row of stop.signal.aborted ? [] : await claim()) {
        const one = attempt(row)
          .catch((error) => {
            if (!stop.signal.aborted) options.onProblem(`alert message: ${(error as Error).stack}`);
          })
          .finally(() => {
            inFlight.delete(row.deliveryID);
            sending.delete(one);
            // There is room again.
            isAsked = true;
          });
        sending.add(one);
      }
      // What is asked for meanwhile must not wait for a receiver that hangs.
      const asked = new Promise<void>((resolve) => {
        wakeUp = resolve;
      });
      if (sending.size > 0 && !isAsked) await Promise.race([...sending, asked]);
    }
  }

  return {
    run() {
      isAsked = true;
      wakeUp();
      running ??= work().finally(() => {
        running = undefined;
      });
      return running;
    },
    recover: async () => {
      // Others may be sending right now: theirs become due when their claim is old.
      if (options.isShared) return;
      await db
        .updateTable("deliveries")
        .set({ state: "waiting", claimedMs: null, nextMs: now() })
        .where("state", "=", "sending")
        .execute();
    },
    close: async () => {
      stop.abort();
      await running?.catch(() => {});
    },
  };
}

/** Doubling from 5 s to half an hour, between half of it and all of it; what the receiver asks for is the least. */
export function backOffMs(
  attempts: number,
  retryAfterMs: number | undefined,
  random: () => number,
): number {
  const whole = Math.min(BACK_OFF_MS_MAX, BACK_OFF_MS_MIN * 2 ** Math.min(attempts - 1, 20));
  const jittered = whole / 2 + (whole / 2) * random();
  return Math.round(Math.max(jittered, Math.min(retryAfterMs ?? 0, GIVE_UP_MS)));
}

/** Whom a message is about: one alert, or the lines of a digest. */
async function alertsOf(db: Db, { alertID, deliveryID }: DeliveryRow): Promise<number[]> {
  if (alertID !== null) return [alertID];
  const rows = await db
    .selectFrom("deliveries")
    .select("alertID")
    .distinct()
    .where("digestID", "=", deliveryID)
    .where("alertID", "is not", null)
    .execute();
  return rows.flatMap((row) => (row.alertID === null ? [] : [row.alertID]));
}
