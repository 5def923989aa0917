/** Camtrap DP folders row by row: types, and one clear line for whatever is wrong. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isAppError } from "../../toolchain/errors.ts";
import { openPackage, type RowProblem } from "../../toolchain/fleet/research/read-package.ts";
import { SHARED_DATA, skip } from "../support/skip.ts";

const HEADER = "deploymentID,latitude,longitude,deploymentStart,deploymentEnd,baitUse,cameraHeight";
const GOOD = "d1,51.5,4.7,2024-05-01T00:00:00Z,2024-06-01T00:00:00+0200,false,0.5";
const DESCRIPTOR = JSON.stringify({
  resources: [
    { name: "deployments", path: "deployments.csv" },
    { name: "individuals", data: [] },
  ],
});

/** A package of files by name; deployments.csv is the point of most tests. */
async function inFolder(
  files: Record<string, string>,
  look: (folder: string) => Promise<void> | void,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "thicket-package-"));
  try {
    for (const [name, text] of Object.entries({ "datapackage.json": DESCRIPTOR, ...files })) {
      writeFileSync(join(folder, name), text);
    }
    await look(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const row of rows) list.push(row);
  return list;
}

async function refusal(act: () => unknown): Promise<string> {
  try {
    await act();
  } catch (error) {
    if (!isAppError(error)) throw error;
    assert.is(error.exitCode, 3);
    return error.message;
  }
  return "nothing refused";
}

test("cells become values of their type, empty ones are absent", () =>
  inFolder(
    { "deployments.csv": `\uFEFF${HEADER}\n${GOOD}\nd2,0,0,${GOOD.slice(13, 55)}00,NA,` },
    async (folder) => {
      const [first] = await all(openPackage(folder).deployments({ onProblem: () => {} }));
      assert.equal(first, {
        deploymentID: "d1",
        latitude: 51.5,
        longitude: 4.7,
        deploymentStart: "2024-05-01T00:00:00Z",
        deploymentEnd: "2024-06-01T00:00:00+02:00",
        baitUse: false,
        cameraHeight: 0.5,
      });
    },
  ));

test("what is wrong is named by file, line and field", async () => {
  const rows: [string, string, RegExp][] = [
    ["51.5", "151", /deployments\.csv line 3, latitude: must be 90 or less, not "151"/],
    ["51.5", "north", /line 3, latitude: must be a number, not "north"/],
    ["2024-05-01T00:00:00Z", "2024-05-01T00:00:00", /deploymentStart: must be a time like/],
    ["2024-05-01T00:00:00Z", "2024-05-01T00:00:00.000Z", /deploymentStart: must be a time like/],
    ["2024-05-01T00:00:00Z", "2024-02-30T00:00:00Z", /deploymentStart: must be a time like/],
    ["2024-05-01T00:00:00Z", "", /deploymentStart: must not be empty/],
    ["false", "perhaps", /baitUse: must be true or false/],
    ["d9", "d1", /deploymentID: "d1" is there twice/],
    [",0.5", "", /line 3: has 6 values for 7 columns/],
    ["d9", '"d9', /line 3: not CSV/],
  ];
  for (const [part, other, message] of rows) {
    const bad = GOOD.replace("d1", "d9").replace(part, other);
    await inFolder({ "deployments.csv": `${HEADER}\n${GOOD}\n${bad}\n` }, async (folder) => {
      assert.match(await refusal(() => all(openPackage(folder).deployments())), message);
    });
  }
});

test("bad rows are passed over where someone takes the report, and no other is lost", () => {
  const lines = [
    HEADER,
    GOOD,
    GOOD.replace("51.5", "x").replace("d1", "d2"),
    GOOD.replace("d1", "d3"),
  ];
  return inFolder({ "deployments.csv": lines.join("\r\n") }, async (folder) => {
    const problems: RowProblem[] = [];
    const onProblem = (problem: RowProblem) => problems.push(problem);
    const rows = await all(openPackage(folder).deployments({ onProblem }));
    assert.equal(
      rows.map(({ deploymentID }) => deploymentID),
      ["d1", "d3"],
    );
    assert.equal(
      problems.map(({ line, field }) => [line, field]),
      [[3, "latitude"]],
    );
  });
});

test("a package that is none is refused in one line", async () => {
  const rows: [Record<string, string>, RegExp][] = [
    [{ "datapackage.json": "{" }, /is not a JSON object/],
    [{ "datapackage.json": "{}" }, /has no list of resources/],
    [{ "datapackage.json": '{"resources":[]}' }, /has no resource "deployments"/],
    [{}, /cannot read .*deployments\.csv: no such file/],
    [{ "deployments.csv": "" }, /line 1: has no header/],
    [{ "deployments.csv": "deploymentID\nd1\n" }, /line 1, latitude: column is missing/],
    [{ "deployments.csv": `${HEADER},latitude\n` }, /line 1, latitude: column is there twice/],
    [
      { "datapackage.json": DESCRIPTOR.replace("deployments.csv", "../secret.csv") },
      /must be a file of the folder/,
    ],
  ];
  for (const [files, message] of rows) {
    await inFolder(files, async (folder) => {
      assert.match(await refusal(() => all(openPackage(folder).deployments())), message);
    });
  }
  assert.match(await refusal(() => openPackage("/nowhere")), /cannot read \/nowhere: no such file/);
});

test("unknown columns are told once and inline tables are none of ours", () =>
  inFolder({ "deployments.csv": `${HEADER},weather\n${GOOD},rain\n` }, async (folder) => {
    const told: string[] = [];
    const onUnknownColumn = (_: string, column: string) => told.push(column);
    const source = openPackage(join(folder, "datapackage.json"));
    const [row] = await all(source.deployments({ onUnknownColumn }));
    assert.equal(told, ["weather"]);
    assert.not.ok("weather" in row!);
    assert.is(source.table("individuals", []), undefined);
  }));

test("the official example is read whole", async () => {
  if (!SHARED_DATA) return skip("the official example: no ../shared/data");
  const source = openPackage(join(SHARED_DATA, "domain/camtrap-dp-1.0.2/example"));
  assert.is((await all(source.deployments())).length, 4);
  assert.is((await all(source.media())).length, 423);
  assert.is((await all(source.observations())).length, 549);
});

test.run();
