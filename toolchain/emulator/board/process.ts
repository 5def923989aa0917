/** The process object: version, env, memory(). Source: jswrap_process.c. */
import type { Value } from "../engine/engine.ts";
import { GIT_COMMIT, VERSION } from "./boards.ts";
import { serialNumber } from "./interactive.ts";
import type { Machine } from "./machine.ts";
import { defineGlobalObject } from "./natives.ts";

const IO_BUFFER_BYTES = 4096;
const TX_BUFFER_BYTES = 4096;
const EXPORTED_POINTERS_ADDRESS = 1061109567;

export function installProcess(machine: Machine): void {
  const functions = { memory: () => memory(machine) };
  const getters = { version: () => VERSION, env: () => env(machine) };
  defineGlobalObject(machine.engine, "process", functions, getters);
}

function env(machine: Machine): Value {
  const { engine, board } = machine;
  return engine.object({
    VERSION,
    GIT_COMMIT,
    BOARD: board.id,
    RAM: board.ramBytes,
    FLASH: 0,
    STORAGE: board.storageBytes,
    SERIAL: serialNumber(machine),
    CONSOLE: board.console,
    MODULES: board.modules.join(","),
    EXPTR: EXPORTED_POINTERS_ADDRESS,
  });
}

function memory(machine: Machine): Value {
  const { engine, board } = machine;
  const { free, usage, total } = engine.memory();
  return engine.object({
    free,
    usage,
    total,
    history: 0,
    gc: 0,
    gctime: 0,
    blocksize: board.layout.bytesPerVar,
    rx: engine.object({ used: 0, total: IO_BUFFER_BYTES }),
    tx: engine.object({ used: 0, total: TX_BUFFER_BYTES }),
  });
}
