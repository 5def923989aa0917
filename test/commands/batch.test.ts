/** Lists of cameras and their labels; the cameras themselves are in test/device/identity-life.test.ts. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { labelSheet } from "../../toolchain/commands/provision/labels.ts";
import { readDone, readSheet, writeDone } from "../../toolchain/commands/provision/sheet.ts";

function withFile(text: string, body: (file: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "thicket-sheet-"));
  try {
    const file = join(folder, "cameras.csv");
    writeFileSync(file, text);
    body(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("reads a list as a spreadsheet writes it, and what is done as it was written", () => {
  const text =
    '\ufeffname,site,group,latitude,longitude\r\n"a, b",ridge,,-24.5,31\r\nHöhle,x,win,,\r\n';
  withFile(text, (file) => {
    assert.equal(readSheet(file), [
      { name: "a, b", site: "ridge", latitude: -24.5, longitude: 31 },
      { name: "Höhle", site: "x", group: "win" },
    ]);
    const row = {
      name: "a, b",
      site: "ridge",
      cameraID: "cam-1",
      fingerprint: "f",
      server: "s",
      time: "t",
    };
    assert.equal(readDone(`${file}.done`), []);
    writeDone(`${file}.done`, [row]);
    assert.equal(readDone(`${file}.done`), [row]);
  });
});

for (const [text, problem] of [
  ["", /it has no cameras/],
  ["name,site\n", /it has no cameras/],
  ["name,place\na,b\n", /column site is missing/],
  ["name,site,colour\na,b,red\n", /no column is called "colour"/],
  ["name,site\na,\n", /line 2: site must have 1 to 40 bytes/],
  [`name,site\n${"ö".repeat(21)},b\n`, /line 2: name must have 1 to 40 bytes/],
  ["name,site\na,b\na,c\n", /line 3: "a" is there twice/],
  ["name,site,latitude,longitude\na,b,1,\n", /line 2: give latitude and longitude, or neither/],
  ["name,site,latitude,longitude\na,b,1,200\n", /line 2: longitude must be decimal degrees/],
  ["name,site\na,b,c\n", /cameras\.csv: .*Invalid Record Length/i],
] as const) {
  test(`a list ${JSON.stringify(text.slice(0, 40))} is refused with its line`, () => {
    withFile(text, (file) => assert.throws(() => readSheet(file), problem));
  });
}

test("a label carries ID and key of a camera, or the claim of one to come, and no markup of names", async () => {
  const html = await labelSheet([
    {
      name: "<b>",
      site: "a & b",
      cameraID: "cam-1",
      fingerprint: "3f2a-91bc",
      code: "http://x/#/cameras/cam-1",
    },
    {
      name: "two",
      site: "s",
      claim: "k3m9-x7q2",
      expires: "2026-12-30",
      code: "http://x/#claim=k3m9-x7q2",
    },
  ]);
  assert.match(html, /&lt;b&gt;.*a &amp; b/);
  assert.match(html, /cam-1.*3f2a-91bc/);
  assert.match(html, /k3m9-x7q2.*2026-12-30/);
  assert.is(html.match(/<svg/g)?.length, 2);
  assert.not.match(html, /<script|src=|<link/);
});

test.run();
