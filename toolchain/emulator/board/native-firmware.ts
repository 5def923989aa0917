/** Plugs require("firmware") of the extension into a board: its OTA partitions, its bootloader, its restart. */
import { firmwareModule } from "../native/firmware-module.ts";
import {
  FIRMWARE_PARTITIONS,
  type FirmwarePartition,
  NativeFirmware,
} from "../native/native-firmware.ts";
import { ERASE_PAGE_BYTES, Flash } from "./flash.ts";
import type { Machine } from "./machine.ts";
import { PowerDown } from "./power-down.ts";

/** Made when a program first asks for it, because the partitions are large; kept as long as the board. */
const firmwares = new WeakMap<Machine, NativeFirmware>();

/** @returns what the next program forgets */
export function installFirmware(machine: Machine, chip: "esp32s3" | "esp32"): () => void {
  machine.chip.bootloader = () => firmwares.get(machine)?.boot();
  machine.modules.define("firmware", () => {
    const firmware = firmwares.get(machine) ?? create(machine, FIRMWARE_PARTITIONS[chip]);
    firmwares.set(machine, firmware);
    return firmwareModule(machine.engine, {
      firmware,
      restart: () => {
        throw new PowerDown("software");
      },
    });
  });
  return () => firmwares.get(machine)?.abort();
}

/** The partitions as they come from the factory: blank otadata, of which the bootloader makes a note at its first run. */
function create(machine: Machine, partitions: readonly FirmwarePartition[]): NativeFirmware {
  const bytes = partitions.reduce((sum, partition) => sum + partition.bytes, 0);
  const flash = new Flash(0, 2 * ERASE_PAGE_BYTES + bytes);
  machine.chip.flashParts.add(flash);
  const { firmwareStarts: starts } = machine.options;
  const firmware = new NativeFirmware({ partitions, flash, starts });
  firmware.boot();
  return firmware;
}
