/**
 * The vault on the native extension's module: queues of records are streams of its log, pictures are its blobs. What a
 * power cut may do, and what goes first when there is no room, is the module's.
 */
import type { Vault } from "../ports.ts";
import { E_VAULT_FULL, fault } from "../protocol/error-names.ts";
import type { VaultModule } from "./native-modules.ts";

/** Streams of the log in the order of their worth (native/include/thicket_vault.h). */
const STREAMS = ["blanks", "records", "audit", "crashes"];
/** Items of one queue are worth the same: the oldest goes first. */
const VALUE = 8;
/** Between a record's note and its data; JSON has none. */
const MARK = "\n";

function startsWith(error: unknown, code: string): boolean {
  return ((error as Error).message || "").indexOf(code) === 0;
}

/** What is damaged is as good as gone. */
function intact<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!startsWith(error, "VAULT_DAMAGED")) throw error;
    return undefined;
  }
}

export function createNativeVault(module: VaultModule, log: (line: string) => void): Vault {
  /** -1: the queue's items are blobs. */
  function streamOf(queue: string): number {
    return STREAMS.indexOf(queue);
  }

  function put(queue: string, data: string, note: string): number {
    const stream = streamOf(queue);
    if (stream < 0) return module.putBlob(VALUE, note, data);
    return module.append(stream, VALUE, note + MARK + data);
  }

  /** Note, mark and data of a record. */
  function record(key: number): string {
    return intact(() => module.record(key)) || "";
  }

  return {
    start: () => {
      const { formatted, damaged } = module.open();
      if (formatted.length) log("vault formatted: " + formatted.join(" "));
      if (damaged) log("vault: " + damaged + " damaged");
    },
    read: (name) => {
      try {
        return module.read(name);
      } catch (error) {
        if (!startsWith(error, "VAULT_DAMAGED")) throw error;
        return module.readOlder(name);
      }
    },
    write: (name, text) => module.write(name, text),
    erase: (name) => {
      module.erase(name);
    },
    append: (queue, data, note) => {
      try {
        return put(queue, data, note);
      } catch (error) {
        throw startsWith(error, "VAULT_FULL") ? fault(E_VAULT_FULL, queue) : error;
      }
    },
    count: (queue) => {
      const stream = streamOf(queue);
      return stream < 0 ? module.blobs() : module.waiting(stream);
    },
    next: (queue, after) => {
      const stream = streamOf(queue);
      return stream < 0 ? module.nextBlob(after) : module.next(stream, after);
    },
    note: (queue, key) => {
      if (streamOf(queue) < 0) return intact(() => module.blobNote(key));
      const text = record(key);
      // A copy: it is compared with what the server answers, when other records have been written.
      return text ? "" + text.substr(0, text.indexOf(MARK)) : undefined;
    },
    item: (queue, key) => {
      if (streamOf(queue) < 0) return intact(() => module.blob(key));
      const text = record(key);
      return text ? text.substr(text.indexOf(MARK) + 1) : undefined;
    },
    remove: (queue, key) => {
      if (streamOf(queue) < 0) module.dropBlob(key);
      else module.acknowledge(key);
    },
    evicted: (queue) => {
      const stream = streamOf(queue);
      return stream < 0 ? module.evictedBlobs() : module.evicted(stream);
    },
  };
}
