/**
 * What a camera is told about a release: a manifest for each target (app, model, firmware), signed by an offline release
 * key, and a freshness note that says which releases are the newest, signed by an online key. Fixed layouts over byte
 * strings (one character, one byte), numbers big-endian. Source: docs/updates.md; a profile of TUF 1.0.34.
 */

export type TargetKind = "app" | "model" | "firmware";

/** In the order of their numbers on the wire, from 1. */
export const TARGET_KINDS: TargetKind[] = ["app", "model", "firmware"];

/** Hardware id of an app or a model that runs on every board. Firmware names its board. */
export const ANY_HARDWARE = "any";

export const KEY_ID_BYTES = 4;
export const SIGNATURE_BYTES = 64;
/** Bytes of SHA-256 by which a delta names the image that it is made for. */
export const BASE_BYTES = 8;
const HARDWARE_BYTES = 8;
const MANIFEST_MAGIC = "TRM\x01";
const NOTE_MAGIC = "TFN\x01";
const DELTA = 1;
const NO_BASE = "\0\0\0\0\0\0\0\0";

/** Bytes of a manifest, and those of them that are signed. */
export const MANIFEST_BYTES = 138;
export const MANIFEST_SIGNED = 74;
/** Bytes of a note, and those of them that are signed. */
export const NOTE_BYTES = 100;
export const NOTE_SIGNED = 36;

export interface Manifest {
  /** Board (esp32s3, esp32, esp32c3) or ANY_HARDWARE; 1..8 characters. */
  hardware: string;
  kind: TargetKind;
  /** Release counter: UTC minutes of publishing, so that it only rises. */
  counter: number;
  /** UTC seconds from which the release is not installed any more. */
  expiryS: number;
  /** Of the image as it will lie in the slot. */
  sizeBytes: number;
  /** Of what is sent: the image, or the delta to it. */
  payloadBytes: number;
  /** SHA-256 of the image, 32 bytes. */
  digest: string;
  /** First BASE_BYTES of the SHA-256 of the image that the delta is applied to; "" for a full image. */
  base: string;
  /** First KEY_ID_BYTES of the SHA-256 of the public key (65 bytes). */
  keyId: string;
}

export interface FreshnessNote {
  /** Board that it is for. */
  hardware: string;
  /** Newest release counter of each target, by TARGET_KINDS; 0 where there is none. */
  counters: number[];
  /** UTC seconds. */
  issuedS: number;
  expiryS: number;
  keyId: string;
}

/** A whole number as big-endian bytes. */
export function bigEndian(value: number, bytes: number): string {
  let text = "";
  for (let left = bytes; left > 0; left--) {
    text = String.fromCharCode(value % 256) + text;
    value = Math.floor(value / 256);
  }
  return text;
}

/** The whole number in four bytes, 0..2^32-1. */
export function u32(text: string, at: number): number {
  let value = 0;
  for (let end = at + 4; at < end; at++) value = value * 256 + text.charCodeAt(at);
  return value;
}

/** A name padded with zeroes. */
function padded(name: string): string {
  return (name + NO_BASE).substr(0, HARDWARE_BYTES);
}

function unpadded(text: string): string {
  const end = text.indexOf("\0");
  return end < 0 ? text : text.substr(0, end);
}

/** The part of a manifest that is signed, MANIFEST_SIGNED bytes; the signature follows it. */
export function encodeManifest(manifest: Manifest): string {
  return (
    MANIFEST_MAGIC +
    padded(manifest.hardware) +
    String.fromCharCode(TARGET_KINDS.indexOf(manifest.kind) + 1, manifest.base ? DELTA : 0) +
    bigEndian(manifest.counter, 4) +
    bigEndian(manifest.expiryS, 4) +
    bigEndian(manifest.sizeBytes, 4) +
    bigEndian(manifest.payloadBytes, 4) +
    manifest.digest +
    (manifest.base || NO_BASE) +
    manifest.keyId
  );
}

/** What a manifest says, or undefined when it is none of this format. Nothing in it is to be believed yet. */
export function decodeManifest(text: string): Manifest | undefined {
  const kind = TARGET_KINDS[text.charCodeAt(12) - 1];
  const flags = text.charCodeAt(13);
  const base = text.substr(62, BASE_BYTES);
  const isManifest = text.length === MANIFEST_BYTES && text.substr(0, 4) === MANIFEST_MAGIC;
  if (!isManifest || !kind || flags > DELTA) return undefined;
  return {
    hardware: unpadded(text.substr(4, HARDWARE_BYTES)),
    kind: kind,
    counter: u32(text, 14),
    expiryS: u32(text, 18),
    sizeBytes: u32(text, 22),
    payloadBytes: u32(text, 26),
    digest: text.substr(30, 32),
    base: flags ? base : "",
    keyId: text.substr(70, KEY_ID_BYTES),
  };
}

/** The part of a note that is signed, NOTE_SIGNED bytes; the signature follows it. */
export function encodeNote(note: FreshnessNote): string {
  const numbers = note.counters.concat([note.issuedS, note.expiryS]);
  return (
    NOTE_MAGIC +
    padded(note.hardware) +
    numbers.map((value) => bigEndian(value, 4)).join("") +
    note.keyId
  );
}

/** What a note says, or undefined when it is none of this format. */
export function decodeNote(text: string): FreshnessNote | undefined {
  if (text.length !== NOTE_BYTES || text.substr(0, 4) !== NOTE_MAGIC) return undefined;
  return {
    hardware: unpadded(text.substr(4, HARDWARE_BYTES)),
    counters: [u32(text, 12), u32(text, 16), u32(text, 20)],
    issuedS: u32(text, 24),
    expiryS: u32(text, 28),
    keyId: text.substr(32, KEY_ID_BYTES),
  };
}
