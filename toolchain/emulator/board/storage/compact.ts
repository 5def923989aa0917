/**
 * Compaction: live files are copied downwards through a small ring buffer; a page is erased only when reading has
 * passed it. It is not power-safe, and neither is the original. The order of reads, erases and program operations is
 * the original's, because what a power cut leaves behind depends on it. Source: Espruino 2v29, jsflash.c.
 */
import { ERASE_PAGE_BYTES } from "../flash.ts";
import { dataAddress, HEADER_BYTES, isRealFile, type StorageLayout } from "./layout.ts";

const SPINNER = ["/", "-", "\\", "|"];

/** Reclaim trash. `print` gets the text that the console shows. Returns false when there was no trash. */
export function compact(layout: StorageLayout, print: (text: string) => void): boolean {
  const stats = layout.stats();
  if (stats.trashBytes === 0 || stats.firstPageWithTrash === undefined) return false;
  const start = stats.firstPageWithTrash;
  const capacity = Math.min(stats.fileBytes, ERASE_PAGE_BYTES + HEADER_BYTES);
  const copy = new DownwardCopy(layout, start, capacity);
  let shown = 0;
  print("Compacting... ");
  const endOfScan = layout.scan(start, true, (header) => {
    if (!isRealFile(header)) return undefined;
    copy.push(layout.flash.read(header.address, HEADER_BYTES));
    copy.flush(dataAddress(header));
    let address = dataAddress(header);
    let left = (header.sizeBytes + 3) & ~3;
    while (left > 0) {
      const part = Math.min(copy.room(), left);
      copy.push(layout.flash.read(address, part));
      address += part;
      left -= part;
      copy.flush(address);
    }
    const progress = (header.address - start) >> 14;
    if (progress !== shown) print(`\b${SPINNER[progress & 3]}`);
    shown = progress;
    return undefined;
  });
  copy.flush(layout.flash.end);
  eraseRest(layout, copy.writeAddress, start, endOfScan);
  print("\n");
  return true;
}

function eraseRest(layout: StorageLayout, written: number, start: number, endOfScan: number): void {
  const from = written === start ? written : layout.nextPage(written - 1);
  if (from !== 0) layout.erasePages(from, endOfScan === 0 ? layout.flash.end : endOfScan);
}

/** A ring buffer whose tail is written to flash, page by page, as soon as reading has left that page. */
class DownwardCopy {
  writeAddress: number;
  private readonly layout: StorageLayout;
  private readonly ring: Uint8Array;
  private head = 0;
  private tail = 0;
  private used = 0;

  constructor(layout: StorageLayout, start: number, capacity: number) {
    this.layout = layout;
    this.writeAddress = start;
    this.ring = new Uint8Array(capacity);
  }

  /** Bytes that can be pushed in one run without wrapping. */
  room(): number {
    let room = Math.min(this.ring.length - this.used, this.ring.length - this.head);
    if (this.tail > this.head) room = Math.min(room, this.tail - this.head);
    return room;
  }

  push(data: Uint8Array): void {
    for (const byte of data) {
      this.ring[this.head] = byte;
      this.head = (this.head + 1) % this.ring.length;
    }
    this.used += data.length;
  }

  flush(readAddress: number): void {
    while (this.used > 0) {
      const pageEnd = this.layout.nextPage(this.writeAddress) || this.layout.flash.end;
      if (readAddress < pageEnd) return;
      const length = Math.min(this.used, this.ring.length - this.tail, pageEnd - this.writeAddress);
      if ((this.writeAddress - this.layout.flash.base) % ERASE_PAGE_BYTES === 0) {
        this.layout.flash.erasePage(this.writeAddress);
      }
      this.layout.flash.program(this.writeAddress, this.ring.slice(this.tail, this.tail + length));
      this.writeAddress += length;
      this.tail = (this.tail + length) % this.ring.length;
      this.used -= length;
    }
  }
}
