/** `toolchain config`: look at, change, compare and undo what cameras are set to, layer by layer. */
import { readFileSync, writeFileSync } from "node:fs";
import { CONFIG_ROWS, type ConfigKey, configProblem } from "../../device/protocol/config.ts";
import { CONFIG_KINDS } from "../../device/protocol/config-groups.ts";
import { type CommandFunction, type CommandInput, textOption, verbOf } from "../command-line.ts";
import { fileProblem, inputError, usageError } from "../errors.ts";
import type { FleetClient } from "../fleet/client.ts";
import {
  type Changes,
  changesBetween,
  type ExplainedKey,
  type LayerValues,
  type Scope,
} from "../fleet/config/layers.ts";
import {
  changeLines,
  type DriftRow,
  driftLines,
  explainLine,
  layerChangeLines,
} from "../fleet/config/words.ts";
import type { LayerChange } from "../fleet/store/config-layers.ts";
import type { Io } from "../log.ts";
import { fleetOf } from "./fleet-of.ts";

interface Call {
  fleet: FleetClient;
  input: CommandInput;
  /** Words after the verb. */
  words: string[];
  io: Io;
}

interface Target {
  scope: Scope;
  name: string;
  path: string;
}

const VERBS: Record<string, (call: Call) => Promise<void>> = {
  ...{ get, set, diff, history, rollback, apply, explain },
  ...{ drift, export: exportAll, group, retry },
};

export const run: CommandFunction = async (input, io) => {
  const { action, words } = verbOf(input, "config", VERBS);
  await action({ fleet: fleetOf(input, "config needs --token"), input, words, io });
  return 0;
};

// --- What it is about

async function target({ fleet, input }: Call): Promise<Target> {
  const given: [Scope, string][] = [];
  if (input.options.global) given.push(["global", "all"]);
  for (const scope of ["site", "group"] as const) {
    const name = textOption(input, scope);
    if (name) given.push([scope, name]);
  }
  const camera = textOption(input, "camera");
  if (camera) given.push(["device", await cameraIDOf(fleet, camera)]);
  const [only, more] = given;
  if (!only || more) {
    throw usageError("BAD_TARGET", "give exactly one of --camera, --group, --site, --global");
  }
  const [scope, name] = only;
  return { scope, name, path: `/api/v1/config/layers/${scope}/${encodeURIComponent(name)}` };
}

/** A camera by its ID, or by its name where that is the only one. */
async function cameraIDOf(fleet: FleetClient, given: string): Promise<string> {
  const cameras = await fleet.list<{ cameraID: string; name: string }>(
    "/api/v1/cameras",
    "cameras",
  );
  const found = cameras.filter(({ cameraID, name }) => cameraID === given || name === given);
  if (found.length === 1) return (found[0] as { cameraID: string }).cameraID;
  throw usageError(
    "CAMERA_UNKNOWN",
    found.length ? `several cameras are called "${given}"` : `no camera is called "${given}"`,
    found.map(({ cameraID }) => cameraID).join(", ") || undefined,
  );
}

async function cameraPath(call: Call): Promise<string> {
  const { scope, name } = await target(call);
  if (scope !== "device") throw usageError("BAD_TARGET", "this is about one camera: give --camera");
  return `/api/v1/cameras/${name}`;
}

const isDry = ({ input }: Call): boolean => input.options["dry-run"] === true;

function wholeWord(call: Call, what: string): number {
  const [word = ""] = call.words;
  if (!/^\d{1,9}$/.test(word)) throw usageError("BAD_ARGUMENT", `give ${what} as a whole number`);
  return Number(word);
}

function print({ input, io }: Call, answer: unknown, lines: string[]): void {
  if (input.options.json) io.out(JSON.stringify(answer));
  else for (const line of lines) io.out(line);
}

// --- The verbs

async function get(call: Call): Promise<void> {
  const { scope, name, path } = await target(call);
  const values: LayerValues =
    scope === "device"
      ? (
          await call.fleet.get<{ wanted: { values: LayerValues } }>(
            `/api/v1/cameras/${name}/config`,
          )
        ).wanted.values
      : (await call.fleet.get<{ values: LayerValues }>(path)).values;
  const [key] = call.words as ConfigKey[];
  if (key === undefined) {
    const lines = CONFIG_ROWS.filter((row) => values[row.key] !== undefined);
    return print(
      call,
      values,
      lines.map((row) => `${row.key}=${values[row.key]} ${row.unit}`),
    );
  }
  checkKeys([key]);
  print(call, { [key]: values[key] ?? null }, [String(values[key] ?? "not set")]);
}

async function set(call: Call): Promise<void> {
  const values = Object.fromEntries(call.words.map(assignment));
  if (call.words.length === 0) throw usageError("BAD_ARGUMENT", "give KEY=VALUE, or KEY= to unset");
  checkKeys(Object.keys(values));
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
  const problem = configProblem(given);
  if (problem) throw inputError("BAD_CONFIG", problem);
  const { path } = await target(call);
  await change(call, "PATCH", path, { values });
}

function assignment(word: string): [string, number | null] {
  const at = word.indexOf("=");
  const text = word.slice(at + 1);
  if (at < 1 || !/^(-?\d+(\.\d+)?)?$/.test(text)) {
    throw usageError("BAD_ARGUMENT", `"${word}" is not KEY=NUMBER, or KEY= to unset`);
  }
  return [word.slice(0, at), text === "" ? null : Number(text)];
}

