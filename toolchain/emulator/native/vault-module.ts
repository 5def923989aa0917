/**
 * `require("vault")` of the emulated interpreter: argument checks and conversion around the native library (the face is
 * device/espruino/native-modules.ts). No logic of its own.
 */
import type { Thicket } from "../../../native/port/wasm/thicket.ts";
import { type Engine, type EspObject, MemoryString, type Value } from "../engine/engine.ts";
import { nativeLibrary } from "./binding.ts";
import { Lent } from "./lent.ts";
import { NativeError } from "./native-error.ts";
import { NativeVault, type VaultPartition } from "./native-vault.ts";

export interface VaultModuleOptions {
  partition: VaultPartition;
  define: (name: string, create: () => EspObject) => void;
  wasm: Thicket;
}

type Args = Value[];

/** Define the module. Returns what a reboot does to it. */
export function installVaultModule(engine: Engine, options: VaultModuleOptions): () => void {
  const vault = new NativeVault(options.wasm, options.partition);
  const lent = new Lent();
  const functions = { ...cells(engine, vault, lent), ...records(engine, vault, lent) };
  const all = { ...functions, ...blobs(engine, vault, lent), ...slots(engine, vault, lent) };
  options.define("vault", () => nativeLibrary(engine, "vault", all));
  return () => vault.end();
}

function cells(engine: Engine, vault: NativeVault, lent: Lent) {
  const bytes = bytesWith(engine);
  return {
    open: () => {
      const { formatted, ...counts } = vault.open();
      for (const part of formatted) lent.end(part);
      return engine.object({ formatted: engine.array(formatted), ...counts });
    },
    close: () => vault.close() as undefined,
    read: ([name]: Args) => text(vault.read(bytes("name", name), false)),
    readOlder: ([name]: Args) => text(vault.read(bytes("name", name), true)),
    write: ([name, value]: Args) =>
      vault.write(bytes("name", name), bytes("text", value)) as undefined,
    erase: ([name]: Args) => vault.erase(bytes("name", name)),
  };
}

function records(engine: Engine, vault: NativeVault, lent: Lent) {
  const bytes = bytesWith(engine);
  return {
    append: ([stream, value, data]: Args) =>
      lent.ending("log", () =>
        vault.append(whole("stream", stream), whole("value", value), bytes("data", data)),
      ),
    next: ([stream, after]: Args) => vault.next(whole("stream", stream), whole("after", after)),
    record: ([key]: Args) => lent.lend("log", vault.record(whole("key", key))),
    acknowledge: ([key]: Args) => lent.ending("log", () => vault.acknowledge(whole("key", key))),
    waiting: ([stream]: Args) => vault.waiting(whole("stream", stream)),
    evicted: ([stream]: Args) => vault.evicted(whole("stream", stream)),
  };
}

function blobs(engine: Engine, vault: NativeVault, lent: Lent) {
  const bytes = bytesWith(engine);
  return {
    putBlob: ([value, note, data]: Args) =>
      lent.ending("blobs", () =>
        vault.putBlob(whole("value", value), bytes("note", note), bytes("data", data)),
      ),
    nextBlob: ([after]: Args) => vault.nextBlob(whole("after", after)),
    blob: ([id]: Args) => lent.lend("blobs", vault.blob(whole("id", id))),
    blobNote: ([id]: Args) => text(vault.blobNote(whole("id", id))),
    dropBlob: ([id]: Args) => lent.ending("blobs", () => vault.dropBlob(whole("id", id))),
    blobs: () => vault.blobs(),
    evictedBlobs: () => vault.evictedBlobs(),
  };
}

function slots(engine: Engine, vault: NativeVault, lent: Lent) {
  const bytes = bytesWith(engine);
  const slot = ([kind, index]: Args): [string, number] => [
    engine.text(kind),
    whole("index", index),
  ];
  return {
    slot: (args: Args) => engine.object({ ...vault.slot(...slot(args)) }),
    begin: (args: Args) => {
      vault.begin(...slot(args));
      lent.end(slot(args).join(""));
      return undefined;
    },
    writeSlot: (args: Args) =>
      vault.writeSlot(...slot(args), whole("offset", args[2]), bytes("data", args[3])) as undefined,
    patch: (args: Args) => {
      const [state, piece] = [bytes("state", args[2]), bytes("piece", args[3])];
      return Buffer.from(vault.patch(...slot(args), state, piece)).toString("latin1");
    },
    patchOffset: ([state]: Args) => engine.array(vault.patchOffset(bytes("state", state))),
    stage: (args: Args) =>
      vault.stage(
        ...slot(args),
        whole("bytes", args[2]),
        whole("release", args[3]),
        bytes("digest", args[4]),
      ) as undefined,
    switchTo: (args: Args) => vault.switchTo(...slot(args)) as undefined,
    confirm: (args: Args) => vault.confirm(...slot(args)) as undefined,
    rollBack: (args: Args) => vault.rollBack(...slot(args)) as undefined,
    choose: ([kind]: Args) => vault.choose(engine.text(kind)),
    image: (args: Args) => lent.lend(slot(args).join(""), vault.image(...slot(args))),
  };
}

const text = (found: Uint8Array | undefined): Value =>
  found && Buffer.from(found).toString("latin1");

const badArgument = (text: string): NativeError => new NativeError("VAULT_ARGUMENT", text);

const bytesWith =
  (engine: Engine) =>
  (name: string, value: Value): Uint8Array => {
    const isText = typeof value === "string" || value instanceof MemoryString;
    const bytes = isText ? engine.bytesOf(value) : undefined;
    if (!bytes) throw badArgument(`${name} must be a string`);
    return bytes;
  };

/** An argument that must be a whole number from 0 that fits 31 bits. */
function whole(name: string, value: Value): number {
  if (typeof value !== "number" || value !== (value | 0) || value < 0)
    throw badArgument(`${name} must be a whole number from 0`);
  return value;
}
