/**
 * Passwords of people, kept as scrypt with its parameters, so that they can be raised later. Source: RFC 7914; the cost is
 * OWASP's recommendation (N = 2^17, r = 8, p = 1: 128 MB and about half a second).
 */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

const COST = 17;
const BLOCK = 8;
const HASH_BYTES = 32;
const SALT_BYTES = 16;
export const PASSWORD_CHARACTERS_MIN = 10;
export const PASSWORD_CHARACTERS_MAX = 200;

/** @returns `scrypt$<log2 N>$<r>$<salt>$<hash>` */
export async function hashOfPassword(password: string, cost = COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, cost, BLOCK);
  return ["scrypt", cost, BLOCK, salt.toString("base64url"), hash.toString("base64url")].join("$");
}

/** Takes as long for a user who does not exist: pass undefined. */
export async function isPasswordOf(
  password: string,
  stored: string | null | undefined,
): Promise<boolean> {
  const [name, cost, block, salt, hash] = (stored ?? "").split("$");
  if (name !== "scrypt" || !salt || !hash) {
    await derive(password, randomBytes(SALT_BYTES), COST, BLOCK);
    return false;
  }
  const wanted = Buffer.from(hash, "base64url");
  const given = await derive(password, Buffer.from(salt, "base64url"), Number(cost), Number(block));
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}

function derive(password: string, salt: Buffer, cost: number, r: number): Promise<Buffer> {
  const N = 2 ** cost;
  // Two ways to type an accent are one password.
  const text = password.normalize("NFKC");
  return new Promise((resolve, reject) => {
    scrypt(text, salt, HASH_BYTES, { N, r, p: 1, maxmem: 256 * N * r }, (error, hash) => {
      if (error) reject(error);
      else resolve(hash);
    });
  });
}
