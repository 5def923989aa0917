/**
 * Improv against the whole emulated camera: the SDK that browsers use, unmodified; our own client; the console before,
 * between and after; and the camera's own page over the simulated network.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { APP_VERSION } from "../../device/version.ts";
import { Emulator } from "../../toolchain/emulator/emulator.ts";
import { openEmulated } from "../../toolchain/link/emulated.ts";
import { improvClient } from "../../toolchain/link/improv.ts";
import { bootField, emulatorBench, type Field } from "../simulate/improv-bench.ts";
import { liveImprov, NETWORK } from "../simulate/improv-run.ts";
import { ImprovSerial, webPort } from "../support/improv-sdk.ts";

const SERVER = "http://10.0.0.1:8700";
const ADDRESS = "http://192.168.1.2/";

/** A camera, and what was heard on its line. */
async function start(seed = 1) {
  let heard = "";
  const field = await bootField(seed, (bytes) => {
    heard += bytes;
  });
  const { emulator, network } = field;
  return {
    ...field,
    /** Type, and see what the console answers. */
    type: async (text: string, ms = 300): Promise<string> => {
      heard = "";
      emulator.console.write(text);
      await network.run({ ms });
      return heard;
    },
    client: () => improvClient(openEmulated(emulator), (ms) => network.run({ ms })),
  };
}

/** Let the camera live until what was asked of it is over. */
async function drive<T>({ network }: Field, asked: Promise<T>): Promise<T> {
  let isOver = false;
  const settled = asked.finally(() => {
    isOver = true;
  });
  settled.catch(() => {});
  while (!isOver) {
    await network.run({ ms: 20 });
    await new Promise((resolve) => setImmediate(resolve));
  }
  return settled;
}

let phones = 0;

/** What a phone near the camera gets: it joins a network, asks one thing and goes. */
async function phoneAsks(
  { network }: Field,
  ssid: string,
  url: string,
  body?: string,
): Promise<string> {
  phones += 1;
  const phone = Emulator.boot({ network, seed: 100 + phones });
  const asked = body === undefined ? "GET" : "POST";
  phone.runScript(`said = ""; isOver = false;
    require("Wifi").connect(${JSON.stringify(ssid)}, {password: ${JSON.stringify(ssid === NETWORK.ssid ? NETWORK.password : "")}}, () => {
      var o = url.parse(${JSON.stringify(url)}); o.method = "${asked}"; o.protocol = "http:";
      o.headers = {"Content-Length": ${(body ?? "").length}};
      require("http").request(o, r => { r.on("data", d => said += d); r.on("close", () => isOver = true); })
        .end(${JSON.stringify(body ?? "")});
    });`);
  await network.run({ ms: 20_000, until: () => phone.readGlobal("isOver") === true });
  const said = phone.readGlobal("said") as string;
  phone.close();
  return said;
}

/** Names of the networks that a phone sees. */
async function phoneSees({ network }: Field): Promise<string[]> {
  phones += 1;
  const phone = Emulator.boot({ network, seed: 100 + phones });
  phone.runScript(`require("Wifi").scan(found => names = found.map(one => one.ssid))`);
  await network.run({ ms: 5000 });
  const names = phone.evaluate("names") as string[];
  phone.close();
  return names;
}

test("the browser's SDK finds the camera, lists networks, is told of a wrong password, and joins", async () => {
  const field = await start();
  const { emulator } = field;
  const sdk = new ImprovSerial(webPort(emulator), { log() {}, debug() {}, error() {} });
  const info = await drive(field, sdk.initialize());
  assert.equal([info.firmware, info.version], ["Thicket", APP_VERSION]);
  assert.equal([info.chipFamily, info.name], ["ESP32S3", "thicket-0001"]);
  assert.is(sdk.state, 2);
  assert.equal(await drive(field, sdk.scan()), [{ name: "woods", rssi: -60, secured: true }]);
  const beforeMs = emulator.uptimeMs;
  await drive(field, sdk.provision(NETWORK.ssid, "wrong-password")).then(
    () => assert.unreachable("joined with a wrong password"),
    (problem) => assert.match(`${problem}`, /connect/i),
  );
  assert.ok(emulator.uptimeMs - beforeMs < 25_000, "told in time");
  assert.is(sdk.error, 3);
  await drive(field, sdk.requestCurrentState());
  assert.is(sdk.state, 2, "ready again");
  await drive(field, sdk.provision(NETWORK.ssid, NETWORK.password));
  assert.equal([sdk.state, sdk.nextUrl], [4, ADDRESS]);
  await drive(field, sdk.requestCurrentState());
  assert.equal([sdk.state, sdk.nextUrl], [4, ADDRESS], "and says so again");
  assert.is(await drive(field, sdk.setHostname("ridge")), "ridge");
  for (const name of ["camera 7", "seven77", "caf\u00e9 no. 10"]) {
    assert.is(await drive(field, sdk.setDeviceName(name)), name);
  }
  await drive(field, sdk.setHostname("not a name")).then(
    () => assert.unreachable("took a bad name"),
    () => assert.is(sdk.error, 5),
  );
  await drive(field, sdk.close());
  assert.equal(emulator.missing, []);
  emulator.close();
});

