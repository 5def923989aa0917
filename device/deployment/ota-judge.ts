/** Judges what the server brings of releases against what the vault keeps: list of keys, newest note, what is installed. */
import type { Images, Ports } from "../ports.ts";
import type { Refusal } from "../protocol/refusals.ts";
import { decodeNote, type Manifest, u32 } from "../protocol/release.ts";
import type { ReleaseOffer } from "../protocol/release-offers.ts";
import { decodeTrust, TRUST_CELL } from "../protocol/trust.ts";
import { judgeManifest, judgeNote } from "./release.ts";
import { forgetsNotes, type Judged, judgeTrust, refused } from "./trust.ts";

/** The newest note that was accepted. */
const NOTE_CELL = "note";

/** Version of the list of trusted keys, 0 for none. */
export function trustVersion(ports: Ports): number {
  const text = ports.missing.indexOf("vault") < 0 && ports.vault.read(TRUST_CELL);
  return text ? u32(text, 4) : 0;
}

/**
 * Take a list of trusted keys.
 * @param isFirst whoever holds the camera vouches for it, so that it replaces what is there
 * @returns "" or why it was refused
 */
export function takeTrust(ports: Ports, base64: string, isFirst: boolean): Refusal | "" {
  const { vault } = ports;
  const text = ports.fromBase64(base64);
  const old = decodeTrust(vault.read(TRUST_CELL) || "");
  if (isFirst && vault.read(TRUST_CELL) === text) return "";
  const judged = judgeTrust(ports.crypto, isFirst ? undefined : old, text);
  if (!judged.accepted) return judged.problem;
  // First: a list that is in force with the notes of a stolen key would lock the camera out.
  if (!old || forgetsNotes(old, judged.accepted)) vault.erase(NOTE_CELL);
  vault.write(TRUST_CELL, text);
  return "";
}

/** Judge an offer; a note that is accepted is the newest from now on. */
export function judgeOffer(ports: Ports, images: Images, offer: ReleaseOffer): Judged<Manifest> {
  const { vault, crypto, fromBase64 } = ports;
  const trust = decodeTrust(vault.read(TRUST_CELL) || "");
  if (!trust) return refused("TRUST_FORMAT");
  const known = {
    hardware: images.hardware,
    clockS: ports.clock.now(),
    seen: decodeNote(vault.read(NOTE_CELL) || ""),
    installed: images.installed,
    bytesMax: images.bytesMax,
  };
  const noteText = fromBase64(offer.note || "");
  const note = judgeNote(crypto, trust, known, noteText);
  if (!note.accepted) return refused(note.problem as Refusal);
  vault.write(NOTE_CELL, noteText);
  const judged = judgeManifest(crypto, trust, known, note.accepted, fromBase64(offer.manifest));
  const { accepted } = judged;
  if (accepted && (accepted.kind !== offer.kind || accepted.counter !== offer.counter))
    return refused("MANIFEST_OFFER");
  return judged;
}
