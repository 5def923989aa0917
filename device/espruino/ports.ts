/**
 * The ports on Espruino. What the firmware lacks is named in `missing` and has a port that refuses to start, so that
 * the rest of the camera runs, says what is missing and reports its health.
 */
import type { Camera, Crypto, Links, Model, Ports, Vault, Vision } from "../ports.ts";
import { E_MODULE_MISSING, fault } from "../protocol/error-names.ts";
import { boardOf } from "./board.ts";
import { createClock, createPower, createSensors } from "./board-ports.ts";
import { createHttpLinks, type HttpModule, type WifiModule } from "./http-links.ts";
import type { CryptoModule, ModelModule, VaultModule } from "./native-modules.ts";
import { createCamera, createModel, createVision } from "./native-ports.ts";
import { createNativeVault } from "./native-vault.ts";
import { openImages } from "./open-images.ts";
import { createSetupPorts } from "./setup-ports.ts";
import type { StorageModule } from "./storage.ts";

function lacking(module: string): () => never {
  return () => {
    throw fault(E_MODULE_MISSING, module);
  };
}

/** Stands for what pictures and keys need. One for all: on a small board, which lacks them, each would cost memory. */
function createStandIn(): Camera & Vision & Model & Crypto {
  const no = lacking("module");
  return {
    ...{ start: no, capture: no, release: no, jpeg: no, stop: no },
    ...{ motion: no, learn: no, lens: no, crop: no, cropAround: no },
    ...{ labels: () => [], name: () => "", invoke: no, lastMs: () => 0 },
    ...{ sha256: no, verify: no, hmac: no, hkdf: no, keyPair: no, sign: no, ecdh: no },
  };
}

function noLinks(): Links {
  const no = lacking("http");
  return { start: no, connect: no, request: no, rssiDbm: () => 0, disconnect: no, stop: no };
}

function noVault(): Vault {
  const no = lacking("vault");
  const none = (): number => 0;
  const nothing = (): undefined => undefined;
  return {
    ...{ start: no, read: no, write: no, erase: no, append: no, remove: no },
    ...{ count: none, next: none, evicted: none, note: nothing, item: nothing },
  };
}

/** Stock firmware has a module of this name, without signatures. */
function nativeCrypto(): CryptoModule | undefined {
  // biome-ignore lint/style/useNodejsImportProtocol: Espruino's module, not Node's
  const found = require("crypto") as CryptoModule;
  return "verify" in found ? found : undefined;
}

/** A module, or undefined where the firmware lacks it. */
function optional<T>(load: () => T | undefined): T | undefined {
  try {
    return load();
  } catch (_absent) {
    return undefined;
  }
}

export function createPorts(): Ports {
  const missing: string[] = [];
  let shared: ReturnType<typeof createStandIn> | undefined;

  function standIn(): ReturnType<typeof createStandIn> {
    shared = shared || createStandIn();
    return shared;
  }

  /** A port on a module, or its stand-in. */
  function portOn<M, P>(
    module: string,
    load: () => M | undefined,
    create: (found: M) => P,
    stand: () => P,
  ): P {
    const found = optional(load);
    if (found) return create(found);
    missing.push(module);
    return stand();
  }

  const storage = require("Storage") as StorageModule;
  const board = boardOf(process.env.BOARD, storage);
  const clock = createClock();
  return {
    camera: portOn("camera", () => require("camera"), createCamera, standIn),
    vision: portOn("vision", () => require("vision"), createVision, standIn),
    model: portOn(
      "model",
      () => require("model") as ModelModule,
      (found) =>
        createModel(
          found,
          storage,
          optional(() => require("vault") as VaultModule),
        ),
      standIn,
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
    vault: portOn(
      "vault",
      () => require("vault") as VaultModule,
      (found) => createNativeVault(found, print),
      noVault,
    ),
    crypto: portOn<Crypto, Crypto>("crypto", nativeCrypto, (found) => found, standIn),
    clock: clock,
    power: createPower(board),
    sensors: createSensors(board),
    memory: {
      freeVars: () => process.memory().free,
      totalVars: () => process.memory().total,
      freeFlashBytes: () => storage.getFree(),
    },
    setup: () =>
      createSetupPorts(
        // biome-ignore lint/style/useNodejsImportProtocol: Espruino's module, not Node's
        optional(() => require("http")),
        optional(() => require("Wifi") as WifiModule),
        board,
        clock,
      ),
    missing: missing,
    hardware: process.env.BOARD,
    base64: btoa,
    fromBase64: atob,
    images: () => openImages(storage, missing, board.hardware),
    log: print,
  };
}
