/** Changes, drift and origins of configuration as lines of text. */
import type { Changes, ExplainedKey, Scope } from "./layers.ts";
import type { ConfigState } from "./offer.ts";

/** What the server says of a camera's drift, as far as lines need it. */
export interface DriftRow {
  name: string;
  configState: ConfigState;
  configProblem: string | null;
  wanted: { version: number };
  confirmed: { version: number };
  drift: Changes | null;
}

interface ChangeRow {
  dryRun: boolean;
  layers: { scope: Scope; name: string; version: number; changes: Changes }[];
  cameras: unknown[];
}

export const changeLines = (changes: Changes): string[] =>
  Object.entries(changes).map(
    ([key, [before, after]]) => `${key}: ${before ?? "not set"} -> ${after ?? "not set"}`,
  );

export function layerChangeLines({ dryRun, layers, cameras }: ChangeRow): string[] {
  const verb = dryRun ? "would change" : "changed";
  const lines = layers.flatMap(({ scope, name, version, changes }) => [
    `${verb} ${scope} ${name}, version ${version}`,
    ...changeLines(changes).map((line) => `  ${line}`),
  ]);
  const count = `${cameras.length} camera${cameras.length === 1 ? "" : "s"}`;
  return [
    ...(lines.length ? lines : ["nothing to change"]),
    `${count} ${dryRun ? "would get" : "will get"} it at the next check-in`,
  ];
}

export function driftLines({ name, configState, configProblem, ...rest }: DriftRow): string[] {
  const { wanted, confirmed, drift } = rest;
  if (configState === "inForce") return [`${name}: in force, version ${wanted.version}`];
  const head =
    configState === "refused"
      ? `${name}: did not keep version ${wanted.version}: ${configProblem}`
      : `${name}: version ${wanted.version} waits for a check-in`;
  const lines = drift ? changeLines(drift) : ["what it has is not known here"];
  return [`${head}; it has version ${confirmed.version}`, ...lines.map((line) => `  ${line}`)];
}

const layerName = (scope: Scope | "default", name: string): string =>
  scope === "default" ? scope : `${scope} ${name}`;

/** "camera.jpegQuality  60 %  site ridge version 3, over 70 default" */
export function explainLine({ key, value, unit, group, origin, hidden }: ExplainedKey): string {
  const version = origin.version ? ` version ${origin.version}` : "";
  const over = hidden.map((one) => `${one.value} ${layerName(one.scope, one.name)}`);
  return [
    `${group}.${key}`.padEnd(30),
    `${value} ${unit}`.padEnd(18),
    layerName(origin.scope, origin.name) + version,
    over.length ? `, over ${over.join(", ")}` : "",
  ].join("");
}
