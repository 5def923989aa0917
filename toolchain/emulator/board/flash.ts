/**
 * The NOR flash that holds Storage: programming only clears bits, erasing sets a 4 KB page to 0xFF. Every program
 * command (at most one 256-byte chip page) and every page erase is one numbered operation; `beforeOperation` sees
 * each before it happens, which is where a power cut is injected.
 * Source: SPI NOR data sheets (page program 256 B, sector erase 4 KB); region of facts/espruino.md 3.5.
 */

export const ERASE_PAGE_BYTES = 4096;
const PROGRAM_PAGE_BYTES = 256;

export interface FlashOperation {
  /** 1 for the first operation since this object was made. */
  number: number;
  kind: "program" | "erase";
  /** Absolute flash address. */
  address: number;
  /** Bytes to program; absent for an erase. */
  data?: Uint8Array;
}

export interface FlashCounts {
  programs: number;
  erases: number;
  bytesProgrammed: number;
}

export class Flash {
  /** Absolute address of the first byte of the region. */
  readonly base: number;
  readonly counts: FlashCounts = { programs: 0, erases: 0, bytesProgrammed: 0 };
  /** Erase count of each page, for wear. */
  readonly wear: Uint32Array;
  /** Called before each operation; what it throws stops the operation. */
  beforeOperation: ((operation: FlashOperation) => void) | undefined;
  private readonly bytes: Uint8Array;

  constructor(base: number, sizeBytes: number, image?: Uint8Array) {
    this.base = base;
    this.bytes = new Uint8Array(sizeBytes).fill(0xff);
    if (image) this.bytes.set(image.subarray(0, sizeBytes));
    this.wear = new Uint32Array(sizeBytes / ERASE_PAGE_BYTES);
  }

  get end(): number {
    return this.base + this.bytes.length;
  }

  /** Program commands and erases so far. */
  get operations(): number {
    return this.counts.programs + this.counts.erases;
  }

  /** A copy of the whole region. */
  image(): Uint8Array {
    return this.bytes.slice();
  }

  /** A copy of `length` bytes; short when it runs past the end of the region. */
  read(address: number, length: number): Uint8Array {
    const at = address - this.base;
    return this.bytes.slice(at, at + length);
  }

  /** The same bytes as a byte string. */
  readText(address: number, length: number): string {
    const at = address - this.base;
    return Buffer.from(this.bytes.buffer, at, length).toString("latin1");
  }

  word(address: number): number {
    const at = address - this.base;
    const bytes = this.bytes;
    return (
      ((bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24)) >>>
      0
    );
  }

  isErased(address: number, length: number): boolean {
    const at = address - this.base;
    for (let i = at; i < at + length; i++) if (this.bytes[i] !== 0xff) return false;
    return true;
  }

  equals(address: number, data: Uint8Array): boolean {
    const at = address - this.base;
    for (let i = 0; i < data.length; i++) if (this.bytes[at + i] !== data[i]) return false;
    return true;
  }

  /** Clear bits: each byte becomes itself AND the new one. */
  program(address: number, data: Uint8Array): void {
    let done = 0;
    while (done < data.length) {
      const room = PROGRAM_PAGE_BYTES - ((address + done) % PROGRAM_PAGE_BYTES);
      const part = data.subarray(done, done + room);
      this.programPage(address + done, part);
      done += part.length;
    }
  }

  erasePage(address: number): void {
    const page = Math.floor((address - this.base) / ERASE_PAGE_BYTES);
    const start = page * ERASE_PAGE_BYTES;
    this.beforeOperation?.({
      number: this.operations + 1,
      kind: "erase",
      address: this.base + start,
    });
    this.counts.erases++;
    this.wear[page] = (this.wear[page] ?? 0) + 1;
    this.bytes.fill(0xff, start, start + ERASE_PAGE_BYTES);
  }

  private programPage(address: number, data: Uint8Array): void {
    this.beforeOperation?.({ number: this.operations + 1, kind: "program", address, data });
    this.counts.programs++;
    this.counts.bytesProgrammed += data.length;
    const at = address - this.base;
    for (let i = 0; i < data.length && at + i < this.bytes.length; i++) {
      this.bytes[at + i] = (this.bytes[at + i] as number) & (data[i] as number);
    }
  }
}
