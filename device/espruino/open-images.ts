/** Which kinds of releases this camera can take now, and the places for them. */
import type { Images } from "../ports.ts";
import type { TargetKind } from "../protocol/release.ts";
import { createImages } from "./native-images.ts";
import type { FirmwareModule, VaultModule } from "./native-modules.ts";
import { MODEL_FILE } from "./native-ports.ts";
import type { StorageModule } from "./storage.ts";

/** Undefined where there is no vault, or nothing to judge releases with. */
export function openImages(
  storage: StorageModule,
  missing: string[],
  hardware: string,
): Images | undefined {
  const lacks = (module: string): boolean => missing.indexOf(module) >= 0;
  if (lacks("vault") || lacks("crypto")) return undefined;
  let firmware: FirmwareModule | undefined;
  try {
    const module = require("firmware") as FirmwareModule;
    // A board with one partition has the module and no place for another image.
    if (module.info().partitions.length > 1) firmware = module;
  } catch (_absent) {}
  const bootSlot = typeof global.bootSlot === "number" ? global.bootSlot : -1;
  const kinds: TargetKind[] = [];
  // What a person put into Storage wins over a slot, so that a release would not run.
  if (bootSlot >= 0) kinds.push("app");
  if (!lacks("camera") && !lacks("vision") && !lacks("model") && !storage.read(MODEL_FILE, 0, 1))
    kinds.push("model");
  if (firmware) kinds.push("firmware");
  const vault = require("vault") as VaultModule;
  return createImages({
    vault,
    firmware,
    hardware,
    kinds,
    bootSlot,
    restart: () => E.reboot(),
    watchdog: (seconds) => E.enableWatchdog(seconds, true),
  });
}
