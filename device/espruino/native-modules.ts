/**
 * JavaScript face of the native extension (`native/espruino` on the chip, `toolchain/emulator/native` in the
 * emulator). Errors are thrown as Error whose message starts with a code name: "CAMERA_TIMEOUT: ...".
 */

/** `require("camera")` */
export interface CameraModule {
  /** Power the sensor and allocate frame buffers. `width`,`height` are upper bounds in pixels. */
  open(options: { width: number; height: number }): void;
  /** Grab one frame; the callback gets its handle (> 0), size, and "" or a code name (then handle is 0). */
  capture(done: (handle: number, width: number, height: number, problem: string) => void): void;
  /** Give a frame back. Its JPEG string must not be used afterwards. */
  release(handle: number): void;
  /** JPEG of a frame as a native string (1 JsVar). Quality 1..100. */
  jpeg(handle: number, qualityPct: number): string;
  close(): void;
}

/** `require("vision")`: works on camera frame handles; keeps the background in native memory. */
export interface VisionModule {
  /** [changedPermille, left, top, width, height] against the background; [] while there is none of this size. Width 0: no box. */
  motion(handle: number): number[];
  learn(handle: number): void;
  /**
   * Cut out (pixels), resize by area average, quantise into the open model's input. Width 0: the whole frame.
   * `marginPct`: 0 cuts the box exactly as given; above, the box grows by that part of its side on every side and to a
   * square where the frame allows (thicket_vision_widen). A thing seen by motion is cut with 25, a tile of a still with 0.
   */
  crop(
    handle: number,
    left: number,
    top: number,
    width: number,
    height: number,
    marginPct: number,
  ): void;
  /** Forget the background. */
  reset(): void;
}

/** `require("model")`: one model open at a time. */
export interface ModelModule {
  /** Bytes of a .tflite file, used in place (a native string from Storage.read). Throws with the code of what is wrong. */
  open(bytes: string): {
    width: number;
    height: number;
    channels: number;
    /** Elements of output 0. */
    outputs: number;
    /** Output tensors; a model that gives an embedding has it as number 1. */
    tensors: number;
    arenaBytes: number;
  };
  /** Run on the input that vision.crop filled; real values of output 0 (probabilities 0..1). */
  invoke(): number[];
  /** Real values of output tensor `index` of the last invoke. */
  output(index: number): number[];
  /** The same as it lies, one byte each in a string of 1 JsVar: real = scale * (q - zeroPoint), q from -128 when isSigned. */
  outputBytes(index: number): {
    bytes: string;
    scale: number;
    zeroPoint: number;
    isSigned: boolean;
  };
  /** Milliseconds of the last invoke. */
  lastMs(): number;
  close(): void;
}

/**
 * `require("crypto")`: beside what the firmware's own module of that name has (SHA256, AES, ...), which stays. Keeps no
 * state. Data, keys and results are byte strings; a native string (flash, frame) is read in place.
 *
 * **Errors:** CRYPTO_ARGUMENT (not a string, not a number), CRYPTO_SIZE (a nonce or a length of the wrong size),
 * CRYPTO_KEY (a key of the wrong length, a private key out of 1..n-1, a public key that is no point of the curve),
 * CRYPTO_AUTH (open), CRYPTO_RANDOM (no entropy), CRYPTO_PORT (the platform's library failed, perhaps without memory).
 */
export interface CryptoModule {
  /** SHA-256, 32 bytes. */
  sha256(data: string): string;
  /** HMAC-SHA-256, 32 bytes. */
  hmac(key: string, data: string): string;
  /**
   * HKDF-SHA-256 (RFC 5869), extract and expand.
   * @param length bytes wanted, 1..8160
   */
  hkdf(secret: string, salt: string, info: string, length: number): string;
  /**
   * AES-256-GCM. A key and nonce must never be used together twice.
   * @param key 32 bytes
   * @param nonce 12 bytes
   * @param associated authenticated, not encrypted; may be ""
   * @returns ciphertext, as long as the data, and the tag of 16 bytes
   */
  seal(key: string, nonce: string, data: string, associated: string): string;
  /**
   * The reverse. Throws CRYPTO_AUTH when one bit of key, nonce, text, tag or associated data differs, also when
   * `sealed` is shorter than a tag; nothing of the text is given out then.
   */
  open(key: string, nonce: string, sealed: string, associated: string): string;
  /** New P-256 key pair: private key, 32 bytes big-endian; public key, 65 bytes: 4, x, y. */
  keyPair(): { privateKey: string; publicKey: string };
  /** ECDSA P-256 with SHA-256 of the message: r and s, 32 bytes each. */
  sign(privateKey: string, message: string): string;
  /** Whether it is a signature of the message by that key. One of another length than 64 bytes is none. */
  verify(publicKey: string, message: string, signature: string): boolean;
  /** ECDH P-256: the shared point's x, 32 bytes. Not a key by itself: give it to hkdf. */
  ecdh(privateKey: string, publicKey: string): string;
  /** Bytes of the hardware's generator, 1..1024 of them. */
  random(length: number): string;
}

