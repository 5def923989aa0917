/**
 * The ports on Espruino. What the firmware lacks is named in `missing` and has a port that refuses to start, so that
 * the rest of the camera runs, says what is missing and reports its health.
 */
import type { Camera, Links, Model, Ports, Vision } from "../ports.ts";
import { E_MODULE_MISSING, fault } from "../protocol/error-names.ts";
import { boardOf } from "./board.ts";
import { createClock, createPower, createSensors } from "./board-ports.ts";
import { createHttpLinks, type HttpModule } from "./http-links.ts";
import type { ModelModule } from "./native-modules.ts";
import { createCamera, createModel, createVision } from "./native-ports.ts";
import type { StorageModule } from "./storage-file.ts";
import { type FlashModule, repairStorage } from "./storage-repair.ts";
import { createStorageVault } from "./storage-vault.ts";

/**
 * Compaction moves the very flash this program runs from, so nothing may be read from there after it. The loop is
 * native, and Espruino copies a function as short as this one into memory (src/jsparse.c).
 */
function compactAndRestart(storage: StorageModule): void {
  [storage.compact, E.reboot].forEach((run) => {
    run();
  });
}

function lacking(module: string): () => never {
  return () => {
    throw fault(E_MODULE_MISSING, module);
  };
}

function noCamera(): Camera {
  const no = lacking("camera");
  return { start: no, capture: no, release: no, jpeg: no, stop: no };
}

function noVision(): Vision {
  const no = lacking("vision");
  return { motion: no, learn: no, lens: no, crop: no, cropAround: no };
}

function noModel(): Model {
  const no = lacking("model");
  return { labels: () => [], name: () => "", start: no, invoke: no, lastMs: () => 0, stop: no };
}

function noLinks(): Links {
  const no = lacking("http");
  return { start: no, connect: no, request: no, rssiDbm: () => 0, disconnect: no, stop: no };
}

/** A module, or undefined where the firmware lacks it. */
function optional<T>(load: () => T): T | undefined {
  try {
    return load();
  } catch (_absent) {
    return undefined;
  }
}

export function createPorts(): Ports {
  const missing: string[] = [];

  /** A port on a module, or its stand-in. */
  function portOn<M, P>(module: string, load: () => M, create: (found: M) => P, stand: () => P): P {
    const found = optional(load);
    if (found) return create(found);
    missing.push(module);
    return stand();
  }

  const storage = require("Storage") as StorageModule;
  const board = boardOf(process.env.BOARD, storage);
  const clock = createClock();
  return {
    camera: portOn("camera", () => require("camera"), createCamera, noCamera),
    vision: portOn("vision", () => require("vision"), createVision, noVision),
    model: portOn(
      "model",
      () => require("model") as ModelModule,
      (found) => createModel(found, storage),
      noModel,
    ),
    links: portOn(
      "http",
      // biome-ignore lint/style/useNodejsImportProtocol: Espruino's module, not Node's
      () => require("http") as HttpModule,
      (found) =>
        createHttpLinks(
          found,
          optional(() => require("Wifi")),
          clock,
        ),
      noLinks,
    ),
    vault: createStorageVault({
      storage: storage,
      crc32: E.CRC32,
      repair: () =>
        repairStorage(
          storage,
          optional(() => require("Flash") as FlashModule),
        ),
      compact: () => compactAndRestart(storage),
    }),
    clock: clock,
    power: createPower(board),
    sensors: createSensors(board),
    memory: {
      freeVars: () => process.memory().free,
      totalVars: () => process.memory().total,
    },
    missing: missing,
    base64: btoa,
    log: print,
  };
}
