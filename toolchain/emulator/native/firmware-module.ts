/** `require("firmware")` of the emulated extension: argument checks and conversion around NativeFirmware. */
import type { Engine, EspObject } from "../engine/engine.ts";
import { byteString, nativeLibrary, whole } from "./binding.ts";
import type { NativeFirmware } from "./native-firmware.ts";

export interface FirmwareModuleOptions {
  firmware: NativeFirmware;
  /** Restart the chip; does not return. */
  restart: () => never;
}

export function firmwareModule(engine: Engine, options: FirmwareModuleOptions): EspObject {
  const { firmware } = options;
  return nativeLibrary(engine, "firmware", {
    info: () => {
      const { running, boot, partitions } = firmware.info();
      return engine.object({
        running,
        boot,
        partitions: engine.array(partitions.map((partition) => engine.object({ ...partition }))),
      });
    },
    begin: ([bytes]) => firmware.begin(whole("FIRMWARE", "bytes", bytes)) as undefined,
    write: ([data]) => firmware.write(byteString(engine, "FIRMWARE", "data", data)) as undefined,
    end: ([sha256]) => firmware.end(byteString(engine, "FIRMWARE", "sha256", sha256)) as undefined,
    abort: () => firmware.abort() as undefined,
    activate: () => firmware.activate() as undefined,
    confirm: () => firmware.confirm() as undefined,
    rollback: () => {
      firmware.rollback();
      return options.restart();
    },
  });
}
