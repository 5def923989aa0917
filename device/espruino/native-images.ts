/**
 * Places for images on the native modules: the vault's slots for app and model, ESP-IDF's two partitions for the firmware.
 * Of the firmware a cell says which release lies in which partition; its states are the bootloader's.
 */
import type { ImageState, Images } from "../ports.ts";
import type { TargetKind } from "../protocol/release.ts";
import type { FirmwareModule, SlotInfo, SlotKind, VaultModule } from "./native-modules.ts";

/**
 * "counter partition before": the newest release tried, where it lies, and the one it was to replace. The counter is 0
 * while one is being written, and has a minus until it has been made the one to boot.
 */
const FIRMWARE_CELL = "firmware";

export interface ImageModules {
  vault: VaultModule;
  firmware: FirmwareModule | undefined;
  hardware: string;
  kinds: TargetKind[];
  /** The slot that the running program was started from. */
  bootSlot: number;
  restart(): void;
  watchdog(seconds: number): void;
}

export function createImages(modules: ImageModules): Images {
  const { vault, bootSlot } = modules;
  const firmware = modules.firmware as FirmwareModule;

  function bytesOf(hex: string): string {
    let text = "";
    for (let at = 0; at < hex.length; at += 2)
      text += String.fromCharCode(parseInt(hex.substr(at, 2), 16));
    return text;
  }

  function slots(kind: TargetKind): SlotInfo[] {
    return [0, 1].map((index) => vault.slot(kind as SlotKind, index));
  }

  /** Index of the newest confirmed image, or -1. */
  function newest(kind: TargetKind): number {
    const [a, b] = slots(kind).map((slot) => (slot.state === "confirmed" ? slot.release : -1)) as [
      number,
      number,
    ];
    if (a < 0 && b < 0) return -1;
    return a > b ? 0 : 1;
  }

  const free = (kind: TargetKind): number => (newest(kind) ? 0 : 1);

  /** Where the image of a release lies, or -1. */
  function holder(kind: TargetKind, counter: number): number {
    return slots(kind).findIndex((slot) => slot.state !== "empty" && slot.release === counter);
  }

  function tried(): { counter: number; name: string; before: number } {
    const [counter, name, before] = (vault.read(FIRMWARE_CELL) || "0  0").split(" ") as [
      string,
      string,
      string,
    ];
    return { counter: parseInt(counter, 10), name, before: parseInt(before, 10) };
  }

  function firmwareState(counter: number): ImageState["state"] {
    const { name, counter: ours } = tried();
    const { running, boot, partitions } = firmware.info();
    const is = (state: string): boolean =>
      partitions.some((one) => one.name === name && one.state === state);
    if (!ours || Math.abs(ours) !== counter) return "";
    if (running === name) return is("valid") ? "confirmed" : "pending";
    if (boot === name) return "staged";
    // A power cut before it was activated, or while its entry was written, is no failure: it is fetched again.
    return ours > 0 && (is("invalid") || is("aborted")) ? "rolledBack" : "";
  }

  function state(kind: TargetKind, counter: number): ImageState {
    if (kind === "firmware") return { state: firmwareState(counter), tries: 0 };
    const at = holder(kind, counter);
    if (at < 0) return { state: "", tries: 0 };
    const { state: found, tries } = vault.slot(kind as SlotKind, at);
    const isUnstarted = found === "pending" && kind === "app" && at !== bootSlot;
    return { state: isUnstarted ? "unstarted" : (found as "staged"), tries };
  }

  function installed(kind: TargetKind): { counter: number; digest: string } {
    if (kind === "firmware") {
      const { counter, before } = tried();
      const newest = Math.abs(counter);
      return { counter: firmwareState(newest) === "confirmed" ? newest : before, digest: "" };
    }
    const at = newest(kind);
    if (at < 0) return { counter: 0, digest: "" };
    const slot = vault.slot(kind as SlotKind, at);
    return { counter: slot.release, digest: bytesOf(slot.digest) };
  }

  return {
    hardware: modules.hardware,
    kinds: modules.kinds,
    installed: installed,
    bytesMax: (kind) =>
      kind === "firmware"
        ? (firmware.info().partitions[0] as { bytes: number }).bytes
        : vault.slot(kind, 0).bytesMax,
    state: state,
    begin: (kind, bytes) => {
      if (kind !== "firmware") return vault.begin(kind, free(kind));
      firmware.abort();
      vault.write(FIRMWARE_CELL, "0  " + installed(kind).counter);
      firmware.begin(bytes);
    },
    write: (kind, offset, data) => {
      if (kind === "firmware") firmware.write(data);
      else vault.writeSlot(kind, free(kind), offset, data);
    },
    patch: (kind, from, piece) => vault.patch(kind as SlotKind, free(kind), from, piece),
    patchOffset: (from) => vault.patchOffset(from)[0] as number,
    stage: (kind, bytes, counter, digest) => {
      if (kind === "firmware") firmware.end(digest);
      else vault.stage(kind, free(kind), bytes, counter, digest);
    },
    activate: (kind, counter) => {
      if (kind !== "firmware") return vault.switchTo(kind, holder(kind, counter));
      const { running, partitions } = firmware.info();
      const { name } = partitions.filter((one) => one.name !== running)[0] as { name: string };
      const text = counter + " " + name + " " + installed(kind).counter;
      vault.write(FIRMWARE_CELL, "-" + text);
      firmware.activate();
      vault.write(FIRMWARE_CELL, text);
    },
    confirm: (kind, counter) => {
      if (kind === "firmware") firmware.confirm();
      else vault.confirm(kind, holder(kind, counter));
    },
    rollBack: (kind, counter) => {
      if (kind === "firmware") firmware.rollback();
      else vault.rollBack(kind, holder(kind, counter));
    },
    recall: (kind) => {
      if (kind === "firmware") firmware.rollback();
      else vault.rollBack(kind, newest(kind));
    },
    restart: modules.restart,
    watchdog: modules.watchdog,
  };
}
