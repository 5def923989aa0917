/** `toolchain config` against a real server: what a person types, reads, and is refused. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { configSum, defaultConfig } from "../../device/protocol/config.ts";
import { addCamera, checkIn, exchange, withFleet } from "../fleet/support/fleet.ts";
import { assertRefused, toolchainHere } from "../support/toolchain.ts";

test("sets, shows, explains, compares, undoes and moves configuration from the command line", async () => {
  await withFleet(async (fleet) => {
    const { cameraID, ...rest } = await addCamera(fleet, "cam-1");
    const run = (...words: string[]) =>
      toolchainHere(
        ["config", ...words, "--server", fleet.url, "--token", fleet.token],
        fleet.dataDir,
      );
    const says = async (line: string, ...words: string[]) => {
      const { status, stdout, stderr } = await run(...words);
      assert.is(status, 0, stderr);
      assert.ok(stdout.includes(line), `${words.join(" ")}: ${stdout}`);
    };
    await says(
      "would change site north, version 1",
      "set",
      "jpegQuality=60",
      "--site",
      "north",
      "--dry-run",
    );
    await says("not set", "get", "jpegQuality", "--site", "north");
    await says("1 camera will get it", "set", "jpegQuality=60", "burstCount=5", "--site", "north");
    await says("60", "get", "jpegQuality", "--camera", "cam-1");
    await says(
      "site north version 1, over 70 default",
      "explain",
      "jpegQuality",
      "--camera",
      cameraID,
    );
    await says("network.checkInIntervalS", "explain", "--camera", "cam-1");
    await says("jpegQuality: 60 -> not set", "set", "jpegQuality=", "--site", "north");
    await says("burstCount: not set -> 5", "history", "--site", "north");
    await says("jpegQuality: 60 -> not set", "diff", "1", "2", "--site", "north");
    await says("jpegQuality: not set -> 60", "rollback", "1", "--site", "north");
    await says("in group winter", "group", "winter", "--camera", "cam-1");
    await says("changed group winter", "apply", "battery-saver", "--group", "winter", "--yes");
    await says("it has version 0\n  burstCount: 3 -> 1", "diff", "--camera", "cam-1");
    await says("cam-1: version", "drift");
    const configRefused = { version: 4, reason: "no contact; back at version 0" };
    const sum = { configSum: configSum(defaultConfig()) };
    await exchange(fleet, { cameraID, ...rest }, checkIn([], { ...sum, configRefused }));
    await says("did not keep version 4: no contact", "diff", "--camera", "cam-1");
    await says("offered again as version 5", "retry", "--camera", "cam-1");
    const file = join(fleet.dataDir, "layers.json");
    await says(`wrote ${file}`, "export", file);
    await says("nothing to change", "apply", file);
    const document = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify(document).replace(":60", ":61"));
    await says("jpegQuality: 60 -> 61", "apply", file);
    const { stdout } = await run("get", "--camera", "cam-1", "--json");
    assert.equal([JSON.parse(stdout).jpegQuality, JSON.parse(stdout).burstCount], [50, 1]);
    assert.equal(fleet.problems, []);
  });
});

test("refuses what is wrong in one line, and changes nothing", async () => {
  await withFleet(async (fleet) => {
    await addCamera(fleet, "twin");
    await addCamera(fleet, "twin");
    const rows: [words: string[], status: number, message: RegExp][] = [
      [[], 2, /told what to do/],
      [["fly"], 2, /no "fly"/],
      [["set", "quietS=9999", "--global"], 3, /quietS must be .* 0 to 3600 s, not 9999/],
      [["set", "quiets=1", "--global"], 3, /no configuration key named quiets/],
      [["set", "quietS", "--global"], 2, /not KEY=NUMBER/],
      [["set", "burstGapMs=60"], 2, /exactly one of/],
      [["set", "burstGapMs=60", "--global", "--site", "x"], 2, /exactly one of/],
      [["set", "alertHuman=0", "--global"], 2, /alertHuman: matters for security; nothing/],
      [["apply", "anti-poaching", "--global"], 2, /matters for security/],
      [["apply", "holiday", "--global"], 8, /no profile has this name/],
      [["apply", "none.json"], 3, /cannot read none.json: no such file/],
      [["rollback", "7", "--global"], 8, /no such version/],
      [["explain", "--site", "x"], 2, /give --camera/],
      [["explain", "--camera", "nobody"], 2, /no camera is called "nobody"/],
      [["explain", "--camera", "twin"], 2, /several cameras are called "twin"/],
    ];
    for (const [words, status, message] of rows) {
      const all = ["config", ...words, "--server", fleet.url, "--token", fleet.token];
      assertRefused(await toolchainHere(all, fleet.dataDir), status, message);
    }
    const { stdout } = await toolchainHere(
      ["config", "export", "--server", fleet.url, "--token", fleet.token],
      fleet.dataDir,
    );
    assert.equal(JSON.parse(stdout).layers, []);
  });
});

test.run();
