/**
 * How Storage lies on flash: a chain of files, each a 32-byte header (size and flags word, 28-byte name) and data
 * padded to 4 bytes. A deleted file keeps its place with the first four name bytes programmed to 0. No checksum and
 * no directory: everything is a linear scan. Source: Espruino 2v29, jsflash.c.
 */
import { ERASE_PAGE_BYTES, type Flash } from "../flash.ts";

export const HEADER_BYTES = 32;
export const NAME_BYTES = 28;
export const FLAG_STORAGE_FILE = 64;
export const FLAG_COMPRESSED = 128;

export interface FileHeader {
  /** Address of the header. */
  address: number;
  sizeBytes: number;
  flags: number;
  /** Raw 28 bytes as a byte string. */
  name: string;
}

export interface StorageStats {
  totalBytes: number;
  freeBytes: number;
  fileBytes: number;
  fileCount: number;
  trashBytes: number;
  trashCount: number;
  /** Page from which a compaction has to start; undefined without trash. */
  firstPageWithTrash: number | undefined;
}

/** Where a scan stands: at a valid header, or where it ended (address 0 when there is no room for another header). */
interface ScanEnd {
  header: FileHeader | undefined;
  address: number;
}

const align4 = (value: number): number => (value + 3) & ~3;

/** Name as it is stored: 28 bytes, zero padded, a drive letter ("C:") taken off. */
export function storedName(name: string): string {
  const cut = name.slice(0, NAME_BYTES);
  return (cut[1] === ":" ? cut.slice(2) : cut).padEnd(NAME_BYTES, "\0");
}

/** Name as a program sees it. */
export function shownName(name: string): string {
  const end = name.indexOf("\0");
  return end < 0 ? name : name.slice(0, end);
}

export const dataAddress = (header: FileHeader): number => header.address + HEADER_BYTES;
export const isDeleted = (header: FileHeader): boolean => header.name.startsWith("\0\0\0\0");

/** Not deleted, and of a kind that is listed and kept by a compaction. */
export function isRealFile(header: FileHeader): boolean {
  const { flags } = header;
  return (
    !isDeleted(header) && (flags === 0 || flags === FLAG_STORAGE_FILE || flags === FLAG_COMPRESSED)
  );
}

export class StorageLayout {
  readonly flash: Flash;

  constructor(flash: Flash) {
    this.flash = flash;
  }

  /** The header at an address, or undefined when what lies there cannot be one. */
  header(address: number): FileHeader | undefined {
    if (address === 0 || address + HEADER_BYTES > this.flash.end) return undefined;
    const word = this.flash.word(address);
    const sizeBytes = word & 0xffffff;
    if (word === 0xffffffff || word === 0 || address + HEADER_BYTES + sizeBytes > this.flash.end)
      return undefined;
    const name = this.flash.readText(address + 4, NAME_BYTES);
    return { address, sizeBytes, flags: word >>> 24, name };
  }

  /** The header after this one. With `allPages` an invalid one makes the scan jump once to the next page. */
  next(header: FileHeader, allPages: boolean): ScanEnd {
    const address = align4(dataAddress(header) + header.sizeBytes);
    if (address + HEADER_BYTES > this.flash.end) return { header: undefined, address: 0 };
    const found = this.header(address);
    if (found || !allPages) return { header: found, address };
    const page = this.nextPage(address);
    return { header: page ? this.header(page) : undefined, address: page };
  }

  /** Every header of the chain, deleted ones too. Returns where the scan ended. */
  scan(
    start: number,
    allPages: boolean,
    visit: (header: FileHeader) => boolean | undefined,
  ): number {
    let at: ScanEnd = { header: this.header(start), address: start };
    while (at.header) {
      if (visit(at.header) === false) break;
      at = this.next(at.header, allPages);
    }
    return at.address;
  }

  find(name: string): FileHeader | undefined {
    const stored = storedName(name);
    let found: FileHeader | undefined;
    this.scan(this.flash.base, true, (header) => {
      if (header.name === stored) found = header;
      return found === undefined;
    });
    return found;
  }

  files(): FileHeader[] {
    const all: FileHeader[] = [];
    this.scan(this.flash.base, true, (header) => {
      if (isRealFile(header)) all.push(header);
      return undefined;
    });
    return all;
  }

