/**
 * save() and what a board finds after it: globals, timers, watches, listeners and outputs, kept as `.varimg` in Storage.
 * The steps and texts are the original's; the contents are our own (its JsVars as they lie in memory are not there
 * to be written), so an image of a real board is refused as one of other firmware. Source: jsflash.c, jsinteractive.c.
 */
import type { Value } from "../engine/engine.ts";
import { freeze, type KnownObjects, thaw } from "../engine/snapshot.ts";
import { EspObject } from "../engine/value.ts";
import { compress, decompress } from "./compression.ts";
import { crlf } from "./console/line-editor.ts";
import type { Machine } from "./machine.ts";
import type { PinMode } from "./pins.ts";
import { FLAG_COMPRESSED } from "./storage/layout.ts";
import { StorageProblem } from "./storage/store.ts";
import type { Watch } from "./watches.ts";

export const IMAGE_FILE = ".varimg";
/** In place of the hash of the firmware that begins a real image. */
const MARK = "THK1";

/** What is kept besides the globals. */
interface Kept {
  isEchoOn: boolean;
  flags: string[];
  timers: {
    id: number;
    inUs: number;
    intervalUs: number | undefined;
    callback: Value;
    args: Value[];
  }[];
  watches: [id: number, Omit<Watch, "timer" | "record">][];
  pins: { pin: number; mode: PinMode; isOn: boolean }[];
  modules: [name: string, value: Value][];
}

/** Write the image. Pins, timers and watches stay as they are. */
export function saveState(machine: Machine): void {
  const show = (text: string) => machine.sendRaw(crlf(text));
  const { store, engine } = machine;
  const text = freeze(engine, kept(machine), knownObjects(machine));
  show("Compacting Flash...\n");
  store.erase(IMAGE_FILE);
  store.compact();
  show("Calculating Size...\n");
  const packed = compress(Buffer.from(text));
  const image = Buffer.concat([Buffer.from(MARK), packed]);
  try {
    store.write(IMAGE_FILE, image, 0, 0, FLAG_COMPRESSED);
  } catch (error) {
    if (!(error instanceof StorageProblem)) throw error;
    const { freeBytes } = store.layout.stats();
    show(`ERROR: Too big to save to flash (${image.length} vs ${freeBytes} bytes)\n`);
    show("Not enough free space to save. Try require('Storage').eraseAll()\n");
    return;
  }
  const { variables, bytesPerVar } = engine.layout;
  show(`Writing..\nCompressed ${variables * bytesPerVar} bytes to ${image.length}\n`);
}

/** Fill the fresh program from the image, if there is one that is ours. */
export function loadState(machine: Machine): void {
  const { store, engine } = machine;
  const image = store.read(IMAGE_FILE);
  if (image === undefined) return;
  if (!image.startsWith(MARK)) {
    machine.sendRaw("Not loading saved code from different Espruino firmware.\r\n");
    return;
  }
  machine.sendRaw(`Loading ${image.length} bytes from flash...\r\n`);
  const packed = Buffer.from(image.slice(MARK.length), "latin1");
  const text = Buffer.from(decompress(packed)).toString();
  restore(machine, thaw(engine, text, knownObjects(machine)) as Kept);
}

function kept(machine: Machine): Kept {
  const { timers, watches, clock, pins, board } = machine;
  return {
    isEchoOn: machine.editor.isEchoOn,
    flags: [...machine.flags],
    timers: [...timers.entries()]
      .filter(([, timer]) => !timer.native)
      .map(([id, { dueUs, intervalUs, callback, args }]) => {
        return { id, inUs: dueUs - clock.upUs, intervalUs, callback, args };
      }),
    watches: [...watches.entries()].map(([id, { timer, record, ...watch }]) => [id, watch]),
    pins: Array.from({ length: board.pinCount }, (_, pin) => ({
      pin,
      mode: pins.mode(pin),
      isOn: pins.isOn(pin),
    })).filter(({ mode, pin }) => mode !== "input" && pin !== board.button),
    modules: machine.modules.entries(),
  };
}

function restore(machine: Machine, state: Kept): void {
  machine.editor.isEchoOn = state.isEchoOn;
  for (const flag of state.flags) machine.flags.add(flag);
  for (const { pin, mode, isOn } of state.pins) {
    machine.pins.setMode(pin, mode, mode !== "output");
    if (mode === "output") machine.pins.write(pin, isOn);
  }
  for (const [name, value] of state.modules) machine.modules.keep(name, value);
  for (const { id, inUs, ...timer } of state.timers) {
    const dueUs = machine.clock.upUs + Math.max(0, inUs);
    machine.timers.add({ ...timer, intervalUs: timer.intervalUs ?? undefined, dueUs }, id);
  }
  for (const [id, watch] of state.watches) {
    machine.watches.add({ ...watch, timer: undefined, lastUs: undefined }, id);
  }
}

/** Libraries of the firmware by the names that require() knows them by. */
function knownObjects(machine: Machine): KnownObjects {
  const { modules } = machine;
  return {
    nameOf: (object) => {
      const found = modules
        .entries()
        .find(([name, value]) => value === object && modules.isBuiltIn(name));
      return found && `module ${found[0]}`;
    },
    byName: (path) => {
      const value = modules.require(path.slice("module ".length));
      return value instanceof EspObject ? value : undefined;
    },
  };
}
