/** `toolchain serve` as a user meets it: what it prints, what it refuses, how it ends. */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { temporaryFolder } from "./support/fleet.ts";
import { startServe } from "./support/serve-process.ts";

test("prints where it is and the token, the token only once, and stops on SIGTERM and Ctrl-C", async () => {
  const dataDir = temporaryFolder();
  const first = startServe("--json", "--port", "0", "--data", dataDir);
  const { url, operatorToken, dataDir: shown } = await first.ready;
  assert.is(shown, dataDir);
  assert.is(operatorToken?.length, 43);
  const authorization = `Bearer ${operatorToken}`;
  const summary = await fetch(`${url}/api/v1/summary`, { headers: { authorization } });
  assert.is(summary.status, 200);
  assert.is((await fetch(`${url}/api/v1/clock`, { method: "PUT" })).status, 404);
  // An open stream must not keep it from ending.
  const stream = await fetch(`${url}/api/v1/stream`, { headers: { authorization } });
  assert.is(await first.kill("SIGTERM"), 0);
  await stream.body?.cancel().catch(() => {});
  assert.not.ok(existsSync(join(dataDir, "thicket.sqlite-wal")), "closed, not just killed");

  const second = startServe("--json", "--port", "0", "--data", dataDir, "--simulated-clock");
  const again = await second.ready;
  assert.is(again.operatorToken, undefined);
  const set = await fetch(`${again.url}/api/v1/clock`, {
    method: "PUT",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ now: "2026-06-01T12:00:00Z" }),
  });
  assert.equal(await set.json(), { now: "2026-06-01T12:00:00.000Z" });
  assert.is(await second.kill("SIGINT"), 0);
  rmSync(dataDir, { recursive: true });
});

test("says in words where the dashboard is", async () => {
  const dataDir = temporaryFolder();
  const serve = startServe("--port", "0", "--data", dataDir);
  await new Promise<void>((resolve) => {
    serve.child.stdout?.on("data", () => serve.stdout().includes("Ctrl-C") && resolve());
    void serve.ended.then(() => resolve());
  });
  assert.match(serve.stdout(), /fleet server +http:\/\/127\.0\.0\.1:\d+\n/);
  const [, address = ""] = serve.stdout().match(/dashboard +(http:\S+\/#token=[\w-]{43})\n/) ?? [];
  const page = await fetch(address);
  assert.is(page.status, 200);
  assert.match(await page.text(), /<html/i);
  assert.match(page.headers.get("content-security-policy") ?? "", /script-src 'self'/);
  assert.match(page.headers.get("cache-control") ?? "", /no-cache/);
  await serve.kill("SIGTERM");
  rmSync(dataDir, { recursive: true });
});

test("a busy port, an unusable folder, a damaged database: one line, the way out, the right exit code", async () => {
  const dataDir = temporaryFolder();
  const occupant = createServer();
  await new Promise<void>((resolve) => occupant.listen(0, "127.0.0.1", resolve));
  occupant.unref();
  const { port } = occupant.address() as { port: number };
  const file = join(dataDir, "file");
  writeFileSync(file, "x");
  const damaged = temporaryFolder();
  writeFileSync(join(damaged, "thicket.sqlite"), "no database ".repeat(1000));
  const rows: [args: string[], exit: number, message: RegExp][] = [
    [["--port", String(port), "--data", dataDir], 8, /error: port \d+ is busy\n.*--port \d+/],
    [["--port", "0", "--data", join(file, "x")], 3, /cannot write to the data folder .*\n.*--data/],
    [["--port", "0", "--data", damaged], 7, /thicket\.sqlite is damaged .*\n.*backup/],
    [["--port", "70000", "--data", dataDir], 2, /--port must be a whole number/],
    [["--port", "0", "--host", "203.0.113.1", "--data", dataDir], 3, /no address 203\.0\.113\.1/],
  ];
  for (const [args, exit, message] of rows) {
    const serve = startServe(...args);
    assert.is(await serve.ended, exit, serve.stderr());
    assert.match(serve.stderr(), message);
    assert.not.match(serve.stderr(), /^ {4}at /m);
    assert.is(serve.stdout(), "");
  }
  occupant.close();
  assert.not.ok(existsSync(join(dataDir, "operator-token.json")), "no token that nobody has seen");
  for (const folder of [dataDir, damaged]) rmSync(folder, { recursive: true });
});

test.run();
