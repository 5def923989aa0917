/** `toolchain alert` against a server: what a ranger and an operator type. */
import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  addNoGoCamera,
  nightRule,
  seen,
  webhookReceiver,
  withAlarmedFleet,
} from "../fleet/alerts/support.ts";
import { type TestFleet, temporaryFolder } from "../fleet/support/fleet.ts";
import { ROOT } from "../support/skip.ts";

interface Said {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Not spawnSync: the server it talks to lives in this process. */
const alert = (fleet: TestFleet, ...words: string[]): Promise<Said> =>
  new Promise((resolve) => {
    const args = [join(ROOT, "toolchain/bin.js"), "alert", ...words];
    const child = spawn(process.execPath, [...args, "--server", fleet.url], {
      env: { ...process.env, THICKET_TOKEN: fleet.token, NO_COLOR: "1", FORCE_COLOR: "" },
    });
    const said: Said = { code: null, stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text) => {
      said.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      said.stderr += text;
    });
    child.once("close", (code) => resolve({ ...said, code }));
  });

test("channel, rule, test message, list, acknowledge", async () => {
  const hook = await webhookReceiver();
  const folder = temporaryFolder();
  const file = (name: string, value: unknown) => {
    writeFileSync(join(folder, name), JSON.stringify(value));
    return join(folder, name);
  };
  await withAlarmedFleet(async (fleet) => {
    const config = { url: `http://127.0.0.1:${hook.port}/` };
    const channel = file("channel.json", { name: "ops", kind: "webhook", config });
    const added = await alert(fleet, "channels", "--file", channel);
    assert.match(
      added.stdout,
      /^(channel-\w+) {2}webhook.*\nsecret: whsec_\S+ \(shown this once\)/,
    );
    const channels = [added.stdout.split(" ")[0]];
    const rule = file("rule.json", nightRule({ channels }));
    assert.match(
      (await alert(fleet, "rules", "--file", rule)).stdout,
      /^added rule-\w+ {2}P1 {2}on/,
    );
    const tested = await alert(fleet, "test", "people at night");
    assert.equal([tested.code, tested.stdout, hook.got.length], [0, "ops: sent\n", 1]);
    await seen(fleet, await addNoGoCamera(fleet), "1-1");
    const { stdout } = await alert(fleet, "list", "--json");
    const { alertID } = JSON.parse(stdout).alerts[0];
    const taken = await alert(fleet, "ack", String(alertID), "--note", "on my way");
    assert.match(taken.stdout, /P1 {2}acknowledged .* Human at waterhole \(operator\)/);
    assert.is((await alert(fleet, "list")).stdout, "no alerts that need anybody\n");

    const wrong = file("wrong.json", nightRule({ when: { probabilityMin: 2 } }));
    const refused = await alert(fleet, "rules", "--file", wrong);
    assert.is(refused.code, 8);
    assert.match(refused.stderr, /when\.probabilityMin: must be <= 1/);
    const unknown = await alert(fleet, "test", "nothing");
    assert.equal([unknown.code, /nothing here is called/.test(unknown.stderr)], [2, true]);
  });
  await hook.close();
  rmSync(folder, { recursive: true });
});

test.run();
