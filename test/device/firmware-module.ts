/** `require("firmware")` for tests outside an interpreter: the emulator's two partitions on any flash. */
import type { FirmwareModule } from "../../device/espruino/native-modules.ts";
import type { NativeFirmware } from "../../toolchain/emulator/native/native-firmware.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

/** @param restart the chip restarts, which on the chip does not return */
export const firmwareModule = (firmware: NativeFirmware, restart: () => void): FirmwareModule => ({
  info: () => firmware.info(),
  begin: (size) => firmware.begin(size),
  write: (data) => firmware.write(bytes(data)),
  end: (sha256) => firmware.end(bytes(sha256)),
  abort: () => firmware.abort(),
  activate: () => firmware.activate(),
  confirm: () => firmware.confirm(),
  rollback: () => {
    firmware.rollback();
    restart();
  },
});
