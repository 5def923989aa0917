/**
 * TUF metadata: its types, how it is signed, and when enough keys signed it. Source: TUF 1.0.34 §4
 * (https://theupdateframework.github.io/specification/latest/). Keys are ECDSA P-256, signatures DER in hexadecimal.
 */
import { createHash, createPublicKey, sign, verify } from "node:crypto";
import { integrityError } from "../errors.ts";
import { canonicalJson } from "./canonical-json.ts";
import { publicKeyOf, type SigningKey } from "./signing.ts";

export type RoleName = "root" | "targets" | "snapshot" | "timestamp";

export interface TufKey {
  keytype: "ecdsa";
  scheme: "ecdsa-sha2-nistp256";
  keyval: { public: string };
}

interface Common {
  spec_version: "1.0.34";
  version: number;
  /** YYYY-MM-DDTHH:MM:SSZ */
  expires: string;
}

export interface Root extends Common {
  _type: "root";
  consistent_snapshot: true;
  keys: Record<string, TufKey>;
  roles: Record<RoleName, { keyids: string[]; threshold: number }>;
}

export interface FileMeta {
  version: number;
  length?: number;
  hashes?: { sha256: string };
}

export interface Timestamp extends Common {
  _type: "timestamp";
  meta: { "snapshot.json": FileMeta };
}

export interface Snapshot extends Common {
  _type: "snapshot";
  meta: Record<string, FileMeta>;
}

export interface TargetFile {
  length: number;
  hashes: { sha256: string };
  custom?: { counter: number; manifest: string };
}

export interface Targets extends Common {
  _type: "targets";
  targets: Record<string, TargetFile>;
}

export interface Metadata {
  root: Root;
  targets: Targets;
  snapshot: Snapshot;
  timestamp: Timestamp;
}

export interface Envelope<T> {
  signatures: { keyid: string; sig: string }[];
  signed: T;
}

export const sha256Hex = (data: Uint8Array | string): string =>
  createHash("sha256").update(data).digest("hex");

/** @param publicKey 65 raw bytes */
export function tufKey(publicKey: Uint8Array): TufKey {
  const pem = publicKeyOf(publicKey).export({ type: "spki", format: "pem" }).toString();
  return { keytype: "ecdsa", scheme: "ecdsa-sha2-nistp256", keyval: { public: pem } };
}

export const tufKeyId = (key: TufKey): string => sha256Hex(canonicalJson(key));

export function signMetadata<T>(signed: T, keys: SigningKey[]): Envelope<T> {
  const data = Buffer.from(canonicalJson(signed));
  const signatures = keys.map((key) => ({
    keyid: tufKeyId(tufKey(key.publicKey)),
    sig: sign("sha256", data, key.privateKey).toString("hex"),
  }));
  return { signatures, signed };
}

/** UTC seconds as TUF writes them. */
export const tufTime = (utcSeconds: number): string =>
  new Date(utcSeconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");

/** Read an envelope of one type. **Errors:** TUF_FORMAT. */
export function parseMetadata<K extends RoleName>(
  role: K,
  data: Uint8Array,
): Envelope<Metadata[K]> {
  let found: Partial<Envelope<Partial<Common> & { _type?: string }>> | null = null;
  try {
    found = JSON.parse(Buffer.from(data).toString("utf8"));
  } catch {}
  const signed = found?.signed;
  const isWhole =
    Array.isArray(found?.signatures) &&
    signed?._type === role &&
    /^1\./.test(signed.spec_version ?? "") &&
    Number.isSafeInteger(signed.version) &&
    (signed.version ?? 0) > 0 &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(signed.expires ?? "");
  if (!isWhole) throw integrityError("TUF_FORMAT", `${role}.json is not TUF metadata of that role`);
  return found as unknown as Envelope<Metadata[K]>;
}

/** Whether enough of the role's keys signed it; a key counts once, under whatever names it occurs. */
export function isSignedByRole(root: Root, role: RoleName, envelope: Envelope<unknown>): boolean {
  const { keyids, threshold } = root.roles[role];
  const data = Buffer.from(canonicalJson(envelope.signed));
  const voters = new Set<string>();
  for (const { keyid, sig } of envelope.signatures) {
    const key = keyids.includes(keyid) ? root.keys[keyid] : undefined;
    if (key && hasSigned(key, data, sig)) voters.add(key.keyval.public.trim());
  }
  return threshold > 0 && voters.size >= threshold;
}

function hasSigned(key: TufKey, data: Buffer, sig: string): boolean {
  if (key.keytype !== "ecdsa" || key.scheme !== "ecdsa-sha2-nistp256") return false;
  try {
    return verify("sha256", data, createPublicKey(key.keyval.public), Buffer.from(sig, "hex"));
  } catch {
    return false;
  }
}
