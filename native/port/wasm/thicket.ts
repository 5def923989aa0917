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
}

const WASM_FILE = fileURLToPath(new URL("./thicket.wasm", import.meta.url));
/** The port's clock; the module imports nothing else. */
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
  const { exports } = new WebAssembly.Instance(module, { thicket: { now_ns: nowNs } });
  const memory = exports.memory as WebAssembly.Memory;
  const heapBase = (exports.__heap_base as WebAssembly.Global).value as number;
  const regions = regionTable(memory, roundUp(heapBase, ALIGN_BYTES));
  const bytes = (pointer: number, length: number) => new Uint8Array(memory.buffer, pointer, length);
  return {
    native: exports as Thicket["native"],
    alloc: regions.alloc,
    free: regions.free,
    reservedBytes: regions.reservedBytes,
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
