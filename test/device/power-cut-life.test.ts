/**
 * A camera lives: it is provisioned, records events, checks in with a server, takes a configuration. The power is cut at
 * flash operations all along, each in one of four ways; after the reboot nothing that was kept is lost or doubled.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ConsoleStatus } from "../../device/protocol/provisioning.ts";
import { Emulator, type TornWrite } from "../../toolchain/emulator/emulator.ts";
import { PROVISIONING } from "./camera.ts";
import { FleetFake } from "./fleet-fake.ts";
import { serveFleet } from "./fleet-server.ts";
import { cameraFiles } from "./interpreters.ts";

const CONFIG = { version: 3, values: { burstCount: 1, burstVotes: 1, outboxRecordsMax: 50 } };
/** Cuts of one life, spread over its operations; the first one's place changes with the way of tearing. */
const CUTS = 8;
const torn = (seed: number): TornWrite[] => [
  "none",
  "prefix",
  "half-erase",
  { kind: "random", seed },
];

interface Life {
  emulator: Emulator;
  fleet: FleetFake;
  text: () => string;
  close(): void;
}

async function type(life: Life, line: string, wanted: RegExp): Promise<void> {
  if (!life.emulator.isOn) return;
  const from = life.text().length;
  life.emulator.console.write(`${line}\n`);
  const isOver = () => !life.emulator.isOn || wanted.test(life.text().slice(from));
  await life.emulator.run({ ms: 60_000, until: isOver });
  assert.ok(isOver(), `${line}: ${life.text().slice(from)}`);
}

const provision = (life: Life, url: string): Promise<void> => {
  const given = { ...PROVISIONING, server: url, wifiSsid: "" };
  return type(life, `thicket.provision(${JSON.stringify(given)})`, /check-in (done|failed)/);
};
const event = (life: Life) => type(life, "thicket.trigger()", /observation \d+-\d+|not kept/);
const checkIn = (life: Life) => type(life, "thicket.checkIn()", /check-in (done|failed)/);
const status = (life: Life) => life.emulator.evaluate("thicket.status()") as ConsoleStatus;

/** From a blank vault to the second check-in. Ends early where the power goes. */
async function live(life: Life, url: string): Promise<void> {
  await life.emulator.run({ ms: 500 });
  await event(life);
  await provision(life, url);
  await event(life);
  await event(life);
  await checkIn(life);
  await event(life);
}

async function begin(url: string, fleet: FleetFake, prepare: (emulator: Emulator) => void) {
  let text = "";
  const emulator = Emulator.boot({
    files: await cameraFiles("native"),
    extension: true,
    network: { allow: (host) => host === "127.0.0.1" },
    onConsole: (bytes) => {
      text += bytes;
    },
  });
  prepare(emulator);
  const life: Life = { emulator, fleet, text: () => text, close: () => emulator.close() };
  await live(life, url);
  return life;
}

/** Records that a later check-in no longer brought: the camera has put them away for good. */
function settled(fleet: FleetFake): Set<string> {
  const last = fleet.checkIns.at(-1)?.records.map(({ recordID }) => recordID) ?? [];
  const all = fleet.checkIns.flatMap(({ records }) => records.map(({ recordID }) => recordID));
  return new Set(all.filter((recordID) => !last.includes(recordID)));
}

/** Power on, provision if the new identity was not written yet, one more event, and bring everything to the server. */
async function recover(life: Life, url: string): Promise<void> {
  const { emulator } = life;
  emulator.powerCycle();
  await emulator.run({ ms: 500 });
  const { provisioned, name } = status(life);
  if (provisioned) assert.is(name, PROVISIONING.name);
  const { version } = emulator.evaluate("thicket.config()") as { version: number };
  assert.ok([0, CONFIG.version].includes(version));
  await event(life);
  if (provisioned) await checkIn(life);
  else await provision(life, url);
  await checkIn(life);
}

/** What the camera said it keeps, from its console. */
const kept = (text: string): string[] =>
  [...text.matchAll(/^observation (\d+-\d+) /gm)].map(([, id]) => id as string);

test("a life cut anywhere loses nothing that was kept, doubles nothing, and goes on", async () => {
  const texts = new Map<string, string>();
  let operations = 0;
  let before = new Set<string>();
  const newFleet = () => Object.assign(new FleetFake(() => 1_780_000_000), { config: CONFIG });
  let fleet = newFleet();
  const server = await serveFleet({ answer: (request) => fleet.answer(request) } as FleetFake);
  try {
    const whole = await begin(server.url, fleet, ({ flash }) => {
      operations = -flash.countOperations();
    });
    operations += whole.emulator.flash.countOperations();
    assert.ok(fleet.records.size >= 6, `${fleet.records.size} records`);
    whole.close();
    let lost = 0;
    for (let cut = 0; cut < CUTS * 4; cut++) {
      const nth = 1 + Math.floor(((cut + 0.5) * (operations - 1)) / (CUTS * 4));
      fleet = newFleet();
      texts.clear();
      const what = `cut ${nth}, model ${cut % 4}`;
      const life = await begin(server.url, fleet, ({ flash }) => {
        flash.cutAt(nth, torn(nth)[cut % 4] as TornWrite);
      });
      assert.not.ok(life.emulator.isOn, what);
      before = settled(fleet);
      const contacts = fleet.checkIns.length;
      await recover(life, server.url);
      for (const { records } of fleet.checkIns.slice(contacts))
        for (const { recordID } of records) assert.not.ok(before.has(recordID), `${what}: again`);
      for (const { records } of fleet.checkIns)
        for (const record of records) {
          const text = JSON.stringify(record);
          assert.is(texts.get(record.recordID) ?? text, text, `${what}: one ID, two records`);
          texts.set(record.recordID, text);
        }
      // Said on the console, so it must arrive.
      for (const id of kept(life.text())) assert.ok(fleet.records.has(id), `${what}: ${id} lost`);
      for (const record of fleet.records.values())
        if (record.kind === "media")
          assert.ok(fleet.stored.has(record.mediaID), `${what}: picture ${record.mediaID}`);
      const { queuedRecords, queuedMedia } = status(life).heartbeat;
      assert.equal([queuedRecords, queuedMedia], [0, 0], what);
      lost += fleet.records.size;
      life.close();
    }
    console.log(`# ${CUTS * 4} cuts in a life of ${operations} flash operations; ${lost} records`);
  } finally {
    await server.close();
  }
});

test.run();