function checkKeys(keys: string[]): void {
  const stranger = keys.find((key) => !Object.hasOwn(CONFIG_KINDS, key));
  if (stranger === undefined) return;
  const known = CONFIG_ROWS.map(({ key }) => key).join(", ");
  throw inputError("BAD_CONFIG", `no configuration key named ${stranger}`, `keys: ${known}`);
}

async function change(call: Call, method: "PATCH" | "POST", path: string, body: object) {
  const { dry, yes } = { dry: isDry(call), yes: call.input.options.yes === true };
  const send = (dryRun: boolean) => call.fleet.send<LayerChange>(method, path, { ...body, dryRun });
  if (!dry && !yes) refuseUnconfirmed(await send(true));
  const done = await send(dry);
  print(call, done, layerChangeLines(done));
}

/** A typing error in these keys can keep an intruder from being reported. */
function refuseUnconfirmed({ layers }: LayerChange): void {
  const keys = layers.flatMap(({ changes }) => Object.keys(changes) as ConfigKey[]);
  const touched = [...new Set(keys.filter((key) => CONFIG_KINDS[key].isSecurity))];
  if (touched.length === 0) return;
  throw usageError(
    "NOT_CONFIRMED",
    `${touched.join(", ")}: matters for security; nothing was changed`,
    "look with --dry-run, then confirm with --yes",
  );
}

async function diff(call: Call): Promise<void> {
  const { scope, name, path } = await target(call);
  if (scope === "device" && call.words.length === 0) {
    const camera = await call.fleet.get<DriftRow>(`/api/v1/cameras/${name}/config`);
    return print(call, camera, driftLines(camera));
  }
  const [from = "", to = ""] = call.words;
  if (![from, to].every((word) => /^\d+$/.test(word))) {
    throw usageError("BAD_ARGUMENT", "give two versions of the layer, or --camera alone");
  }
  const { versions } = await call.fleet.get<{
    versions: { version: number; values: LayerValues }[];
  }>(`${path}/history`);
  const valuesOf = (word: string): LayerValues => {
    const found = versions.find(({ version }) => version === Number(word));
    if (!found && Number(word) !== 0) {
      throw inputError("CONFIG_VERSION_UNKNOWN", `${scope} ${name} has no version ${word}`);
    }
    return found?.values ?? {};
  };
  const [before, after] = [valuesOf(from), valuesOf(to)];
  const changes = changesBetween(before, after);
  print(call, changes, changeLines(changes).length ? changeLines(changes) : ["no difference"]);
}

async function drift(call: Call): Promise<void> {
  const { cameras } = await call.fleet.get<{ cameras: DriftRow[] }>("/api/v1/config/drift");
  const lines = cameras.flatMap(driftLines);
  print(call, { cameras }, lines.length ? lines : ["every camera has what it should"]);
}

async function history(call: Call): Promise<void> {
  const { path } = await target(call);
  const answer = await call.fleet.get<{
    versions: { version: number; created: string; note: string; changes: Changes }[];
  }>(`${path}/history`);
  const lines = answer.versions.map(
    ({ version, created, note, changes }) =>
      `${version}  ${created}  ${note}  ${changeLines(changes).join(", ")}`,
  );
  print(call, answer, lines.length ? lines : ["nothing was ever set here"]);
}

async function rollback(call: Call): Promise<void> {
  const version = wholeWord(call, "the version to go back to");
  const { path } = await target(call);
  await change(call, "POST", `${path}/rollback`, { version });
}

/** A profile by name into one layer, or a file of `export` into its layers. */
async function apply(call: Call): Promise<void> {
  const [what] = call.words;
  if (what === undefined) throw usageError("BAD_ARGUMENT", "give a profile or a file of export");
  if (what.endsWith(".json")) {
    return change(call, "POST", "/api/v1/config/import", { document: readDocument(what) });
  }
  const { path } = await target(call);
  await change(call, "POST", `${path}/profile`, { profile: what });
}

function readDocument(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const why = error instanceof SyntaxError ? "it is not JSON" : fileProblem(error);
    throw inputError("BAD_FILE", `cannot read ${file}: ${why}`);
  }
}

async function exportAll(call: Call): Promise<void> {
  const text = JSON.stringify(await call.fleet.get("/api/v1/config/export"), undefined, 2);
  const [file] = call.words;
  if (file === undefined) return call.io.out(text);
  try {
    writeFileSync(file, `${text}\n`);
  } catch (error) {
    throw inputError("BAD_FILE", `cannot write ${file}: ${fileProblem(error)}`);
  }
  print(call, { file }, [`wrote ${file}`]);
}

async function explain(call: Call): Promise<void> {
  const { keys } = await call.fleet.get<{ keys: ExplainedKey[] }>(
    `${await cameraPath(call)}/config`,
  );
  const [wanted] = call.words;
  if (wanted !== undefined) checkKeys([wanted]);
  const rows = keys.filter(({ key }) => wanted === undefined || key === wanted);
  print(call, { keys: rows }, rows.map(explainLine));
}

async function group(call: Call): Promise<void> {
  const path = await cameraPath(call);
  const name = call.words[0] || null;
  const answer = await call.fleet.send("PUT", `${path}/group`, { group: name });
  print(call, answer, [name ? `in group ${name}` : "in no group"]);
}

async function retry(call: Call): Promise<void> {
  const answer = await call.fleet.send<{ version: number }>(
    "POST",
    `${await cameraPath(call)}/config/retry`,
  );
  print(call, answer, [`offered again as version ${answer.version}`]);
}
