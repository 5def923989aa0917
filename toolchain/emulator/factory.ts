/** What a camera leaves the workshop with: its program, the default model and the model's labels. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SlotImages } from "./slots.ts";

const MODEL_DIR = fileURLToPath(new URL("../../device/model/", import.meta.url));
const MODEL_NAME = "thicket_96_int8";

const part = (name: string): Buffer => readFileSync(`${MODEL_DIR}${name}`);

/** As files of Storage, for firmware without a vault. */
export function factoryFiles(app: string): Record<string, string | Uint8Array> {
  return {
    ".bootcde": app,
    "model.tflite": part(`${MODEL_NAME}.tflite`),
    "labels.txt": part("labels.txt"),
    "model.txt": MODEL_NAME,
  };
}

/** As images in the vault's slots. */
export function factoryImages(app: string): SlotImages {
  return {
    app: Buffer.from(app, "latin1"),
    model: part(`${MODEL_NAME}.tflite`),
    about: `${MODEL_NAME}\n${part("labels.txt").toString("latin1")}`,
  };
}
