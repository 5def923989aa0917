/**
 * Which keys sign releases, and who may say so: a list is taken when enough root keys of the list in force and enough of
 * its own signed it, one version after the other (TUF 1.0.34 §5.3). Keeps nothing; the caller stores what was accepted.
 */
import type { Crypto } from "../ports.ts";
import type { Refusal } from "../protocol/refusals.ts";
import { KEY_ID_BYTES } from "../protocol/release.ts";
import { decodeTrust, type SignedTrust } from "../protocol/trust.ts";

/** First byte of s is below this. */
const S_END = 0x7f;

/** Either `problem` is "" and the thing itself is there, or it was refused. */
export interface Judged<T> {
  problem: Refusal | "";
  accepted?: T;
}

export const refused = (problem: Refusal): { problem: Refusal } => ({ problem });

export function isSignedBy(
  crypto: Crypto,
  key: string,
  signed: string,
  signature: string,
): boolean {
  // Of the two forms of an ECDSA signature (s and n - s) at most one passes: nobody can make other bytes of good ones.
  if (!(signature.charCodeAt(32) < S_END)) return false;
  try {
    return crypto.verify("\x04" + key, signed, signature);
  } catch (_noPointOfTheCurve) {
    return false;
  }
}

export function keyOf(crypto: Crypto, keys: string[], keyId: string): string | undefined {
  return keys.filter((key) => crypto.sha256("\x04" + key).substr(0, KEY_ID_BYTES) === keyId)[0];
}

/**
 * Judge a list of keys.
 * @param current the list in force; undefined for the first, which whoever holds the camera vouches for
 */
export function judgeTrust(
  crypto: Crypto,
  current: SignedTrust | undefined,
  text: string,
): Judged<SignedTrust> {
  /** Whether enough of the roots of `by` signed the list. */
  function isVouchedFor(list: SignedTrust, by: SignedTrust): boolean {
    const voters: string[] = [];
    list.signatures.forEach((entry) => {
      const key = keyOf(crypto, by.roots, entry.keyId);
      if (!key || voters.indexOf(key) >= 0) return;
      if (isSignedBy(crypto, key, list.signed, entry.signature)) voters.push(key);
    });
    return voters.length >= by.threshold;
  }

  const next = decodeTrust(text);
  if (!next) return refused("TRUST_FORMAT");
  if (current && next.version !== current.version + 1) return refused("TRUST_VERSION");
  if (current && !isVouchedFor(next, current)) return refused("TRUST_OLD_ROOTS");
  if (!isVouchedFor(next, next)) return refused("TRUST_NEW_ROOTS");
  return { problem: "", accepted: next };
}

/**
 * Whether the newest note seen must be forgotten with the old list: a thief of the note key may have sent one of a
 * distant future, and after the key's replacement nothing older would be taken (TUF: fast-forward recovery).
 */
export function forgetsNotes(old: SignedTrust, next: SignedTrust): boolean {
  return old.notes.join("") !== next.notes.join("");
}
