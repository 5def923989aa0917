/**
 * Decides whether a release may be fetched and installed: by manifest, freshness note and list of trusted keys, nothing
 * else. Keeps nothing and changes nothing: what was accepted is stored by the caller. Cheap questions come before a
 * signature, which costs a third of a second of chip time. Source: TUF 1.0.34 §5, docs/updates.md.
 */
import type { Crypto } from "../ports.ts";
import type { Refusal } from "../protocol/refusals.ts";
import {
  ANY_HARDWARE,
  BASE_BYTES,
  decodeManifest,
  decodeNote,
  type FreshnessNote,
  MANIFEST_SIGNED,
  type Manifest,
  NOTE_SIGNED,
  TARGET_KINDS,
  type TargetKind,
} from "../protocol/release.ts";
import type { SignedTrust } from "../protocol/trust.ts";
import { isSignedBy, type Judged, keyOf, refused } from "./trust.ts";

/** What the camera knows when it judges. */
export interface ReleaseKnowledge {
  hardware: string;
  /** UTC seconds of the clock; 0 when it was never set. */
  clockS: number;
  /** The newest note ever accepted; undefined before the first. */
  seen: FreshnessNote | undefined;
  /** Of what is installed; counter 0 and digest "" for nothing. */
  installed(kind: TargetKind): { counter: number; digest: string };
  /** Room for an image of this kind. */
  bytesMax(kind: TargetKind): number;
}

export function judgeNote(
  crypto: Crypto,
  trust: SignedTrust,
  known: ReleaseKnowledge,
  text: string,
): Judged<FreshnessNote> {
  const note = decodeNote(text);
  const seen = known.seen;
  if (!note) return refused("NOTE_FORMAT");
  if (note.hardware !== known.hardware) return refused("NOTE_HARDWARE");
  if (seen && note.issuedS < seen.issuedS) return refused("NOTE_OLD");
  if (seen && note.counters.some((counter, index) => counter < (seen.counters[index] as number)))
    return refused("NOTE_OLD");
  if (note.expiryS <= Math.max(known.clockS, note.issuedS)) return refused("NOTE_EXPIRED");
  const key = keyOf(crypto, trust.notes, note.keyId);
  if (!key) return refused("NOTE_KEY");
  if (!isSignedBy(crypto, key, text.substr(0, NOTE_SIGNED), text.substr(NOTE_SIGNED)))
    return refused("NOTE_SIGNATURE");
  return { problem: "", accepted: note };
}

/** @param note one that judgeNote accepted in this contact */
export function judgeManifest(
  crypto: Crypto,
  trust: SignedTrust,
  known: ReleaseKnowledge,
  note: FreshnessNote,
  text: string,
): Judged<Manifest> {
  /** What is wrong with a manifest's claims, signature aside. */
  function unfit(manifest: Manifest): Refusal | "" {
    const { kind, hardware, counter, base, sizeBytes, payloadBytes } = manifest;
    const installed = known.installed(kind);
    const isForAny = hardware === ANY_HARDWARE && kind !== "firmware";
    if (hardware !== known.hardware && !isForAny) return "MANIFEST_HARDWARE";
    if (counter < installed.counter) return "MANIFEST_OLD";
    if (counter === installed.counter) return "MANIFEST_INSTALLED";
    if (counter !== note.counters[TARGET_KINDS.indexOf(kind)]) return "MANIFEST_NOT_NEWEST";
    if (manifest.expiryS <= Math.max(known.clockS, note.issuedS)) return "MANIFEST_EXPIRED";
    if (!sizeBytes || sizeBytes > known.bytesMax(kind)) return "MANIFEST_SIZE";
    if (base ? payloadBytes >= sizeBytes || !payloadBytes : payloadBytes !== sizeBytes)
      return "MANIFEST_SIZE";
    if (base && base !== installed.digest.substr(0, BASE_BYTES)) return "MANIFEST_BASE";
    return "";
  }

  const manifest = decodeManifest(text);
  if (!manifest) return refused("MANIFEST_FORMAT");
  const problem = unfit(manifest);
  if (problem) return refused(problem);
  const key = keyOf(crypto, trust.releases, manifest.keyId);
  if (!key) return refused("MANIFEST_KEY");
  if (!isSignedBy(crypto, key, text.substr(0, MANIFEST_SIGNED), text.substr(MANIFEST_SIGNED)))
    return refused("MANIFEST_SIGNATURE");
  return { problem: "", accepted: manifest };
}
