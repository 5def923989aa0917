/** The dashboard's build: what is written, when it is skipped, and that the page keeps to its own server. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { buildDashboard } from "../../toolchain/fleet/dashboard-build.ts";

const FIRST_LOAD_GZIP_BYTES_MAX = 40_000;

test("builds once, again only when something is missing, and leaves no old file", async () => {
  const outDir = mkdtempSync(join(tmpdir(), "thicket-dashboard-"));
  try {
    const first = await buildDashboard({ outDir });
    assert.is(first.isCached, false);
    assert.is(first.files[0], "index.html");
    for (const file of first.files) assert.ok(existsSync(join(outDir, file)), file);
    assert.ok(first.gzipBytes < FIRST_LOAD_GZIP_BYTES_MAX, `${first.gzipBytes} bytes`);

    const again = await buildDashboard({ outDir });
    assert.equal(again, { ...first, isCached: true });

    const script = first.files.find((file) => file.endsWith(".js")) ?? "";
    writeFileSync(join(outDir, script), "cut off");
    writeFileSync(join(outDir, "assets", "app-0000000000.js"), "an earlier build");
    const repaired = await buildDashboard({ outDir });
    assert.equal(repaired, first);
    assert.ok(readFileSync(join(outDir, script), "utf8").length > 10_000);
    assert.is(readdirSync(join(outDir, "assets")).length, first.files.length - 1);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
});

test("writes a page that a strict Content-Security-Policy allows and that asks nobody else", async () => {
  const outDir = mkdtempSync(join(tmpdir(), "thicket-dashboard-"));
  try {
    const { files } = await buildDashboard({ outDir });
    const page = readFileSync(join(outDir, "index.html"), "utf8");
    assert.not.match(page, /<style|style=|<script(?![^>]*src=)|\son\w+=/);
    assert.not.match(page, /%[A-Z]+%/);
    for (const [, target] of page.matchAll(/(?:href|src)="([^"]+)"/g))
      assert.ok(files.includes(target ?? ""), `${target} is in the build`);
    const allowed = /^http:\/\/www\.w3\.org\//;
    for (const file of files)
      for (const [url] of readFileSync(join(outDir, file), "utf8").matchAll(
        /https?:\/\/[\w.-]+\/?/g,
      ))
        assert.match(url, allowed, `${file} names ${url}`);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
});

test.run();
