/**
 * What a power cut inside a flash operation leaves in Storage, made harmless before anything is written there.
 * Source: Espruino src/jsflash.c (no checksum; a new file goes where the chain of headers ends, blank or not).
 */
import type { StorageModule } from "./storage-file.ts";

/** `require("Flash")` */
export interface FlashModule {
  read(length: number, address: number): Uint8Array;
  write(data: number[], address: number): void;
}

/** Storage on every ESP32 board of Espruino; elsewhere nothing is touched. */
const TOTAL_BYTES = 917504;
const END_ADDRESS = 0x400000;
const HEADER_BYTES = 32;

/**
 * A half-programmed header after the last file is no header to Espruino, which then programs the next one on top of
 * it: that file is lost, and perhaps every later one. Clearing more bits makes it a tiny deleted file.
 */
function closeTornHeader(storage: StorageModule, flash: FlashModule): void {
  const address = END_ADDRESS - storage.getFree();
  if (address + HEADER_BYTES * 2 > END_ADDRESS) return;
  const header = flash.read(HEADER_BYTES, address);
  let isBlank = true;
  header.forEach((byte) => {
    if (byte !== 255) isBlank = false;
  });
  if (isBlank) return;
  const size = (header[0] as number) + (header[1] as number) * 256 + (header[2] as number) * 65536;
  // The lowest bit is one of the size that was meant, so that it fits.
  const lowest = size & -size;
  flash.write([lowest & 255, (lowest >> 8) & 255, lowest >> 16, 0, 0, 0, 0, 0], address);
}

export function repairStorage(storage: StorageModule, flash: FlashModule | undefined): void {
  if (flash && storage.getStats().totalBytes === TOTAL_BYTES) closeTornHeader(storage, flash);
  // A name that was not programmed to its end reads 0xFF there.
  storage.list().forEach((name) => {
    if (name.indexOf("\xff") >= 0) storage.erase(name);
  });
}
