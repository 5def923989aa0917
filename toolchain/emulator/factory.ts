/** What a camera leaves the workshop with beside its program: the default model and the model's labels, as Storage files. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const MODEL_DIR = fileURLToPath(new URL("../../device/model/", import.meta.url));
const MODEL_NAME = "thicket_96_int8";

export function factoryFiles(): Record<string, string | Uint8Array> {
  return {
    "model.tflite": readFileSync(`${MODEL_DIR}${MODEL_NAME}.tflite`),
    "labels.txt": readFileSync(`${MODEL_DIR}labels.txt`),
    "model.txt": MODEL_NAME,
  };
}
