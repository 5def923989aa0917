/**
 * The source as text: who may import whom (docs/architecture), lengths, leftovers, and the test-runner traps.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ROOT } from "./support/skip.ts";

const TOP_LEVEL = ["device", "native", "toolchain", "test"];

interface Source {
  path: string;
  text: string;
  imports: string[];
}

const sources: Source[] = TOP_LEVEL.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => /\.(ts|tsx|c|h)$/.test(path) && !path.includes("/build/"))
    .filter((path) => !path.startsWith("native/tflite-micro/"))
    .filter((path) => !path.startsWith("test/fixtures/")),
).map((path) => {
  const text = readFileSync(join(ROOT, path), "utf8");
  const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((match) =>
    relative(ROOT, resolve(ROOT, dirname(path), match[1] ?? "")),
  );
  return { path, text, imports };
});

const scripts = sources.filter(({ path }) => /\.tsx?$/.test(path));

/** Files that may be longer than their kind, each with its reason. */
const LONG_FILES: Record<string, string> = {
  "device/ports.ts": "one contract, all of it type declarations",
  "device/espruino/native-modules.ts": "one contract, all of it type declarations",
};

/** [who, may import these prefixes] ; the first row that matches a file decides. Itself and its own folder: always. */
const MAY_IMPORT: [RegExp, RegExp][] = [
  [/^device\/protocol\//, /^$/],
  [/^device\/espruino\//, /^device\/(protocol\/|ports\.ts)/],
  [/^device\/main\.ts$/, /^device\//],
  [/^device\/boot\//, /^device\/(protocol|espruino)\//],
  [/^device\//, /^device\/(?!espruino\/|main\.ts|boot\/)/],
  [/^native\//, /^native\//],
  [/^toolchain\/commands\//, /^(toolchain\/(?!commands\/)|device\/protocol\/)/],
  [
    /^toolchain\/(cli|command-line)\.ts$/,
    /^toolchain\/(commands\/|command-line\.ts|errors\.ts|log\.ts)/,
  ],
  [
    /^toolchain\/link\//,
    /^(toolchain\/(link|emulator)\/|toolchain\/(errors|files|log)\.ts|device\/protocol\/)/,
  ],
  [
    /^toolchain\/emulator\//,
    /^(toolchain\/emulator\/|toolchain\/(errors|log)\.ts|device\/protocol\/|native\/port\/wasm\/)/,
  ],
  [/^toolchain\/model\//, /^(toolchain\/model\/|toolchain\/(errors|log)\.ts|native\/port\/wasm\/)/],
  [/^toolchain\/(demo|setup)\//, /^(toolchain\/(?!commands\/)|device\/protocol\/)/],
  [/^toolchain\/(bundle|fleet|keys|patch)\//, /^$/],
  [/^toolchain\/[a-z-]+\.ts$/, /^toolchain\/[a-z-]+\.ts$/],
  [/^test\//, /./],
];

const ALSO: Record<string, RegExp> = {
  "toolchain/bundle/": /^(toolchain\/(errors|log)\.ts|device\/protocol\/)/,
  "toolchain/fleet/": /^(toolchain\/(errors|log)\.ts|toolchain\/patch\/|device\/protocol\/)/,
  "toolchain/keys/": /^(toolchain\/(errors|log)\.ts|toolchain\/patch\/|device\/protocol\/)/,
  "toolchain/patch/": /^toolchain\/errors\.ts/,
};

const folderOf = (path: string) =>
  path
    .split("/")
    .slice(0, path.startsWith("toolchain") ? 2 : 1)
    .join("/");

test("imports only what the architecture allows", () => {
  const broken: string[] = [];
  for (const { path, imports } of scripts) {
    const rule = MAY_IMPORT.find(([who]) => who.test(path))?.[1];
    assert.ok(rule, `${path}: no import rule covers this file`);
    const also = Object.entries(ALSO).find(([prefix]) => path.startsWith(prefix))?.[1];
    for (const target of imports) {
      const isOwnFolder =
        (path.startsWith("toolchain/") &&
          folderOf(target) === folderOf(path) &&
          path.split("/").length > 2) ||
        (dirname(target) === dirname(path) && path.startsWith("device/"));
      const isAllowed = isOwnFolder || rule.test(target) || also?.test(target);
      if (!isAllowed || (target.startsWith("test/") && !path.startsWith("test/"))) {
        broken.push(`${path} imports ${target}`);
      }
    }
  }
  assert.equal(broken, []);
});

test("has no import cycle", () => {
  const byPath = new Map(scripts.map((source) => [source.path, source]));
  const done = new Set<string>();
  const visit = (path: string, trail: string[]): void => {
    if (trail.includes(path))
      assert.unreachable(`cycle: ${[...trail.slice(trail.indexOf(path)), path].join(" -> ")}`);
    if (done.has(path)) return;
    // A type-only import is gone at run time and cannot make a cycle that matters.
    const text = byPath.get(path)?.text ?? "";
    const runtime = [
      ...text.matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from\s*"(\.[^"]+)"/gm),
    ].map((match) => relative(ROOT, resolve(ROOT, dirname(path), match[1] ?? "")));
    for (const target of runtime) if (byPath.has(target)) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const { path } of scripts) visit(path, []);
});

test("keeps files short enough to read", () => {
  const limitOf = (path: string) => {
    if (path.startsWith("device/")) return 150;
    if (/\.[ch]$/.test(path)) return 600;
    return path.startsWith("test/") ? 400 : 300;
  };
  const long = sources
    .filter(({ path, text }) => text.split("\n").length - 1 > limitOf(path) && !LONG_FILES[path])
    .map(
      ({ path, text }) => `${path}: ${text.split("\n").length - 1} lines, limit ${limitOf(path)}`,
    );
  assert.equal(long, []);
});

test("has no leftovers", () => {
  const marks = new RegExp(["\\b(TO", "DO|FIX", "ME|XX", "X)\\b"].join(""));
  const found = sources
    .flatMap(({ path, text }) => text.split("\n").map((line, index) => ({ path, line, index })))
    .filter(({ line }) => marks.test(line) || /\bdebugger\b;|\btest\.only\(/.test(line))
    .map(({ path, index }) => `${path}:${index + 1}`);
  assert.equal(found, []);
});

test("every test file runs its tests and uses no hooks", () => {
  const bad = scripts
    .filter(({ path }) => path.endsWith(".test.ts"))
    .filter(
      ({ text }) => !/\n\S*\.run\(\);\s*$/.test(text) || /\.(before|after)(\.each)?\(/.test(text),
    )
    .map(({ path }) => path);
  assert.equal(bad, []);
});

test("every source file opens by saying what it is responsible for", () => {
  const silent = sources
    .filter(({ text }) => !/^\s*(\/\*|\/\/|#!)/.test(text))
    .map(({ path }) => path);
  assert.equal(silent, []);
});

test("the lock file records no download addresses", () => {
  assert.not.match(readFileSync(join(ROOT, "package-lock.json"), "utf8"), /"resolved": "http/);
});

test.run();
