/**
 * The commands of docs/updates.md and docs/provisioning.md, taken out of the guides and run in their order in a fresh folder, as
 * a new user would paste them: a server and an emulated camera as processes, ports and names put in where the guides have theirs.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bundle } from "../../toolchain/bundle/bundle.ts";
import { DEVICE_PROGRAM } from "../../toolchain/bundle/device-program.ts";
import { fleetClient } from "../../toolchain/fleet/client.ts";
import { temporaryFolder } from "../fleet/support/fleet.ts";
import { ROOT } from "../support/skip.ts";
import { type Started, start, toolchainHere } from "../support/toolchain.ts";

/** What needs a board, a person, or a row of cameras; other tests are about these. */
const ELSEWHERE = [/^setup /, /^provision --batch /];

/** Of the server and the camera. */
const LIMIT_MS = 280_000;

/** `npx toolchain` lines of the fenced blocks, without comments. */
function commandsOf(guide: string): string[] {
  const text = readFileSync(join(ROOT, "docs", guide), "utf8");
  const blocks = [...text.matchAll(/^```(?:sh)?\n([\s\S]*?)^```/gm)].map(
    ([, block]) => block ?? "",
  );
  return blocks
    .flatMap((block) => block.split("\n"))
    .flatMap((line) => line.replace(/ #.*/, "").split(";"))
    .map((line) => line.trim())
    .filter((line) => line.startsWith("npx toolchain "))
    .map((line) => line.slice("npx toolchain ".length))
    .filter((line) => !ELSEWHERE.some((other) => other.test(line)));
}

test("the guides' commands do what they say, one after the other", async () => {
  const cwd = temporaryFolder();
  const processes: Started[] = [];
  const env = { ...process.env };
  process.env.THICKET_KEY_PASSPHRASE = "a long passphrase";
  try {
    mkdirSync(join(cwd, "device/model"), { recursive: true });
    cpSync(join(ROOT, "device/model"), join(cwd, "device/model"), { recursive: true });
    writeFileSync(join(cwd, "thicket.bin"), Buffer.alloc(5000, 0xe9));
    const [serve = "", emulate = "", ...updates] = commandsOf("updates.md");
    const [again = "", alsoEmulate = "", ...provisioning] = commandsOf("provisioning.md");
    for (const line of [serve, again]) assert.match(line, /^serve .*--data fleet$/);
    for (const line of [emulate, alsoEmulate]) assert.match(line, /^emulate --tcp \d+$/);
    const camera = start(emulate.replace(/\d+$/, "0").split(" "), { cwd, limitMs: LIMIT_MS });
    const server = start([...serve.split(" "), "--port", "0"], { cwd, limitMs: LIMIT_MS });
    processes.push(camera, server);
    // Publishing builds and measures it; that it does is asked elsewhere.
    const { code } = await bundle({ entry: DEVICE_PROGRAM, profile: false });
    writeFileSync(join(cwd, "app.js"), Buffer.from(code, "latin1"));
    const [url = ""] = await server.says(/http:\/\/127\.0\.0\.1:\d+/);
    const [, token = ""] = await server.says(/^token +(\S+)/m);
    process.env.THICKET_TOKEN = token;
    const [, tcp = ""] = await camera.says(/(tcp:\/\/127\.0\.0\.1:\d+)/);
    const fleet = fleetClient(url, token);
    const { cameras } = await fleet.get<{ cameras: { cameraID: string }[] }>("/api/v1/cameras");
    assert.equal(cameras, []);

    let said = "";
    const known = async () => {
      const found = await fleet.get<{ cameras: { cameraID: string }[] }>("/api/v1/cameras");
      return found.cameras[0]?.cameraID ?? "";
    };
    /** The guide's line with this machine's addresses and what the commands before have printed. */
    const ours = async (line: string): Promise<string[]> => {
      const filled = line
        .replace(/http:\/\/127\.0\.0\.1:870\d/, url)
        .replace(/tcp:\/\/127\.0\.0\.1:\d+/, tcp)
        .replace(/(app|model)-NUMBER/, (_, kind) => said.match(`${kind}-\\d+`)?.[0] ?? "none")
        .replace("cam-4k2m9x7q8t", await known())
        .replace("clm-k3m9x7q2", said.match(/clm-\w+/)?.[0] ?? "none")
        .replace(/transfer hide/, "transfer cam-1")
        .replace(/^ota publish (?!--model|--firmware)/, "ota publish --app app.js ");
      const takesServer = /^(ota (rollout|status|releases|pause|resume|force|cancel|rollback))/;
      return [...filled.split(/ +/), ...(takesServer.test(filled) ? ["--server", url] : [])];
    };
    /** Type into the camera's console until it has said something, as a person at `monitor`. */
    const monitor = async (args: string[], wanted: RegExp) => {
      const console = start(args, { cwd });
      processes.push(console);
      await console.says(/Ctrl-\] leaves/);
      console.child.stdin?.write("thicket.checkIn()\n");
      await console.says(wanted);
      console.child.stdin?.write("\x1d");
      assert.is(await console.ended, 0, console.stderr());
    };
    const run = async (line: string) => {
      const args = await ours(line);
      if (args[0] === "monitor") return monitor(args, /release \d+: confirmed/);
      const ended = await toolchainHere(args, cwd);
      assert.is(ended.status, 0, `${line}: ${ended.stderr}`);
      said = /releases$|claim|publish/.test(line) ? ended.stdout : said + ended.stdout;
      return ended.stdout;
    };
    for (const line of updates) {
      let text = await run(line);
      if (line.startsWith("ota status")) {
        // The camera has confirmed it; the server knows with its next contact, a moment later.
        const isTold = () => /cam-1, ridge: (installed|proved)/.test(String(text));
        for (let turn = 0; turn < 20 && !isTold(); turn++) {
          await sleep(1000);
          text = await run(line);
        }
        assert.ok(isTold(), String(text));
      }
      if (line.startsWith("ota force")) assert.match(String(text), / is offered: /);
    }
    // A second camera, to be taken out of service.
    await fleet.send("POST", "/api/v1/cameras", { name: "gate", site: "boundary" });
    // The guide starts server and camera once more, for the wizard.
    for (const line of provisioning.filter((one) => !/^(serve|emulate) /.test(one))) {
      await run(line);
      if (!line.startsWith("camera rotate")) continue;
      await monitor(["monitor", "--port", tcp], /check-in done/);
      const shown = await toolchainHere(["camera", "show", "gate-2", "--server", url], cwd);
      assert.match(shown.stdout, /order \d+, place: done[\s\S]*order \d+, rotate: done/);
      assert.not.match(shown.stdout, /waits for its next contact/);
    }
  } finally {
    process.env = env;
    for (const one of processes) await one.stop();
    rmSync(cwd, { recursive: true, force: true });
  }
});

test.run();
