/**
 * A set of firmware images as its manifest, firmware.json, describes it: which chip, how much flash, which file goes where.
 * Everything about it is checked here, before a board is touched.
 *
 *     { "format": 1, "name": "thicket", "version": "0.1.0", "chip": "ESP32-S3", "flashBytes": 8388608,
 *       "images": [{ "file": "bootloader.bin", "address": 0, "sha256": "..." }] }
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { inputError, integrityError } from "../../errors.ts";
import { readInput } from "../../files.ts";
import { decodePartitionTable, type Partition, TABLE_ADDRESS } from "./partition-table.ts";

export const MANIFEST = "firmware.json";
const CHIPS = ["ESP32", "ESP32-S3", "ESP32-C3"];
const SECTOR = 4096;

export interface Image {
  file: string;
  /** Bytes from the start of the flash, a multiple of 4096. */
  address: number;
  data: Buffer;
}

export interface FirmwareSet {
  name: string;
  version: string;
  /** As esptool names it. */
  chip: string;
  /** Flash that the set needs. */
  flashBytes: number;
  images: Image[];
  /** What the set's own partition table says. */
  partitions: Partition[];
}

/**
 * @param path the manifest, or the folder it lies in
 *
 * **Errors:** FIRMWARE_MISSING, FIRMWARE_MANIFEST, FIRMWARE_DIGEST, FILE_UNREADABLE
 */
export function readFirmwareSet(path: string): FirmwareSet {
  const file = path.endsWith(".json") ? path : join(path, MANIFEST);
  if (!existsSync(file)) {
    throw inputError(
      "FIRMWARE_MISSING",
      `no firmware set: there is no ${file}`,
      "give --firmware the folder in which the firmware was built",
    );
  }
  const bad = (what: string) => inputError("FIRMWARE_MANIFEST", `${file}: ${what}`);
  const manifest = parse(readInput(file).toString("utf8"), bad);
  const images = manifest.images.map((row) => readImage(row, dirname(file), bad));
  checkPlaces(images, manifest.flashBytes, bad);
  const table = images.find((image) => image.address === TABLE_ADDRESS);
  const partitions = table && decodePartitionTable(table.data);
  if (!partitions) throw bad(`it has no partition table at 0x${TABLE_ADDRESS.toString(16)}`);
  return { ...manifest, images, partitions };
}

interface ImageRow {
  file: string;
  address: number;
  sha256: string;
}

type Manifest = Omit<FirmwareSet, "images" | "partitions"> & { images: ImageRow[] };
type Refuse = (what: string) => Error;

function parse(text: string, bad: Refuse): Manifest {
  let manifest: Partial<Manifest> & { format?: number };
  try {
    manifest = JSON.parse(text);
  } catch (error) {
    throw bad(`it is not JSON (${(error as Error).message})`);
  }
  const { format, name, version, chip, flashBytes, images } = manifest ?? {};
  if (format !== 1) throw bad(`"format" is ${JSON.stringify(format)}; this tool reads format 1`);
  if (typeof name !== "string" || typeof version !== "string")
    throw bad('"name" and "version" must be text');
  if (!chip || !CHIPS.includes(chip)) throw bad(`"chip" must be one of ${CHIPS.join(", ")}`);
  if (typeof flashBytes !== "number" || !Number.isInteger(flashBytes) || flashBytes <= 0)
    throw bad('"flashBytes" must be a number of bytes');
  if (!Array.isArray(images) || images.length === 0) throw bad('"images" must be a list');
  return { name, version, chip, flashBytes, images };
}

function readImage(row: ImageRow, folder: string, bad: Refuse): Image {
  const { file, address, sha256 } = row ?? {};
  if (typeof file !== "string" || !file) throw bad('an image has no "file"');
  if (!Number.isInteger(address) || address < 0 || address % SECTOR)
    throw bad(`the address of ${file} must be a multiple of ${SECTOR}`);
  const data = readInput(join(folder, file));
  if (data.length === 0) throw bad(`${file} is empty`);
  const digest = createHash("sha256").update(data).digest("hex");
  if (digest !== sha256) {
    throw integrityError(
      "FIRMWARE_DIGEST",
      `${join(folder, file)} is not the file that the manifest describes (SHA-256 ${digest.slice(0, 12)}…)`,
      "build or download the firmware set again",
    );
  }
  return { file, address, data };
}

/** Bytes of flash that writing an image erases: whole sectors. */
export const erasedBytes = (image: Image): number => Math.ceil(image.data.length / SECTOR) * SECTOR;

function checkPlaces(images: Image[], flashBytes: number, bad: Refuse): void {
  let end = 0;
  for (const image of [...images].sort((a, b) => a.address - b.address)) {
    if (image.address < end) throw bad(`${image.file} overlaps the image before it`);
    end = image.address + erasedBytes(image);
    if (end > flashBytes) throw bad(`${image.file} does not fit into ${flashBytes} bytes of flash`);
  }
}
