/**
 * Receiving objects: data goes to the "data" listener at once, or into a small buffer for read().
 * Source: jswrap_stream.c.
 */
import { EspObject, type Value } from "../../engine/engine.ts";
import { notModelled } from "../interactive.ts";
import { callListeners } from "../listeners.ts";
import type { Machine } from "../machine.ts";
import type { Functions } from "../natives.ts";

const BUFFER_KEY = "\xffbuf";
const MAX_BUFFER_BYTES = 512;

export function streamMethods(machine: Machine): Functions {
  const { engine } = machine;
  return {
    available: (self) => buffered(self).length,
    read: (self, [count]) => {
      if (!(self instanceof EspObject)) return undefined;
      const text = buffered(self);
      const wanted = engine.int(count);
      const taken = wanted <= 0 ? text : text.slice(0, wanted);
      if (taken.length === text.length) self.props?.delete(BUFFER_KEY);
      else engine.set(self, BUFFER_KEY, text.slice(taken.length));
      return taken;
    },
    pipe: () => notModelled(machine, "pipe()"),
  };
}

export function pushData(machine: Machine, stream: EspObject, data: string): void {
  if (callListeners(machine, stream, "data", [data])) return;
  const text = buffered(stream) + data;
  if (text.length > MAX_BUFFER_BYTES) machine.engine.errorFlags.add("BUFFER_FULL");
  machine.engine.set(stream, BUFFER_KEY, text.slice(0, MAX_BUFFER_BYTES));
}

function buffered(stream: Value): string {
  const text = stream instanceof EspObject ? stream.props?.get(BUFFER_KEY) : undefined;
  return typeof text === "string" ? text : "";
}
