/** Releases and roll-outs through the server: real sockets, cameras that speak only the protocol. */
import { rmSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { RELEASE_PATH } from "../../../device/protocol/release-offers.ts";
import { createSimulatedClock } from "../../../toolchain/fleet/clock.ts";
import { readEvents } from "../support/events.ts";
import {
  addCamera,
  checkIn,
  exchange,
  getJson,
  openFleet,
  operate,
  type TestFleet,
  temporaryFolder,
  withFleet,
} from "../support/fleet.ts";
import { startServe } from "../support/serve-process.ts";
import { addCameraAt, type FakeCamera, FILE, publish } from "./support.ts";

const HOUR_MS = 3600_000;
const PLAN = { rings: [100], soakMs: 0 };

async function start(fleet: TestFleet, counter: number, body: object = {}): Promise<number> {
  await (await publish(fleet, counter)).text();
  const response = await operate(fleet, "POST", "/api/v1/rollouts", {
    ...{ releaseID: `app-${counter}`, plan: PLAN },
    ...body,
  });
  const answer = (await response.json()) as { rolloutID: number };
  assert.is(response.status, 201, JSON.stringify(answer));
  return answer.rolloutID;
}

const errorOf = async (response: Promise<Response>): Promise<string> => {
  const { error } = (await (await response).json()) as { error: { code: string; message: string } };
  assert.not.match(error.message, /\n/);
  return error.code;
};

test("a release is stored once, listed, and refused when its counter names other bytes", async () => {
  await withFleet(async (fleet) => {
    const first = await publish(
      fleet,
      3,
      FILE,
      `&manifest=${Buffer.alloc(200, 7).toString("base64url")}`,
    );
    assert.is(first.status, 201);
    const manifest = `&manifest=${Buffer.alloc(200, 7).toString("base64url")}`;
    assert.is((await publish(fleet, 3, FILE, manifest)).status, 201, "sent again");
    assert.is(await errorOf(publish(fleet, 3, Buffer.from("other"), manifest)), "RELEASE_EXISTS");
    assert.is(await errorOf(publish(fleet, 0)), "BAD_REQUEST");
    assert.is(await errorOf(publish(fleet, 4, FILE, "&base=4")), "BAD_REQUEST");
    assert.is(await errorOf(publish(fleet, 4, Buffer.alloc(0))), "BAD_REQUEST");
    const { releases } = await getJson(fleet, "/api/v1/releases");
    assert.is(releases.length, 1);
    assert.is(releases[0].releaseID, "app-3");
    assert.is(releases[0].bytes, FILE.length);
    assert.ok(releases[0].isSigned);
    assert.is(await errorOf(operate(fleet, "GET", "/api/v1/releases/app-9")), "RELEASE_UNKNOWN");
    assert.equal(fleet.problems, []);
  });
});

test("a camera fetches a release in ranges and only with its credential", async () => {
  await withFleet(async (fleet) => {
    await (await publish(fleet, 2)).text();
    const { credential } = await addCamera(fleet);
    const get = (headers: Record<string, string>) =>
      fetch(`${fleet.url}${RELEASE_PATH}app-2`, {
        headers: { authorization: `Bearer ${credential}`, ...headers },
      });
    const whole = await get({});
    const etag = whole.headers.get("etag") ?? "";
    assert.equal(Buffer.from(await whole.arrayBuffer()), FILE);
    const rows: [Record<string, string>, number, number, number][] = [
      [{ range: "bytes=0-9" }, 206, 0, 10],
      [{ range: "bytes=100-" }, 206, 100, FILE.length],
      [{ range: "bytes=-7" }, 206, FILE.length - 7, FILE.length],
      [{ range: `bytes=10-${FILE.length + 5}` }, 206, 10, FILE.length],
      [{ range: "bytes=5-9", "if-range": etag }, 206, 5, 10],
      [{ range: "bytes=5-9", "if-range": '"old"' }, 200, 0, FILE.length],
      [{ range: "bytes=0-1,4-5" }, 200, 0, FILE.length],
    ];
    for (const [headers, status, from, to] of rows) {
      const response = await get(headers);
      assert.is(response.status, status, JSON.stringify(headers));
      assert.equal(Buffer.from(await response.arrayBuffer()), FILE.subarray(from, to));
    }
    assert.is((await get({ "if-none-match": etag })).status, 304);
    const beyond = await get({ range: `bytes=${FILE.length}-` });
    assert.is(beyond.status, 416);
    assert.is(beyond.headers.get("content-range"), `bytes */${FILE.length}`);
    await beyond.text();
    assert.is(await errorOf(get({ authorization: "Bearer x" })), "CREDENTIAL_REFUSED");
  });
});

test("a release reaches every camera, one of a site at a time, and the stream tells of it", async () => {
  const clock = createSimulatedClock(Date.parse("2026-06-01T00:00:00Z"));
  await withFleet(
    async (fleet) => {
      const north = [await addCameraAt(fleet, "north"), await addCameraAt(fleet, "north")];
      const south = await addCameraAt(fleet, "south");
      const stream = await readEvents(fleet.url, fleet.operator);
      const rolloutID = await start(fleet, 2, { plan: { ...PLAN, soakMs: HOUR_MS } });
      const event = await stream.next(({ event }) => event === "rollout");
      assert.equal(event.data, { rolloutID, releaseID: "app-2", status: "running", reason: "" });
      stream.close();
      // One after the other: the first of a site to call is the one that is given the release.
      const hears = async () => {
        const counters: (number | undefined)[] = [];
        for (const camera of [...north, south]) {
          counters.push((await camera.live()).release?.counter);
        }
        return counters;
      };
      assert.equal(await hears(), [2, undefined, 2]);
      const old = await exchange(fleet, await addCamera(fleet, "old"), checkIn([]));
      assert.not("release" in old, "one that does not speak of releases is offered none");
      clock.set(clock.now() + HOUR_MS);
      // The first proves it, which makes room for the second.
      await north[0]!.report();
      assert.equal(await hears(), [undefined, 2, undefined]);
      const late = await addCameraAt(fleet, "south");
      assert.is((await late.live()).release?.counter, 2, "a camera added since joins");
      const { states, status, cameras } = await getJson(fleet, `/api/v1/rollouts/${rolloutID}`);
      assert.is(status, "running");
      assert.equal([states.proved, states.installed, states.waiting], [2, 2, 1]);
      assert.equal(
        cameras.map((row: { state: string }) => row.state),
        ["installed", "installed"],
      );
      assert.is(north[0]!.downloads, 1);
      assert.equal(fleet.problems, []);
    },
    { clock },
  );
});

test("a bad release stops by itself, with reasons; resume, force, and rolling back", async () => {
  await withFleet(async (fleet) => {
    const cameras = await Promise.all(
      Array.from({ length: 12 }, (_, i) => addCameraAt(fleet, `site ${i}`)),
    );
    const rolloutID = await start(fleet, 2);
    const path = `/api/v1/rollouts/${rolloutID}`;
    const [good, ...bad] = cameras as [FakeCamera, ...FakeCamera[]];
    await good.live();
    for (const camera of bad) {
      camera.fails = "no capture";
      await camera.live();
    }
    const stopped = await getJson(fleet, path);
    assert.is(stopped.status, "stopped");
    assert.match(stopped.reason, /^4 of 5 cameras of ring 1 failed/);
    assert.ok(stopped.rings[0].evidence >= stopped.stopsAt);
    assert.is(stopped.states.failed, 4);
    assert.is(stopped.cameras[0].reason, "no capture");
    assert.is(
      await errorOf(operate(fleet, "POST", "/api/v1/rollouts", { releaseID: "app-2" })),
      "ROLLOUT_ACTIVE",
    );

    const broken = bad[0] as FakeCamera;
    broken.fails = "";
    const forced = await operate(fleet, "POST", `${path}/cameras/${broken.cameraID}/force`);
    assert.is(((await forced.json()) as { state: string }).state, "offered");
    assert.is((await broken.live()).release?.attempt, 1, "although it is stopped");
    assert.is(broken.counter, 2);
    const history = await getJson(fleet, `${path}/cameras/${broken.cameraID}`);
    assert.equal(
      history.events.map((event: { state: string }) => event.state),
      ["offered", "failed", "offered", "proved"],
    );
    await (await operate(fleet, "POST", `${path}/rollback`)).text();
    assert.equal((await good.live()).recall, { kind: "app", counter: 2 });
    assert.is(good.counter, 1);
    const { states, status } = await getJson(fleet, path);
    assert.is(status, "rolledBack");
    assert.equal([states.rolledBack, states.proved, states.failed], [1, 1, 3]);
    assert.is(await errorOf(operate(fleet, "POST", `${path}/resume`)), "ROLLOUT_OVER");
    assert.is(
      await errorOf(operate(fleet, "POST", "/api/v1/rollouts/99/pause")),
      "ROLLOUT_UNKNOWN",
    );

    await start(fleet, 3);
    assert.is((await good.live()).release?.counter, 3, "the next release supersedes it");
    const { rollouts } = await getJson(fleet, "/api/v1/rollouts");
    assert.equal(
      rollouts.map((row: { status: string }) => row.status),
      ["running", "superseded"],
    );
    assert.equal(fleet.problems, []);
  });
});

test("a camera that falls silent counts as a failure until it is back", async () => {
  const clock = createSimulatedClock(Date.parse("2026-06-01T00:00:00Z"));
  await withFleet(
    async (fleet) => {
      const camera = await addCameraAt(fleet, "north");
      const rolloutID = await start(fleet, 2, { plan: { ...PLAN, soakMs: HOUR_MS } });
      await camera.live();
      const { rollouts } = fleet.server;
      await rollouts.lookForSilence(clock.now() + 3 * HOUR_MS + 1);
      const path = `/api/v1/rollouts/${rolloutID}`;
      const { cameras } = await getJson(fleet, path);
      assert.equal([cameras[0].state, cameras[0].reason], ["silent", "no check-in for 3 h"]);
      clock.set(clock.now() + 10 * HOUR_MS);
      await camera.report();
      assert.is((await getJson(fleet, path)).states.proved, 1);
    },
    { clock },
  );
});

test("a roll-out keeps to the cameras and sites it was told, and a patch to those with its base", async () => {
  await withFleet(async (fleet) => {
    const [north, south] = [await addCameraAt(fleet, "north"), await addCameraAt(fleet, "south")];
    const rolloutID = await start(fleet, 2, { sites: ["north"] });
    assert.is((await south.live()).release, undefined);
    assert.is((await north.live()).release?.counter, 2);
    await (await operate(fleet, "POST", `/api/v1/rollouts/${rolloutID}/cancel`)).text();
    await (await publish(fleet, 3, Buffer.from("patch"), "&base=2")).text();
    await start(fleet, 3, {});
    assert.is((await south.live()).release, undefined, "it runs 1");
    assert.is((await north.live()).release?.baseCounter, 2);
  });
});

test("plans and bodies that mean nothing are refused in one line", async () => {
  await withFleet(async (fleet) => {
    await (await publish(fleet, 2)).text();
    const rows: [object, string][] = [
      [{}, "BAD_REQUEST"],
      [{ releaseID: "app-9" }, "RELEASE_UNKNOWN"],
      [{ releaseID: "app-2", plan: { rings: [25, 5] } }, "BAD_PLAN"],
      [{ releaseID: "app-2", plan: { harmfulFailure: 0.01 } }, "BAD_PLAN"],
      [{ releaseID: "app-2", plan: { speed: 1 } }, "BAD_REQUEST"],
      [{ releaseID: "app-2", plan: { windows: [[22, 25]] } }, "BAD_REQUEST"],
    ];
    for (const [body, code] of rows)
      assert.is(await errorOf(operate(fleet, "POST", "/api/v1/rollouts", body)), code);
    const { rollouts } = await getJson(fleet, "/api/v1/rollouts");
    assert.equal(rollouts, []);
  });
});

test("a report of releases that makes no sense loses nothing else of the check-in", async () => {
  await withFleet(async (fleet) => {
    await start(fleet, 2);
    const camera = await addCamera(fleet);
    for (const releases of ["x", [null], [{ kind: "app" }], [{ kind: "soul", counter: 1 }]]) {
      const reply = await exchange(fleet, camera, { ...checkIn([]), releases });
      assert.not("release" in reply, JSON.stringify(releases));
    }
    const reply = await exchange(fleet, camera, {
      ...checkIn([]),
      releases: [
        { kind: "app", counter: 2 ** 33 },
        { kind: "app", counter: 1 },
      ],
    });
    assert.is(reply.release?.counter, 2);
  });
});

test("kill -9 loses no state that a camera or an operator was answered", async () => {
  const dataDir = temporaryFolder();
  let serve = startServe("--json", "--port", "0", "--data", dataDir);
  const { url, operatorToken: token = "" } = await serve.ready;
  const fleet = { url, token, operator: { authorization: `Bearer ${token}` } } as TestFleet;
  const cameras = await Promise.all([0, 1, 2].map((i) => addCameraAt(fleet, `site ${i}`)));
  const [good, bad, waiting] = cameras as [FakeCamera, FakeCamera, FakeCamera];
  const path = `/api/v1/rollouts/${await start(fleet, 2)}`;
  const again = async () => {
    await serve.kill("SIGKILL");
    serve = startServe("--json", "--port", "0", "--data", dataDir);
    fleet.url = (await serve.ready).url;
  };
  bad.fails = "no server";
  await good.live();
  await bad.live();
  await (await operate(fleet, "POST", `${path}/pause`)).text();
  await again();
  const { status, states } = await getJson(fleet, path);
  assert.equal([status, states.proved, states.failed, states.waiting], ["paused", 1, 1, 1]);
  assert.is((await waiting.live()).release, undefined);
  await (await operate(fleet, "POST", `${path}/resume`)).text();
  assert.is((await waiting.report()).release?.counter, 2);
  await again();
  const { state } = await getJson(fleet, `${path}/cameras/${waiting.cameraID}`);
  assert.is(state, "offered");
  await waiting.live();
  assert.is((await getJson(fleet, path)).status, "finished");
  await serve.kill("SIGTERM");
  rmSync(dataDir, { recursive: true });
});

test("a camera taken back leaves its roll-out", async () => {
  const dataDir = temporaryFolder();
  const fleet = await openFleet({ dataDir });
  const mistake = await addCameraAt(fleet, "north");
  const path = `/api/v1/rollouts/${await start(fleet, 2)}`;
  assert.is((await getJson(fleet, path)).states.waiting, 1);
  assert.is((await operate(fleet, "DELETE", `/api/v1/cameras/${mistake.cameraID}`)).status, 204);
  assert.is((await getJson(fleet, path)).states.waiting, 0);
  await fleet.server.close();
  rmSync(dataDir, { recursive: true });
});

test.run();
