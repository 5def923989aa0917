/** Configuration in layers over real sockets: who gets what, what it costs on air, what was, and what cameras have. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CheckInReply } from "../../device/protocol/check-in.ts";
import {
  CONFIG_ROWS,
  type ConfigValues,
  configProblem,
  configSum,
  defaultConfig,
} from "../../device/protocol/config.ts";
import { PROFILES } from "../../toolchain/fleet/config/profiles.ts";
import {
  addCamera,
  checkIn,
  exchange,
  getJson,
  operate,
  type TestCamera,
  type TestFleet,
  withFleet,
} from "./support/fleet.ts";

const LAYERS = "/api/v1/config/layers";
/** The promise of docs/configuration.md. */
const CHANGE_BYTES_MAX = 96;

// biome-ignore lint/suspicious/noExplicitAny: tests read answers of many shapes
async function answer(response: Promise<Response>): Promise<any> {
  const { status } = await response;
  return { status, ...((await (await response).json()) as object) };
}

const set = (fleet: TestFleet, layer: string, values: object, dryRun = false) =>
  answer(operate(fleet, "PATCH", `${LAYERS}/${layer}`, { values, dryRun }));

const shown = (fleet: TestFleet, { cameraID }: TestCamera) =>
  getJson(fleet, `/api/v1/cameras/${cameraID}/config`);

const say = (version: number, values: ConfigValues, more: object = {}) =>
  checkIn([], { configVersion: version, configSum: configSum(values), ...more });

test("a later layer wins key by key, and explain names where each value comes from", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    const { cameraID } = camera;
    await set(fleet, "global/all", { jpegQuality: 50, timeLapseS: 600, quietS: 10 });
    await set(fleet, "site/north", { timeLapseS: 900, quietS: 20 });
    await set(fleet, "site/south", { jpegQuality: 11 });
    await operate(fleet, "PUT", `/api/v1/cameras/${cameraID}/group`, { group: "trail" });
    await set(fleet, "group/trail", { quietS: 30 });
    await operate(fleet, "PATCH", `/api/v1/cameras/${cameraID}/config`, { burstCount: 5 });
    const { wanted, keys } = await shown(fleet, camera);
    assert.equal(wanted.values, {
      ...defaultConfig(),
      ...{ jpegQuality: 50, timeLapseS: 900, quietS: 30, burstCount: 5 },
    });
    const origin = Object.fromEntries(
      keys.map((row: { key: string; origin: { scope: string; name: string } }) => [
        row.key,
        `${row.origin.scope} ${row.origin.name}`,
      ]),
    );
    assert.equal(
      [origin.jpegQuality, origin.timeLapseS, origin.quietS, origin.burstCount, origin.alertHuman],
      ["global all", "site north", "group trail", `device ${cameraID}`, "default "],
    );
    const quiet = keys.find(({ key }: { key: string }) => key === "quietS");
    assert.equal(
      quiet.hidden.map(({ value }: { value: number }) => value),
      [20, 10, 0],
    );
    await operate(fleet, "PUT", `/api/v1/cameras/${cameraID}/group`, { group: null });
    assert.is((await shown(fleet, camera)).wanted.values.quietS, 20);
    const late = await addCamera(fleet, "late");
    assert.is((await shown(fleet, late)).wanted.values.timeLapseS, 900, "a new camera joins in");
  });
});

test("a change names the cameras it reaches before it is made, and reaches no other", async () => {
  await withFleet(async (fleet) => {
    const [north, pinned] = [await addCamera(fleet), await addCamera(fleet, "pinned")];
    await set(fleet, `device/${pinned.cameraID}`, { quietS: 60 });
    const tried = await set(fleet, "site/north", { quietS: 90 }, true);
    assert.equal(tried.cameras, [
      { cameraID: north.cameraID, version: 1, changes: { quietS: [0, 90] } },
    ]);
    assert.is((await shown(fleet, north)).wanted.version, 0, "only tried");
    assert.equal((await set(fleet, "site/north", { quietS: 90 })).cameras, tried.cameras);
    assert.equal((await set(fleet, "site/north", { quietS: 90 })).layers, [], "nothing new");
    assert.is((await shown(fleet, north)).wanted.values.quietS, 90);
    assert.is((await shown(fleet, pinned)).wanted.version, 1);
  });
});

