/**
 * Builds the dashboard into static files: Rollup joins the TSX, TypeScript strips the types, Terser shrinks, names carry
 * a hash of the content. Assets are written before `index.html`, and each file by rename, so a server that reads
 * the folder at any moment finds a page whose assets exist. Unchanged sources are not built again (`build.json`).
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Plugin } from "rollup";
import { buildError } from "../errors.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
const SOURCE_DIR = join(HERE, "dashboard");
const PROTOCOL_DIR = join(HERE, "..", "..", "device", "protocol");
const STAMP = "build.json";
const BUILDERS = ["preact", "leaflet", "uplot", "rollup", "terser", "typescript"];

/**
 * The Content-Security-Policy the built page runs under: nothing inline, nothing from elsewhere but map tiles. The server
 * sends it with `index.html`.
 * @param tileOrigin the host that an administrator named for map tiles, or ""
 */
export const dashboardCsp = (tileOrigin: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data: ${tileOrigin}`.trim(),
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");

export const DASHBOARD_CSP = dashboardCsp("");

export interface DashboardBuild {
  /** Paths below outDir, `index.html` first. */
  files: string[];
  /** Sum of the gzipped sizes of what a first visit loads, without pictures. */
  gzipBytes: number;
  /** The same of pages and libraries that are loaded when they are first shown. */
  lateGzipBytes: number;
  /** True when outDir already held this build. */
  isCached: boolean;
}

interface Stamp {
  sourceHash: string;
  gzipBytes: number;
  lateGzipBytes: number;
  /** File name -> SHA-256 of its content. */
  files: Record<string, string>;
}

/**
 * Build the dashboard.
 * @param options.outDir folder to fill; created when missing, files of earlier builds are removed
 * @returns the files and their gzipped size in bytes
 * Errors: DASHBOARD_BUILD (exit 6), naming the source file.
 */
export async function buildDashboard({ outDir }: { outDir: string }): Promise<DashboardBuild> {
  const sources = await readSources();
  const sourceHash = hashOf(sources.map(({ name, text }) => `${name}\0${text}`).join("\0"));
  const cached = await readStamp(outDir, sourceHash);
  if (cached) return describe(cached, true);

  const output = new Map<string, string>();
  const [script, ...late] = await bundleScripts();
  const style = named("app", "css", shrinkCss(joinStyles(sources)));
  const icon = named("icon", "svg", sourceText(sources, "icon.svg"));
  for (const { name, text } of [script, style, icon, ...late]) output.set(name, text);
  const page = sourceText(sources, "index.html")
    .replaceAll("%SCRIPT%", script.name)
    .replaceAll("%STYLE%", style.name)
    .replaceAll("%ICON%", icon.name);

  await mkdir(join(outDir, "assets"), { recursive: true });
  for (const [name, text] of output) await writeWhole(join(outDir, name), text);
  await writeWhole(join(outDir, "index.html"), page);
  output.set("index.html", page);

  const stamp: Stamp = { sourceHash, gzipBytes: 0, lateGzipBytes: 0, files: {} };
  for (const [name, text] of output) {
    stamp.files[name] = hashOf(text);
    const size = gzipSync(text).length;
    if (late.some((file) => file.name === name)) stamp.lateGzipBytes += size;
    else stamp.gzipBytes += size;
  }
  await writeWhole(join(outDir, STAMP), `${JSON.stringify(stamp, null, 2)}\n`);
  await removeOthers(join(outDir, "assets"), new Set([...output.keys()].map((name) => join(name))));
  return describe(stamp, false);
}

const describe = (stamp: Stamp, isCached: boolean): DashboardBuild => ({
  files: Object.keys(stamp.files).sort(
    (a, b) => Number(a !== "index.html") - Number(b !== "index.html"),
  ),
  gzipBytes: stamp.gzipBytes,
  lateGzipBytes: stamp.lateGzipBytes,
  isCached,
});

interface SourceFile {
  name: string;
  text: string;
}

/** Everything the output depends on, in a fixed order: sources, shared tables, this file, the builders' versions. */
async function readSources(): Promise<SourceFile[]> {
  const names = (await readdir(SOURCE_DIR, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const shared = ["config.ts", "records.ts", "check-in.ts"].map((name) => join(PROTOCOL_DIR, name));
  shared.push(join(HERE, "local-day.ts"));
  const files = [...names.sort(), ...shared, fileURLToPath(import.meta.url)];
  const sources = await Promise.all(
    files.map(async (name) => ({
      name: name.slice(HERE.length),
      text: await readFile(name, "utf8"),
    })),
  );
  return [...sources, { name: "builders", text: BUILDERS.map(versionOf).join("\n") }];
}

function versionOf(packageName: string): string {
  const manifest = createRequire(import.meta.url)(`${packageName}/package.json`) as {
    version: string;
  };
  return `${packageName} ${manifest.version}`;
}

function sourceText(sources: SourceFile[], name: string): string {
  const found = sources.find((source) => source.name === join("/dashboard", name));
  if (!found) throw buildError("DASHBOARD_BUILD", `the dashboard's source ${name} is missing`);
  return found.text;
}

