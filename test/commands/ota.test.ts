/** `toolchain ota` against a server: what it prints, for people and programs, and how it refuses. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { addCameraAt, publish } from "../fleet/rollout/support.ts";
import { withFleet } from "../fleet/support/fleet.ts";
import { toolchainHere } from "../support/toolchain.ts";

test("begins, shows, pauses and resumes a roll-out", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCameraAt(fleet, "ridge");
    await (await publish(fleet, 2)).text();
    const ota = (...words: string[]) =>
      toolchainHere(
        ["ota", ...words, "--server", fleet.url, "--token", fleet.token],
        process.cwd(),
      );
    assert.match((await ota("releases")).stdout, /^app-2 +1\.2\.0 +3600 bytes/);
    const begun = await ota("rollout", "app-2", "--site", "ridge", "--json");
    assert.is(begun.status, 0, begun.stderr);
    assert.equal(JSON.parse(begun.stdout).selection, { sites: ["ridge"] });
    assert.match((await ota("pause", "1")).stdout, /^roll-out 1 of app-2: paused\n/);
    assert.match((await ota("resume", "1")).stdout, /: running\n[\s\S]*1 waiting/);
    const forced = await ota("force", "1", camera.cameraID);
    assert.match(forced.stdout, `${camera.cameraID} is offered: forced (1)`);
    const again = await ota("rollout", "app-2");
    assert.is(again.status, 8);
    assert.match(again.stderr, /roll-out 1 of app-2 is running; cancel it/);
    assert.is((await ota("status", "9")).status, 8);
    assert.is((await ota("status", "x")).status, 2);
    assert.is((await ota("fly")).status, 2);
  });
});

test.run();
