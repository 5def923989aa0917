/** Holders and costs of a minified bundle carry the names of its source. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../toolchain/bundle/bundle.ts";
import { costLines, namedCosts } from "../../toolchain/bundle/costs.ts";
import { holderText, namedHolders } from "../../toolchain/bundle/holders.ts";
import { SourceNames } from "../../toolchain/bundle/source-names.ts";
import { Emulator } from "../../toolchain/emulator/emulator.ts";

const QUEUE = `
export function createQueue(): { push: (n: number) => void; length: () => number } {
  const waiting: number[] = [];
  function trim(): void {
    for (let i = 0; i < 20; i++) if (waiting.length > 100) waiting.shift();
  }
  return {
    push: (n) => {
      waiting.push(n);
      trim();
    },
    length: () => waiting.length,
  };
}
`;
const MAIN = `
import { createQueue } from "./queue.ts";
const table = new Uint8Array(2800);
const queue = createQueue();
const spare = createQueue();
setInterval(() => {
  queue.push(queue.length());
  print(table.length, spare.length());
}, 1000);
`;

test("a closure's variable, a module's table and a function are named as the source names them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "thicket-names-"));
  writeFileSync(join(folder, "queue.ts"), QUEUE);
  writeFileSync(join(folder, "main.ts"), MAIN);
  const { code = "", map } = await compile(join(folder, "main.ts"), "esp32s3");
  rmSync(folder, { recursive: true });
  assert.not.match(code, "waiting");
  const emulator = Emulator.boot({ files: { ".bootcde": code } });
  emulator.profile.start();
  await emulator.run({ ms: 50_500 });
  const names = new SourceNames(code, map);

  const holders = namedHolders(emulator.memory.holders(), names);
  assert.match(holderText(holders[0]!), /^table \(.*main\.ts\) 20\d$/);
  const waiting = holders.find(({ name }) => name === "waiting in createQueue");
  // 50 numbers, each in its own name; two lists; their names of one character.
  assert.is(waiting?.jsvars, 54, holders.map(holderText).join("\n"));
  assert.match(waiting?.module ?? "", /queue\.ts$/);

  const costs = namedCosts(emulator.profile.functions(), names, 100, 10);
  const [trim] = costs;
  assert.is(trim?.name, "createQueue.trim");
  assert.is(trim?.calls, 50);
  assert.is(trim?.estimatedMs, Math.round(trim!.selfOperations / 10));
  const push = costs.find(({ name }) => name === "createQueue.push");
  assert.ok(push && push.selfOperations < trim!.selfOperations);
  assert.is(push?.totalOperations, push!.selfOperations + trim!.totalOperations);
  assert.match(costLines(costs)[2] ?? "", /50 +\d+ {2}createQueue\.trim \(.*queue\.ts\)$/);
  emulator.close();
});

test.run();