/**
 * `require("radio")`: ESP-NOW, datagrams between boards without an access point. Addresses are text as Wi-Fi gives
 * them, "aa:bb:cc:dd:ee:ff"; ff:ff:ff:ff:ff:ff is everybody.
 *
 * **Errors:** RADIO_CLOSED, RADIO_BUSY (open twice; a send before the last one was done), RADIO_ARGUMENT, RADIO_CHANNEL
 * (Wi-Fi holds another one), RADIO_SIZE (data of 0 or more than 250 bytes), RADIO_PEERS (20 are there, 6 with a key),
 * RADIO_PEER (not one of the peers), RADIO_PORT (ESP-NOW itself failed).
 */
export interface RadioModule {
  /** Switch the radio on, on a Wi-Fi channel, 1..14. */
  open(channel: number): void;
  /** This board's own address. */
  address(): string;
  /**
   * A board (or everybody) to which may be sent. Adding one again replaces its key.
   * @param key 16 bytes: what is sent to it and comes from it is encrypted; not for everybody. Absent: plain
   */
  addPeer(address: string, key?: string): void;
  removePeer(address: string): void;
  /**
   * Send 1..250 bytes to a peer. `done` is called once: whether the peer's radio acknowledged the frame, for everybody
   * whether it was sent.
   */
  send(address: string, data: string, done: (isDelivered: boolean) => void): void;
  /** Who is called for each frame that arrives, from peers or not; rssiDbm is 0 where the radio does not tell. */
  onReceive(run: (address: string, data: string, rssiDbm: number) => void): void;
  /** Forgets peers and receiver. Closing a closed radio is no error. */
  close(): void;
}

/** ESP-IDF's states of an image (esp_ota_img_states_t). Undefined: nothing is recorded, as for a factory image. */
export type FirmwareState =
  | "new"
  | "pending-verify"
  | "valid"
  | "invalid"
  | "aborted"
  | "undefined";

export interface FirmwarePartition {
  /** Label: "ota_0", "ota_1", "factory". */
  name: string;
  /** Where in flash, bytes. */
  address: number;
  bytes: number;
  state: FirmwareState;
  /** Of the image in it, from its application header; "" without one. */
  version: string;
}

/**
 * `require("firmware")`: the C firmware itself, in ESP-IDF's two OTA partitions. A new image starts as pending-verify;
 * if it restarts before confirm, the bootloader marks it aborted and starts the other one again.
 *
 * **Errors:** FIRMWARE_ARGUMENT, FIRMWARE_SIZE (larger than the partition, or more or less written than announced),
 * FIRMWARE_STATE (no begin, begin while one is being written or while the running image is not confirmed),
 * FIRMWARE_DIGEST, FIRMWARE_IMAGE (not an image for this chip), FIRMWARE_ROLLBACK (no other image to go back to),
 * FIRMWARE_PARTITION (this board has no OTA partitions), FIRMWARE_WRITE (flash).
 */
export interface FirmwareModule {
  /** Names of the running partition, of the one that boots next, and all that hold firmware. */
  info(): { running: string; boot: string; partitions: FirmwarePartition[] };
  /** Start writing an image of that many bytes into the partition that does not run; it is erased (seconds). */
  begin(bytes: number): void;
  /** The next piece. */
  write(data: string): void;
  /**
   * Check length and SHA-256 (32 bytes) of what is in flash. Boots as before until activate.
   * After an error the partition must be begun anew.
   */
  end(sha256: string): void;
  /** Give up what was begun. Nothing begun is no error. */
  abort(): void;
  /** Boot the image just ended from now on: state new. */
  activate(): void;
  /** The running image has proved itself: valid. Idempotent. */
  confirm(): void;
  /** The running image is invalid: go back to the other one and restart. Does not return. */
  rollback(): void;
}
