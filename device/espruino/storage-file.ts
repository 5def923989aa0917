/**
 * Checked files in Espruino's Storage: written only where no compaction is needed, read back after writing.
 * Source: Espruino src/jsflash.c (overwriting deletes the old file before the new one is written).
 */
import { E_VAULT_FULL, E_VAULT_WRITE, fault, faultText } from "../protocol/error-names.ts";

/** `require("Storage")` */
export interface StorageModule {
  /** A native string in flash, or undefined. */
  read(name: string, offset?: number, length?: number): string | undefined;
  write(name: string, data: string, offset?: number, size?: number): boolean;
  erase(name: string): void;
  list(): string[];
  /** Bytes after the last file. */
  getFree(): number;
  getStats(): { totalBytes: number; trashBytes: number };
  compact(): void;
}

export interface StorageVaultOptions {
  storage: StorageModule;
  crc32(text: string): number;
  /** Called first of all: makes harmless what a power cut has left. */
  repair(): void;
  /** Compact Storage and restart. */
  compact(): void;
}

/** What a file costs beyond its bytes: header and padding. */
const FILE_BYTES = 36;

/** Eight hexadecimal digits. */
export function hex(value: number): string {
  return ("0000000" + (value >>> 0).toString(16)).substr(-8);
}

/**
 * Write a file of head and data, and check what has arrived.
 * @param name up to 28 characters
 * @param data 1 byte or more; may be a native string, which is never copied
 * @param reserveBytes to leave free
 *
 * **Errors:** VAULT_FULL, VAULT_WRITE; then there is no such file.
 */
export function writeFile(
  options: StorageVaultOptions,
  name: string,
  head: string,
  data: string,
  reserveBytes: number,
): void {
  const { storage, crc32 } = options;
  const size = head.length + data.length;
  // With less room a write would compact, which moves the running program and is not power-safe.
  if (storage.getFree() < size + FILE_BYTES + reserveBytes) throw fault(E_VAULT_FULL, name);
  let problem = name;
  try {
    storage.write(name, head, 0, size);
    storage.write(name, data, head.length);
    const stored = storage.read(name, head.length);
    if (stored && stored.length === data.length && crc32(stored) === crc32(data)) return;
  } catch (error) {
    problem = faultText(error);
  }
  storage.erase(name);
  throw fault(E_VAULT_WRITE, problem);
}
