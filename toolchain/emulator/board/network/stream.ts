/**
 * Receiving objects: data goes to the "data" listener at once, or into a small buffer for read().
 * Source: jswrap_stream.c, Espruino 2v29.
 */
import { EspObject, type Value } from "../../engine/engine.ts";
import { callListeners } from "../listeners.ts";
import type { Machine } from "../machine.ts";
import type { Functions } from "../natives.ts";

export const BUFFER_KEY = "\xffbuf";
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
    pipe: (self, [destination, options]) => {
      machine.network.pipes.add(self, destination, options);
      return undefined;
    },
  };
}

/** False when the buffer has no room and the data must wait; `isForced`: what has no room is lost. */
export function pushData(
  machine: Machine,
  stream: EspObject,
  data: string,
  isForced = true,
): boolean {
  if (callListeners(machine, stream, "data", [data])) return true;
  const text = buffered(stream);
  if (text === "") {
    machine.engine.set(stream, BUFFER_KEY, data);
    return true;
  }
  const hasRoom = text.length + data.length <= MAX_BUFFER_BYTES;
  if (!hasRoom && isForced) machine.engine.errorFlags.add("BUFFER_FULL");
  if ((hasRoom || isForced) && text.length < MAX_BUFFER_BYTES) {
    machine.engine.set(stream, BUFFER_KEY, text + data.slice(0, MAX_BUFFER_BYTES - text.length));
  }
  return hasRoom;
}

function buffered(stream: Value): string {
  const text = stream instanceof EspObject ? stream.props?.get(BUFFER_KEY) : undefined;
  return typeof text === "string" ? text : "";
}
