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
  /**
   * [changedPermille, left, top, width, height, suppressedPermille] against the background; [] while there is none of this
   * size. Width 0: no box. Suppressed: only the light changed there, or a thing was learnt that has gone.
   */
  motion(handle: number): number[];
  /**
   * [left, top, width, height, area, x, y] of each region of the last `motion`, largest first, at most 8: pixels, the
   * changed area in pixels, the centroid. [] after a `motion` without a background.
   */
  regions(): number[];
  /**
   * Follow the regions of the last `motion`, once for each picture of a burst. `sinceMs`: since the burst's first picture;
   * 0 begins a burst. Returns the number of tracks.
   */
  follow(sinceMs: number): number;
  /**
   * [id, left, top, width, height, speedX, speedY, sightings] of each track, at most 8: where it was seen last, speed to
   * the right and down in pixels per second times 16 (0 until the second sighting).
   */
  tracks(): number[];
  /**
   * [mean, deviation, darkPermille, brightPermille, crispPermille, lens] of a frame's grey values; lens 0 clear,
   * 1 covered, 2 blurred (thicket_frame_measure).
   */
  statistics(handle: number): number[];
  /** Take a frame in which nothing is believed to move into the background. */
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
  /** Forget the background and the tracks. */
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
 * if the chip restarts before confirm, also by deep sleep, the bootloader marks it aborted and starts the other one.
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

/** What opening the vault found. Counts of places, not of bits. */
export interface VaultReport {
  /** Regions that held nothing readable and were made anew: "cells", "log", "blobs". */
  formatted: string[];
  /** Headers with one wrong bit, read as they were written. */
  repaired: number;
  /** Rests of interrupted writes, ignored. */
  torn: number;
  /** Completely written things that went wrong later: never given out. */
  damaged: number;
}

export type SlotKind = "app" | "model";

export interface SlotInfo {
  state: "empty" | "staged" | "pending" | "confirmed" | "rolledBack";
  /** Of the image, 0 when empty. */
  bytes: number;
  bytesMax: number;
  release: number;
  /** Boots of a pending image. */
  tries: number;
  /** SHA-256 of the image, 64 hexadecimal digits; "" when empty. */
  digest: string;
}

/**
 * `require("vault")`: what survives a power cut. Cells (named values), records in 8 streams, blobs (pictures), and two
 * slots each for the program and the model. After a cut at any moment everything holds the old or the new state.
 *
 * Strings said to be in place are native strings over flash: one JsVar, no copy. They hold until the next call that
 * writes the same part of the vault, so use them at once or copy them.
 *
 * Errors: VAULT_CLOSED (open first), VAULT_ARGUMENT, VAULT_SIZE (too long for what it is), VAULT_WRITE (the flash refused
 * or kept other bits: what was there is still there), VAULT_READ, and what is named below.
 */
export interface VaultModule {
  /** Find what is stored; a region that holds nothing readable is formatted. Called again it reads anew. */
  open(): VaultReport;
  close(): void;

  /** Text of a cell, up to 1024 bytes, or undefined. VAULT_DAMAGED: the newest value has wrong bits; see readOlder. */
  read(name: string): string | undefined;
  /** The newest intact value of a cell, perhaps an old one, for the caller to judge; or undefined. */
  readOlder(name: string): string | undefined;
  /** Replace a cell: name of 1..20 bytes, 64 cells at most. An equal value costs no write. VAULT_FULL, VAULT_NAME. */
  write(name: string, text: string): void;
  /** Returns whether there was such a cell. */
  erase(name: string): boolean;

