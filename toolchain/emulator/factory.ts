/** What a camera leaves the workshop with: its program, the default model and the model's labels. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Board } from "./board/boards.ts";
import type { Flash } from "./board/flash.ts";
import { writeFiles } from "./first-files.ts";
import { fillSlots } from "./slots.ts";

const MODEL_DIR = fileURLToPath(new URL("../../device/model/", import.meta.url));
const MODEL_NAME = "thicket_96_int8";

const part = (name: string): Buffer => readFileSync(`${MODEL_DIR}${name}`);

/** The model as files of Storage, where no slot takes it. */
function modelFiles(): Record<string, string | Uint8Array> {
  return {
    "model.tflite": part(`${MODEL_NAME}.tflite`),
    "labels.txt": part("labels.txt"),
    "model.txt": MODEL_NAME,
  };
}

/** Program and model into the vault's slots, and into Storage what finds no room there. */
export function leaveFactory(flash: Flash, board: Board, app: string, hasVault: boolean): void {
  const images = {
    app: Buffer.from(app, "latin1"),
    model: part(`${MODEL_NAME}.tflite`),
    about: `${MODEL_NAME}\n${part("labels.txt").toString("latin1")}`,
  };
  const homeless = hasVault ? fillSlots(flash, board, images) : ["app", "model"];
  if (homeless.includes("app")) writeFiles(flash, { ".bootcde": app });
  if (homeless.includes("model")) writeFiles(flash, modelFiles());
}
