/**
 * The chip behind the simulated bootloader: NOR flash, and as many registers as esptool reads and writes.
 * Register addresses: esptool's target files for the ESP32 and ESP32-S3.
 */
export const SECTOR = 4096;

export type ChipName = "ESP32" | "ESP32-S3";

/** Where the flash controller's registers lie, and what the chip says it is. */
const CHIPS = {
  ESP32: {
    spi: 0x3ff42000,
    usr2: 0x24,
    w0: 0x80,
    magic: 0x00f01d83,
    imageChipId: undefined,
  },
  "ESP32-S3": {
    spi: 0x60002000,
    usr2: 0x20,
    w0: 0x58,
    magic: 0x09,
    imageChipId: 9,
  },
} as const;

const MAGIC_REGISTER = 0x40001000;
const READ_ID = 0x9f;
const USER_COMMAND = 1 << 18;

export interface Chip {
  name: ChipName;
  flash: Buffer;
  /** Sectors erased so far, in order. */
  erased: number[];
  imageChipId: number | undefined;
  readRegister(address: number): number;
  writeRegister(address: number, value: number): void;
  erase(address: number, bytes: number): void;
  /** Clears bits only, as flash does. */
  program(address: number, data: Uint8Array): void;
}

/** @param flashBytes a power of two */
export function createChip(name: ChipName, flashBytes: number): Chip {
  const { spi, usr2, w0, magic, imageChipId } = CHIPS[name];
  const registers = new Map<number, number>([[MAGIC_REGISTER, magic]]);
  const flash = Buffer.alloc(flashBytes, 0xff);
  const erased: number[] = [];
  return {
    name,
    flash,
    erased,
    imageChipId,
    readRegister: (address) => registers.get(address) ?? 0,
    writeRegister(address, value) {
      registers.set(address, value);
      if (address !== spi || !(value & USER_COMMAND)) return;
      registers.set(spi, 0); // done at once
      const command = (registers.get(spi + usr2) ?? 0) & 0xff;
      // Winbond, 0x40, then the power of two of its bytes.
      if (command === READ_ID)
        registers.set(spi + w0, 0xef | (0x40 << 8) | (Math.log2(flashBytes) << 16));
    },
    erase(address, bytes) {
      const first = Math.floor(address / SECTOR);
      const end = Math.ceil((address + bytes) / SECTOR);
      for (let sector = first; sector < end; sector++) {
        flash.fill(0xff, sector * SECTOR, (sector + 1) * SECTOR);
        erased.push(sector);
      }
    },
    program(address, data) {
      data.forEach((byte, i) => {
        flash[address + i] = (flash[address + i] as number) & byte;
      });
    },
  };
}