test("what is not valid is refused by key, value and range, and by camera where keys contradict", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    await set(fleet, `device/${camera.cameraID}`, { burstCount: 2 });
    const rows: [string, object, number, RegExp][] = [
      [
        "global/all",
        { quietS: 4000 },
        400,
        /quietS must be a whole number from 0 to 3600 s, not 4000/,
      ],
      ["global/all", { quiets: null }, 400, /no configuration key named quiets/],
      ["site/north", { burstVotes: 3 }, 400, /camera ridge: burstVotes .* 3 of 2/],
      ["device/cam-none", { quietS: 1 }, 404, /no camera/],
      ["global/others", { quietS: 1 }, 404, /called all/],
      ["planet/all", { quietS: 1 }, 400, /scope/],
    ];
    for (const [layer, values, status, message] of rows) {
      for (const dryRun of [true, false]) {
        const refused = await set(fleet, layer, values, dryRun);
        assert.is(refused.status, status, layer);
        assert.match(refused.error.message, message);
      }
    }
    assert.equal((await getJson(fleet, `${LAYERS}/site/north/history`)).versions, []);
  });
});

test("keeps every version of a layer, and goes back to any of them", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    await set(fleet, "site/north", { quietS: 10, timeLapseS: 60 });
    await set(fleet, "site/north", { quietS: 20, timeLapseS: null });
    const back = (version: number) =>
      answer(operate(fleet, "POST", `${LAYERS}/site/north/rollback`, { version }));
    assert.is((await back(9)).error.code, "CONFIG_VERSION_UNKNOWN");
    assert.is((await back(1)).layers[0].version, 3);
    const { wanted } = await shown(fleet, camera);
    assert.equal([wanted.values.quietS, wanted.values.timeLapseS], [10, 60]);
    await back(0);
    assert.equal((await shown(fleet, camera)).wanted.values, defaultConfig());
    const { versions } = await getJson(fleet, `${LAYERS}/site/north/history`);
    assert.equal(
      versions.map(({ note }: { note: string }) => note),
      ["set", "set", "rollback to 1", "rollback to 0"],
    );
    assert.equal(versions[1].changes, { timeLapseS: [60, null], quietS: [10, 20] });
  });
});

test("every profile is valid on a camera with defaults", async () => {
  await withFleet(async (fleet) => {
    assert.equal(Object.keys(PROFILES).sort(), [
      ...["anti-poaching", "battery-saver", "conservation", "research", "survey"],
    ]);
    for (const [profile, { values }] of Object.entries(PROFILES)) {
      assert.is(configProblem({ ...defaultConfig(), ...values }), "");
      const path = `${LAYERS}/site/north/profile`;
      const applied = await answer(operate(fleet, "POST", path, { profile }));
      assert.equal({ ...applied.layers[0].values, ...values }, applied.layers[0].values, profile);
    }
    const path = `${LAYERS}/site/north/profile`;
    const none = await answer(operate(fleet, "POST", path, { profile: "toString" }));
    assert.is(none.error.code, "PROFILE_UNKNOWN");
  });
});

