/** require("Storage") and StorageFile. Source: Espruino 2v29, jswrap_storage.c. */
import { classOf, methods } from "../../engine/builtins/define.ts";
import { EspObject, type Value } from "../../engine/engine.ts";
import { EspView, isString, MemoryString } from "../../engine/value.ts";
import type { Machine } from "../machine.ts";
import { type Functions, library } from "../natives.ts";
import { ChunkedFile, type FileMode } from "./chunked-file.ts";
import { StorageProblem } from "./store.ts";

const MODES: readonly string[] = ["r", "w", "a"];
const MAX_FILE_NAME_CHARS = 28;
const HASH_SEED = 0xabcddcba;

/** What an opened file does; its object shows name, chunk, offset and mode, as the firmware's does. */
const openFiles = new WeakMap<EspObject, ChunkedFile>();

export function installStorage(machine: Machine): void {
  const { engine } = machine;
  methods(engine, "StorageFile", storageFileMethods(machine));
  classOf(engine, "StorageFile", () => undefined);
  machine.modules.define("Storage", () => makeStorage(machine));
}

function makeStorage(machine: Machine): EspObject {
  const { engine, store } = machine;
  const name = (value: Value) => nameText(machine, value);
  const native = (text: string | undefined) => asNative(text);
  return library("Storage", {
    read: (_self, [file, offset, length]) =>
      native(store.read(name(file), engine.int(offset), engine.int(length))),
    readArrayBuffer: (_self, [file]) => {
      const text = store.read(name(file));
      return text === undefined
        ? undefined
        : engine.arrayBuffer(Buffer.from(text, "latin1"), "native");
    },
    readJSON: (_self, [file, isQuiet]) => {
      const text = store.read(name(file));
      if (text === undefined) return undefined;
      return readJson(machine, text, engine.truthy(isQuiet));
    },
    write: (_self, [file, data, offset, size]) => write(machine, file, data, offset, size),
    writeJSON: (_self, [file, data]) => {
      const text = engine.toJS(data);
      return guarded(machine, () => store.write(name(file), Buffer.from(text, "latin1")));
    },
    erase: (_self, [file]) => {
      store.erase(name(file));
      return undefined;
    },
    eraseAll: () => {
      store.eraseAll();
      return undefined;
    },
    compact: () => {
      store.compact();
      return undefined;
    },
    optimise: () => undefined,
    list: (_self, [regex, filter]) => engine.array(listNames(machine, regex, filter)),
    hash: (_self, [regex]) => hash(machine, regex),
    getFree: () => store.layout.stats().freeBytes,
    getStats: () => {
      const { totalBytes, freeBytes, fileBytes, fileCount, trashBytes, trashCount } =
        store.layout.stats();
      return engine.object({
        totalBytes,
        freeBytes,
        fileBytes,
        fileCount,
        trashBytes,
        trashCount,
      });
    },
    open: (_self, [file, mode]) => {
      const text = isString(mode) ? engine.text(mode) : "";
      if (!MODES.includes(text)) throw machine.error(`Invalid mode ${engine.stringify(mode)}`);
      const object = engine.object({ name: name(file).slice(0, MAX_FILE_NAME_CHARS) });
      object.proto = engine.touchClass("StorageFile") ?? null;
      const opened = new ChunkedFile(store, name(file), text as FileMode);
      openFiles.set(object, opened);
      showState(object, opened);
      return object;
    },
  });
}

function storageFileMethods(machine: Machine): Functions {
  const { engine } = machine;
  const file = (self: Value): ChunkedFile => {
    const found = self instanceof EspObject ? openFiles.get(self) : undefined;
    if (!found) throw machine.error("not a StorageFile");
    return found;
  };
  /** Do it, then show where the file is, also when it failed. */
  const using = <T>(self: Value, run: (opened: ChunkedFile) => T): T => {
    const opened = file(self);
    try {
      return guarded(machine, () => run(opened));
    } finally {
      showState(self as EspObject, opened);
    }
  };
  return {
    read: (self, [length]) => using(self, (opened) => opened.read(engine.int(length))),
    readLine: (self) => using(self, (opened) => opened.readLine()),
    getLength: (self) => file(self).getLength(),
    write: (self, [data]) => {
      using(self, (opened) => opened.write(Buffer.from(engine.text(data), "latin1")));
      return undefined;
    },
    erase: (self) => {
      using(self, (opened) => opened.erase());
      return undefined;
    },
    pipe: (self, [destination, options]) => {
      machine.network.pipes.add(self, destination, options);
      return undefined;
    },
  };
}

function showState(object: EspObject, { state }: ChunkedFile): void {
  object.props?.set("chunk", state.chunk);
  object.props?.set("offset", state.offset);
  object.props?.set("mode", state.mode === "closed" ? 0 : state.mode.charCodeAt(0));
}

function nameText(machine: Machine, value: Value): string {
  return machine.engine.text(value);
}

/** Text that lies in flash costs one JsVar whatever its length. */
function asNative(text: string | undefined): Value {
  return text === undefined || text === "" ? text : new MemoryString(text, "native");
}

function readJson(machine: Machine, text: string, isQuiet: boolean): Value {
  try {
    return machine.engine.parse(text, true);
  } catch (error) {
    if (isQuiet) return undefined;
    throw error;
  }
}

function write(machine: Machine, file: Value, data: Value, offset: Value, size: Value): Value {
  const { engine, store } = machine;
  const name = nameText(machine, file);
  return guarded(machine, () => {
    const raw = bytesToWrite(machine, data);
    if (raw) return store.write(name, raw, engine.int(offset), engine.int(size));
    if (data instanceof EspObject && !engine.isFunction(data)) {
      return store.write(name, Buffer.from(engine.stringify(data), "latin1"));
    }
    throw new StorageProblem("Can't get pointer to data to write");
  });
}

/** Bytes of what is not an object to be written as JSON; undefined otherwise. */
function bytesToWrite(machine: Machine, data: Value): Uint8Array | undefined {
  const { engine } = machine;
  if (data === null) throw machine.error("Expecting Number or iterable, got null");
  if (typeof data === "number") return Uint8Array.of(engine.int(data) & 0xff);
  const bytes = engine.bytesOf(data);
  // The firmware takes the length in elements for one in bytes.
  return data instanceof EspView ? bytes?.subarray(0, data.length) : bytes;
}

function listNames(machine: Machine, regex: Value, filter: Value): string[] {
  const { engine, store } = machine;
  const wanted = filter instanceof EspObject ? filter.props?.get("sf") : undefined;
  const all = store.list(wanted === undefined ? undefined : engine.truthy(wanted));
  return all.map(({ name }) => name).filter((name) => matches(machine, name, regex));
}

function matches(machine: Machine, name: string, regex: Value): boolean {
  if (regex === undefined || regex === null) return true;
  const found = machine.engine.call(machine.engine.get(name, "match"), name, [regex]);
  return found !== undefined && found !== null;
}

function hash(machine: Machine, regex: Value): number {
  const { engine, store } = machine;
  const crc = engine.get(engine.touchObject("E"), "CRC32");
  let value = HASH_SEED;
  for (const { name, address } of store.list(false)) {
    if (!matches(machine, name, regex)) continue;
    value = ((value << 1) | (value >>> 31)) >>> 0;
    value = (value ^ address ^ engine.int(engine.call(crc, undefined, [name]))) >>> 0;
  }
  return value | 0;
}

/** What fails in Storage is an Error of the program. */
function guarded<T>(machine: Machine, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof StorageProblem) throw machine.error(error.message);
    throw error;
  }
}
