/**
 * The vault half of the native extension on the wasm build: arguments into native memory, results out of it. What is
 * stored where, and what a power cut may do to it, is the C code's. Knows nothing of the interpreter.
 */
import { createHash } from "node:crypto";
import type { Thicket, VaultFlash } from "../../../native/port/wasm/thicket.ts";
import { libraryError, NativeError } from "./native-error.ts";
import { patchOffsets, withPatchState } from "./patch-state.ts";

/** The vault's partition; addresses count from its start. What it throws (a power cut) goes through to the caller. */
export type VaultPartition = Omit<VaultFlash, "sha256"> & { bytes: number };

export interface Slot {
  state: string;
  bytes: number;
  bytesMax: number;
  release: number;
  tries: number;
  /** 64 hexadecimal digits, "" when empty. */
  digest: string;
}

/** Of thicket_vault.h: limits, kinds and states by number, struct offsets (held to it by vault_exports.c). */
const NAME_BYTES_MAX = 20;
const CELL_BYTES_MAX = 1024;
const KINDS = ["app", "model"];
const STATES = ["empty", "staged", "pending", "confirmed", "rolledBack"];
const FORMATTED = ["cells", "log", "blobs"];
const DIGEST_BYTES = 32;
const BLOB = { address: 4, bytes: 8, noteBytes: 20, note: 24, size: 152 };
/** From here down the codes have names of their own: PATCH_... */
const PATCH_CODES = -700;
const SLOT = { state: 0, address: 4, bytes: 8, release: 12, tries: 16, digest: 20, size: 52 };

export class NativeVault {
  private readonly thicket: Thicket;
  private readonly partition: VaultPartition;
  private readonly name: number;
  private readonly value: number;
  private readonly out: number;
  /** What the flash threw inside the C code. */
  private failure: { error: unknown } | undefined;

  constructor(thicket: Thicket, partition: VaultPartition) {
    this.thicket = thicket;
    this.partition = partition;
    this.name = thicket.alloc(NAME_BYTES_MAX + 2);
    this.value = thicket.alloc(CELL_BYTES_MAX);
    this.out = thicket.alloc(BLOB.size);
    thicket.attachFlash({
      read: (address, length) => this.kept(() => partition.read(address, length)),
      program: (address, data) => this.kept(() => partition.program(address, data)),
      erasePage: (address) => this.kept(() => partition.erasePage(address)),
      sha256: (address, length) =>
        createHash("sha256").update(partition.read(address, length)).digest(),
    });
  }

  open() {
    this.call("vault_open", this.partition.bytes);
    this.call("vault_report", this.out);
    const [bits = 0, repaired, torn, damaged] = this.words(4);
    return { formatted: FORMATTED.filter((_, i) => bits & (1 << i)), repaired, torn, damaged };
  }

  close(): void {
    this.thicket.native.thicket_wasm_vault_close!();
  }

  /** Close, and give the native memory back. */
  end(): void {
    this.close();
    for (const region of [this.name, this.value, this.out]) this.thicket.free(region);
  }

  /** A cell's bytes, or undefined. `isOlder`: the newest intact value. */
  read(name: Uint8Array, isOlder: boolean): Uint8Array | undefined {
    const room = CELL_BYTES_MAX;
    const length = this.found("cell_read", this.named(name), this.value, room, isOlder ? 1 : 0);
    return length === undefined ? undefined : this.thicket.bytes(this.value, length).slice();
  }

  write(name: Uint8Array, value: Uint8Array): void {
    this.withData(value, (data) => this.call("cell_write", this.named(name), data, value.length));
  }

  erase(name: Uint8Array): boolean {
    return this.found("cell_erase", this.named(name)) !== undefined;
  }

  append(stream: number, value: number, data: Uint8Array): number {
    this.withData(data, (at) => this.call("log_append", stream, value, at, data.length, this.out));
    return this.word(0);
  }

  next(stream: number, after: number): number {
    return this.found("log_next", stream, after, this.out) === undefined ? 0 : this.word(0);
  }

  record(key: number): Uint8Array | undefined {
    if (this.found("log_record", key, this.out) === undefined) return undefined;
    return this.partition.read(this.word(0), this.word(4));
  }

  acknowledge(key: number): boolean {
    return this.found("log_acknowledge", key) !== undefined;
  }

  waiting(stream: number): number {
    this.call("log_counts", stream, this.out);
    return this.word(0);
  }

  evicted(stream: number): number {
    this.call("log_counts", stream, this.out);
    return this.word(4);
  }

  putBlob(value: number, note: Uint8Array, data: Uint8Array): number {
    this.withData(note, (noteAt) =>
      this.withData(data, (at) =>
        this.call("blob_put", value, noteAt, note.length, at, data.length, this.out),
      ),
    );
    return this.word(0);
  }

  nextBlob(after: number): number {
    this.call("blob_next", after, this.out);
    return this.word(0);
  }

  blob(id: number): Uint8Array | undefined {
    if (this.found("blob_look", id, this.out, 1) === undefined) return undefined;
    return this.partition.read(this.word(BLOB.address), this.word(BLOB.bytes));
  }

