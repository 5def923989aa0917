/**
 * The firmware's two OTA partitions as ESP-IDF keeps them: images, otadata with its sequence numbers and states, and
 * the bootloader's choice. Images are opaque; whether one starts is for the emulator's user to say.
 * Source: ESP-IDF 4.4.7, esp_ota_ops.c, bootloader_utility.c and bootloader_common_loader.c with
 * CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE, without factory partition; addresses as native/boards/partitions-*.csv.
 * Knows nothing of the interpreter.
 */
import { createHash } from "node:crypto";
import { ERASE_PAGE_BYTES, type Flash } from "../board/flash.ts";
import { NativeError } from "./native-error.ts";
import { OtaData, type OtaState } from "./ota-data.ts";

export interface FirmwarePartition {
  name: string;
  /** On the chip. */
  address: number;
  bytes: number;
}

/** By chip, as native/boards has them. */
export const FIRMWARE_PARTITIONS: Readonly<Record<"esp32s3" | "esp32", FirmwarePartition[]>> = {
  esp32s3: [
    { name: "ota_0", address: 0x20000, bytes: 0x200000 },
    { name: "ota_1", address: 0x400000, bytes: 0x200000 },
  ],
  esp32: [
    { name: "ota_0", address: 0x10000, bytes: 0x170000 },
    { name: "ota_1", address: 0x180000, bytes: 0x170000 },
  ],
};

/** First byte of every image (ESP_IMAGE_HEADER_MAGIC). */
export const IMAGE_MAGIC = 0xe9;
/** esp_app_desc_t follows the image's and the first segment's header: magic word, then the version after 16 bytes. */
const DESCRIPTION_AT = 32;
const DESCRIPTION_MAGIC = 0xabcd5432;
const VERSION_AT = DESCRIPTION_AT + 16;
const VERSION_BYTES = 32;
const DIGEST_BYTES = 32;
/** Restarts after which a board on which nothing starts is given up. */
const STARTS_MAX = 4;

export interface FirmwareInfo {
  running: string;
  boot: string;
  partitions: (FirmwarePartition & { state: OtaState; version: string })[];
}

export interface NativeFirmwareOptions {
  partitions: readonly FirmwarePartition[];
  /** otadata's two pages and then the partitions, one after the other. */
  flash: Flash;
  /** Whether the image in a partition starts; otherwise it crashes before its program runs. Default: all start. */
  starts?: (image: Uint8Array, partition: string) => boolean;
}

interface Writing {
  bytes: number;
  written: number;
  hasEnded: boolean;
}

export class NativeFirmware {
  private readonly options: NativeFirmwareOptions;
  private readonly data: OtaData;
  private running = 0;
  private writing: Writing | undefined;

  constructor(options: NativeFirmwareOptions) {
    this.options = options;
    this.data = new OtaData(options.flash, options.partitions.length);
  }

  /** What the bootloader does at each start of the chip, also after deep sleep. */
  boot(): void {
    this.writing = undefined;
    for (let start = 0; start < STARTS_MAX; start++) {
      this.running = this.data.select();
      const { name } = this.partition(this.running);
      if (this.options.starts?.(this.image(this.running), name) ?? true) return;
    }
    throw new Error("no firmware on this board starts: it restarts for ever");
  }

  info(): FirmwareInfo {
    const { partitions } = this.options;
    return {
      running: this.partition(this.running).name,
      boot: this.partition(this.data.active).name,
      partitions: partitions.map((partition, slot) => ({
        ...partition,
        state: this.data.state(slot),
        version: versionOf(this.image(slot, VERSION_AT + VERSION_BYTES)),
      })),
    };
  }

