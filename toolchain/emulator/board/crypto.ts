/** require("crypto") on boards with TLS: hashes, PBKDF2 and AES of the host. Source: jswrap_crypto.c. */
import { createCipheriv, createDecipheriv, createHash, pbkdf2Sync } from "node:crypto";
import { EspObject, type Value } from "../engine/engine.ts";
import type { Machine } from "./machine.ts";
import { library } from "./natives.ts";

const HASHES = ["SHA1", "SHA224", "SHA256", "SHA384", "SHA512"];
const MODES = ["CBC", "CFB", "CTR", "OFB", "ECB"];
const BLOCK_BYTES = 16;
const KEY_BYTES = [16, 24, 32];
const WORDS_DEFAULT = 4;

export function makeCrypto(machine: Machine): EspObject {
  const { engine } = machine;
  const hashes = Object.fromEntries(
    HASHES.map((name) => [
      name,
      (_self: Value, [message]: Value[]) =>
        engine.arrayBuffer(createHash(name).update(bytes(machine, message)).digest()),
    ]),
  );
  const aes = library("AES", {
    encrypt: (_self, args) => crypt(machine, args, true),
    decrypt: (_self, args) => crypt(machine, args, false),
  });
  const crypto = library("crypto", {
    ...hashes,
    PBKDF2: (_self, [passphrase, salt, options]) => derive(machine, passphrase, salt, options),
  });
  crypto.statics?.set("AES", { get: () => aes });
  return crypto;
}

function bytes(machine: Machine, value: Value): Uint8Array {
  const { engine } = machine;
  const found = engine.bytesOf(value);
  if (!found) {
    const type = engine.typeName(value);
    throw engine.error("TypeError", `Expecting something iterable, got ${type}`);
  }
  return found;
}

const option = (options: Value, key: string): Value =>
  options instanceof EspObject ? options.props?.get(key) : undefined;

function derive(machine: Machine, passphrase: Value, salt: Value, options: Value): Value {
  const { engine } = machine;
  const words = engine.int(option(options, "keySize"));
  const rounds = Math.max(1, engine.int(option(options, "iterations")));
  const wanted = option(options, "hasher");
  const hasher = wanted === undefined ? "SHA1" : engine.text(wanted);
  if (!HASHES.includes(hasher)) throw machine.error(`Unknown Hasher "${hasher}"`);
  const length = 4 * (words > 0 ? words : WORDS_DEFAULT);
  const key = pbkdf2Sync(bytes(machine, passphrase), bytes(machine, salt), rounds, length, hasher);
  return engine.arrayBuffer(key);
}

function crypt(machine: Machine, [message, key, options]: Value[], isEncrypting: boolean): Value {
  const { engine } = machine;
  const wanted = option(options, "mode");
  const mode = wanted === undefined ? "CBC" : engine.text(wanted);
  if (!MODES.includes(mode)) throw machine.error(`Unknown Crypto mode "${mode}"`);
  const input = bytes(machine, message);
  const secret = bytes(machine, key);
  if (!KEY_BYTES.includes(secret.length)) throw machine.error("-0x20");
  if (mode === "OFB") throw machine.error("Feature unavailable");
  const isWhole = input.length % BLOCK_BYTES === 0;
  if (mode === "CBC" && !isWhole) throw machine.error("Invalid input length");
  const name = `aes-${secret.length * 8}-${mode === "CFB" ? "cfb8" : mode.toLowerCase()}`;
  // The firmware counts from zero and takes no start value for CTR; ECB leaves a last part block zero.
  const start = Buffer.alloc(BLOCK_BYTES);
  const given = option(options, "iv");
  if (given !== undefined && mode !== "CTR")
    start.set(bytes(machine, given).subarray(0, BLOCK_BYTES));
  const make = isEncrypting ? createCipheriv : createDecipheriv;
  const cipher = make(name, secret, mode === "ECB" ? null : start);
  cipher.setAutoPadding(false);
  const length = mode === "ECB" ? input.length - (input.length % BLOCK_BYTES) : input.length;
  const output = Buffer.alloc(input.length);
  output.set(cipher.update(input.subarray(0, length)));
  return engine.arrayBuffer(output);
}
