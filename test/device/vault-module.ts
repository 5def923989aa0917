/** `require("vault")` for tests outside an interpreter: the wasm build of the C code on the emulator's flash. */
import type { VaultModule } from "../../device/espruino/native-modules.ts";
import { loadThicket } from "../../native/port/wasm/thicket.ts";
import { Flash } from "../../toolchain/emulator/board/flash.ts";
import { NativeVault } from "../../toolchain/emulator/native/native-vault.ts";

/** Smallest partition whose model slots take the default model. */
const BYTES = 1024 * 1024;

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");
const text = (found: Uint8Array | undefined): string | undefined =>
  found && Buffer.from(found).toString("latin1");

export const vaultFlash = (image?: Uint8Array, size = BYTES): Flash => new Flash(0, size, image);

/** @param base where the vault's partition begins in the flash */
export function vaultModule(flash: Flash, size = BYTES, base = 0): VaultModule {
  const vault = new NativeVault(loadThicket(), {
    bytes: size,
    read: (address, length) => flash.read(base + address, length),
    program: (address, data) => flash.program(base + address, data),
    erasePage: (address) => flash.erasePage(base + address),
  });
  return {
    open: () => vault.open() as ReturnType<VaultModule["open"]>,
    close: () => vault.close(),
    read: (name) => text(vault.read(bytes(name), false)),
    readOlder: (name) => text(vault.read(bytes(name), true)),
    write: (name, value) => vault.write(bytes(name), bytes(value)),
    erase: (name) => vault.erase(bytes(name)),
    append: (stream, value, data) => vault.append(stream, value, bytes(data)),
    next: (stream, after) => vault.next(stream, after),
    record: (key) => text(vault.record(key)),
    acknowledge: (key) => vault.acknowledge(key),
    waiting: (stream) => vault.waiting(stream),
    evicted: (stream) => vault.evicted(stream),
    putBlob: (value, note, data) => vault.putBlob(value, bytes(note), bytes(data)),
    nextBlob: (after) => vault.nextBlob(after),
    blob: (id) => text(vault.blob(id)),
    blobNote: (id) => text(vault.blobNote(id)),
    dropBlob: (id) => vault.dropBlob(id),
    blobs: () => vault.blobs(),
    evictedBlobs: () => vault.evictedBlobs(),
    slot: (kind, index) => vault.slot(kind, index) as ReturnType<VaultModule["slot"]>,
    begin: (kind, index) => vault.begin(kind, index),
    writeSlot: (kind, index, offset, data) => vault.writeSlot(kind, index, offset, bytes(data)),
    patch: (kind, index, state, piece) =>
      Buffer.from(vault.patch(kind, index, bytes(state), bytes(piece))).toString("latin1"),
    patchOffset: (state) => vault.patchOffset(bytes(state)),
    stage: (kind, index, length, release, digest) =>
      vault.stage(kind, index, length, release, bytes(digest)),
    switchTo: (kind, index) => vault.switchTo(kind, index),
    confirm: (kind, index) => vault.confirm(kind, index),
    rollBack: (kind, index) => vault.rollBack(kind, index),
    choose: (kind) => vault.choose(kind),
    image: (kind, index) => text(vault.image(kind, index)),
  };
}
