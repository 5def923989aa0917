/** Makes what cameras verify: signed manifests, freshness notes and lists of trusted keys (device/protocol). */
import { createHash } from "node:crypto";
import {
  BASE_BYTES,
  encodeManifest,
  encodeNote,
  type FreshnessNote,
  type Manifest,
  type TargetKind,
} from "../../device/protocol/release.ts";
import { encodeTrust, TRUST_BYTES_MAX, type Trust } from "../../device/protocol/trust.ts";
import { inputError } from "../errors.ts";
import { type SigningKey, shortKeyId, signBytes } from "./signing.ts";

const bytes = (text: string): Buffer => Buffer.from(text, "latin1");
const text = (data: Uint8Array): string => Buffer.from(data).toString("latin1");
const idOf = (key: SigningKey): string => text(shortKeyId(key.publicKey));
/** x and y, as a list of keys has them. */
const point = (publicKey: Uint8Array): string => text(publicKey.subarray(1));

export interface ReleaseTarget {
  hardware: string;
  kind: TargetKind;
  counter: number;
  expiryS: number;
  image: Uint8Array;
  /** What is sent instead of the image, and the image that it is applied to. */
  delta?: { payload: Uint8Array; base: Uint8Array };
}

const sha256 = (data: Uint8Array): Buffer => createHash("sha256").update(data).digest();

export function signManifest(target: ReleaseTarget, key: SigningKey): Buffer {
  const { image, delta, ...claims } = target;
  const manifest: Manifest = {
    ...claims,
    sizeBytes: image.length,
    payloadBytes: delta ? delta.payload.length : image.length,
    digest: text(sha256(image)),
    base: delta ? text(sha256(delta.base).subarray(0, BASE_BYTES)) : "",
    keyId: idOf(key),
  };
  return signedWith(key, bytes(encodeManifest(manifest)));
}

export function signNote(note: Omit<FreshnessNote, "keyId">, key: SigningKey): Buffer {
  return signedWith(key, bytes(encodeNote({ ...note, keyId: idOf(key) })));
}

function signedWith(key: SigningKey, signed: Buffer): Buffer {
  return Buffer.concat([signed, signBytes(key, signed)]);
}

export interface TrustedKeys {
  version: number;
  threshold: number;
  /** Raw public keys of 65 bytes. */
  roots: Uint8Array[];
  releases: Uint8Array[];
  notes: Uint8Array[];
}

/**
 * @param signers root keys of the list before and of this one; each signs once
 * **Errors:** TRUST_TOO_LONG
 */
export function signTrust(keys: TrustedKeys, signers: SigningKey[]): Buffer {
  const trust: Trust = {
    version: keys.version,
    threshold: keys.threshold,
    roots: keys.roots.map(point),
    releases: keys.releases.map(point),
    notes: keys.notes.map(point),
  };
  const signed = bytes(encodeTrust(trust));
  const entries = signers.flatMap((key) => [shortKeyId(key.publicKey), signBytes(key, signed)]);
  const list = Buffer.concat([signed, ...entries]);
  if (list.length > TRUST_BYTES_MAX) {
    throw inputError(
      "TRUST_TOO_LONG",
      `the list of keys for cameras would take ${list.length} bytes of ${TRUST_BYTES_MAX}`,
      "trust fewer keys; one key takes 64 bytes, one signature 68",
    );
  }
  return list;
}