  /** **Errors:** FIRMWARE_SIZE, FIRMWARE_STATE. */
  begin(bytes: number): void {
    if (this.writing && !this.writing.hasEnded)
      throw new NativeError("FIRMWARE_STATE", "an image is being written; abort it first");
    if (this.data.state(this.running) === "pending-verify")
      throw new NativeError("FIRMWARE_STATE", "the running image is not confirmed");
    const { bytes: room } = this.partition(this.other);
    if (bytes < 1 || bytes > room)
      throw new NativeError("FIRMWARE_SIZE", `an image has 1..${room} bytes`);
    const from = this.at(this.other);
    this.writing = undefined;
    for (let done = 0; done < bytes; done += ERASE_PAGE_BYTES)
      this.options.flash.erasePage(from + done);
    this.writing = { bytes, written: 0, hasEnded: false };
  }

  /** **Errors:** FIRMWARE_STATE, FIRMWARE_SIZE, FIRMWARE_IMAGE. */
  write(data: Uint8Array): void {
    const writing = this.requireWriting();
    if (data.length === 0) return;
    if (writing.written + data.length > writing.bytes)
      throw new NativeError(
        "FIRMWARE_SIZE",
        `${writing.bytes} bytes were announced, these are more`,
      );
    if (writing.written === 0 && data[0] !== IMAGE_MAGIC)
      throw new NativeError("FIRMWARE_IMAGE", "an image begins with the byte 0xe9");
    this.options.flash.program(this.at(this.other) + writing.written, data);
    writing.written += data.length;
  }

  /** **Errors:** FIRMWARE_STATE, FIRMWARE_ARGUMENT, FIRMWARE_SIZE, FIRMWARE_DIGEST. */
  end(sha256: Uint8Array): void {
    const writing = this.requireWriting();
    if (sha256.length !== DIGEST_BYTES)
      throw new NativeError("FIRMWARE_ARGUMENT", `sha256 must have ${DIGEST_BYTES} bytes`);
    this.writing = undefined;
    if (writing.written !== writing.bytes)
      throw new NativeError(
        "FIRMWARE_SIZE",
        `${writing.bytes} bytes were announced, these are fewer`,
      );
    const image = this.image(this.other, writing.bytes);
    if (!createHash("sha256").update(image).digest().equals(sha256))
      throw new NativeError("FIRMWARE_DIGEST", "what is in flash has another digest");
    this.writing = { ...writing, hasEnded: true };
  }

  abort(): void {
    this.writing = undefined;
  }

  /** **Errors:** FIRMWARE_STATE. */
  activate(): void {
    if (!this.writing?.hasEnded) throw new NativeError("FIRMWARE_STATE", "no image has been ended");
    this.writing = undefined;
    this.data.activate(this.other);
  }

  confirm(): void {
    this.data.mark("valid");
  }

  /** The caller restarts the chip. **Errors:** FIRMWARE_ROLLBACK. */
  rollback(): void {
    if (!this.data.canRollBack)
      throw new NativeError("FIRMWARE_ROLLBACK", "no other image to go back to");
    this.data.mark("invalid");
  }

  private requireWriting(): Writing {
    if (!this.writing || this.writing.hasEnded)
      throw new NativeError("FIRMWARE_STATE", "call begin first");
    return this.writing;
  }

  /** The partition that does not run. */
  private get other(): number {
    return 1 - this.running;
  }

  private partition(slot: number): FirmwarePartition {
    return this.options.partitions[slot] as FirmwarePartition;
  }

  /** Where a partition lies in the flash model. */
  private at(slot: number): number {
    const before = this.options.partitions.slice(0, slot);
    return this.data.end + before.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  private image(slot: number, bytes = this.partition(slot).bytes): Uint8Array {
    return this.options.flash.read(this.at(slot), bytes);
  }
}

/** Of an image's description; "" when there is none. */
function versionOf(head: Uint8Array): string {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (head[0] !== IMAGE_MAGIC || view.getUint32(DESCRIPTION_AT, true) !== DESCRIPTION_MAGIC)
    return "";
  const text = Buffer.from(head.subarray(VERSION_AT, VERSION_AT + VERSION_BYTES)).toString(
    "latin1",
  );
  return text.replace(/\0.*$/s, "");
}