  blobNote(id: number): Uint8Array | undefined {
    if (this.found("blob_look", id, this.out, 0) === undefined) return undefined;
    return this.thicket.bytes(this.out + BLOB.note, this.word(BLOB.noteBytes)).slice();
  }

  dropBlob(id: number): boolean {
    return this.found("blob_drop", id) !== undefined;
  }

  blobs(): number {
    this.call("blob_counts", this.out);
    return this.word(0);
  }

  evictedBlobs(): number {
    this.call("blob_counts", this.out);
    return this.word(4);
  }

  slot(kind: string, index: number): Slot {
    const state = this.look(kind, index);
    const digest = this.thicket.bytes(this.out + SLOT.digest, DIGEST_BYTES);
    return {
      state: STATES[state] as string,
      bytes: this.word(SLOT.bytes),
      bytesMax: this.word(SLOT.size),
      release: this.word(SLOT.release),
      tries: this.word(SLOT.tries),
      digest: state === 0 ? "" : Buffer.from(digest).toString("hex"),
    };
  }

  begin(kind: string, index: number): void {
    this.call("slot_begin", kindOf(kind), index);
  }

  writeSlot(kind: string, index: number, offset: number, data: Uint8Array): void {
    this.withData(data, (at) =>
      this.call("slot_write", kindOf(kind), index, offset, at, data.length),
    );
  }

  /** The state after a piece of a patch; "" begins. */
  patch(kind: string, index: number, state: Uint8Array, piece: Uint8Array): Uint8Array {
    return withPatchState(this.thicket, state, (at) =>
      this.withData(piece, (data) =>
        this.call("slot_patch", kindOf(kind), index, at, data, piece.length),
      ),
    ).state;
  }

  patchOffset(state: Uint8Array): number[] {
    return patchOffsets(this.thicket, state);
  }

  stage(kind: string, index: number, bytes: number, release: number, digest: Uint8Array): void {
    if (digest.length !== DIGEST_BYTES)
      throw new NativeError("VAULT_ARGUMENT", `a digest has ${DIGEST_BYTES} bytes`);
    this.withData(digest, (at) => this.call("slot_stage", kindOf(kind), index, bytes, release, at));
  }

  switchTo(kind: string, index: number): void {
    this.call("slot_switch", kindOf(kind), index);
  }

  confirm(kind: string, index: number): void {
    this.call("slot_confirm", kindOf(kind), index);
  }

  rollBack(kind: string, index: number): void {
    this.call("slot_roll_back", kindOf(kind), index);
  }

  /** Slot to start, or -1. */
  choose(kind: string): number {
    return this.unless("VAULT_EMPTY", "slot_choose", [kindOf(kind)]) ?? -1;
  }

  image(kind: string, index: number): Uint8Array | undefined {
    if (this.look(kind, index) === 0) return undefined;
    return this.partition.read(this.word(SLOT.address), this.word(SLOT.bytes));
  }

  private look(kind: string, index: number): number {
    this.call("slot_look", kindOf(kind), index, this.out, this.out + SLOT.size);
    return this.word(SLOT.state);
  }

  /** A zero-terminated name in native memory. One too long stays too long; a zero byte in it is none of a name's. */
  private named(name: Uint8Array): number {
    if (name.includes(0)) throw new NativeError("VAULT_NAME", "a name has no zero bytes");
    const at = this.thicket.bytes(this.name, NAME_BYTES_MAX + 2).fill(0);
    at.set(name.subarray(0, NAME_BYTES_MAX + 1));
    return this.name;
  }

  private withData(data: Uint8Array, work: (pointer: number) => void): void {
    const pointer = this.thicket.store(data);
    try {
      work(pointer);
    } finally {
      this.thicket.free(pointer);
    }
  }

  private call(name: string, ...values: number[]): number {
    const code = this.thicket.native[`thicket_wasm_${name}`]!(...values);
    const { failure } = this;
    this.failure = undefined;
    if (failure) throw failure.error;
    if (code < 0) throw libraryError(this.thicket, code <= PATCH_CODES ? "PATCH" : "VAULT", code);
    return code;
  }

  /** As `call`; undefined where there is no such thing. */
  private found(name: string, ...values: number[]): number | undefined {
    return this.unless("VAULT_NONE", name, values);
  }

  private unless(code: string, name: string, values: number[]): number | undefined {
    try {
      return this.call(name, ...values);
    } catch (error) {
      if (error instanceof NativeError && error.code === code) return undefined;
      throw error;
    }
  }

  /** Once the flash has thrown, the C code reaches it no more until the call is over. */
  private kept<T>(work: () => T): T {
    if (this.failure) throw this.failure.error;
    try {
      return work();
    } catch (error) {
      this.failure = { error };
      throw error;
    }
  }

  private word(offset: number): number {
    return this.thicket.view().getUint32(this.out + offset, true);
  }

  private words(count: number): number[] {
    return Array.from({ length: count }, (_, i) => this.word(4 * i));
  }
}

function kindOf(kind: string): number {
  const number = KINDS.indexOf(kind);
  if (number < 0) throw new NativeError("VAULT_ARGUMENT", `a slot's kind is ${KINDS.join(" or ")}`);
  return number;
}
