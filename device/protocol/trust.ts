/**
 * The list of keys that a camera trusts: root keys, of which a number must sign the next list; release keys, which sign
 * manifests; note keys, which sign freshness notes. The camera's form of TUF's root metadata. Byte string, at most one
 * vault cell; keys are P-256 points x, y of 64 bytes.
 */
import { bigEndian, KEY_ID_BYTES, SIGNATURE_BYTES, u32 } from "./release.ts";

/** Cell that holds the list in force. */
export const TRUST_CELL = "trust";
/** Of a vault cell. */
export const TRUST_BYTES_MAX = 1024;

const MAGIC = "TRK\x01";
const HEAD_BYTES = 12;
const KEY_BYTES = 64;

export interface Trust {
  /** From 1; the next list has the next number. */
  version: number;
  /** Root keys that must sign. */
  threshold: number;
  /** Keys of 64 bytes. No key occurs twice, in one role or in two. */
  roots: string[];
  releases: string[];
  notes: string[];
}

export interface SignedTrust extends Trust {
  /** The bytes that are signed. */
  signed: string;
  signatures: { keyId: string; signature: string }[];
}

/** The part of a list that is signed; entries of key id and signature follow it. */
export function encodeTrust(trust: Trust): string {
  const { roots, releases, notes } = trust;
  return (
    MAGIC +
    bigEndian(trust.version, 4) +
    String.fromCharCode(trust.threshold, roots.length, releases.length, notes.length) +
    roots.concat(releases, notes).join("")
  );
}

/** What a list says, or undefined when it is none: also with no key in a role, a key twice, or a threshold out of reach. */
export function decodeTrust(text: string): SignedTrust | undefined {
  const count = (at: number): number => text.charCodeAt(at);
  const keys = count(9) + count(10) + count(11);
  const end = HEAD_BYTES + keys * KEY_BYTES;
  const entryBytes = KEY_ID_BYTES + SIGNATURE_BYTES;
  if (text.substr(0, 4) !== MAGIC || text.length > TRUST_BYTES_MAX || !(text.length >= end))
    return undefined;
  if (!count(8) || count(8) > count(9) || !count(10) || !count(11)) return undefined;
  if ((text.length - end) % entryBytes) return undefined;

  const all: string[] = [];
  for (let at = HEAD_BYTES; at < end; at += KEY_BYTES) {
    const key = text.substr(at, KEY_BYTES);
    if (all.indexOf(key) >= 0) return undefined;
    all.push(key);
  }
  const signatures: SignedTrust["signatures"] = [];
  for (let at = end; at < text.length; at += entryBytes)
    signatures.push({
      keyId: text.substr(at, KEY_ID_BYTES),
      signature: text.substr(at + KEY_ID_BYTES, SIGNATURE_BYTES),
    });
  return {
    version: u32(text, 4),
    threshold: count(8),
    roots: all.slice(0, count(9)),
    releases: all.slice(count(9), count(9) + count(10)),
    notes: all.slice(count(9) + count(10)),
    signed: text.substr(0, end),
    signatures: signatures,
  };
}