test("layers go out as a document and come in as one, all or none", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    await set(fleet, "global/all", { quietS: 10 });
    await set(fleet, "site/north", { timeLapseS: 60 });
    const document = await getJson(fleet, "/api/v1/config/export");
    await set(fleet, "site/north", { timeLapseS: 70, jpegQuality: 20 });
    const load = (given: unknown, dryRun = false) =>
      answer(operate(fleet, "POST", "/api/v1/config/import", { document: given, dryRun }));
    const bad = {
      ...document,
      layers: [...document.layers, { ...document.layers[0], values: { quietS: -1 } }],
    };
    for (const wrong of [bad, {}, null, { format: "thicket-config-1", layers: [{ scope: "x" }] }]) {
      assert.is((await load(wrong)).error.code, "BAD_CONFIG");
    }
    await load(document, true);
    assert.is((await shown(fleet, camera)).wanted.values.timeLapseS, 70, "neither tried nor bad");
    await load(document);
    const { wanted } = await shown(fleet, camera);
    assert.equal([wanted.values.timeLapseS, wanted.values.jpegQuality], [60, 70]);
    assert.equal(await getJson(fleet, "/api/v1/config/export"), document);
  });
});

/** Bytes that a configuration adds to an answer. */
const bytesOf = (reply: CheckInReply): number =>
  Buffer.byteLength(JSON.stringify(reply)) -
  Buffer.byteLength(JSON.stringify({ ...reply, config: undefined }));

test(`a change of any one key costs at most ${CHANGE_BYTES_MAX} bytes in the answer`, async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    const path = `/api/v1/cameras/${camera.cameraID}/config`;
    let before = { version: 0, values: defaultConfig() };
    for (const { key, max, min } of CONFIG_ROWS) {
      const value = key === "burstVotes" ? 10 : before.values[key] === max ? min : max;
      const after = await answer(operate(fleet, "PATCH", path, { [key]: value }));
      const reply = await exchange(fleet, camera, say(before.version, before.values));
      const { from, values } = reply.config as NonNullable<CheckInReply["config"]>;
      const base = from === undefined ? defaultConfig() : before.values;
      assert.equal({ ...base, ...values }, after.values, key);
      assert.ok(bytesOf(reply) <= CHANGE_BYTES_MAX, `${key}: ${bytesOf(reply)} bytes`);
      before = after;
    }
  });
});

test("shows drift: waiting, in force, gone back with its reason, and other content under the same number", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    const path = `/api/v1/cameras/${camera.cameraID}/config`;
    const settings = { quietS: 60, timeLapseS: 900 };
    const first = await answer(operate(fleet, "PATCH", path, settings));
    const drift = async () => (await getJson(fleet, "/api/v1/config/drift")).cameras[0];
    await exchange(fleet, camera, say(0, defaultConfig()));
    assert.equal(
      [(await drift()).configState, (await drift()).drift],
      ["waiting", { timeLapseS: [0, 900], quietS: [0, 60] }],
    );
    await exchange(fleet, camera, say(1, first.values));
    assert.is(await drift(), undefined);
    const second = await answer(operate(fleet, "PATCH", path, { quietS: 3000 }));
    const configRefused = { version: 2, reason: "no contact; back\u0000 at version 1" };
    const reply = await exchange(fleet, camera, say(1, first.values, { configRefused }));
    assert.is(reply.config, undefined, "it need not hear of it again");
    assert.equal(
      [(await drift()).configState, (await drift()).configProblem],
      ["refused", "no contact; back  at version 1"],
    );
    const quiet = await exchange(fleet, camera, say(1, first.values));
    assert.is(quiet.config, undefined);
    await operate(fleet, "POST", `${path}/retry`);
    const retried = await exchange(fleet, camera, say(1, first.values));
    assert.equal(retried.config, { version: 3, from: 1, values: { quietS: 3000 } });
    const odd = { ...second.values, jpegQuality: 33 };
    const mended = await exchange(fleet, camera, say(3, odd));
    assert.equal(
      mended.config,
      { version: 3, values: { timeLapseS: 900, quietS: 3000 } },
      "whole, without a base",
    );
    assert.equal([(await drift()).configState, (await drift()).drift], ["waiting", null]);
    await exchange(fleet, camera, say(77, odd));
    assert.is((await drift()).confirmed.version, 77, "a number this server never gave");
    assert.equal(fleet.problems, []);
  });
});

test.run();
