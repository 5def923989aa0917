/** The command line as a user types it: help, mistakes and exit codes. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { COMMANDS } from "../toolchain/cli.ts";
import { ROOT } from "./support/skip.ts";

const toolchain = (...args: string[]) =>
  spawnSync(process.execPath, [join(ROOT, "toolchain/bin.js"), ...args], { encoding: "utf8" });

test("lists every command", () => {
  const { stdout, status } = toolchain("--help");
  assert.is(status, 0);
  for (const { name } of COMMANDS) assert.match(stdout, new RegExp(`^  ${name} `, "m"));
});

test("shows options and an example for a command", () => {
  const { stdout, status } = toolchain("emulate", "--help");
  assert.is(status, 0);
  assert.match(stdout, /--frames DIR/);
  assert.match(stdout, /npx toolchain emulate/);
});

test("names an unknown command and exits 2", () => {
  const { stderr, status } = toolchain("fly");
  assert.is(status, 2);
  assert.match(stderr, /no command named "fly"/);
});

test("names an unknown option and exits 2", () => {
  const { stderr, status } = toolchain("serve", "--prot", "1");
  assert.is(status, 2);
  assert.match(stderr, /--prot/);
});

test.run();
