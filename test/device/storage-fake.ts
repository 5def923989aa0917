/**
 * Espruino's Storage in memory, with its way of writing (facts: overwriting deletes the old file first, then writes a
 * header, then data) and with power cuts: after `stepsLeft` flash steps everything throws PowerCut until reboot().
 */
import { crc32 } from "node:zlib";
import type { StorageModule, StorageVaultOptions } from "../../device/espruino/storage-file.ts";
import { repairStorage } from "../../device/espruino/storage-repair.ts";

export class PowerCut extends Error {}

const REGION_BYTES = 917_504;
const ERASED = "\xff";

interface File {
  name: string;
  data: string;
  isDeleted: boolean;
}

export class FakeStorage implements StorageModule {
  files: File[] = [];
  stepsLeft = Infinity;
  steps = 0;
  compactions = 0;
  regionBytes = REGION_BYTES;

  #step(): void {
    if (this.stepsLeft <= 0) throw new PowerCut("power cut");
    this.stepsLeft -= 1;
    this.steps += 1;
  }
  #find(name: string): File | undefined {
    return this.files.find((file) => file.name === name && !file.isDeleted);
  }
  /** Power is back. */
  reboot(): void {
    this.stepsLeft = Infinity;
  }
  read = (name: string, offset = 0, length?: number): string | undefined =>
    this.#find(name)?.data.substr(offset, length);
  write = (name: string, data: string, offset = 0, size = 0): boolean => {
    if (name.length > 28) throw new Error(`name of ${name.length} characters would be cut`);
    if (!data.length) throw new Error("Can't create zero length file");
    if (offset === 0) {
      const total = size || data.length;
      if (this.read(name) === data && total === data.length) return true;
      if (this.getFree() < total + 32) throw new Error("Unable to find or create file");
      this.erase(name);
      this.#step();
      this.files.push({ name, data: ERASED.repeat(total), isDeleted: false });
    }
    const file = this.#find(name);
    if (!file) throw new Error("Unable to find or create file");
    if (offset + data.length > file.data.length) throw new Error("Too much data for file size");
    const old = file.data.substr(offset, data.length);
    if (old !== ERASED.repeat(data.length)) {
      throw new Error("File already written with different data");
    }
    const put = (part: string) => {
      file.data = file.data.slice(0, offset) + part + file.data.slice(offset + part.length);
    };
    // Two steps, so that a cut can fall between them.
    this.#step();
    put(data.slice(0, data.length >> 1));
    this.#step();
    put(data);
    return true;
  };
  erase = (name: string): void => {
    const file = this.#find(name);
    if (!file) return;
    this.#step();
    file.isDeleted = true;
  };
  list = (): string[] => this.files.filter(({ isDeleted }) => !isDeleted).map(({ name }) => name);
  getFree = (): number => this.regionBytes - this.#bytes(() => true);
  getStats = (): { totalBytes: number; trashBytes: number } => ({
    totalBytes: this.regionBytes,
    trashBytes: this.#bytes(({ isDeleted }) => isDeleted),
  });
  compact = (): void => {
    this.compactions += 1;
    this.files = this.files.filter(({ isDeleted }) => !isDeleted);
  };
  #bytes(which: (file: File) => boolean): number {
    return this.files
      .filter(which)
      .reduce((sum, { data }) => sum + 32 + Math.ceil(data.length / 4) * 4, 0);
  }
}

export function vaultOptions(storage: FakeStorage): StorageVaultOptions {
  return {
    storage,
    crc32: (text) => crc32(Buffer.from(text, "latin1")),
    repair: () => repairStorage(storage, undefined),
    compact: storage.compact,
  };
}
