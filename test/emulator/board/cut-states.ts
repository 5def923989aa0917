/**
 * States of Storage that a power cut leaves, each made by cutting a real operation of an emulated board, and what a
 * board shows when it boots from one. Used by the tests and by test/conform/record-cuts.ts, which asks the real
 * interpreter the same.
 */
import { Emulator, type TornWrite } from "../../../toolchain/emulator/emulator.ts";

export interface CutScenario {
  name: string;
  /** Lines typed before; S is Storage. */
  setup: string;
  /** The line whose flash operations are cut. */
  work: string;
}

export interface Seen {
  /** Console text up to the banner, without escape sequences. */
  boot: string;
  /** [free bytes, trash bytes, [name, length, CRC-32] of each file], then how a new file fared. */
  storage: string;
}

const STORAGE = "var S=require('Storage');";
/** Data without repetition, so that a wrong place shows. */
const fill = (name: string, bytes: number) =>
  `S.write('${name}',new Uint8Array(${bytes}).map((_,i)=>(i*7+${name.charCodeAt(0)})&127));`;

export const PROBE = [
  STORAGE,
  // A torn name can be listed and yet not be found.
  "var L=S.list().map(n=>{var d=S.read(n)||'';return [n,d.length,E.CRC32(d)]});",
  "var T=S.getStats(),R;",
  "try{S.write('after','hello');R=S.read('after')}catch(e){R=e.toString()}",
  "print('<<'+JSON.stringify([T.freeBytes,T.trashBytes,L,R,S.list().length])+'>>')",
].join("");

export const SCENARIOS: CutScenario[] = [
  { name: "first file", setup: "", work: "S.write('first','some text of it')" },
  {
    name: "new file",
    setup: fill("a", 300) + fill("b", 10),
    work: fill("c", 200),
  },
  {
    name: "overwrite",
    setup: "S.write('t','old text');S.write('k','keep');",
    work: "S.write('t','the new text')",
  },
  { name: "erase", setup: "S.write('t','text');S.write('k','keep');", work: "S.erase('t')" },
  {
    name: "append to a StorageFile",
    setup: "S.open('log','w').write('one,');",
    work: "S.open('log','a').write('two,three')",
  },
  {
    name: "new file in the last page",
    setup: "S.write('big','x',0,917504-32-1000);",
    work: fill("c", 200),
  },
  {
    name: "compaction from page 0",
    setup: `${fill("a", 3000)}${fill("b", 3000)}${fill("c", 3000)}${fill("d", 3000)}S.erase('a');`,
    work: "S.compact()",
  },
  {
    name: "compaction from a later page",
    setup: `${fill("a", 4064)}${fill("b", 3000)}${fill("c", 3000)}${fill("d", 3000)}S.erase('b');`,
    work: "S.compact()",
  },
  {
    name: "compaction of whole pages",
    setup: `${fill("a", 4064)}${fill("b", 4064)}${fill("c", 4064)}${fill("d", 4064)}S.erase('b');`,
    work: "S.compact()",
  },
  {
    name: "compaction of small files",
    setup: `${fill("a", 100)}${fill("b", 5000)}${fill("c", 20)}${fill("d", 700)}S.erase('a');`,
    work: "S.compact()",
  },
];

/** The Storage region, all that the real interpreter has. */
const storageOf = ({ flash }: Emulator): Uint8Array =>
  flash.image().subarray(0, flash.end - flash.base);

/** A board after the setup, and the operations that the work will do. */
export function prepare(scenario: CutScenario): { image: Uint8Array; operations: number } {
  const emulator = Emulator.boot();
  emulator.evaluate(`(function(){${STORAGE}${scenario.setup}})()`);
  const image = storageOf(emulator);
  const before = emulator.flash.countOperations();
  emulator.evaluate(`(function(){${STORAGE}${scenario.work}})()`);
  const operations = emulator.flash.countOperations() - before;
  emulator.close();
  return { image, operations };
}

/** Flash after the power went at the nth operation of the work. */
export async function cutState(
  scenario: CutScenario,
  image: Uint8Array,
  nth: number,
  torn: TornWrite,
): Promise<Uint8Array> {
  const emulator = Emulator.boot({ flash: image });
  emulator.flash.cutAt(nth, torn);
  emulator.console.write(`${STORAGE}${scenario.work}\n`);
  await emulator.run({ ms: 0 });
  if (emulator.isOn) throw new Error(`operation ${nth} of "${scenario.name}" did not come`);
  const left = storageOf(emulator);
  emulator.close();
  return left;
}

/** What the emulator shows of a flash image. */
export async function seenByEmulator(flash: Uint8Array): Promise<Seen> {
  let text = "";
  const emulator = Emulator.boot({
    flash,
    onConsole: (bytes) => {
      text += bytes;
    },
  });
  emulator.console.write(`echo(0)\n${PROBE}\n`);
  await emulator.run({ ms: 0 });
  emulator.close();
  return seen(text);
}

export function seen(text: string): Seen {
  const plain = text.replace(/\x1b\[[^A-Za-z]*[A-Za-z]/g, "").replaceAll("\r", "");
  const banner = plain.indexOf("\n ____");
  const boot = plain.slice(0, Math.max(banner, 0)).trim();
  return { boot, storage: /<<(.*)>>/.exec(plain)?.[1] ?? `no answer: ${plain.slice(-200)}` };
}

/** What the real interpreter showed, by the CRC-32 of the flash image. */
export function recordedStates(json: string): Map<number, Seen> {
  const rows = Object.entries(JSON.parse(json) as Record<string, string>);
  return new Map(
    rows.map(([key, text]) => {
      const [boot = "", storage = ""] = text.split("\t");
      return [Number(key), { boot, storage }];
    }),
  );
}

/** One cut of one scenario. */
export interface Case {
  scenario: CutScenario;
  nth: number;
  torn: TornWrite;
}

/** Every scenario cut at `operations` with every way of tearing them. */
export function casesOf(scenario: CutScenario, operations: number): Case[] {
  const kinds: TornWrite[] = ["none", "prefix", "half-erase"];
  const cases: Case[] = [];
  for (let nth = 1; nth <= operations; nth++) {
    // Long data is much the same everywhere.
    if (operations > 60 && nth > 6 && nth < operations - 6 && nth % 16 !== 0) continue;
    for (const torn of kinds) cases.push({ scenario, nth, torn });
    cases.push({ scenario, nth, torn: { kind: "prefix", words: 1 } });
    for (const seed of [nth, nth + 1000]) {
      cases.push({ scenario, nth, torn: { kind: "random", seed } });
    }
  }
  return cases;
}
