/**
 * ESP-IDF's partition table: from the CSV that people write to the 3 KB that lie at 0x8000, and back.
 * Format: ESP-IDF Programming Guide, "Partition Tables"; entries of 32 bytes, then one with the MD5 of all before it.
 */
import { createHash } from "node:crypto";
import { inputError } from "../../errors.ts";

/** Where the second-stage bootloader looks for the table. */
export const TABLE_ADDRESS = 0x8000;
/** Bytes of the table; the flash's sector is 4096. */
export const TABLE_BYTES = 0xc00;
const ENTRY_BYTES = 32;
const ENTRY_MAGIC = 0x50aa;
const MD5_MAGIC = 0xebeb;
const NAME_BYTES = 16;

export interface Partition {
  name: string;
  /** 0 app, 1 data; 0x40 and up are the user's own. */
  type: number;
  subtype: number;
  /** Bytes from the start of the flash. */
  address: number;
  bytes: number;
}

const TYPES: Record<string, number> = { app: 0, data: 1 };
const SUBTYPES: Record<string, Record<string, number>> = {
  app: { factory: 0, test: 0x20 },
  data: { ota: 0, phy: 1, nvs: 2, coredump: 3, nvs_keys: 4, fat: 0x81, spiffs: 0x82 },
};
for (let i = 0; i < 16; i++) (SUBTYPES.app as Record<string, number>)[`ota_${i}`] = 0x10 + i;

/**
 * Read the CSV form. Every row must give its offset: this project's tables do.
 * @param file for messages
 */
export function parsePartitionCsv(text: string, file: string): Partition[] {
  const rows = text
    .split("\n")
    .map((line, i) => ({
      cells:
        line
          .split("#")[0]
          ?.split(",")
          .map((s) => s.trim()) ?? [],
      i,
    }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  const partitions = rows.map(({ cells, i }) => {
    const [name = "", type = "", subtype = "", address = "", bytes = ""] = cells;
    const bad = (what: string) =>
      inputError(
        "PARTITION_TABLE",
        `${file} line ${i + 1}: ${what}`,
        "name, type, subtype, offset, size",
      );
    const typeNumber = TYPES[type] ?? number(type);
    const subtypeNumber = SUBTYPES[type]?.[subtype] ?? number(subtype);
    if (!name || name.length > NAME_BYTES) throw bad(`"${name}" is no name of 1 to 16 letters`);
    if (Number.isNaN(typeNumber)) throw bad(`"${type}" is no type`);
    if (Number.isNaN(subtypeNumber)) throw bad(`"${subtype}" is no subtype of ${type}`);
    if (Number.isNaN(number(address))) throw bad(`"${address}" is no offset`);
    if (Number.isNaN(number(bytes))) throw bad(`"${bytes}" is no size`);
    return {
      name,
      type: typeNumber,
      subtype: subtypeNumber,
      address: number(address),
      bytes: number(bytes),
    };
  });
  checkOrder(partitions, file);
  return partitions;
}

/** 123, 0x7b, 64K, 2M; NaN for anything else. */
function number(text: string): number {
  const match = /^(0x[0-9a-f]+|\d+)([KM]?)$/i.exec(text);
  if (!match?.[1]) return Number.NaN;
  const unit = { K: 1024, M: 1024 * 1024 }[match[2]?.toUpperCase() ?? ""] ?? 1;
  return Number(match[1]) * unit;
}

/** Partitions must not overlap, and start at a sector (apps at 64 KB, which the chip maps as a whole). */
function checkOrder(partitions: Partition[], file: string): void {
  let end = TABLE_ADDRESS + 0x1000;
  for (const part of [...partitions].sort((a, b) => a.address - b.address)) {
    const align = part.type === 0 ? 0x10000 : 0x1000;
    const why =
      part.address < end
        ? "overlaps what lies before it"
        : part.address % align
          ? `does not start at a multiple of 0x${align.toString(16)}`
          : "";
    if (why) throw inputError("PARTITION_TABLE", `${file}: partition "${part.name}" ${why}`);
    end = part.address + part.bytes;
  }
}

/** The table as it lies in flash. */
export function encodePartitionTable(partitions: Partition[]): Buffer {
  const table = Buffer.alloc(TABLE_BYTES, 0xff);
  partitions.forEach((part, i) => {
    const entry = table.subarray(i * ENTRY_BYTES, (i + 1) * ENTRY_BYTES).fill(0);
    entry.writeUInt16LE(ENTRY_MAGIC, 0);
    entry.writeUInt8(part.type, 2);
    entry.writeUInt8(part.subtype, 3);
    entry.writeUInt32LE(part.address, 4);
    entry.writeUInt32LE(part.bytes, 8);
    entry.write(part.name, 12, NAME_BYTES, "latin1");
  });
  const end = partitions.length * ENTRY_BYTES;
  const digest = createHash("md5").update(table.subarray(0, end)).digest();
  table.writeUInt16LE(MD5_MAGIC, end);
  digest.copy(table, end + 16);
  return table;
}

/** @returns the partitions, or undefined when these bytes are no table (a blank chip) or a damaged one. */
export function decodePartitionTable(table: Uint8Array): Partition[] | undefined {
  const bytes = Buffer.from(table);
  const partitions: Partition[] = [];
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
    const magic = bytes.readUInt16LE(at);
    if (magic === MD5_MAGIC) {
      const digest = createHash("md5").update(bytes.subarray(0, at)).digest();
      return digest.equals(bytes.subarray(at + 16, at + 32)) ? partitions : undefined;
    }
    if (magic !== ENTRY_MAGIC) break;
    const name = bytes.subarray(at + 12, at + 12 + NAME_BYTES).toString("latin1");
    partitions.push({
      name: name.split("\0")[0] as string,
      type: bytes.readUInt8(at + 2),
      subtype: bytes.readUInt8(at + 3),
      address: bytes.readUInt32LE(at + 4),
      bytes: bytes.readUInt32LE(at + 8),
    });
  }
  return partitions.length > 0 ? partitions : undefined;
}
