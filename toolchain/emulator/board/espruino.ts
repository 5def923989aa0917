/** The hardware half of the E object; the pure half is the engine's. Source: jswrap_espruino.c, Espruino 2v29. */
import { setDaylight, setTimeZone } from "../engine/builtins/daylight.ts";
import { EspObject, type Value } from "../engine/engine.ts";
import { isString, MemoryString } from "../engine/value.ts";
import { notModelled } from "./interactive.ts";
import type { Machine } from "./machine.ts";
import { addMembers, type Functions } from "./natives.ts";

const FLAG_NAMES = [
  "deepSleep",
  "unsafeFlash",
  "unsyncFiles",
  "pretokenise",
  "jitDebug",
  "onErrorSave",
  "onErrorFlash",
];
const NOT_MODELLED = [
  "dumpStr",
  "dumpVariables",
  "memoryMap",
  "nativeCall",
  "getPowerUsage",
  "openFile",
  "connectSDCard",
  "unmountSD",
];

export function installEspruino(machine: Machine): void {
  const { engine } = machine;
  const functions: Functions = {
    getErrorFlags: () => engine.array(machine.faults.takeFlags()),
    getFlags: () =>
      engine.object(
        Object.fromEntries(FLAG_NAMES.map((name) => [name, machine.flags.has(name) ? 1 : 0])),
      ),
    setFlags: (_self, [flags]) => setFlags(machine, flags),
    setBootCode: (_self, [code, isAlways]) => setBootCode(machine, code, engine.truthy(isAlways)),
    pipe: (_self, [source, destination, options]) => {
      machine.network.pipes.add(source, destination, options);
      return undefined;
    },
    getConsole: () => machine.port.device,
    setConsole: (_self, [device]) => setConsole(machine, device),
    // The ESP32's firmware does not set its clock, and says so.
    setClock: () => {
      machine.sendRaw("ERROR: >> jshSetSystemClock Not implemented\r\n");
      return 0;
    },
    getClock: () => undefined,
    // Neither chip's firmware can read its sensor.
    getTemperature: () => Number.NaN,
    getAnalogVRef: () => Number.NaN,
    getBattery: () => 0,
    setPassword: (_self, [password]) => {
      machine.editor.password = isString(password) ? engine.text(password) : undefined;
      if (machine.editor.password === undefined) machine.editor.isLocked = false;
      return undefined;
    },
    lockConsole: () => {
      if (machine.editor.password !== undefined) machine.editor.isLocked = true;
      return undefined;
    },
    memoryArea: (_self, [address, length]) => memoryArea(machine, address, length),
    setTimeZone: (_self, [hours]) => {
      setTimeZone(engine, engine.number(hours));
      return undefined;
    },
    setDST: (_self, args) => {
      setDaylight(engine, args);
      return undefined;
    },
  };
  for (const name of NOT_MODELLED) functions[name] = () => notModelled(machine, `E.${name}()`);
  addMembers(engine, "E", functions);
}

/** A string on memory where it lies. Of the address space only Storage is known: reading elsewhere throws. */
function memoryArea(machine: Machine, address: Value, length: Value): Value {
  const { engine, board, flash } = machine;
  const from = engine.int(address) >>> 0;
  const size = engine.int(length);
  if (size < 0) return undefined;
  const isStorage =
    from >= board.storageAddress && from + size <= board.storageAddress + board.storageBytes;
  if (isStorage) return new MemoryString(flash.readText(from, size), "native");
  const area = new MemoryString("", "native");
  Object.defineProperty(area, "bytes", {
    get: () => notModelled(machine, `memory at 0x${from.toString(16)}`),
  });
  return area;
}

function setConsole(machine: Machine, device: Value): Value {
  const { engine, port } = machine;
  if (device === null) {
    port.move(null);
    return undefined;
  }
  let name = isString(device) ? engine.text(device) : undefined;
  if (device instanceof EspObject) {
    name = [...port.ports.keys()].find((known) => machine.touchedGlobal(known) === device);
  }
  if (name === undefined || !port.ports.has(name)) {
    throw machine.error('Unknown device type "undefined"');
  }
  port.move(name);
  return undefined;
}

function setFlags(machine: Machine, flags: Value): Value {
  const { engine } = machine;
  if (!(flags instanceof EspObject)) return undefined;
  for (const name of engine.keys(flags)) {
    if (!FLAG_NAMES.includes(name)) throw machine.error(`Unknown flag ${name}`);
    if (engine.truthy(engine.get(flags, name))) machine.flags.add(name);
    else machine.flags.delete(name);
  }
  return undefined;
}

function setBootCode(machine: Machine, code: Value, isAlways: boolean): Value {
  const { engine, store } = machine;
  store.erase(".bootcde");
  store.erase(".bootrst");
  const text = isString(code) ? engine.text(code) : "";
  if (text !== "") store.write(isAlways ? ".bootrst" : ".bootcde", Buffer.from(text, "latin1"));
  return undefined;
}
