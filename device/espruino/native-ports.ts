/** Camera, vision and model on the native extension's modules; the model and its labels are files in Storage. */
import type { Camera, Model, Vision } from "../ports.ts";
import { E_MODEL_FILE, E_MODEL_LABELS, fault } from "../protocol/error-names.ts";
import { aboutModel, modelLength } from "../protocol/model-image.ts";
import type { CameraModule, ModelModule, VaultModule, VisionModule } from "./native-modules.ts";
import { guarded } from "./program.ts";
import type { StorageModule } from "./storage.ts";

/** The sensor may deliver less. VGA keeps a JPEG near 40 KB and a frame in the chip's external memory. */
const FRAME_SIZE = { width: 640, height: 480 };
/** What the default model was trained with, percent of the box's side. */
const MARGIN_PCT = 25;

/** By the number that vision.statistics gives; a clear lens has no name. */
const LENS = ["", "LENS_COVERED", "LENS_BLURRED"];

export const MODEL_FILE = "model.tflite";
/** One label per line, in the order of the model's outputs. */
const LABELS_FILE = "labels.txt";
/** Name that goes with each observation; "model" without this file. */
const NAME_FILE = "model.txt";

export function createCamera(module: CameraModule): Camera {
  return {
    start: () => module.open(FRAME_SIZE),
    capture: (done) =>
      module.capture((handle, width, height, problem) =>
        guarded(() => {
          if (handle) done({ handle, width, height });
          else done(undefined, problem || "CAMERA_FRAME");
        })(),
      ),
    release: (frame) => module.release(frame.handle),
    jpeg: (frame, qualityPct) => module.jpeg(frame.handle, qualityPct),
    stop: () => module.close(),
  };
}

export function createVision(module: VisionModule): Vision {
  return {
    motion: (frame) => {
      const numbers = module.motion(frame.handle);
      if (!numbers.length) return undefined;
      const [changedPermille, left, top, width, height, suppressedPermille] = numbers as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      const box = width
        ? ([left, top, width, height] as [number, number, number, number])
        : undefined;
      return { changedPermille, box, suppressedPermille };
    },
    learn: (frame) => module.learn(frame.handle),
    lens: (frame) => LENS[module.statistics(frame.handle)[5] as number] || "",
    crop: (frame, box) => {
      const [left, top, width, height] = box || [0, 0, 0, 0];
      module.crop(frame.handle, left, top, width, height, 0);
    },
    cropAround: (frame, box) =>
      module.crop(frame.handle, box[0], box[1], box[2], box[3], MARGIN_PCT),
  };
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Where the model lies and what it is called: its bytes in place, its name, its labels. */
interface ModelFile {
  bytes: string;
  name: string;
  labels: string[];
}

/** A model in Storage: a person put it there to try it, so it wins. */
function storedModel(storage: StorageModule): ModelFile | undefined {
  const bytes = storage.read(MODEL_FILE);
  if (!bytes) return undefined;
  return {
    bytes: bytes,
    name: linesOf(storage.read(NAME_FILE) || "")[0] || "model",
    labels: linesOf(storage.read(LABELS_FILE) || ""),
  };
}

/**
 * The model in the vault's slot, with its name and then its labels, a line each: behind it where it came as a release
 * (protocol/model-image.ts), else in the slot's cell.
 */
function installedModel(vault: VaultModule): ModelFile | undefined {
  const slot = vault.choose("model");
  const bytes = slot < 0 ? undefined : vault.image("model", slot);
  if (!bytes) return undefined;
  const modelBytes = modelLength(bytes);
  const about = modelBytes ? aboutModel(bytes, modelBytes) : vault.read("model-" + slot) || "";
  const lines = linesOf(about);
  const model = modelBytes ? bytes.substr(0, modelBytes) : bytes;
  return { bytes: model, name: lines[0] || "model", labels: lines.slice(1) };
}

/** @param vault undefined where the firmware has none */
export function createModel(
  module: ModelModule,
  storage: StorageModule,
  vault: VaultModule | undefined,
): Model {
  let labels: string[] = [];
  let name = "";
  return {
    labels: () => labels,
    name: () => name,
    start: () => {
      const found = storedModel(storage) || (vault && installedModel(vault));
      if (!found) throw fault(E_MODEL_FILE, MODEL_FILE);
      const opened = module.open(found.bytes);
      labels = found.labels;
      name = found.name;
      if (labels.length !== opened.outputs) throw fault(E_MODEL_LABELS, LABELS_FILE);
    },
    invoke: () => module.invoke(),
    lastMs: () => module.lastMs(),
    stop: () => module.close(),
  };
}
