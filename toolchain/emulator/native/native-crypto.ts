/**
 * The crypto half of the native extension on node:crypto, with the library's checks and names of errors
 * (native/include/thicket_crypto.h). Random bytes come from the emulator's seed, and signatures are deterministic as on
 * the chip, so that a run can be repeated. Knows nothing of the interpreter.
 */
import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createHmac,
  createPublicKey,
  type KeyObject,
  verify,
} from "node:crypto";
import { NativeError } from "./native-error.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PUBLIC_BYTES = 65;
const SIGNATURE_BYTES = 64;
const HASH_BYTES = 32;
const HKDF_BYTES_MAX = 255 * HASH_BYTES;
const RANDOM_BYTES_MAX = 1024;
/** Order of P-256 (FIPS 186-4, D.1.2.3). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const CURVE = "prime256v1";

export interface KeyPair {
  privateKey: Uint8Array;
  publicKey: Uint8Array;
}

export class NativeCrypto {
  private readonly randomByte: () => number;

  /** @param randomByte 0..255 */
  constructor(randomByte: () => number) {
    this.randomByte = randomByte;
  }

  sha256(data: Uint8Array): Uint8Array {
    return createHash("sha256").update(data).digest();
  }

  hmac(key: Uint8Array, data: Uint8Array): Uint8Array {
    return createHmac("sha256", key).update(data).digest();
  }

  /** **Errors:** CRYPTO_SIZE. */
  hkdf(secret: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array {
    requireLength("length", length, HKDF_BYTES_MAX);
    // Not node's own: it refuses an info of more than 1024 bytes.
    const key = this.hmac(salt, secret);
    const out = Buffer.alloc(length);
    let part: Uint8Array = new Uint8Array(0);
    for (let done = 0, number = 1; done < length; done += HASH_BYTES, number++) {
      part = this.hmac(key, Buffer.concat([part, info, Uint8Array.of(number)]));
      out.set(part.subarray(0, length - done), done);
    }
    return out;
  }

  /** **Errors:** CRYPTO_KEY, CRYPTO_SIZE. */
  seal(key: Uint8Array, nonce: Uint8Array, data: Uint8Array, associated: Uint8Array): Uint8Array {
    checkCipher(key, nonce);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    cipher.setAAD(associated);
    return Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
  }

  /** **Errors:** CRYPTO_KEY, CRYPTO_SIZE, CRYPTO_AUTH. */
  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, associated: Uint8Array): Uint8Array {
    checkCipher(key, nonce);
    const bytes = sealed.length - TAG_BYTES;
    if (bytes < 0) throw notSealed();
    const cipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(associated);
    cipher.setAuthTag(sealed.subarray(bytes));
    const text = cipher.update(sealed.subarray(0, bytes));
    try {
      cipher.final();
    } catch {
      throw notSealed();
    }
    return text;
  }

  /** **Errors:** CRYPTO_RANDOM. */
  keyPair(): KeyPair {
    let privateKey = this.random(KEY_BYTES);
    while (!isScalar(privateKey)) privateKey = this.random(KEY_BYTES);
    return { privateKey, publicKey: publicKeyOf(privateKey) };
  }

  /** RFC 6979 with SHA-256. **Errors:** CRYPTO_KEY. */
  sign(privateKey: Uint8Array, message: Uint8Array): Uint8Array {
    checkPrivate(privateKey);
    const digest = this.sha256(message);
    const secret = numberOf(privateKey);
    for (const nonce of this.nonces(privateKey, digest)) {
      const r = numberOf(publicKeyOf(nonce).subarray(1, 1 + KEY_BYTES)) % ORDER;
      const s = (inverse(numberOf(nonce)) * (numberOf(digest) + r * secret)) % ORDER;
      if (r !== 0n && s !== 0n) return Buffer.concat([bytesOf(r), bytesOf(s)]);
    }
    throw new Error("unreachable: there is always another nonce");
  }

  /** **Errors:** CRYPTO_KEY. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    const key = keyObject(publicKey);
    if (signature.length !== SIGNATURE_BYTES) return false;
    return verify("sha256", message, { key, dsaEncoding: "ieee-p1363" }, signature);
  }

  /** **Errors:** CRYPTO_KEY. */
  ecdh(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
    checkPrivate(privateKey);
    // Makes sure that the other's key is a point of the curve.
    keyObject(publicKey);
    const ours = createECDH(CURVE);
    ours.setPrivateKey(privateKey);
    return ours.computeSecret(publicKey);
  }

  /** **Errors:** CRYPTO_SIZE. */
  random(length: number): Uint8Array {
    requireLength("length", length, RANDOM_BYTES_MAX);
    return Uint8Array.from({ length }, this.randomByte);
  }

  /** Candidates for a signature's secret number (RFC 6979, 3.2). */
  private *nonces(privateKey: Uint8Array, digest: Uint8Array): Generator<Uint8Array> {
    const seed = Buffer.concat([privateKey, bytesOf(numberOf(digest) % ORDER)]);
    let key: Uint8Array = new Uint8Array(HASH_BYTES);
    let value: Uint8Array = new Uint8Array(HASH_BYTES).fill(1);
    const stir = (separator: number, more: Uint8Array) => {
      key = this.hmac(key, Buffer.concat([value, Uint8Array.of(separator), more]));
      value = this.hmac(key, value);
    };
    stir(0, seed);
    stir(1, seed);
    for (;;) {
      value = this.hmac(key, value);
      if (isScalar(value)) yield value;
      stir(0, new Uint8Array(0));
    }
  }
}

