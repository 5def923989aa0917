/**
 * The NOR flash that holds Storage and the vault: programming only clears bits, erasing sets a 4 KB page to 0xFF. Every program
 * command and every page erase is one numbered operation that takes its time and at which the power can be cut.
 * Sources: commands of at most 64 bytes within a 256-byte chip page (ESP-IDF 4, memspi_host_driver.c,
 * SPI_FLASH_HAL_MAX_WRITE_BYTES); whole 32-bit words (Espruino, jshFlashWriteAligned); region of the ESP32 boards.
 */
import { type FlashOperation, PowerCut, type TornWrite, torn } from "./power-cut.ts";

export type { FlashOperation, TornWrite };

export const ERASE_PAGE_BYTES = 4096;
const PROGRAM_PAGE_BYTES = 256;
const COMMAND_BYTES_MAX = 64;
const WORD_BYTES = 4;
/** Which bytes of a worn page have a bit that stays 0. */
const WORN_FIRST = 24;
const WORN_STEP = 97;

/**
 * Typical times of a Winbond W25Q32JV, a chip of the size the boards carry (data sheet revision F, AC characteristics):
 * first byte tBP1 30 us, each further byte tBP2 2.5 us, never more than a whole page's tPP 400 us; 4 KB sector erase
 * tSE 45 ms. The maxima are 50, 12, 3000 us and 400 ms. Bus, driver and cache time are not in them.
 */
export const FLASH_TIMES = {
  firstByteUs: 30,
  furtherByteUs: 2.5,
  pageUs: 400,
  eraseUs: 45_000,
} as const;

/** A range of whole pages, absolute address. */
export interface FlashRegion {
  address: number;
  bytes: number;
}

export interface FlashCounts {
  programs: number;
  erases: number;
  bytesProgrammed: number;
}

export class Flash {
  /** Absolute address of the first byte of the main region, which is Storage's. */
  readonly base: number;
  /** Absolute address after the main region. */
  readonly end: number;
  readonly counts: FlashCounts = { programs: 0, erases: 0, bytesProgrammed: 0 };
  /** Erase count of each page, in the order of the image. The chips are specified for 100 000. */
  readonly wear: Uint32Array;
  /** Called before each operation, also before the one that is cut. */
  beforeOperation: ((operation: FlashOperation) => void) | undefined;
  /** Told of the microseconds that each operation took. */
  onBusy: (microseconds: number) => void = () => {};
  /** Asked while a range of pages is erased, which Ctrl-C ends. */
  mustStop: () => boolean = () => false;
  private readonly bytes: Uint8Array;
  private cut: { number: number; torn: TornWrite } | undefined;
  private powerCut: PowerCut | undefined;
  private readonly more: FlashRegion | undefined;
  /** Pages some bits of which no longer come up when they are erased. */
  private readonly worn = new Set<number>();

  /** @param more a second region of the chip, such as the vault's; it follows the main one in images */
  constructor(base: number, sizeBytes: number, image?: Uint8Array, more?: FlashRegion) {
    this.base = base;
    this.end = base + sizeBytes;
    this.more = more;
    const totalBytes = sizeBytes + (more?.bytes ?? 0);
    this.bytes = new Uint8Array(totalBytes).fill(0xff);
    this.wear = new Uint32Array(totalBytes / ERASE_PAGE_BYTES);
    if (image) this.load(image);
  }

  /** Program commands and erases so far. */
  countOperations(): number {
    return this.counts.programs + this.counts.erases;
  }

  /** Cut the power at the nth operation from now, 1 being the next one; `torn` says what that one leaves behind. */
  cutAt(nth: number, torn: TornWrite = "none"): void {
    this.cut = { number: this.countOperations() + nth, torn };
  }

  /** True between a cut and the next power-on. */
  get isCut(): boolean {
    return this.powerCut !== undefined;
  }

  powerOn(): void {
    this.powerCut = undefined;
  }

  /** From now on some bits of the page at this address stay 0 when it is erased; the chip does not say so. */
  wearOut(address: number): void {
    this.worn.add(Math.floor(this.index(address) / ERASE_PAGE_BYTES));
  }

  /** A copy of all regions, one after the other. */
  image(): Uint8Array {
    return this.bytes.slice();
  }

  /**
   * Put an image there, as a programmer with clips does: no operations, no wear, no time. One of the main region alone
   * leaves the other blank.
   */
  load(image: Uint8Array): void {
    const mainBytes = this.end - this.base;
    if (image.length !== this.bytes.length && image.length !== mainBytes) {
      throw new Error(
        `a flash image of ${this.bytes.length} bytes is needed, this one has ${image.length}`,
      );
    }
    this.bytes.set(image);
    this.bytes.fill(0xff, image.length);
  }

