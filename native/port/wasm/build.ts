/**
 * Builds thicket.wasm from native/src and native/port/wasm with @yowasp/clang (LLVM as an npm package: no system
 * compiler). The result is committed; it is a pure function of the sources and the locked compiler version, and a
 * test rebuilds it and compares bytes. Run: npx tsx native/port/wasm/build.ts
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

type Tree = { [name: string]: Tree | string | Uint8Array };

const HERE = dirname(fileURLToPath(import.meta.url));
const NATIVE = dirname(dirname(HERE));
export const WASM_FILE = join(HERE, "thicket.wasm");

const FLAGS = [
  "--target=wasm32",
  "-std=c11",
  "-O3",
  "-msimd128",
  "-mbulk-memory",
  "-ffreestanding",
  "-ffp-contract=off",
  "-fvisibility=hidden",
  "-Wall",
  "-Wextra",
  "-Wconversion",
  "-Werror",
  "-nostdlib",
  "-Wl,--no-entry",
  "-Wl,--export-dynamic",
  "-Wl,--export=__heap_base",
  "-Wl,--stack-first",
  "-Wl,-z,stack-size=65536",
  "-Wl,--strip-all",
];
/** In the order the compiler looks. string.h comes from the port, stdint.h and stddef.h from the compiler. */
const INCLUDES = ["include", "src", "port/wasm/include"];
const SOURCES = ["src", "port/wasm"];

/** Every file below `folder` as the compiler's virtual tree. */
function tree(folder: string): Tree {
  const result: Tree = {};
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) result[entry.name] = tree(path);
    else if (/\.[ch]$/.test(entry.name)) result[entry.name] = readFileSync(path, "utf8");
  }
  return result;
}

/** Paths of all .c files of a tree, sorted, so that the link order never changes. */
function sources(files: Tree, folder: string): string[] {
  return Object.entries(files).flatMap(([name, file]) => {
    const path = `${folder}/${name}`;
    if (typeof file === "string") return name.endsWith(".c") ? [path] : [];
    return file instanceof Uint8Array ? [] : sources(file, path);
  });
}

/** @returns bytes of the module. Errors: throws with the compiler's own messages. */
export async function buildWasm(): Promise<Uint8Array> {
  // Loaded here so that everything else in this file works without the developer's dependency.
  const { commands } = await import("@yowasp/clang");
  const files: Tree = {
    include: tree(join(NATIVE, "include")),
    src: tree(join(NATIVE, "src")),
    port: { wasm: tree(HERE) },
  };
  const port = (files.port as Tree).wasm as Tree;
  const inputs = [...sources(files.src as Tree, "src"), ...sources(port, "port/wasm")];
  let messages = "";
  const decoder = new TextDecoder();
  const collect = (bytes: Uint8Array | null) => {
    if (bytes) messages += decoder.decode(bytes);
  };
  try {
    const out = (await commands.clang(
      [...FLAGS, ...INCLUDES.map((path) => `-I${path}`), ...inputs, "-o", "thicket.wasm"],
      files,
      { stdout: collect, stderr: collect, fetchProgress: () => {} },
    )) as Tree;
    return out["thicket.wasm"] as Uint8Array;
  } catch (error) {
    throw new Error(`the wasm build failed (${SOURCES.join(", ")}):\n${messages || String(error)}`);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const bytes = await buildWasm();
  writeFileSync(WASM_FILE, bytes);
  process.stdout.write(`${WASM_FILE}: ${bytes.length} bytes\n`);
}