/** Its package names the old format only; the module lies beside it. */
const LEAFLET_AS_MODULE: Plugin = {
  name: "leaflet-as-module",
  resolveId: (id) =>
    id === "leaflet"
      ? createRequire(import.meta.url).resolve("leaflet/dist/leaflet-src.esm.js")
      : null,
  // Its own name in the map's corner is a link; the map is drawn without that corner, and pages name no other server.
  transform: (code, id) =>
    id.endsWith("leaflet-src.esm.js")
      ? { code: code.replace('href="https://leafletjs.com"', ""), map: null }
      : null,
};

/** The script of the first load, then those that are loaded when they are needed. */
async function bundleScripts(): Promise<[SourceFile, ...SourceFile[]]> {
  const [{ rollup }, { nodeResolve }, { minify }] = await Promise.all([
    import("rollup"),
    import("@rollup/plugin-node-resolve"),
    import("terser"),
  ]);
  try {
    const bundle = await rollup({
      input: { app: join(SOURCE_DIR, "main.tsx") },
      plugins: [LEAFLET_AS_MODULE, await stripTypes(), nodeResolve({ browser: true })],
      onLog: (level, log) => {
        if (level === "warn") throw new Error(log.message);
      },
    });
    const { output } = await bundle.generate({
      ...{ format: "es", generatedCode: "es2015" },
      // The hash is of the code before it is shrunk; the shrinker's version is in the stamp.
      ...{ entryFileNames: "[name]-[hash].js", chunkFileNames: "[name]-[hash].js" },
    });
    await bundle.close();
    const files: SourceFile[] = [];
    for (const chunk of output) {
      if (chunk.type !== "chunk") continue;
      const options = { module: true, ecma: 2020, format: { comments: false } } as const;
      const { code } = await minify(chunk.code, options);
      const file = { name: `assets/${chunk.fileName}`, text: `${code}\n` };
      if (chunk.isEntry) files.unshift(file);
      else files.push(file);
    }
    return files as [SourceFile, ...SourceFile[]];
  } catch (error) {
    const { message } = error as Error;
    throw buildError("DASHBOARD_BUILD", `the dashboard does not build: ${message}`);
  }
}

/** TypeScript's own single-file transform: no type check here, `tsc -p toolchain/fleet/dashboard` does that. */
async function stripTypes(): Promise<Plugin> {
  const { default: ts } = await import("typescript");
  const compilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    jsx: ts.JsxEmit.ReactJSX,
    jsxImportSource: "preact",
    verbatimModuleSyntax: true,
  };
  return {
    name: "strip-types",
    transform(code, id) {
      if (!/\.tsx?$/.test(id)) return null;
      const result = ts.transpileModule(code, {
        compilerOptions,
        fileName: id,
        reportDiagnostics: true,
      });
      const problem = result.diagnostics?.[0];
      if (problem) {
        const text = ts.flattenDiagnosticMessageText(problem.messageText, " ");
        this.error(text, problem.start);
      }
      return { code: result.outputText, map: null };
    },
  };
}

/** The style sheets in the order `index.css` names them. */
function joinStyles(sources: SourceFile[]): string {
  const index = sourceText(sources, "styles/index.css");
  return [...index.matchAll(/@import "\.\/(.+?)";/g)]
    .map((match) => sourceText(sources, `styles/${match[1]}`))
    .join("\n");
}

/** Comments and spare white space out; our own style sheets hold no strings that look like either. */
function shrinkCss(css: string): string {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{};,]) ?/g, "$1")
    .replaceAll(";}", "}")
    .trim();
}

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex");

const named = (stem: string, extension: string, text: string): SourceFile => ({
  name: `assets/${stem}-${hashOf(text).slice(0, 10)}.${extension}`,
  text,
});

async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
  await writeFile(temporary, text);
  await rename(temporary, file);
}

/** The stamp of an earlier build of the same sources, if every file of it is still what it was. */
async function readStamp(outDir: string, sourceHash: string): Promise<Stamp | undefined> {
  try {
    const stamp = JSON.parse(await readFile(join(outDir, STAMP), "utf8")) as Stamp;
    if (stamp.sourceHash !== sourceHash) return undefined;
    for (const [name, hash] of Object.entries(stamp.files))
      if (hashOf(await readFile(resolve(outDir, name), "utf8")) !== hash) return undefined;
    return stamp;
  } catch {
    return undefined;
  }
}

async function removeOthers(assetsDir: string, keep: Set<string>): Promise<void> {
  for (const name of await readdir(assetsDir))
    if (!keep.has(join("assets", name)) && !name.endsWith(".tmp"))
      await rm(join(assetsDir, name), { force: true });
}
