/** Who holds the interpreter's variables, in the source's own words: functions of one part together, data by variable. */
import type { SourceName, SourceNames } from "./source-names.ts";

export interface Holder {
  /** "createOutbox", "queue in createOutbox", "interpreter: timers and watches". */
  name: string;
  module: string;
  jsvars: number;
}

/** As the emulator counts them. */
export interface MeasuredHolder {
  kind: "function" | "variable" | "global" | "interpreter";
  name: string;
  /** "" where the text lies in RAM. */
  file: string;
  offset: number;
  jsvars: number;
}

/** Largest first; the sum stays the same. */
export function namedHolders(holders: readonly MeasuredHolder[], names: SourceNames): Holder[] {
  const rows = new Map<string, Holder>();
  for (const holder of holders) {
    const { name, module } = nameOf(holder, names);
    const key = `${module} ${name}`;
    const row = rows.get(key) ?? { name, module, jsvars: 0 };
    row.jsvars += holder.jsvars;
    rows.set(key, row);
  }
  return [...rows.values()].sort((a, b) => b.jsvars - a.jsvars || (a.name < b.name ? -1 : 1));
}

function nameOf({ kind, name, file, offset }: MeasuredHolder, names: SourceNames): SourceName {
  if (kind === "global" || kind === "interpreter") return { name: `${kind}: ${name}`, module: "" };
  if (file === "") return { name: "typed code", module: "" };
  if (kind === "function" || name === "") return names.partAt(offset);
  return names.variableAt(offset, name);
}

/** "queue in createOutbox (device/network/outbox.ts)". */
export const ownerOf = ({ name, module }: SourceName): string =>
  module === "" ? name : `${name} (${module})`;

export const holderText = (holder: Holder): string => `${ownerOf(holder)} ${holder.jsvars}`;
