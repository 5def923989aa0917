/**
 * Many cameras, one disk: check-ins that arrive while the last commit was being written share the next one
 * (group commit). A caller hears back only after the commit that holds its records.
 */
import type { CheckInReply } from "../../../device/protocol/check-in.ts";
import type { Arrival } from "./ingest.ts";

/** 64 check-ins of 20 records keep one insert below SQLite's 32766 values. */
const BATCH_MAX = 64;

interface Waiting {
  arrival: Arrival;
  resolve(reply: CheckInReply): void;
  reject(error: unknown): void;
}

export interface CheckInQueue {
  submit(arrival: Arrival): Promise<CheckInReply>;
  /** Resolves when nothing is waiting any more. */
  drain(): Promise<void>;
}

export function createCheckInQueue(
  write: (arrivals: Arrival[]) => Promise<CheckInReply[]>,
  batchMax = BATCH_MAX,
): CheckInQueue {
  const waiting: Waiting[] = [];
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      // One turn of the event loop, so that requests that have already arrived join this commit.
      await new Promise((resolve) => setImmediate(resolve));
      await commit(waiting.splice(0, batchMax));
    }
    running = undefined;
  }

  async function commit(batch: Waiting[]): Promise<void> {
    try {
      const replies = await write(batch.map(({ arrival }) => arrival));
      batch.forEach(({ resolve }, index) => {
        resolve(replies[index] as CheckInReply);
      });
    } catch (error) {
      const [only] = batch;
      if (batch.length === 1) only?.reject(error);
      // One that cannot be written must not take the others with it.
      else for (const single of batch) await commit([single]);
    }
  }

  return {
    submit: (arrival) =>
      new Promise((resolve, reject) => {
        waiting.push({ arrival, resolve, reject });
        running ??= run();
      }),
    drain: async () => {
      await running;
    },
  };
}
