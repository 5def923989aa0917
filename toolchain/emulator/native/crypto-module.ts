/**
 * `require("crypto")` of the emulated extension: argument checks and conversion around NativeCrypto, and the time that
 * each call would take on the chip (the face is device/espruino/native-modules.ts).
 */
import type { Engine, EspObject, Value } from "../engine/engine.ts";
import { byteString, nativeLibrary, textOf, whole } from "./binding.ts";
import { NativeCrypto } from "./native-crypto.ts";
import type { ChipName } from "./native-model.ts";

/**
 * Estimates, not measurements of this firmware. SHA-256: the throughput that ESP-IDF's own tests ask for at 240 MHz
 * (idf_performance_target.h). AES-GCM: what they ask of the ESP32-S2, which multiplies in software as both chips do.
 * ECDSA P-256 verify: 302 ms measured on an ESP32-S3 at 240 MHz with ESP-IDF's default mbedTLS (espressif/esp-idf pull
 * request 19027); 173 ms on an ESP32 without the big-number hardware (Mbed-TLS/TF-PSA-Crypto pull request 873), which is
 * on by default and doubles the time of a signature (espressif/esp-idf issue 1177). A verification is two
 * multiplications of a point, everything else on the curve one.
 */
export const CRYPTO_COSTS = {
  esp32s3: { hashBytesPerMs: 19_800, cipherBytesPerMs: 2_100, verifyMs: 302 },
  esp32: { hashBytesPerMs: 8_000, cipherBytesPerMs: 2_100, verifyMs: 346 },
} as const;

export interface CryptoModuleOptions {
  chip: ChipName;
  /** 0 <= x < 1. */
  random: () => number;
  /** Let virtual time pass: the chip is busy. */
  spend: (ms: number) => void;
}

export function cryptoModule(engine: Engine, options: CryptoModuleOptions): EspObject {
  const crypto = new NativeCrypto(() => Math.floor(options.random() * 256));
  const { hashBytesPerMs, cipherBytesPerMs, verifyMs } = CRYPTO_COSTS[options.chip];
  const bytes = (name: string, value: Value) => byteString(engine, "CRYPTO", name, value);
  const size = (value: Value) => whole("CRYPTO", "length", value);
  /** Of hashing a message. */
  const hashMs = (data: Uint8Array) => data.length / hashBytesPerMs;
  const pointMs = verifyMs / 2;

  return nativeLibrary(engine, "crypto", {
    sha256: ([data]) => {
      const given = bytes("data", data);
      options.spend(hashMs(given));
      return textOf(crypto.sha256(given));
    },
    hmac: ([key, data]) => {
      const given = bytes("data", data);
      const mac = crypto.hmac(bytes("key", key), given);
      options.spend(hashMs(given));
      return textOf(mac);
    },
    hkdf: ([secret, salt, info, length]) =>
      textOf(
        crypto.hkdf(
          bytes("secret", secret),
          bytes("salt", salt),
          bytes("info", info),
          size(length),
        ),
      ),
    seal: ([key, nonce, data, associated]) => {
      const text = bytes("data", data);
      const sealed = crypto.seal(
        bytes("key", key),
        bytes("nonce", nonce),
        text,
        bytes("associated", associated),
      );
      options.spend(text.length / cipherBytesPerMs);
      return textOf(sealed);
    },
    open: ([key, nonce, sealed, associated]) => {
      const given = bytes("sealed", sealed);
      options.spend(given.length / cipherBytesPerMs);
      return textOf(
        crypto.open(
          bytes("key", key),
          bytes("nonce", nonce),
          given,
          bytes("associated", associated),
        ),
      );
    },
    keyPair: () => {
      const { privateKey, publicKey } = crypto.keyPair();
      options.spend(pointMs);
      return engine.object({ privateKey: textOf(privateKey), publicKey: textOf(publicKey) });
    },
    sign: ([privateKey, message]) => {
      const given = bytes("message", message);
      const signature = crypto.sign(bytes("privateKey", privateKey), given);
      options.spend(hashMs(given) + pointMs);
      return textOf(signature);
    },
    verify: ([publicKey, message, signature]) => {
      const given = bytes("message", message);
      const isGood = crypto.verify(
        bytes("publicKey", publicKey),
        given,
        bytes("signature", signature),
      );
      options.spend(hashMs(given) + verifyMs);
      return isGood;
    },
    ecdh: ([privateKey, publicKey]) => {
      const shared = crypto.ecdh(bytes("privateKey", privateKey), bytes("publicKey", publicKey));
      options.spend(pointMs);
      return textOf(shared);
    },
    random: ([length]) => textOf(crypto.random(size(length))),
  });
}
