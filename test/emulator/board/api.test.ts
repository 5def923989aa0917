/** Runs every example of docs/emulator-api.md. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Emulator, SimulatedNetwork } from "../../../toolchain/emulator/emulator.ts";
import { Air } from "../../../toolchain/emulator/native/air.ts";
import { createWorld } from "../../../toolchain/emulator/world/world.ts";
import { ROOT } from "../../support/skip.ts";

const AsyncFunction = (async () => {}).constructor as new (
  ...text: string[]
) => (...known: unknown[]) => Promise<void>;

const KNOWN = { Air, Emulator, SimulatedNetwork, assert, createWorld };

const text = readFileSync(join(ROOT, "docs/emulator-api.md"), "utf8");
const examples = [...text.matchAll(/^## (.*?)$|^```ts\n(.*?)^```$/gms)];
let title = "";
let count = 0;
for (const [, heading, code] of examples) {
  if (heading !== undefined) title = heading;
  if (code === undefined) continue;
  count++;
  test(`the example under "${title}" runs`, () =>
    new AsyncFunction(...Object.keys(KNOWN), code)(...Object.values(KNOWN)));
}

test("the document has its examples", () => assert.ok(count >= 14, `${count}`));

test.run();
