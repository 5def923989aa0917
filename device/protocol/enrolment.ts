/**
 * How a camera and a server become acquainted: POST ENROL_PATH with a JSON `EnrolmentRequest`, answered by a JSON
 * `EnrolmentReply`. The camera shows a claim and its public key; both ends derive the credential from the keys, so it never
 * travels. Asking again with the same claim and key is safe: an answer can be lost.
 */

export const ENROL_PATH = "/device/v1/enrol";

export interface EnrolmentRequest {
  v: 1;
  /** As the person was given it; capitals and dashes do not matter to the server. */
  claim: string;
  /** P-256, 65 bytes (4, x, y), base64. */
  publicKey: string;
  /** Absent: what the claim says, or one made up. */
  name?: string;
  /** Name of the board, as the firmware says it. */
  hardware: string;
  latitude?: number;
  longitude?: number;
  /** Camera clock, whole UTC seconds. */
  time: number;
  /** Of EnrolmentRules.signed(), by the public key's other half: r and s, 64 bytes, base64. */
  signature: string;
}

export interface EnrolmentReply {
  v: 1;
  cameraID: string;
  /** P-256, 65 bytes, base64. Made for this camera alone. */
  serverKey: string;
  name: string;
  site: string;
  /** Server clock, UTC seconds. */
  time: number;
  /** The first list of keys that sign releases, base64. Absent when the server has none. */
  trust?: string;
}

/** What both ends do alike. All texts are byte strings, in UTF-8. */
export interface EnrolmentRules {
  /** What the camera signs. */
  signed(given: Omit<EnrolmentRequest, "v" | "signature">): string;
  /** HKDF's info, from the raw keys. HKDF's salt is the SHA-256 of the claim as it was sent. */
  info(publicKey: string, serverKey: string): string;
  /** Bytes to derive: 32 of the credential, 32 of the key that proves orders (protocol/orders.ts). */
  derivedBytes: number;
  /** A credential as it stands in a header: base64url, from standard base64 of the first 32 bytes. */
  credential(base64: string): string;
  /** How people compare keys: the first 8 bytes of the key's SHA-256, as "3f2a-91bc-07de-55aa". */
  fingerprint(sha256: string): string;
}

/** Made when they are needed: a camera needs them once in its life, and functions take memory. */
export function enrolmentRules(): EnrolmentRules {
  const protocol = "thicket enrolment v1";
  // Degrees are signed in whole millionths, so that both ends write the same digits.
  const degrees = (value: number | undefined): string =>
    value === undefined ? "" : "" + Math.round(value * 1000000);
  return {
    signed: (given) =>
      [
        protocol,
        given.claim,
        given.publicKey,
        given.name || "",
        given.hardware,
        degrees(given.latitude),
        degrees(given.longitude),
        "" + given.time,
      ].join("\n"),
    info: (publicKey, serverKey) => protocol + publicKey + serverKey,
    derivedBytes: 64,
    credential: (base64) => base64.split("=").join("").split("+").join("-").split("/").join("_"),
    fingerprint: (sha256) => {
      let text = "";
      for (let index = 0; index < 8; index++) {
        const byte = sha256.charCodeAt(index);
        text += (index && index % 2 === 0 ? "-" : "") + (byte < 16 ? "0" : "") + byte.toString(16);
      }
      return text;
    },
  };
}
