/** The committed wasm is what its sources give: rebuilt with the locked compiler it is the same, byte for byte. */
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { buildWasm, WASM_FILE } from "../../native/port/wasm/build.ts";
import { skip } from "../support/skip.ts";

test("thicket.wasm is a rebuild of its sources", async () => {
  const hasCompiler = await import("@yowasp/clang").then(
    () => true,
    () => false,
  );
  if (!hasCompiler)
    return skip("wasm rebuild: @yowasp/clang is not installed (a developer's dependency)");
  const committed = readFileSync(WASM_FILE);
  const rebuilt = Buffer.from(await buildWasm());
  assert.ok(
    committed.equals(rebuilt),
    `thicket.wasm (${committed.length} bytes) differs from a rebuild (${rebuilt.length} bytes): ` +
      "npx tsx native/port/wasm/build.ts and commit it",
  );
});

test.run();
