/** A publisher and a camera for tests of releases: keys, a trusted list, a note, a manifest, and what the camera knows. */
import {
  judgeManifest,
  judgeNote,
  type ReleaseKnowledge,
} from "../../device/deployment/release.ts";
import type { Crypto } from "../../device/ports.ts";
import { decodeNote, type FreshnessNote, type TargetKind } from "../../device/protocol/release.ts";
import { decodeTrust, type SignedTrust } from "../../device/protocol/trust.ts";
import {
  type ReleaseTarget,
  signManifest,
  signNote,
  signTrust,
} from "../../toolchain/keys/release-documents.ts";
import { newSigningKey, type SigningKey } from "../../toolchain/keys/signing.ts";

export const NOW_S = 1_790_000_000;
export const COUNTER = Math.floor(NOW_S / 60);
export const DAY_S = 86_400;
export const RUNNING = Buffer.alloc(900, "a program that runs. ");
export const NEXT = Buffer.alloc(1000, "a program to come. ");
export const BYTES_MAX = 64 * 1024;

export const text = (data: Uint8Array): string => Buffer.from(data).toString("latin1");
export const publicKeys = (keys: SigningKey[]): Buffer[] => keys.map(({ publicKey }) => publicKey);

export const KEYS = {
  roots: [newSigningKey(), newSigningKey(), newSigningKey()] as const,
  release: newSigningKey(),
  spare: newSigningKey(),
  note: newSigningKey(),
};

export const FIRST_LIST = {
  version: 1,
  threshold: 2,
  roots: publicKeys([...KEYS.roots]),
  releases: publicKeys([KEYS.release, KEYS.spare]),
  notes: publicKeys([KEYS.note]),
};
export const TRUST_TEXT = text(signTrust(FIRST_LIST, [KEYS.roots[0], KEYS.roots[2]]));
export const TRUST = decodeTrust(TRUST_TEXT) as SignedTrust;

export const target = (changes: Partial<ReleaseTarget> = {}): ReleaseTarget => ({
  hardware: "esp32s3",
  kind: "app",
  counter: COUNTER,
  expiryS: NOW_S + 90 * DAY_S,
  image: NEXT,
  ...changes,
});

export const manifest = (changes: Partial<ReleaseTarget> = {}, key = KEYS.release): string =>
  text(signManifest(target(changes), key));

const NOTE = {
  hardware: "esp32s3",
  counters: [COUNTER, 0, 0],
  issuedS: NOW_S,
  expiryS: NOW_S + 7 * DAY_S,
};

export const note = (changes: Partial<FreshnessNote> = {}, key = KEYS.note): string =>
  text(signNote({ ...NOTE, ...changes }, key));

export const noteOf = (changes: Partial<FreshnessNote> = {}): FreshnessNote =>
  decodeNote(note(changes)) as FreshnessNote;

/** A camera that runs the release before. */
export const knowledge = (
  crypto: Crypto,
  changes: Partial<ReleaseKnowledge> = {},
): ReleaseKnowledge => ({
  hardware: "esp32s3",
  clockS: NOW_S + 60,
  seen: undefined,
  installed: (kind: TargetKind) =>
    kind === "app"
      ? { counter: COUNTER - 10, digest: crypto.sha256(text(RUNNING)) }
      : { counter: 0, digest: "" },
  bytesMax: () => BYTES_MAX,
  ...changes,
});

/** Note, then manifest: why the camera refuses, or "". */
export function refusal(
  crypto: Crypto,
  known: ReleaseKnowledge,
  { trust = TRUST, note: noteText = note(), manifest: manifestText = manifest() } = {},
): string {
  const noted = judgeNote(crypto, trust, known, noteText);
  if (!noted.accepted) return noted.problem;
  return judgeManifest(crypto, trust, known, noted.accepted, manifestText).problem;
}
