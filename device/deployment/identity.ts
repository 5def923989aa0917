/**
 * The camera's key pair: made here, once, kept in one vault cell. The private half is never printed and never leaves
 * the camera; what others get is the public half, a signature, or a secret that was derived for both ends.
 */
import type { Ports } from "../ports.ts";
import { enrolmentRules } from "../protocol/enrolment.ts";

export interface Identity {
  /** 65 bytes: 4, x, y. */
  publicKey: string;
  /** "3f2a-91bc-07de-55aa", for people to compare. */
  fingerprint: string;
  /** Of the message, by the private key. */
  sign(message: string): string;
  /** What only this camera and the owner of the other key know, in the words of Provisioning. */
  derive(serverKey: string, salt: string): { credential: string; orderKey: string };
}

/**
 * The first call makes the pair. Open it where it is needed: nothing of it stays in the interpreter's memory.
 * Throws what the vault and the crypto module throw.
 */
export function openIdentity(ports: Ports): Identity {
  const { vault, crypto, base64 } = ports;
  const privateBytes = 32;
  const cell = "identity";
  const rules = enrolmentRules();
  let pair = vault.read(cell);
  if (pair === undefined) {
    const made = crypto.keyPair();
    pair = made.privateKey + made.publicKey;
    vault.write(cell, pair);
  }
  const privateKey = pair.substr(0, privateBytes);
  const publicKey = pair.substr(privateBytes);
  return {
    publicKey: publicKey,
    fingerprint: rules.fingerprint(crypto.sha256(publicKey)),
    sign: (message) => crypto.sign(privateKey, message),
    derive: (serverKey, salt) => {
      const info = rules.info(publicKey, serverKey);
      const secret = crypto.ecdh(privateKey, serverKey);
      const derived = crypto.hkdf(secret, salt, info, rules.derivedBytes);
      const half = rules.derivedBytes / 2;
      return {
        credential: rules.credential(base64(derived.substr(0, half))),
        orderKey: base64(derived.substr(half)),
      };
    },
  };
}
