/** require("Flash") on the Storage region; the rest of the chip is not there. Source: jswrap_flash.c. */
import { type EspObject, EspObject as Plain, type Value } from "../engine/engine.ts";
import { ERASE_PAGE_BYTES } from "./flash.ts";
import type { Machine } from "./machine.ts";
import { library } from "./natives.ts";

export function makeFlash(machine: Machine): EspObject {
  const { engine, flash } = machine;
  /** Start of a range that must lie inside the region. */
  const inside = (address: Value, length: number): number => {
    const start = engine.int(address);
    if (start < flash.base || start + length > flash.end) {
      machine.missing.add("Flash outside Storage");
      throw machine.error(`Flash: only the Storage region is modelled by the emulator`);
    }
    return start;
  };
  return library("Flash", {
    getPage: (_self, [address]) => {
      const start = engine.int(address);
      if (start < flash.base || start >= flash.end) return undefined;
      const offset = (start - flash.base) % ERASE_PAGE_BYTES;
      return engine.object({ addr: start - offset, length: ERASE_PAGE_BYTES });
    },
    erasePage: (_self, [page]) => {
      const address = page instanceof Plain ? engine.get(page, "addr") : page;
      flash.erasePage(inside(address, 1));
      return undefined;
    },
    write: (_self, [data, address]) => {
      const bytes = engine.bytesOf(data) ?? Uint8Array.of(engine.int(data));
      flash.program(inside(address, bytes.length), bytes);
      return undefined;
    },
    read: (_self, [length, address]) => {
      const count = engine.int(length);
      return engine.typedArray("Uint8Array", flash.read(inside(address, count), count));
    },
    getFree: () => {
      machine.missing.add("Flash.getFree()");
      throw machine.error("Flash.getFree() is not modelled by the emulator");
    },
  });
}
