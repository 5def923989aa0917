/**
 * Starting a program: at power-on, after reset(), after load(). Which files run in which order, the "kill" and "init"
 * events, onInit, the banner. Source: Espruino 2v29, jsinteractive.c (jsiSemiInit, jsiSoftInit), jsflash.c.
 */
import { VERSION } from "./boards.ts";
import { runBootGuard } from "./boot-guard.ts";
import { crlf } from "./console/line-editor.ts";
import { runCallback } from "./evaluating.ts";
import { callListeners } from "./listeners.ts";
import type { Machine } from "./machine.ts";
import { loadState, saveState } from "./saved-state.ts";
import { NAME_BYTES } from "./storage/layout.ts";

export type BootKind =
  | { kind: "power" }
  | { kind: "reset" }
  | { kind: "save" }
  | { kind: "load"; file: string | undefined };

/** Tells the terminal not to wrap lines; the Linux build leaves it out. */
const NO_WRAP = "\x1b[?7l";
const BANNER = `
 ____                 _ 
|  __|___ ___ ___ _ _|_|___ ___ 
|  __|_ -| . |  _| | | |   | . |
|____|___|  _|_| |___|_|_|_|___|
         |_| espruino.com
 ${VERSION} (c) 2026 G.Williams

Espruino is Open Source. Our work is supported
only by sales of official boards and donations:
http://espruino.com/Donate
`;

/** What a chip does out of reset. */
export function bootChip(machine: Machine): void {
  machine.running.startTurn();
  machine.chip.bootloader();
  powerOnCheck(machine);
  machine.network.wifi.restore();
  bootProgram(machine, { kind: "power" });
}

/** What a chip loses in a reset, besides its program and what was being typed. */
export function forgetState(machine: Machine): void {
  machine.todo = undefined;
  machine.packets.end();
  machine.faults.clear();
  machine.pins.reset();
  // The radio first: a chip that restarts does not take leave of its peers.
  machine.network.wifi.reset();
  machine.network.sockets.reset();
  machine.flags.clear();
  machine.isFirstBoot = true;
  machine.editor.restart(true);
  machine.editor.password = undefined;
  machine.editor.isLocked = false;
}

/** Storage that cannot be read is erased as a whole, at power-on only. */
function powerOnCheck(machine: Machine): void {
  if (machine.store.layout.isValid()) return;
  sendText(machine, "Storage is corrupt.\nErasing Storage Area...\n");
  machine.store.eraseAll();
  sendText(machine, "Erase complete.\n");
}

/** A program starts in place of the running one (or, at power-on, in the fresh engine). */
export function bootProgram(machine: Machine, boot: BootKind): void {
  if (boot.kind === "save") {
    saveProgram(machine);
    return;
  }
  if (boot.kind !== "power") endProgram(machine);
  const file = boot.kind === "load" ? boot.file : undefined;
  const isFull = boot.kind !== "load" || file !== undefined;
  machine.editor.restart(isFull);
  if (file !== undefined) machine.engine.set(machine.engine.global, "__FILE__", file);
  const isAutomatic = boot.kind === "power" || !isFull;
  const hasCode = boot.kind === "power" && containsCode(machine);
  if (isAutomatic) machine.faults.protect(() => loadState(machine));
  runBootFiles(machine, isAutomatic);
  if (isFull) {
    if (!hasCode) showBanner(machine);
    if (machine.editor.isEchoOn) {
      sendText(machine, "\n");
      machine.editor.markRemoved();
    }
  }
  if (file !== undefined) runFile(machine, file, file.length < NAME_BYTES ? file : "load");
  // The original forgets what it was asked for only now, and with it what the new program asked for meanwhile.
  if (machine.todo?.kind === boot.kind) machine.todo = undefined;
}

/** save(): the running program is written to flash and goes on as after a boot that loaded it. */
function saveProgram(machine: Machine): void {
  machine.packets.end();
  callListeners(machine, machine.touchedGlobal("E"), "kill", []);
  machine.faults.check();
  machine.editor.restart(false);
  machine.faults.protect(() => saveState(machine));
  machine.faults.check();
  machine.isFirstBoot = false;
  runBootFiles(machine, true);
}

function endProgram(machine: Machine): void {
  machine.packets.end();
  callListeners(machine, machine.touchedGlobal("E"), "kill", []);
  machine.faults.check();
  machine.isFirstBoot = false;
  machine.pins.reset();
  machine.network.sockets.reset();
  machine.startProgram();
}

function containsCode(machine: Machine): boolean {
  return [".varimg", ".bootcde", ".bootrst"].some((name) => machine.store.read(name) !== undefined);
}

function runBootFiles(machine: Machine, isAutomatic: boolean): void {
  // Without going on, a person has the bare console.
  if (isAutomatic && machine.options.hasBootGuard && !runBootGuard(machine)) return;
  if (machine.isFirstBoot) runFile(machine, ".bootPowerOn", ".bootPowerOn");
  for (const name of [".boot0", ".boot1", ".boot2", ".boot3"]) runFile(machine, name, name);
  if (machine.store.read(".bootrst") !== undefined) {
    runFile(machine, ".bootrst", "boot code");
  } else if (isAutomatic) {
    runFile(machine, ".bootcde", "boot code");
  }
  callListeners(machine, machine.touchedGlobal("E"), "init", []);
  machine.faults.check();
  const onInit = machine.engine.global.props?.get("onInit");
  if (onInit === undefined) return;
  if (machine.editor.isEchoOn) sendText(machine, "Running onInit()...\n");
  machine.faults.protectEvent(() => runCallback(machine, onInit, undefined, []));
  machine.faults.check();
}

/** Evaluate a file of Storage; its functions keep their code in flash. */
function runFile(machine: Machine, name: string, label: string): void {
  const text = machine.store.read(name);
  if (text === undefined) return;
  machine.faults.protect(() => {
    machine.runCode(() => machine.engine.evaluate(text, { file: name, label, isNative: true }));
  });
  machine.faults.check();
}

function showBanner(machine: Machine): void {
  if (!machine.editor.isEchoOn) return;
  sendText(machine, NO_WRAP + BANNER);
  if (machine.store.read("ERROR") === undefined) return;
  sendText(
    machine,
    "\nAn Uncaught Error has been saved to Storage. Please type:\n" +
      "  require('Storage').read('ERROR') to view it\n" +
      "  require('Storage').erase('ERROR') to clear it\n",
  );
}

/** Text that does not take the typed line off the screen first. */
const sendText = (machine: Machine, text: string): void => machine.sendRaw(crlf(text));
