/**
 * The vault on Espruino's Storage, for firmware without the native one: cells (storage-cells.ts), and queues of one
 * file per item, `q.<queue>.<key>`, with a CRC of note and data. A power cut costs at most the item being written.
 * Storage's own compaction is not power-safe: only tidy starts it.
 */
import type { Vault } from "../ports.ts";
import { eraseCell, readCell, writeCell } from "./storage-cells.ts";
import { hex, type StorageVaultOptions, writeFile } from "./storage-file.ts";

/** Kept free for cells when the queues have filled the rest. */
const RESERVE_BYTES = 8192;
/** 8 digits CRC of the note, 8 digits CRC of the data, 4 digits length of the note; then note and data. */
const HEAD_LENGTH = 20;
const PREFIX = "q.";

type Queues = { [queue: string]: number[] };

function fileName(queue: string, key: number): string {
  return PREFIX + queue + "." + key;
}

/** Keys of all items by queue, oldest first. */
function findItems(names: string[]): Queues {
  const queues: Queues = {};
  names.forEach((name) => {
    if (name.indexOf(PREFIX) !== 0) return;
    const parts = name.split(".") as [string, string, string];
    const key = parseInt(parts[2], 10);
    // A half-programmed name is no item; its key would not be a number, or another item's.
    if (fileName(parts[1], key) !== name) return;
    const keys = queues[parts[1]] || [];
    keys.push(key);
    queues[parts[1]] = keys;
  });
  Object.keys(queues).forEach((queue) => {
    (queues[queue] as number[]).sort((a, b) => a - b);
  });
  return queues;
}

/** The note's text with the padding that puts the data on a word, and where the data begins. */
function headOf(note: string, crc32: (text: string) => number, data: string): string {
  const padded = note + "    ".substr(0, (4 - (note.length & 3)) & 3);
  const length = ("000" + padded.length).substr(-4);
  return hex(crc32(padded)) + hex(crc32(data)) + length + padded;
}

/** Where an item's data begins, or 0 when its head is damaged or the item is gone. */
function dataStart(options: StorageVaultOptions, name: string): number {
  const head = options.storage.read(name, 0, HEAD_LENGTH);
  if (!head || head.length < HEAD_LENGTH) return 0;
  const length = parseInt(head.substr(16, 4), 10) || 0;
  const note = options.storage.read(name, HEAD_LENGTH, length) || "";
  return hex(options.crc32(note)) === head.substr(0, 8) ? HEAD_LENGTH + length : 0;
}

export function createStorageVault(options: StorageVaultOptions): Vault {
  const { storage, crc32 } = options;
  let queues: Queues = {};
  let lastKey = 0;

  function keysOf(queue: string): number[] {
    const keys = queues[queue] || [];
    queues[queue] = keys;
    return keys;
  }

  return {
    start: () => {
      options.repair();
      queues = findItems(storage.list());
      Object.keys(queues).forEach((queue) => {
        lastKey = Math.max(lastKey, (keysOf(queue).slice(-1)[0] as number) || 0);
      });
    },
    read: (name) => readCell(options, name),
    write: (name, text) => writeCell(options, name, text),
    erase: (name) => eraseCell(options, name),
    append: (queue, data, note) => {
      const head = headOf(note, crc32, data);
      writeFile(options, fileName(queue, lastKey + 1), head, data, RESERVE_BYTES);
      lastKey += 1;
      keysOf(queue).push(lastKey);
      return lastKey;
    },
    keys: keysOf,
    note: (queue, key) => {
      const name = fileName(queue, key);
      const start = dataStart(options, name);
      return start
        ? (storage.read(name, HEAD_LENGTH, start - HEAD_LENGTH) || "").trim()
        : undefined;
    },
    item: (queue, key) => {
      const name = fileName(queue, key);
      const start = dataStart(options, name);
      if (!start) return undefined;
      const data = storage.read(name, start) || "";
      return hex(crc32(data)) === storage.read(name, 8, 8) ? data : undefined;
    },
    remove: (queue, key) => {
      const index = keysOf(queue).indexOf(key);
      if (index < 0) return;
      storage.erase(fileName(queue, key));
      keysOf(queue).splice(index, 1);
    },
    freeBytes: () => Math.max(0, storage.getFree() - RESERVE_BYTES),
    trashBytes: () => storage.getStats().trashBytes,
    tidy: options.compact,
  };
}
