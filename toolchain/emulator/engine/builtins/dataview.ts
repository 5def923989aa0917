/** DataView: an object with a buffer in it; reads past the end are not refused. */
import { toInt, toNumber, truthy, typeName } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { define } from "../properties.ts";
import { EspBuffer, EspObject, type Value } from "../value.ts";
import { classOf, type Members, methods } from "./define.ts";

const KINDS: [string, number][] = [
  ["Float32", 4],
  ["Float64", 8],
  ["Int8", 1],
  ["Int16", 2],
  ["Int32", 4],
  ["Uint8", 1],
  ["Uint16", 2],
  ["Uint32", 4],
];

export function installDataView(e: Engine): void {
  const members: Members = {};
  for (const [kind, size] of KINDS) {
    members[`get${kind}`] = (self, [offset, isLittle]) => {
      const scratch = scratchOf(self, toInt(e, offset), size);
      return (scratch.view as unknown as Record<string, (at: number, little: boolean) => number>)[
        `get${kind}`
      ]!.call(scratch.view, 0, truthy(isLittle));
    };
    members[`set${kind}`] = (self, [offset, value, isLittle]) => {
      const at = toInt(e, offset);
      const scratch = scratchOf(self, at, size);
      const number = kind.startsWith("Float") ? toNumber(e, value) : toInt(e, value);
      (scratch.view as unknown as Record<string, (at: number, v: number, little: boolean) => void>)[
        `set${kind}`
      ]!.call(scratch.view, 0, number, truthy(isLittle));
      for (let i = 0; i < size; i++) {
        const index = scratch.from + i;
        if (index >= 0 && index < scratch.bytes.length) scratch.bytes[index] = scratch.copy[i]!;
      }
      return undefined;
    };
  }
  methods(e, "DataView", members);
  classOf(e, "DataView", (_self, [buffer, offset, length]) => {
    if (!(buffer instanceof EspBuffer)) {
      throw e.error("TypeError", `Expecting ArrayBuffer, got ${typeName(buffer)}`);
    }
    const view = new EspObject(e.touchClass("DataView") ?? null);
    define(view, "buffer", buffer);
    define(view, "byteOffset", toInt(e, offset));
    define(
      view,
      "byteLength",
      length === undefined || toInt(e, length) === 0 ? buffer.bytes.length : toInt(e, length),
    );
    e.allocated += 12;
    return view;
  });
}

/** The bytes in question, copied; zero beyond the buffer. */
function scratchOf(self: Value, offset: number, size: number) {
  const object = self instanceof EspObject ? self : undefined;
  const buffer = object?.props?.get("buffer");
  const bytes = buffer instanceof EspBuffer ? buffer.bytes : new Uint8Array(0);
  const from = offset + Number(object?.props?.get("byteOffset") ?? 0);
  const copy = new Uint8Array(size);
  for (let i = 0; i < size; i++) copy[i] = bytes[from + i] ?? 0;
  return { bytes, copy, from, view: new DataView(copy.buffer) };
}
