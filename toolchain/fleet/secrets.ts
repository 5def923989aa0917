/**
 * Secrets: 32 random bytes in base64url, shown once, kept as SHA-256. A plain hash is enough because the secret is
 * random: there is no dictionary to try. Source: RFC 4648 section 5; OWASP on API keys.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { integrityError } from "../errors.ts";

const SECRET_BYTES = 32;
/** Length of a secret as text; anything longer is not worth hashing. */
export const SECRET_CHARACTERS = 43;
export const TOKEN_FILE = "operator-token.json";

/** One that starts with a letter or digit: `--token -x...` would be read as another option. */
export function newSecret(): string {
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  return /^[A-Za-z0-9]/.test(secret) ? secret : newSecret();
}

export const hashOfSecret = (secret: string): string =>
  createHash("sha256").update(secret).digest("hex");

/** Compare a presented secret with a stored hash in constant time. */
export function isSecretOf(secret: string, hash: string): boolean {
  const wanted = Buffer.from(hash, "hex");
  const given = createHash("sha256").update(secret).digest();
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}

/**
 * The operator token's hash, made on the first start.
 * @returns token only when it was made now: it cannot be read again
 * **Errors:** TOKEN_FILE_DAMAGED
 */
export function openOperatorToken(
  dataDir: string,
  nowMs: number,
): { hash: string; token?: string } {
  const file = join(dataDir, TOKEN_FILE);
  const text = readIfThere(file);
  if (text !== undefined) return { hash: parseHash(file, text) };
  const token = newSecret();
  const hash = hashOfSecret(token);
  const temporary = `${file}.tmp`;
  const handle = openSync(temporary, "w", 0o600);
  writeSync(handle, `${JSON.stringify({ hash, created: new Date(nowMs).toISOString() })}\n`);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(temporary, file);
  return { hash, token };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function parseHash(file: string, text: string): string {
  try {
    const { hash } = JSON.parse(text) as { hash?: unknown };
    if (typeof hash === "string" && /^[0-9a-f]{64}$/.test(hash)) return hash;
  } catch {
    // Falls through: one message for every kind of damage.
  }
  throw integrityError(
    "TOKEN_FILE_DAMAGED",
    `${file} does not hold the hash of an operator token`,
    "delete it: the next start makes a new token and prints it",
  );
}