const notSealed = () =>
  new NativeError("CRYPTO_AUTH", "not what was sealed with this key, nonce and associated data");

const badKey = () =>
  new NativeError("CRYPTO_KEY", "a private key out of range, or a public key off the curve");

function requireLength(name: string, length: number, max: number): void {
  if (length < 1 || length > max) throw new NativeError("CRYPTO_SIZE", `${name} must be 1..${max}`);
}

function checkCipher(key: Uint8Array, nonce: Uint8Array): void {
  if (key.length !== KEY_BYTES)
    throw new NativeError("CRYPTO_KEY", `the key must have ${KEY_BYTES} bytes`);
  if (nonce.length !== NONCE_BYTES)
    throw new NativeError("CRYPTO_SIZE", `the nonce must have ${NONCE_BYTES} bytes`);
}

function checkPrivate(privateKey: Uint8Array): void {
  if (privateKey.length !== KEY_BYTES || !isScalar(privateKey)) throw badKey();
}

function isScalar(bytes: Uint8Array): boolean {
  const number = numberOf(bytes);
  return number > 0n && number < ORDER;
}

function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  const pair = createECDH(CURVE);
  pair.setPrivateKey(privateKey);
  return pair.getPublicKey();
}

function keyObject(publicKey: Uint8Array): KeyObject {
  if (publicKey.length !== PUBLIC_BYTES || publicKey[0] !== 4) throw badKey();
  const part = (from: number) =>
    Buffer.from(publicKey.subarray(from, from + KEY_BYTES)).toString("base64url");
  try {
    return createPublicKey({
      key: { kty: "EC", crv: "P-256", x: part(1), y: part(1 + KEY_BYTES) },
      format: "jwk",
    });
  } catch {
    throw badKey();
  }
}

const numberOf = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString("hex") || "0"}`);

const bytesOf = (number: bigint) => Buffer.from(number.toString(16).padStart(64, "0"), "hex");

/** Of a number modulo the curve's order, by Euclid's algorithm. */
function inverse(number: bigint): bigint {
  let [low, high] = [number % ORDER, ORDER];
  let [x, y] = [1n, 0n];
  while (low > 0n) {
    const times = high / low;
    [low, high] = [high - times * low, low];
    [x, y] = [y - times * x, x];
  }
  return ((y % ORDER) + ORDER) % ORDER;
}
