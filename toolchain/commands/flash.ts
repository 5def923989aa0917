/** `toolchain flash`: write the firmware to a board through its bootloader. */
import { type CommandFunction, textOption, wholeNumber } from "../command-line.ts";
import { usageError } from "../errors.ts";
import { readFirmwareSet } from "../link/flash/firmware-set.ts";
import { flashFirmware } from "../link/flash/flash.ts";
import { openFlashPort } from "../link/open.ts";

export const run: CommandFunction = async (input, io) => {
  const folder = textOption(input, "firmware");
  if (!folder) {
    throw usageError(
      "NO_FIRMWARE",
      "which firmware? --firmware is missing",
      "--firmware DIR: the folder with firmware.json (see docs/flashing.md)",
    );
  }
  const baudRate = wholeNumber(input, "baud", 460_800, [9600, 2_000_000]);
  const set = readFirmwareSet(folder);
  const port = await openFlashPort(textOption(input, "port"));
  const report = await flashFirmware(port, set, {
    baudRate,
    eraseVault: input.options["erase-vault"] === true,
    progress: io.progress,
  });
  if (input.options.json) {
    io.out(JSON.stringify({ name: set.name, version: set.version, ...report }));
    return 0;
  }
  const kept = report.vaultErased ? "the vault was erased" : "the vault was not touched";
  io.out(
    `${set.name} ${set.version} is on the ${report.chip}: ${report.written.length} of ${set.images.length} images written, ${kept}`,
  );
  return 0;
};