  /** A copy of `length` bytes; short when it runs past the end of the last region. */
  read(address: number, length: number): Uint8Array {
    const at = this.index(address);
    return this.bytes.slice(at, at + length);
  }

  /** The same bytes as a byte string. */
  readText(address: number, length: number): string {
    const at = this.index(address);
    return Buffer.from(this.bytes.buffer, at, length).toString("latin1");
  }

  word(address: number): number {
    const at = this.index(address);
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
    const at = this.index(address);
    for (let i = at; i < at + length; i++) if (this.bytes[i] !== 0xff) return false;
    return true;
  }

  equals(address: number, data: Uint8Array): boolean {
    const at = this.index(address);
    for (let i = 0; i < data.length; i++) if (this.bytes[at + i] !== data[i]) return false;
    return true;
  }

  /**
   * Clear bits: each byte becomes itself AND the new one. Whole words are programmed: the ragged ends on their own,
   * filled up with 0xFF, which changes nothing.
   */
  program(address: number, data: Uint8Array): void {
    const before = address % WORD_BYTES;
    const head = before === 0 ? 0 : Math.min(WORD_BYTES - before, data.length);
    const body = (data.length - head) & ~(WORD_BYTES - 1);
    if (head > 0) this.programWord(address - before, before, data.subarray(0, head));
    this.programWords(address + head, data.subarray(head, head + body));
    const tail = data.subarray(head + body);
    if (tail.length > 0) this.programWord(address + head + body, 0, tail);
  }

  erasePage(address: number): void {
    const page = Math.floor(this.index(address) / ERASE_PAGE_BYTES);
    const start = address - (this.index(address) % ERASE_PAGE_BYTES);
    this.operate({ number: this.countOperations() + 1, kind: "erase", address: start });
    this.wear[page] = (this.wear[page] ?? 0) + 1;
    this.counts.erases++;
    this.onBusy(FLASH_TIMES.eraseUs);
  }

  /** Where the byte at an absolute address is kept. */
  private index(address: number): number {
    const { more, base, end } = this;
    if (more && address >= more.address && address < more.address + more.bytes)
      return end - base + (address - more.address);
    return address - base;
  }

  private programWord(address: number, offset: number, part: Uint8Array): void {
    const word = new Uint8Array(WORD_BYTES).fill(0xff);
    word.set(part, offset);
    this.programWords(address, word);
  }

  private programWords(address: number, data: Uint8Array): void {
    for (let done = 0; done < data.length; ) {
      const from = address + done;
      const room = Math.min(COMMAND_BYTES_MAX, PROGRAM_PAGE_BYTES - (from % PROGRAM_PAGE_BYTES));
      const part = data.subarray(done, done + room);
      this.operate({
        number: this.countOperations() + 1,
        kind: "program",
        address: from,
        data: part,
      });
      done += part.length;
      this.counts.programs++;
      this.counts.bytesProgrammed += part.length;
      const { firstByteUs, furtherByteUs, pageUs } = FLASH_TIMES;
      this.onBusy(Math.min(firstByteUs + furtherByteUs * (part.length - 1), pageUs));
    }
  }

  private erase(at: number): void {
    this.bytes.fill(0xff, at, at + ERASE_PAGE_BYTES);
    if (!this.worn.has(at / ERASE_PAGE_BYTES)) return;
    for (let i = at + WORN_FIRST; i < at + ERASE_PAGE_BYTES; i += WORN_STEP) this.bytes[i] = 0xef;
  }

  /** Change the cells, whole or, when the power goes here, as torn as was asked for. */
  private operate(operation: FlashOperation): void {
    if (this.powerCut) throw this.powerCut;
    this.beforeOperation?.(operation);
    const at = this.index(operation.address);
    const { data } = operation;
    const length = data ? Math.min(data.length, this.bytes.length - at) : ERASE_PAGE_BYTES;
    if (this.cut?.number === operation.number) {
      const cells = this.bytes.slice(at, at + length);
      this.bytes.set(torn(this.cut.torn, operation, cells), at);
      this.cut = undefined;
      this.powerCut = new PowerCut(operation);
      throw this.powerCut;
    }
    if (!data) this.erase(at);
    else for (let i = 0; i < length; i++) (this.bytes[at + i] as number) &= data[i] as number;
  }
}
