/**
 * What waits for the server: records and pictures, in the vault, bounded. When there is no room the least valuable
 * goes first (blank records, then the oldest) and is counted. Items carry their ID as the vault's note.
 */
import type { Config } from "../deployment/config.ts";
import type { Timekeeping } from "../deployment/timekeeping.ts";
import type { Vault } from "../ports.ts";
import { MAX_RECORDS_PER_CHECK_IN } from "../protocol/check-in.ts";
import { E_VAULT_FULL, type Fault } from "../protocol/error-names.ts";
import type { CameraRecord } from "../protocol/records.ts";

const RECORDS = "records";
const BLANKS = "blanks";
export const MEDIA = "media";
const CELL = "dropped";
/** Text of records in one check-in, so that a request never takes a large part of the memory. */
const BATCH_BYTES_MAX = 4096;

/** Records that go out together: JSON texts and where they lie. */
export interface Batch {
  texts: string[];
  items: { recordID: string; queue: string; key: number }[];
}

export interface Outbox {
  start(): void;
  /** Returns false when the record could not be kept; it is counted as dropped. */
  add(record: CameraRecord): boolean;
  /** Keep a JPEG (a byte string, in native memory) under its mediaID. False: not kept. */
  addPicture(note: string, jpeg: string): boolean;
  /** The oldest records, at most MAX_RECORDS_PER_CHECK_IN. */
  batch(): Batch;
  /** Forget those of the batch that the server has, or will never take. */
  settle(batch: Batch, recordIDs: string[]): void;
  /** Count records that are lost. */
  countDropped(count: number): void;
  /** Write the count of dropped records down if it has changed. */
  save(): void;
  records(): number;
  media(): number;
  dropped(): number;
}

function isBlank(record: CameraRecord): boolean {
  return record.kind === "observation" && record.observationType === "blank";
}

function countOf(vault: Vault): number {
  return vault.count(RECORDS) + vault.count(BLANKS);
}

/** The oldest item of either queue above these keys; key 0: there is none. */
function nextOf(vault: Vault, after: { [queue: string]: number }): { queue: string; key: number } {
  const record = vault.next(RECORDS, after[RECORDS] as number);
  const blank = vault.next(BLANKS, after[BLANKS] as number);
  const isBlank = blank && (!record || blank < record);
  return isBlank ? { queue: BLANKS, key: blank } : { queue: RECORDS, key: record };
}

function batchOf(vault: Vault, timekeeping: Timekeeping, onDamaged: () => void): Batch {
  const batch: Batch = { texts: [], items: [] };
  const after: { [queue: string]: number } = { records: 0, blanks: 0 };
  let bytes = 0;
  while (batch.texts.length < MAX_RECORDS_PER_CHECK_IN) {
    const { queue, key } = nextOf(vault, after);
    if (!key) break;
    const text = vault.item(queue, key);
    const recordID = vault.note(queue, key);
    if (text === undefined || recordID === undefined) {
      vault.remove(queue, key);
      onDamaged();
      continue;
    }
    bytes += text.length;
    if (bytes > BATCH_BYTES_MAX && batch.texts.length) break;
    batch.texts.push(timekeeping.datedText(recordID, text));
    batch.items.push({ recordID: recordID, queue: queue, key: key });
    after[queue] = key;
  }
  return batch;
}

export function createOutbox(vault: Vault, config: Config, timekeeping: Timekeeping): Outbox {
  let dropped = 0;
  let savedDropped = 0;
  let evicted = 0;

  /** Records that the vault itself gave up for want of room. */
  function countEvicted(): void {
    const now = vault.evicted(RECORDS) + vault.evicted(BLANKS);
    // A vault that was started again counts from 0.
    dropped += now < evicted ? now : now - evicted;
    evicted = now;
  }

  /** False when there is no room; other failures are the vault's and go on. */
  function append(queue: string, data: string, note: string): boolean {
    try {
      vault.append(queue, data, note);
      countEvicted();
      return true;
    } catch (error) {
      if (queue !== MEDIA) dropped += 1;
      if ((error as Fault).code !== E_VAULT_FULL) throw error;
      return false;
    }
  }

  return {
    start: () => {
      dropped = parseInt(vault.read(CELL) || "0", 10) || 0;
      savedDropped = dropped;
    },
    add: (record) => {
      while (countOf(vault) >= config.values.outboxRecordsMax) {
        const queue = vault.count(BLANKS) ? BLANKS : RECORDS;
        vault.remove(queue, vault.next(queue, 0));
        dropped += 1;
      }
      return append(isBlank(record) ? BLANKS : RECORDS, JSON.stringify(record), record.recordID);
    },
    addPicture: (note, jpeg) => {
      const most = config.values.outboxMediaMax;
      while (vault.count(MEDIA) && vault.count(MEDIA) >= most)
        vault.remove(MEDIA, vault.next(MEDIA, 0));
      return most > 0 && append(MEDIA, jpeg, note);
    },
    batch: () =>
      batchOf(vault, timekeeping, () => {
        dropped += 1;
      }),
    settle: (batch, recordIDs) => {
      batch.items.forEach((item) => {
        if (recordIDs.indexOf(item.recordID) >= 0) vault.remove(item.queue, item.key);
      });
    },
    countDropped: (count) => {
      dropped += count;
    },
    save: () => {
      if (dropped !== savedDropped) vault.write(CELL, "" + dropped);
      savedDropped = dropped;
    },
    records: () => countOf(vault),
    media: () => vault.count(MEDIA),
    dropped: () => dropped,
  };
}
