/**
 * P-256 on the host, in the forms that the camera uses: public keys as 65 raw bytes, signatures as r and s. ECDSA with
 * SHA-256, by node:crypto.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";

/** A key of the curve; what is signed with it is verified with `publicKey`. */
export interface SigningKey {
  privateKey: KeyObject;
  /** 65 bytes: 4, x, y. */
  publicKey: Buffer;
}

export const PUBLIC_BYTES = 65;
/** Where s begins in a signature, and what its first byte is below: of s and n - s one form at most. */
const S_AT = 32;
const S_END = 0x7f;

export function newSigningKey(): SigningKey {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  return { privateKey, publicKey: rawPublicKey(privateKey) };
}

/** @param der PKCS#8, as `privateKey.export` gives it */
export function signingKeyOf(der: Buffer): SigningKey {
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  return { privateKey, publicKey: rawPublicKey(privateKey) };
}

/** 65 bytes of a private or public key object. */
export function rawPublicKey(key: KeyObject): Buffer {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  return Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
}

/** Throws when the 65 bytes are no point of the curve. */
export function publicKeyOf(raw: Uint8Array): KeyObject {
  const coordinate = (at: number) => Buffer.from(raw.subarray(at, at + 32)).toString("base64url");
  return createPublicKey({
    key: { kty: "EC", crv: "P-256", x: coordinate(1), y: coordinate(33) },
    format: "jwk",
  });
}

/** By which a manifest or a note names its key: the first 4 bytes of SHA-256 of the raw public key. */
export const shortKeyId = (publicKey: Uint8Array): Buffer =>
  createHash("sha256").update(publicKey).digest().subarray(0, 4);

/** 64 bytes, in the one form that a camera takes: signed anew until s is small, twice on average. */
export function signBytes({ privateKey }: SigningKey, data: Uint8Array): Buffer {
  for (;;) {
    const signature = sign("sha256", data, { key: privateKey, dsaEncoding: "ieee-p1363" });
    if ((signature[S_AT] as number) < S_END) return signature;
  }
}

const known = new Map<string, KeyObject>();
const KNOWN_MAX = 256;

/** Whether it is a signature of the data by that key; throws when the key is no point of the curve. */
export function isSignature(
  publicKey: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const name = Buffer.from(publicKey).toString("latin1");
  let key = known.get(name);
  if (!key) {
    key = publicKeyOf(publicKey);
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(name, key);
  }
  return verify("sha256", data, { key, dsaEncoding: "ieee-p1363" }, signature);
}
