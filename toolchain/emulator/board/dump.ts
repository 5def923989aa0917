/** dump(): the program's state as code that would make it again. Source: jsinteractive.c (jsiDumpState). */
import { EspObject, type Value } from "../engine/engine.ts";
import { EspFunction, isString } from "../engine/value.ts";
import type { Machine } from "./machine.ts";

const EVENT_PREFIX = "#on";

export function dumpState(machine: Machine): string {
  const lines: string[] = [];
  for (const [name, value] of machine.engine.global.props ?? []) {
    if (name.startsWith(EVENT_PREFIX) || name.startsWith("\xff")) continue;
    if (machine.engine.builtins.has(name)) lines.push(...members(machine, name, value));
    else if (value instanceof EspFunction && !value.native) {
      lines.push(`function ${name}${functionSource(machine, value)}\n`);
      lines.push(...members(machine, name, value));
    } else lines.push(`var ${name} = ${shown(machine, value, name)};\n`);
  }
  return lines.join("") + timers(machine) + watches(machine) + bootCode(machine);
}

/** What was added to an object: listeners, functions, prototypes. */
function members(machine: Machine, path: string, object: Value): string[] {
  if (!(object instanceof EspObject)) return [];
  const lines: string[] = [];
  for (const [name, value] of object.props ?? []) {
    if (name === "prototype") lines.push(...members(machine, `${path}.prototype`, value));
    else if (name.startsWith(EVENT_PREFIX)) {
      const event = JSON.stringify(name.slice(EVENT_PREFIX.length));
      const list = machine.engine.isArray(value) ? machine.engine.arrayValues(value) : [value];
      for (const listener of list)
        lines.push(`${path}.on(${event}, ${shown(machine, listener)});\n`);
    } else if (name !== "constructor" && !(value instanceof EspFunction && value.native)) {
      lines.push(`${path}.${name} = ${shown(machine, value)};\n`);
    }
  }
  return lines;
}

/** A value as code; by its name when it is a global of another name. */
function shown(machine: Machine, value: Value, ownName?: string): string {
  if (value instanceof EspObject) {
    for (const [name, global] of machine.engine.global.props ?? []) {
      if (global === value && name !== ownName) return name;
    }
  }
  return isString(value) ? machine.engine.toJS(value) : machine.engine.inspect(value);
}

/** Parameters and body, without the word in front. */
const functionSource = (machine: Machine, fn: EspFunction): string =>
  machine.engine.text(fn).replace(/^function /, "");

function timers(machine: Machine): string {
  let text = "";
  for (const [id, timer] of machine.timers.entries()) {
    if (timer.native) continue;
    const us = timer.intervalUs ?? timer.dueUs - machine.clock.upUs;
    const name = timer.intervalUs === undefined ? "setTimeout" : "setInterval";
    text += `${name}(${shown(machine, timer.callback)}, ${us / 1000}); // ${id}\n`;
  }
  return text;
}

function watches(machine: Machine): string {
  let text = "";
  for (const watch of machine.watches.all) {
    const edge = watch.edge === 0 ? "both" : watch.edge > 0 ? "rising" : "falling";
    const debounce = watch.debounceUs > 0 ? `, debounce : ${watch.debounceUs / 1000}` : "";
    text += `setWatch(${shown(machine, watch.callback)}, D${watch.pin}, `;
    text += `{ repeat:${watch.isRepeating}, edge:'${edge}'${debounce} });\n`;
  }
  return text;
}

function bootCode(machine: Machine): string {
  const code = machine.store.read(".bootrst") ?? machine.store.read(".bootcde");
  return code === undefined ? "" : `// Code saved with E.setBootCode\n${code}`;
}