  /**
   * Keep a record of 1..2048 bytes until it is acknowledged. When there is no room, the least valuable waiting records
   * go first: stream's priority (0..3: 1, 4, 8, 12; 4..7: 4), then value 0..15, then age. VAULT_FULL: all are worth more.
   * @returns its key; keys increase over all streams together and are never used twice
   */
  append(stream: number, value: number, data: string): number;
  /** Key of the oldest waiting record of a stream above `after` (0: the oldest), or 0. */
  next(stream: number, after: number): number;
  /** A waiting record, in place; undefined when it does not wait. VAULT_DAMAGED: acknowledge it to be rid of it. */
  record(key: number): string | undefined;
  /** From now on it does not wait. Returns whether it did. */
  acknowledge(key: number): boolean;
  /** Waiting records of a stream. */
  waiting(stream: number): number;
  /** Records given up for want of room since open. */
  evicted(stream: number): number;

  /**
   * Keep a picture (1 byte up to a quarter of the ring) with a note of up to 128 bytes until it is dropped. When there is
   * no room, the least valuable (value 0..15), of equals the oldest, are overwritten. VAULT_FULL: all are worth more.
   * @returns its id; ids increase and are never used twice
   */
  putBlob(value: number, note: string, data: string): number;
  /** Id of the oldest blob above `after` (0: the oldest), or 0. */
  nextBlob(after: number): number;
  /** In place, checked; undefined when it is gone. VAULT_DAMAGED: drop it to be rid of it. */
  blob(id: number): string | undefined;
  blobNote(id: number): string | undefined;
  /** Returns whether there was one. */
  dropBlob(id: number): boolean;
  blobs(): number;
  /** Overwritten for want of room since open. */
  evictedBlobs(): number;

  /** What a slot holds, by its header alone. Index 0 or 1. */
  slot(kind: SlotKind, index: number): SlotInfo;
  /** Start writing an image. VAULT_STATE: the slot is pending, or holds the newest confirmed image. */
  begin(kind: SlotKind, index: number): void;
  /** The next piece: in order, offset a multiple of 4, only the last piece of another length. VAULT_STATE: begin first. */
  writeSlot(kind: SlotKind, index: number, offset: number, data: string): void;
  /**
   * Instead of writeSlot: the next piece of a patch, of any size, that makes the image out of the other slot's. The state
   * is "" at first, then what the call before returned (40 bytes); kept in a cell it goes on after a power cut, with
   * the bytes of the patch from patchOffset on. After an error it is as before, and after PATCH_... flash is, too.
   * PATCH_FORMAT, PATCH_BASE (the other slot is empty, or another image than before), PATCH_SIZE, PATCH_BOUNDS,
   * PATCH_LENGTH, PATCH_STATE; VAULT_STATE: begin first; VAULT_WRITE: begin anew.
   */
  patch(kind: SlotKind, index: number, state: string, piece: string): string;
  /** [bytes of the patch taken, bytes of the image made]; complete when the image has all of its bytes. PATCH_STATE. */
  patchOffset(state: string): number[];
  /**
   * Check the image against its SHA-256 (32 bytes) and mark it staged. VAULT_DIGEST, VAULT_STATE, VAULT_RELEASE (not
   * above the newest confirmed release).
   */
  stage(kind: SlotKind, index: number, bytes: number, release: number, digest: string): void;
  /** Try a staged image at the next boots. VAULT_STATE, VAULT_RELEASE. */
  switchTo(kind: SlotKind, index: number): void;
  /** A pending image has proved itself. VAULT_STATE. */
  confirm(kind: SlotKind, index: number): void;
  /** Give a staged or pending image up; or a confirmed one whose other slot holds a whole confirmed image. VAULT_STATE, VAULT_DIGEST. */
  rollBack(kind: SlotKind, index: number): void;
  /**
   * For the boot guard: the slot to start. A pending image is given three boots, each counted before it starts, then
   * rolled back; digests are checked; otherwise the newest confirmed image. -1: there is nothing to start.
   */
  choose(kind: SlotKind): number;
  /** A slot's image in place, checked against its digest by stage and choose; undefined when empty. */
  image(kind: SlotKind, index: number): string | undefined;
}
