/** The default model with its SOFTMAX turned into an operator that no runtime of ours has. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { ROOT } from "./skip.ts";

export const MODEL = join(ROOT, "device/model/thicket_96_int8.tflite");
const SOFTMAX = 25;
const STRIDED_SLICE = 45;

export function withUnknownOperator(): Buffer {
  const file = Buffer.from(readFileSync(MODEL));
  const follow = (at: number) => at + file.readUInt32LE(at);
  const field = (table: number, id: number) => {
    const vtable = table - file.readInt32LE(table);
    const offset =
      4 + 2 * id < file.readUInt16LE(vtable) ? file.readUInt16LE(vtable + 4 + 2 * id) : 0;
    return offset && table + offset;
  };
  const codes = follow(field(follow(0), 1));
  let changed = 0;
  for (let i = 0; i < file.readUInt32LE(codes); i++) {
    const code = follow(codes + 4 + 4 * i);
    if (file.readInt8(field(code, 0)) !== SOFTMAX) continue;
    file.writeInt8(STRIDED_SLICE, field(code, 0));
    if (field(code, 3)) file.writeInt32LE(STRIDED_SLICE, field(code, 3));
    changed++;
  }
  assert.is(changed, 1);
  return file;
}