test("our client enrols by the private command; the camera tells the reason of a refusal on its console", async () => {
  const { emulator, network, client } = await start();
  let said = "";
  emulator.console.onData((bytes) => {
    said += bytes;
  });
  const improv = client();
  assert.is((await improv.info()).chip, "ESP32S3");
  assert.equal(await improv.scan(), [{ ssid: "woods", rssiDbm: -60, isOpen: false }]);
  const early = await improv.enrol({ server: SERVER, claim: "good" }).catch((error) => error);
  assert.is(early.code, "IMPROV_REFUSED");
  await network.run({ ms: 20 });
  assert.match(said, "enrol: join a Wi-Fi network first");
  assert.is(await improv.join(NETWORK.ssid, NETWORK.password), ADDRESS);
  const refused = await improv.enrol({ server: SERVER, claim: "bad" }).catch((error) => error);
  assert.is(refused.code, "IMPROV_REFUSED");
  // The line comes through the console, an idle loop after the error.
  await network.run({ ms: 20 });
  assert.match(said, "enrol: the claim is not known");
  const place = { latitude: -24.99, longitude: 31.5 };
  const given = { server: SERVER, claim: "good", name: "caf\u00e9", ...place };
  assert.is(await improv.enrol(given), "cam-7");
  assert.is(emulator.evaluate("thicket.status().cameraID"), "cam-7");
  await network.run({ ms: 70_000 });
  assert.is(emulator.evaluate("E.getConsole()"), "Serial1", "the line is the console's again");
  emulator.close();
});

test("the console works before, between and after: lines, Ctrl-C, long output, reset", async () => {
  const { emulator, network, type, client } = await start();
  assert.is(await type("1+1\n"), "1+1\r\n=2\r\n>");
  assert.is(await type("\x10print(5)\n"), "5\r\n>");
  assert.match(await type("while(1);\n"), /^while\(1\);\r\n/);
  const long = await type("\x10print('x'.repeat(9000))\n", 2000);
  // The self-test may say its line before the prompt.
  assert.match(long, /^x{9000}\r\n[\s\S]*>$/, "9000 characters in one piece");
  await network.run({ ms: 11_000 });
  const improv = client();
  assert.is(await improv.state(), 2);
  assert.is(await type("half a l"), "half a l");
  assert.match(await type("\x03"), /^\r\x1b\[J|>$/, "Ctrl-C takes the line off");
  assert.is(await type("\x10print(6)\n"), "6\r\n>");
  await network.run({ ms: 11_000 });
  assert.is(await improv.join(NETWORK.ssid, NETWORK.password), ADDRESS);
  await network.run({ ms: 20 });
  assert.is(await type("\x03"), "", "Ctrl-C on an empty line says nothing");
  await network.run({ ms: 11_000 });
  assert.is(await improv.state(), 4);
  assert.match(
    await type("reset()\n", 3000),
    ">",
    "a reset program leaves the line to the console",
  );
  assert.is(await type("E.getConsole()\n"), 'E.getConsole()\r\n="Serial1"\r\n>');
  emulator.close();
});

test("a phone on the camera's own network gets the page, and sets the camera up with it", async () => {
  const field = await start(1);
  const { emulator, network } = field;
  const own = "http://192.168.4.1";
  const page = await phoneAsks(field, "thicket-0001", `${own}/`);
  assert.match(page, "<!DOCTYPE html>");
  assert.match(page, "Claim code");
  const networks = await phoneAsks(field, "thicket-0001", `${own}/networks`);
  assert.equal(JSON.parse(networks)[0], { ssid: "woods", rssiDbm: -60, isOpen: false });
  const form = [NETWORK.ssid, NETWORK.password, SERVER, "good", "ridge", "", "", "1767225600"];
  const accepted = await phoneAsks(field, "thicket-0001", `${own}/`, form.join("\n"));
  assert.is(accepted, "{}");
  await network.run({ ms: 5000 });
  const state = JSON.parse(await phoneAsks(field, "thicket-0001", `${own}/state`));
  assert.equal(state, { busy: false, text: "Done: this is camera cam-7" });
  assert.is(emulator.evaluate("thicket.status().name"), "ridge");
  emulator.close();
});

test("the same page answers on the network that was joined, until the camera has a server", async () => {
  const field = await start(2);
  const { network, emulator, client } = field;
  assert.is(await client().join(NETWORK.ssid, NETWORK.password), ADDRESS);
  assert.match(await phoneAsks(field, NETWORK.ssid, ADDRESS), "<!DOCTYPE html>");
  const form = [NETWORK.ssid, NETWORK.password, SERVER, "bad", "", "", "", ""].join("\n");
  await phoneAsks(field, NETWORK.ssid, ADDRESS, form);
  await network.run({ ms: 5000 });
  const state = await phoneAsks(field, NETWORK.ssid, `${ADDRESS}state`);
  assert.match(state, "Not enrolled: the claim is not known");
  emulator.close();
});

test("after ten minutes the camera's own network is gone; switched on again it is back", async () => {
  const field = await start(3);
  const { emulator, network } = field;
  assert.equal(await phoneSees(field), ["woods", "thicket-0003"]);
  await network.run({ ms: 610_000 });
  assert.equal(await phoneSees(field), ["woods"]);
  emulator.powerCycle();
  await network.run({ ms: 5000 });
  assert.equal(await phoneSees(field), ["woods", "thicket-0003"]);
  emulator.close();
});

test("random sessions over a bad line to the whole camera end well, too", async () => {
  const bad: string[] = [];
  for (let seed = 1; seed <= 24; seed++) {
    const { problem } = await liveImprov(seed, emulatorBench);
    if (problem) bad.push(`seed ${seed}: ${problem}`);
  }
  assert.equal(bad, []);
});

test.run();
