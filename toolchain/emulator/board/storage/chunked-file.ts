/**
 * StorageFile: an appendable file kept as chunks `name\1`, `name\2` ... of one flash page each, blank bytes filled
 * with 0xFF; the first 0xFF byte is its end. Source: Espruino 2v29, jswrap_storage.c.
 */
import { ERASE_PAGE_BYTES } from "../flash.ts";
import { dataAddress, type FileHeader, FLAG_STORAGE_FILE, HEADER_BYTES } from "./layout.ts";
import { StorageProblem, type Store } from "./store.ts";

export const CHUNK_BYTES = ERASE_PAGE_BYTES - HEADER_BYTES;
const LAST_CHUNK = 255;
const MAX_NAME_CHARS = 27;

export type FileMode = "r" | "w" | "a";

export class ChunkedFile {
  private readonly store: Store;
  private readonly name: string;
  /** "closed" after erase or a failed write. */
  private mode: FileMode | "closed";
  private chunk = 1;
  private offset = 0;

  constructor(store: Store, name: string, mode: FileMode) {
    this.store = store;
    this.name = name.slice(0, MAX_NAME_CHARS);
    this.mode = mode;
    if (mode === "w" && this.header(1)) {
      this.erase();
      this.mode = mode;
    }
    if (mode === "a") {
      const end = this.findEnd();
      this.chunk = end.chunk;
      this.offset = end.offset;
    }
  }

  /** Where it reads or writes next. */
  get state(): { chunk: number; offset: number; mode: FileMode | "closed" } {
    return { chunk: this.chunk, offset: this.offset, mode: this.mode };
  }

  /** Up to `length` bytes; undefined at the end. */
  read(length: number): string | undefined {
    let text: string | undefined;
    let left = Math.max(length, 0);
    this.requireReading();
    while (left > 0) {
      const part = this.take(left);
      if (part === undefined) break;
      text = (text ?? "") + part;
      left -= part.length;
    }
    return text;
  }

  /** Up to and including the next newline; undefined at the end. */
  readLine(): string | undefined {
    let text: string | undefined;
    this.requireReading();
    for (;;) {
      const part = this.take(32);
      if (part === undefined) return text;
      const newline = part.indexOf("\n");
      if (newline >= 0) {
        this.offset -= part.length - newline - 1;
        return (text ?? "") + part.slice(0, newline + 1);
      }
      text = (text ?? "") + part;
    }
  }

  getLength(): number {
    const end = this.findEnd();
    let bytes = end.offset;
    for (let chunk = 1; chunk < end.chunk; chunk++) bytes += this.header(chunk)?.sizeBytes ?? 0;
    return bytes;
  }

  write(data: Uint8Array): void {
    if (this.mode !== "w" && this.mode !== "a") {
      throw new StorageProblem("Can't write in this mode");
    }
    if (data.length === 0) return;
    const header = this.header(this.chunk);
    if (!header) {
      this.createChunk(this.chunk, data);
      return;
    }
    const room = header.sizeBytes - this.offset;
    const address = dataAddress(header) + this.offset;
    this.store.layout.flash.program(address, data.subarray(0, room));
    if (data.length < room) {
      this.offset += data.length;
      return;
    }
    this.offset += room;
    if (this.chunk === LAST_CHUNK) throw new StorageProblem("File too big!");
    this.createChunk(this.chunk + 1, data.subarray(room));
  }

  erase(): void {
    for (let chunk = 1; this.store.erase(this.chunkName(chunk)); chunk++);
    this.chunk = 1;
    this.offset = 0;
    this.mode = "closed";
  }

  private createChunk(chunk: number, data: Uint8Array): void {
    try {
      this.store.write(this.chunkName(chunk), data, 0, CHUNK_BYTES, FLAG_STORAGE_FILE);
    } catch (error) {
      // A file that could not grow takes no more data, as on the device.
      this.mode = "closed";
      throw error;
    }
    this.chunk = chunk;
    this.offset = data.length;
  }

  /** The next bytes of the current chunk, moving on to the next one at its end. */
  private take(length: number): string | undefined {
    let header = this.header(this.chunk);
    if (header && this.offset >= header.sizeBytes) {
      this.offset = 0;
      if (this.chunk === LAST_CHUNK) return undefined;
      this.chunk++;
      header = this.header(this.chunk);
    }
    if (!header) return undefined;
    const wanted = Math.min(length, header.sizeBytes - this.offset);
    const text = this.store.layout.flash.readText(dataAddress(header) + this.offset, wanted);
    const end = text.indexOf("\xff");
    const part = end < 0 ? text : text.slice(0, end);
    this.offset += part.length;
    return part === "" ? undefined : part;
  }

  private requireReading(): void {
    if (this.mode !== "r") throw new StorageProblem("Can't read in this mode");
  }

  /** First chunk with room, and the offset of its first blank byte. */
  private findEnd(): { chunk: number; offset: number } {
    const { flash } = this.store.layout;
    for (let chunk = 1; ; chunk++) {
      const header = this.header(chunk);
      if (!header) return { chunk, offset: 0 };
      const text = flash.readText(dataAddress(header), header.sizeBytes);
      const isFull = text.charCodeAt(text.length - 1) !== 0xff && chunk < LAST_CHUNK;
      if (isFull) continue;
      const blank = text.indexOf("\xff");
      return { chunk, offset: blank < 0 ? header.sizeBytes : blank };
    }
  }

  private chunkName(chunk: number): string {
    return this.name + String.fromCharCode(chunk);
  }

  private header(chunk: number): FileHeader | undefined {
    return this.store.layout.find(this.chunkName(chunk));
  }
}
