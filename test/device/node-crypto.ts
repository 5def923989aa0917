/** The Crypto port on node:crypto, for tests outside an interpreter. */
import { createHash } from "node:crypto";
import type { Crypto } from "../../device/ports.ts";
import { isSignature } from "../../toolchain/keys/signing.ts";

const bytes = (text: string): Buffer => Buffer.from(text, "latin1");

export const nodeCrypto: Crypto = {
  sha256: (data) => createHash("sha256").update(bytes(data)).digest().toString("latin1"),
  verify: (publicKey, message, signature) =>
    isSignature(bytes(publicKey), bytes(message), bytes(signature)),
};
