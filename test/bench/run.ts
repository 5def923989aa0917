/**
 * `npm run bench [name...]`: one JSON line per figure, each a ratio to a named peer measured in the same run where
 * there is one. Files beside this one export `figures()`.
 */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** The peer it was measured against, or "". */
  vs: string;
  /** value relative to the peer, larger is better; null without a peer. */
  ratio: number | null;
}

const HERE = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);

for (const file of readdirSync(HERE).sort()) {
  if (!file.endsWith(".ts") || file === "run.ts") continue;
  if (wanted.length && !wanted.some((name) => file.startsWith(name))) continue;
  const { figures } = (await import(pathToFileURL(join(HERE, file)).href)) as {
    figures: () => Promise<Figure[]>;
  };
  for (const { name, value, unit, vs, ratio } of await figures()) {
    console.log(JSON.stringify({ name, value, unit, vs, ratio }));
  }
}
