/**
 * Cells of the Storage vault. A cell is two files `c.<name>.0` and `.1`, each with CRC-32 and sequence number; a new
 * value goes to the one that does not hold the newest, so that a power cut leaves the old value or the new.
 */
import { E_VAULT_NAME, fault } from "../protocol/error-names.ts";
import { hex, type StorageVaultOptions, writeFile } from "./storage-file.ts";

/** 8 digits CRC of all that follows, 8 digits sequence number, then the text. */
const CRC_LENGTH = 8;
const HEAD_LENGTH = 16;
const NAME_LENGTH_MAX = 20;

interface Copy {
  sequence: number;
  text: string;
}

function fileName(name: string, slot: number): string {
  return "c." + name + "." + slot;
}

function copyOf(options: StorageVaultOptions, name: string, slot: number): Copy | undefined {
  const file = options.storage.read(fileName(name, slot));
  if (!file || file.length < HEAD_LENGTH) return undefined;
  if (file.substr(0, CRC_LENGTH) !== hex(options.crc32(file.substr(CRC_LENGTH)))) return undefined;
  return { sequence: parseInt(file.substr(CRC_LENGTH, 8), 16), text: file.substr(HEAD_LENGTH) };
}

/** Both copies, the newest good one first; undefined for one that is not good. */
function copies(options: StorageVaultOptions, name: string): { slot: number; copy?: Copy }[] {
  const both = [0, 1].map((slot) => ({ slot: slot, copy: copyOf(options, name, slot) }));
  const sequences = both.map((row) => (row.copy ? row.copy.sequence : 0));
  return (sequences[1] as number) > (sequences[0] as number) ? both.reverse() : both;
}

export function readCell(options: StorageVaultOptions, name: string): string | undefined {
  const newest = (copies(options, name)[0] as { copy?: Copy }).copy;
  return newest && newest.text;
}

export function writeCell(options: StorageVaultOptions, name: string, text: string): void {
  if (name.length > NAME_LENGTH_MAX) throw fault(E_VAULT_NAME, name);
  const both = copies(options, name) as [{ copy?: Copy }, { slot: number }];
  const newest = both[0].copy;
  if (newest && newest.text === text) return;
  const numbered = hex(newest ? newest.sequence + 1 : 1) + text;
  writeFile(options, fileName(name, both[1].slot), hex(options.crc32(numbered)), numbered, 0);
}

export function eraseCell(options: StorageVaultOptions, name: string): void {
  // The older first: after a power cut between the two the newest value must still win.
  copies(options, name)
    .reverse()
    .forEach((row) => {
      options.storage.erase(fileName(name, row.slot));
    });
}
