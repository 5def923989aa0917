/**
 * Private keys at rest: one JSON file each, the key (PKCS#8) sealed with AES-256-GCM under a key that scrypt makes of a
 * passphrase. Everything else in the file is authenticated with it. Source: RFC 7914, NIST SP 800-38D.
 */
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";
import { inputError, integrityError } from "../errors.ts";
import { canonicalJson } from "./canonical-json.ts";
import { type SigningKey, signingKeyOf } from "./signing.ts";

/** What the holder of the key may do: name the keys, sign releases, or say which release is the newest. */
export type KeyRole = "root" | "release" | "note";

/** A key file without its secret. */
export interface KeyFileHead {
  format: "thicket-key-1";
  role: KeyRole;
  /** base64 of 65 raw bytes. */
  publicKey: string;
  kdf: { name: "scrypt"; N: number; r: number; p: number; salt: string };
  cipher: { name: "aes-256-gcm"; nonce: string };
}

export interface KeyFile extends KeyFileHead {
  /** base64 of ciphertext and tag. */
  sealed: string;
}

export interface LoadedKey extends SigningKey {
  role: KeyRole;
}

export const PASSPHRASE_LENGTH_MIN = 12;
/** 128 MB and about half a second a try (OWASP's first choice for scrypt). */
export const SCRYPT_N = 2 ** 17;
const SCRYPT_N_MAX = 2 ** 20;
const TAG_BYTES = 16;

function keyOf(passphrase: string, { N, r, p, salt }: KeyFileHead["kdf"]): Buffer {
  const options = { N, r, p, maxmem: 256 * N * r };
  return scryptSync(passphrase.normalize("NFKC"), Buffer.from(salt, "base64"), 32, options);
}

/** @param N cost of scrypt, a power of two; tests take less */
export function sealKey(role: KeyRole, key: SigningKey, passphrase: string, N = SCRYPT_N): KeyFile {
  if (passphrase.length < PASSPHRASE_LENGTH_MIN)
    throw inputError(
      "PASSPHRASE_SHORT",
      `the passphrase needs ${PASSPHRASE_LENGTH_MIN} characters or more`,
    );
  const head: KeyFileHead = {
    format: "thicket-key-1",
    role,
    publicKey: key.publicKey.toString("base64"),
    kdf: { name: "scrypt", N, r: 8, p: 1, salt: randomBytes(16).toString("base64") },
    cipher: { name: "aes-256-gcm", nonce: randomBytes(12).toString("base64") },
  };
  const nonce = Buffer.from(head.cipher.nonce, "base64");
  const cipher = createCipheriv("aes-256-gcm", keyOf(passphrase, head.kdf), nonce);
  cipher.setAAD(Buffer.from(canonicalJson(head)));
  const secret = key.privateKey.export({ format: "der", type: "pkcs8" });
  const sealed = Buffer.concat([cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
  return { ...head, sealed: sealed.toString("base64") };
}

/** Read a key file's text. **Errors:** KEY_FILE. */
export function parseKeyFile(text: string, name: string): KeyFile {
  let found: Partial<KeyFile> | null = null;
  try {
    found = JSON.parse(text) as Partial<KeyFile>;
  } catch {}
  const kdf = found?.kdf;
  const isWhole =
    found?.format === "thicket-key-1" &&
    ["root", "release", "note"].includes(found.role ?? "") &&
    kdf?.name === "scrypt" &&
    // A file must not make us compute for hours: bounds before any work.
    Number.isInteger(Math.log2(kdf.N)) &&
    kdf.N > 1 &&
    kdf.N <= SCRYPT_N_MAX &&
    kdf.r === 8 &&
    kdf.p === 1 &&
    [found.publicKey, found.sealed, kdf.salt, found.cipher?.nonce].every(
      (s) => typeof s === "string",
    );
  if (!isWhole) throw inputError("KEY_FILE", `${name} is not a key file of this tool`);
  return found as KeyFile;
}

/** **Errors:** KEY_PASSPHRASE when the passphrase is wrong or the file was changed. */
export function openKey(file: KeyFile, passphrase: string, name: string): LoadedKey {
  const { sealed, ...head } = file;
  const data = Buffer.from(sealed, "base64");
  try {
    const nonce = Buffer.from(head.cipher.nonce, "base64");
    const cipher = createDecipheriv("aes-256-gcm", keyOf(passphrase, head.kdf), nonce, {
      authTagLength: TAG_BYTES,
    });
    cipher.setAAD(Buffer.from(canonicalJson(head)));
    cipher.setAuthTag(data.subarray(-TAG_BYTES));
    const secret = Buffer.concat([cipher.update(data.subarray(0, -TAG_BYTES)), cipher.final()]);
    return { ...signingKeyOf(secret), role: head.role };
  } catch {
    throw integrityError(
      "KEY_PASSPHRASE",
      `${name} does not open: the passphrase is wrong, or the file was changed`,
    );
  }
}
