/**
 * What Storage does with files, free of the interpreter: read, write, erase, list. Failures throw StorageProblem with
 * the text that the program sees. Source: Espruino 2v29, jsflash.c.
 */

import type { Flash } from "../flash.ts";
import { compact } from "./compact.ts";
import {
  dataAddress,
  type FileHeader,
  FLAG_STORAGE_FILE,
  isRealFile,
  StorageLayout,
  shownName,
  storedName,
} from "./layout.ts";

/** Message of the Error that a program gets. */
export class StorageProblem extends Error {}

export interface ListedFile {
  name: string;
  address: number;
}

export class Store {
  readonly layout: StorageLayout;
  private readonly print: (text: string) => void;

  /** `print`: what compaction shows on the console. */
  constructor(flash: Flash, print: (text: string) => void) {
    this.layout = new StorageLayout(flash);
    this.print = print;
  }

  /** Bytes of a file as a byte string; undefined when it is missing. Length 0 or less: the whole file. */
  read(name: string, offset = 0, length = 0): string | undefined {
    const header = this.layout.find(name);
    if (!header) return undefined;
    const start = Math.min(Math.max(offset, 0), header.sizeBytes);
    const wanted = length <= 0 ? header.sizeBytes : length;
    const end = Math.min(start + wanted, header.sizeBytes);
    return this.layout.flash.readText(dataAddress(header) + start, end - start);
  }

  /** Write a file or a part of it. False for a negative offset or size; other failures throw StorageProblem. */
  write(name: string, data: Uint8Array, offset = 0, sizeBytes = 0, flags = 0): boolean {
    if (offset < 0 || sizeBytes < 0) return false;
    const size = sizeBytes || data.length;
    if (size === 0) throw new StorageProblem("Can't create zero length file");
    const existing = this.layout.find(name);
    if (existing && offset === 0 && this.isSame(existing, data, size, flags)) return true;
    const header = offset === 0 ? this.place(name, existing, size, flags) : existing;
    if (!header) throw new StorageProblem("Unable to find or create file");
    if (offset + data.length > header.sizeBytes) {
      throw new StorageProblem("Too much data for file size");
    }
    const address = dataAddress(header) + offset;
    if (!this.layout.flash.isErased(address, data.length)) {
      throw new StorageProblem("File already written with different data");
    }
    this.layout.flash.program(address, data);
    return true;
  }

  erase(name: string): boolean {
    const header = this.layout.find(name);
    if (header) this.layout.markDeleted(header);
    return header !== undefined;
  }

  eraseAll(): void {
    this.layout.eraseAll();
  }

  compact(): boolean {
    return compact(this.layout, this.print);
  }

  /** Names as Storage.list gives them. `storageFiles`: true only those, false all others, undefined both. */
  list(storageFiles?: boolean): ListedFile[] {
    const listed: ListedFile[] = [];
    for (const header of this.layout.files()) {
      const isChunk = (header.flags & FLAG_STORAGE_FILE) !== 0;
      if (storageFiles !== undefined && storageFiles !== isChunk) continue;
      const name = isChunk ? chunkListName(header, storageFiles === true) : shownName(header.name);
      if (name !== undefined) listed.push({ name, address: header.address });
    }
    return listed;
  }

  private isSame(existing: FileHeader, data: Uint8Array, size: number, flags: number): boolean {
    const { flash } = this.layout;
    const address = dataAddress(existing);
    return (
      existing.sizeBytes === size &&
      existing.flags === flags &&
      data.length === size &&
      !flash.isErased(address, size) &&
      flash.equals(address, data)
    );
  }

  /** The file to write into from offset 0: the old one while it is still blank, else a new one. */
  private place(
    name: string,
    existing: FileHeader | undefined,
    size: number,
    flags: number,
  ): FileHeader | undefined {
    if (existing) {
      const isBlank = this.layout.flash.isErased(dataAddress(existing), size);
      if (existing.flags === flags && existing.sizeBytes === size && isBlank) return existing;
      this.layout.markDeleted(existing);
    }
    return this.create(name, size, flags);
  }

  private create(name: string, size: number, flags: number): FileHeader | undefined {
    let room = this.layout.findRoom(size);
    if (room.address === 0) {
      const required = ((size + 3) & ~3) + 32;
      if (required >= room.freeBytes + room.trashBytes || !this.compact()) return undefined;
      room = this.layout.findRoom(size);
    }
    if (room.address === 0) return undefined;
    return this.layout.writeHeader(room.address, name, size, flags);
  }
}

/** Only the first chunk stands for a StorageFile; asked for explicitly, its chunk number is taken off. */
function chunkListName(header: FileHeader, isExplicit: boolean): string | undefined {
  const name = shownName(header.name);
  if (name.charCodeAt(name.length - 1) !== 1) return undefined;
  return isExplicit ? name.slice(0, -1) : name;
}

export { isRealFile, storedName };
