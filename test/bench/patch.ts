/**
 * Bytes on air of a small change of the camera's program: patch and signed manifest, for changes of one line or one
 * function made in a copy of device/ and built as ever. Peers: bsdiff and xdelta3 (Debian packages of those names).
 */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MANIFEST_BYTES } from "../../device/protocol/release.ts";
import { compile } from "../../toolchain/bundle/bundle.ts";
import { makePatch } from "../../toolchain/patch/patch.ts";
import { ROOT } from "../support/skip.ts";
import type { Figure } from "./run.ts";

interface Change {
  name: string;
  file: string;
  from: string;
  to: string;
}

const CHANGES: Change[] = [
  {
    name: "a constant changed",
    file: "subsystems.ts",
    from: "RETRY_S_MAX = 600",
    to: "RETRY_S_MAX = 900",
  },
  {
    name: "a string changed",
    file: "assembly.ts",
    from: "check-in failed: ",
    to: "check-in did not work: ",
  },
  {
    name: "a log line added",
    file: "production.ts",
    from: "if (!sighting) ports.log(",
    to: 'ports.log("the cycle has ended");\n        if (!sighting) ports.log(',
  },
  {
    name: "a variable added",
    file: "assembly.ts",
    from: 'ports.log(name + " failed: " + text);',
    to: 'const shown = name + " failed: " + text;\n      ports.log(shown + " / " + shown);',
  },
  {
    name: "a function added",
    file: "subsystems.ts",
    from: "const RETRY_S_MIN = 5;",
    to: `const RETRY_S_MIN = 5;
function retryLimit(seconds: number): number {
  const limit = Math.max(seconds * 3, RETRY_S_MIN);
  for (let i = 0; i < 3; i++) if (limit > i * 100) return limit - i;
  return RETRY_S_MAX;
}
console.log(retryLimit(7));`,
  },
];

const PEERS: [name: string, command: (base: string, image: string, out: string) => string[]][] = [
  ["bsdiff", (base, image, out) => ["bsdiff", base, image, out]],
  ["xdelta3", (base, image, out) => ["xdelta3", "-e", "-9", "-f", "-s", base, image, out]],
];

export async function figures(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "thicket-patch-"));
  try {
    const base = await built(folder);
    const found: Figure[] = [];
    for (const change of CHANGES) {
      const image = await built(folder, change);
      found.push(...onAir(folder, change.name, base, image));
    }
    const startMs = performance.now();
    makePatch(base, Buffer.from(base).reverse());
    const ms = Math.round(performance.now() - startMs);
    const name = "patch of a bundle that has nothing in common with the old one, time";
    return [...found, { name, value: ms, unit: "ms", vs: "", ratio: null }];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The program with one change, in a copy of the sources. */
async function built(folder: string, change?: Change): Promise<Uint8Array> {
  const tree = mkdtempSync(join(folder, "tree-"));
  cpSync(join(ROOT, "device"), join(tree, "device"), { recursive: true });
  for (const name of ["tsconfig.json", "package.json"]) cpSync(join(ROOT, name), join(tree, name));
  symlinkSync(join(ROOT, "node_modules"), join(tree, "node_modules"));
  if (change) {
    const path = join(tree, "device", change.file);
    const source = readFileSync(path, "utf8");
    const changed = source.replace(change.from, () => change.to);
    if (changed === source) throw new Error(`${change.file} has no longer: ${change.from}`);
    writeFileSync(path, changed);
  }
  const { code, findings } = await compile(join(tree, "device/main.ts"), "esp32s3");
  if (code === undefined) throw new Error(`${change?.name}: ${findings[0]?.message}`);
  return Buffer.from(code, "latin1");
}

function onAir(folder: string, name: string, base: Uint8Array, image: Uint8Array): Figure[] {
  const files = ["base", "image", "out"].map((file) => join(folder, file));
  const [baseFile, imageFile, outFile] = files as [string, string, string];
  writeFileSync(baseFile, base);
  writeFileSync(imageFile, image);
  const value = makePatch(base, image).length + MANIFEST_BYTES;
  const figure = { name: `update on air, ${name}, with manifest`, value, unit: "bytes" };
  return PEERS.map(([peer, command]) => {
    const [program = "", ...words] = command(baseFile, imageFile, outFile);
    const { error, status } = spawnSync(program, words);
    if (error || status) return { ...figure, vs: `${peer}: not installed here`, ratio: null };
    const theirs = statSync(outFile).size + MANIFEST_BYTES;
    const ratio = Number((theirs / value).toPrecision(3));
    return { ...figure, vs: `${peer} with manifest: ${theirs} bytes`, ratio };
  });
}
