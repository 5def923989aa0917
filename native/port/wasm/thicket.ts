/**
 * Opens thicket.wasm (the native library as the emulator and the model commands run it) and looks after its memory.
 *
 * Convention: every THICKET_API function is an export under its C name, takes and returns numbers, and pointers are byte
 * offsets into one linear memory. The C code never allocates: the host reserves regions with `alloc` and passes their
 * offsets. `alloc` may grow the memory, which detaches every view made before: keep offsets, not views, and take
 * `bytes(pointer, length)` anew after each `alloc`. Structs are read with `view()` at the offsets their header gives.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface Thicket {
  /** The C functions by name, for example `native.thicket_error_name(-3)`. Pointers are byte offsets. */
  readonly native: Record<string, (...values: number[]) => number>;
  /** Reserve zeroed memory, aligned to 16 bytes. Detaches earlier views. Errors: RangeError when memory is exhausted. */
  alloc(bytes: number): number;
  /** Give a region back. Errors: RangeError for an offset that `alloc` did not return. */
  free(pointer: number): void;
  /** Reserve a region and copy `data` into it. */
  store(data: Uint8Array): number;
  /** Bytes of a region as they are now; valid until the next `alloc`. */
  bytes(pointer: number, length: number): Uint8Array;
  /** All memory, little-endian access; valid until the next `alloc`. */
  view(): DataView;
  /** A zero-terminated ASCII string of the library. "" for a null pointer. */
  text(pointer: number): string;
  /** Bytes reserved now, for tests that look for leaks. */
  reservedBytes(): number;
  /** Give the vault its flash; without one every access fails. */
  attachFlash(flash: VaultFlash): void;
}

/** The partition of the vault as the host supplies it. Addresses are within it. What throws has failed. */
export interface VaultFlash {
  read(address: number, length: number): Uint8Array;
  /** Clears bits. */
  program(address: number, data: Uint8Array): void;
  erasePage(address: number): void;
  sha256(address: number, length: number): Uint8Array;
}

const WASM_FILE = fileURLToPath(new URL("./thicket.wasm", import.meta.url));
/** The port's clock. */
const nowNs = (): bigint => process.hrtime.bigint();

const PAGE_BYTES = 65536;
const ALIGN_BYTES = 16;

let compiled: WebAssembly.Module | undefined;

/** A fresh instance with memory of its own; the module is compiled once per process. */
export function loadThicket(): Thicket {
  compiled ??= new WebAssembly.Module(readFileSync(WASM_FILE));
  return instantiate(compiled);
}

/** As loadThicket, from the bytes of another build. */
export const openThicket = (wasm: Uint8Array<ArrayBuffer>): Thicket =>
  instantiate(new WebAssembly.Module(wasm));

function instantiate(module: WebAssembly.Module): Thicket {
  const host = flashImports(() => memory);
  const imports = { thicket: { now_ns: nowNs, ...host.imports } };
  const { exports } = new WebAssembly.Instance(module, imports);
  const memory = exports.memory as WebAssembly.Memory;
  const heapBase = (exports.__heap_base as WebAssembly.Global).value as number;
  const regions = regionTable(memory, roundUp(heapBase, ALIGN_BYTES));
  const bytes = (pointer: number, length: number) => new Uint8Array(memory.buffer, pointer, length);
  return {
    native: exports as Thicket["native"],
    alloc: regions.alloc,
    free: regions.free,
    reservedBytes: regions.reservedBytes,
    attachFlash: host.attach,
    bytes,
    store(data) {
      const pointer = regions.alloc(data.length);
      bytes(pointer, data.length).set(data);
      return pointer;
    },
    view: () => new DataView(memory.buffer),
    text(pointer) {
      if (pointer === 0) return "";
      const all = new Uint8Array(memory.buffer);
      return Buffer.from(all.subarray(pointer, all.indexOf(0, pointer))).toString("latin1");
    },
  };
}

/** What the C code imports: each call answers 0, or -1 when the flash threw. */
function flashImports(memory: () => WebAssembly.Memory) {
  let flash: VaultFlash | undefined;
  const bytes = (pointer: number, length: number) =>
    new Uint8Array(memory().buffer, pointer, length);
  const answer = (work: (flash: VaultFlash) => void): number => {
    if (!flash) return -1;
    // An exception may not pass through the C code: it would leave its stack as it is.
    try {
      work(flash);
      return 0;
    } catch {
      return -1;
    }
  };
  return {
    attach: (given: VaultFlash) => {
      flash = given;
    },
    imports: {
      flash_read: (address: number, pointer: number, length: number) =>
        answer((from) => bytes(pointer, length).set(from.read(address >>> 0, length))),
      flash_prog: (address: number, pointer: number, length: number) =>
        answer((to) => to.program(address >>> 0, bytes(pointer, length).slice())),
      flash_erase: (address: number) => answer((of) => of.erasePage(address >>> 0)),
      flash_sha256: (address: number, length: number, pointer: number) =>
        answer((from) => bytes(pointer, 32).set(from.sha256(address >>> 0, length))),
    },
  };
}

interface Region {
  start: number;
  end: number;
}

/** First fit between the regions in use, kept in address order: a handful of big regions live at a time. */
function regionTable(memory: WebAssembly.Memory, base: number) {
  const used: Region[] = [];

  function alloc(bytes: number): number {
    if (!Number.isInteger(bytes) || bytes < 0)
      throw new RangeError(`cannot reserve ${bytes} bytes`);
    const size = roundUp(Math.max(bytes, 1), ALIGN_BYTES);
    let index = 0;
    let start = base;
    for (; index < used.length; index++) {
      const next = used[index] as Region;
      if (next.start - start >= size) break;
      start = next.end;
    }
    const missing = start + size - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES));
    new Uint8Array(memory.buffer, start, size).fill(0);
    used.splice(index, 0, { start, end: start + size });
    return start;
  }

  function free(pointer: number): void {
    const index = used.findIndex(({ start }) => start === pointer);
    if (index < 0) throw new RangeError(`no region starts at ${pointer}`);
    used.splice(index, 1);
  }

  return {
    alloc,
    free,
    reservedBytes: () => used.reduce((total, { start, end }) => total + end - start, 0),
  };
}

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;
