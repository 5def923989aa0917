/** `toolchain export` and `import` as a user types them, over a server's API and on a stopped server's folder. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openDatabase } from "../../toolchain/fleet/db/open.ts";
import {
  addCamera,
  checkIn,
  exchange,
  media,
  observation,
  operate,
  type TestFleet,
  temporaryFolder,
  withFleet,
} from "../fleet/support/fleet.ts";
import { officialProblems } from "../support/camtrap-validator.ts";
import { ROOT, SHARED_DATA, skip } from "../support/skip.ts";
import { assertRefused, toolchainHere } from "../support/toolchain.ts";

const EXAMPLE = join(SHARED_DATA ?? "", "domain/camtrap-dp-1.0.2/example");
const NO_DATA = "export command: no ../shared/data";

/** The command against this server. */
const typed = (fleet: TestFleet, ...args: string[]) =>
  toolchainHere([...args, "--server", fleet.url, "--token", fleet.token], fleet.dataDir);

async function tokenOf(fleet: TestFleet, role: string, scopes?: string[]): Promise<string> {
  await operate(fleet, "POST", "/api/v1/users", { name: role, role });
  const made = await operate(fleet, "POST", `/api/v1/users/${role}/tokens`, { name: "t", scopes });
  return ((await made.json()) as { token: string }).token;
}

test("a package goes into a server, comes out as folder and as zip, and passes the official schemas", async () => {
  if (!SHARED_DATA) return skip(NO_DATA);
  await withFleet(async (fleet) => {
    const imported = await typed(fleet, "import", "camtrap-dp", EXAMPLE, "--project", "mica");
    assert.is(imported.status, 0, imported.stderr);
    assert.match(imported.stdout, /4 deployments, 423 media, 549 observations/);
    const exported = await typed(
      fleet,
      "export",
      "camtrap-dp",
      "--out",
      "out",
      "--project",
      "mica",
    );
    assert.is(exported.status, 0, exported.stderr);
    assert.match(exported.stdout, /out: 4 deployments, 423 media, 549 observations/);
    assert.equal(await officialProblems(join(fleet.dataDir, "out")), []);
    const zipped = await typed(
      fleet,
      "export",
      "dwca",
      "--out",
      "a.zip",
      "--project",
      "mica",
      "--json",
    );
    const report = JSON.parse(zipped.stdout) as { observations: number; leftOut: object };
    assert.equal(
      [report.observations, report.leftOut],
      [29, { "not animals": 183, "at the level of media, not of events": 337 }],
    );
    assert.is(readFileSync(join(fleet.dataDir, "a.zip")).toString("latin1", 0, 2), "PK");
    const left = readdirSync(fleet.dataDir).filter((name) => name.includes(".part"));
    assert.equal(left, []);
    const again = await typed(fleet, "export", "camtrap-dp", "--out", "out", "--project", "mica");
    assertRefused(again, 3, /out is there already and not empty/);
    const nobody = await typed(fleet, "export", "csv", "--out", "x", "--project", "none");
    assertRefused(nobody, 8, /there is no project "none"/);
    assert.not.ok(existsSync(join(fleet.dataDir, "x")));
    assert.equal(fleet.problems, []);
  });
});

test("what cameras sent is a valid package; a camera that stands nowhere is named", async () => {
  if (!SHARED_DATA) return skip(NO_DATA);
  await withFleet(async (fleet) => {
    const place = { latitude: -24.99, longitude: 31.55 };
    const body = { name: "ridge", site: "north", ...place };
    const placed = await (await operate(fleet, "POST", "/api/v1/cameras", body)).json();
    const lost = await addCamera(fleet, "lost");
    for (const camera of [placed as typeof lost, lost]) {
      await exchange(fleet, camera, checkIn([observation("1"), media("2", "m1")]));
    }
    const out = await typed(fleet, "export", "camtrap-dp", "--out", "out", "--json");
    assert.is(out.status, 0, out.stderr);
    const report = JSON.parse(out.stdout);
    assert.equal([report.observations, report.media, report.withoutPlace.length], [1, 1, 1]);
    assert.equal(report.assumed, ["contributors", "project.samplingDesign"]);
    const folder = join(fleet.dataDir, "out");
    assert.equal(await officialProblems(folder), []);
    // The model's label is no name of a taxon.
    assert.match(readFileSync(join(folder, "observations.csv"), "utf8"), /,Elephantidae,/);
    assert.is((await typed(fleet, "export", "check", "out")).status, 0);
  });
});

