/** The Crypto port on node:crypto, for tests outside an interpreter. */
import { createHash } from "node:crypto";
import type { Crypto } from "../../device/ports.ts";
import { NativeCrypto } from "../../toolchain/emulator/native/native-crypto.ts";
import { isSignature } from "../../toolchain/keys/signing.ts";

let drawn = 1;
/** Keys differ from each other and are the same in every run. */
const native = new NativeCrypto(() => {
  drawn = (drawn * 16807) % 2147483647;
  return drawn & 255;
});

const text = (data: Uint8Array): string => Buffer.from(data).toString("latin1");
const bytes = (text: string): Buffer => Buffer.from(text, "latin1");

export const nodeCrypto: Crypto = {
  sha256: (data) => createHash("sha256").update(bytes(data)).digest().toString("latin1"),
  verify: (publicKey, message, signature) =>
    isSignature(bytes(publicKey), bytes(message), bytes(signature)),
  hmac: (key, data) => text(native.hmac(bytes(key), bytes(data))),
  hkdf: (secret, salt, info, length) =>
    text(native.hkdf(bytes(secret), bytes(salt), bytes(info), length)),
  keyPair: () => {
    const { privateKey, publicKey } = native.keyPair();
    return { privateKey: text(privateKey), publicKey: text(publicKey) };
  },
  sign: (privateKey, message) => text(native.sign(bytes(privateKey), bytes(message))),
  ecdh: (privateKey, publicKey) => text(native.ecdh(bytes(privateKey), bytes(publicKey))),
};