  stats(): StorageStats {
    const { base, end } = this.flash;
    const stats: StorageStats = {
      totalBytes: end - base,
      freeBytes: 0,
      fileBytes: 0,
      fileCount: 0,
      trashBytes: 0,
      trashCount: 0,
      firstPageWithTrash: undefined,
    };
    let afterLast = base;
    let unbrokenPage = base;
    this.scan(base, true, (header) => {
      if ((header.address - base) % ERASE_PAGE_BYTES === 0) unbrokenPage = header.address;
      const bytes = align4(header.sizeBytes) + HEADER_BYTES;
      afterLast = header.address + bytes;
      if (isDeleted(header)) {
        stats.trashBytes += bytes;
        stats.trashCount++;
        stats.firstPageWithTrash ??= unbrokenPage;
      } else {
        stats.fileBytes += bytes;
        stats.fileCount++;
      }
      return undefined;
    });
    stats.freeBytes = end - afterLast;
    return stats;
  }

  /** First address with room for a header and `sizeBytes` of data, with what a compaction could win. */
  findRoom(sizeBytes: number): { address: number; freeBytes: number; trashBytes: number } {
    const required = align4(sizeBytes) + HEADER_BYTES;
    let freeBytes = 0;
    let trashBytes = 0;
    let address = this.flash.base;
    while (address !== 0) {
      address = this.scan(address, false, (header) => {
        if (isDeleted(header)) trashBytes += header.sizeBytes;
        return undefined;
      });
      if (address === 0) break;
      const room = this.roomAt(address);
      freeBytes += room;
      if (room >= required) return { address, freeBytes, trashBytes };
      address = this.nextPage(address);
    }
    return { address: 0, freeBytes, trashBytes };
  }

  writeHeader(address: number, name: string, sizeBytes: number, flags: number): FileHeader {
    const stored = storedName(name);
    const bytes = new Uint8Array(HEADER_BYTES);
    new DataView(bytes.buffer).setUint32(0, ((flags << 24) | sizeBytes) >>> 0, true);
    for (let i = 0; i < NAME_BYTES; i++) bytes[4 + i] = stored.charCodeAt(i);
    this.flash.program(address, bytes);
    return { address, sizeBytes, flags, name: stored };
  }

  /** Delete: the first four name bytes become 0; header and data stay as trash. */
  markDeleted(header: FileHeader): void {
    this.flash.program(header.address + 4, new Uint8Array(4));
  }

  eraseAll(): void {
    this.erasePages(this.flash.base, this.flash.end);
  }

  erasePages(start: number, end: number): void {
    for (let address = start; address < end; address += ERASE_PAGE_BYTES) {
      if (this.flash.mustStop()) return;
      this.flash.erasePage(address);
    }
  }

  /** Start of the page after the one that holds this address; 0 past the end. A file may straddle it. */
  nextPage(address: number): number {
    const { base, end } = this.flash;
    const next = base + (Math.floor((address - base) / ERASE_PAGE_BYTES) + 1) * ERASE_PAGE_BYTES;
    return next >= end ? 0 : next;
  }

  /** What the check at power-on finds: the header that ends the scan must be erased. */
  isValid(): boolean {
    const { base, end } = this.flash;
    const first = this.header(base);
    if (!first) return this.flash.isErased(base, end - base);
    let last = first;
    let at: ScanEnd = this.next(first, true);
    while (at.header) {
      last = at.header;
      at = this.next(last, true);
    }
    if (at.address === 0) return this.isValidEnd(last);
    return this.flash.isErased(at.address, HEADER_BYTES);
  }

  /** Nothing follows the last file: the region is full, or the rest of its last page is blank. */
  private isValidEnd(last: FileHeader): boolean {
    const { end } = this.flash;
    const isEnd = (address: number) => address <= end && address + HEADER_BYTES > end;
    const after = align4(dataAddress(last) + last.sizeBytes);
    if (after + HEADER_BYTES > end) return after <= end;
    // The original takes the size from what lies there, as if it were the last file's.
    const unread = this.flash.word(after) & 0xffffff;
    return isEnd(align4(dataAddress(last) + unread)) || this.flash.isErased(after, HEADER_BYTES);
  }

  /** Free bytes from here to the next page, or to the end when nothing starts there. */
  private roomAt(address: number): number {
    const next = this.nextPage(address);
    return (next !== 0 && this.header(next) ? next : this.flash.end) - address;
  }
}