test("exact places and people need their rights, and a viewer exports nothing", async () => {
  await withFleet(async (fleet) => {
    const statusOf = async (token: string, query: string) => {
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(`${fleet.url}/api/v1/exports/csv${query}`, { headers });
      await response.arrayBuffer();
      return response.status;
    };
    const viewer = await tokenOf(fleet, "viewer");
    const narrow = await tokenOf(fleet, "manager", ["read", "review"]);
    const researcher = await tokenOf(fleet, "researcher");
    assert.is(await statusOf(viewer, ""), 403);
    const queries = ["", "?exact=true", "?people=true", "?exact=yes", "?from=soon", "?nonsense=1"];
    const statuses = async (token: string) => {
      const found: number[] = [];
      for (const query of queries) found.push(await statusOf(token, query));
      return found;
    };
    assert.equal(await statuses(narrow), [200, 403, 403, 400, 400, 400]);
    assert.equal(await statuses(researcher), [200, 200, 403, 400, 400, 400]);
    assert.is(await statusOf(fleet.token, "?people=true"), 200);
  });
});

test("a stopped server's folder exports and imports without a server", async () => {
  if (!SHARED_DATA) return skip(NO_DATA);
  const cwd = temporaryFolder();
  try {
    mkdirSync(join(cwd, "data", "objects"), { recursive: true });
    const { close } = await openDatabase(join(cwd, "data"), 0);
    const busy = await toolchainHere(["export", "csv", "--out", "o", "--data", "data"], cwd);
    assertRefused(busy, 3, /another fleet server is using/);
    await close();
    const row = ["import", "camtrap-dp", EXAMPLE, "--data", "data"];
    assert.is((await toolchainHere(row, cwd)).status, 0);
    const csv = ["export", "csv", "--out", "o", "--data", "data", "--taxon", "Vulpes vulpes"];
    const out = await toolchainHere(csv, cwd);
    assert.is(out.status, 0, out.stderr);
    assert.match(readFileSync(join(cwd, "o/observations.csv"), "utf8"), /Vulpes vulpes/);
    assert.not.match(readFileSync(join(cwd, "o/observations.csv"), "utf8"), /Anas/);
  } finally {
    rmSync(cwd, { recursive: true });
  }
});

test("what a user can get wrong is one clear line", async () => {
  const cwd = temporaryFolder();
  try {
    writeFileSync(join(cwd, "file"), "");
    mkdirSync(join(cwd, "bad"));
    writeFileSync(join(cwd, "bad/datapackage.json"), '{"resources":[]}');
    const rows: [string, number, RegExp][] = [
      ["export", 2, /which format/],
      ["export xml --out x", 2, /no format named "xml"/],
      ["export csv", 2, /--out DIR or --out FILE.zip is needed/],
      ["export csv --out file --data .", 3, /file is there already, and no folder/],
      ["export csv --out x", 2, /needs --token/],
      ["export csv --out x --data .", 3, /is not the folder of a fleet server/],
      ["export check", 2, /give the folder of one package/],
      ["export check nowhere", 3, /cannot read nowhere/],
      ["export check bad", 3, /has no resource "deployments"/],
      ["import", 2, /what kind/],
      ["import photos", 2, /give one path/],
      ["import photos . --data . --latitude 91", 2, /--latitude must be from -90 to 90/],
      ["import photos . --data . --latitude 9", 2, /go together/],
      ["import megadetector file --data . --timezone CET", 2, /--timezone must be Z or like/],
      ["import camtrap-dp . --data . --project ../x", 2, /--project/],
    ];
    for (const [command, status, message] of rows) {
      assertRefused(await toolchainHere(command.split(" "), cwd), status, message);
    }
    assert.equal(readdirSync(cwd).sort(), ["bad", "file"]);
  } finally {
    rmSync(cwd, { recursive: true });
  }
});

test("photographs are judged by the camera's own program and kept with what it said", async () => {
  if (!SHARED_DATA) return skip("photographs: no ../shared/data");
  await withFleet(async (fleet) => {
    const card = join(fleet.dataDir, "card");
    mkdirSync(card);
    const jpeg = readFileSync(join(SHARED_DATA as string, "images/dev/d003.jpg"));
    writeFileSync(join(card, "a.jpg"), jpeg);
    writeFileSync(join(card, "b.jpg"), Buffer.from("no picture"));
    const args = ["import", "photos", card, "--deployment", "ridge", "--skip-bad"];
    const place = ["--latitude", "-2.5", "--longitude", "35"];
    const imported = await typed(fleet, ...args, ...place);
    assertRefused(imported, 3, /1 bad row or file, passed over; all others were imported/);
    assert.match(imported.stdout, /1 deployments, 1 media, 2 observations/);
    assert.match(imported.stderr, /b\.jpg: it is no whole JPEG/);
    const out = await typed(fleet, "export", "camtrap-dp", "--out", "out", "--media");
    assert.match(out.stdout, /1 picture files/);
    const rows = readFileSync(join(fleet.dataDir, "out/observations.csv"), "utf8");
    assert.match(rows, /media,animal,.*machine,thicket_96_int8,,0\.\d+/);
    assert.equal(await officialProblems(join(fleet.dataDir, "out")), []);
    const files = readdirSync(join(fleet.dataDir, "out/photographs"));
    assert.equal(readFileSync(join(fleet.dataDir, "out/photographs", files[0] ?? "")), jpeg);
    assert.ok(existsSync(join(ROOT, "device/model/thicket_96_int8.tflite")));
  });
});

test.run();
