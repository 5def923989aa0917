/** Claims and enrolments against the whole server, and a camera's life afterwards, with a camera made of node:crypto. */
import { createHash, randomBytes } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CheckInReply } from "../../device/protocol/check-in.ts";
import { type EnrolmentReply, enrolmentRules } from "../../device/protocol/enrolment.ts";
import { orderText } from "../../device/protocol/orders.ts";
import { NativeCrypto } from "../../toolchain/emulator/native/native-crypto.ts";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import {
  addCamera,
  checkIn,
  exchange,
  getJson,
  heartbeat,
  observation,
  operate,
  postCheckIn,
  type TestFleet,
  withFleet,
} from "./support/fleet.ts";

const START = Date.UTC(2026, 5, 1);
const DAY_MS = 86_400_000;
const crypto = new NativeCrypto(() => randomBytes(1)[0] as number);
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const utf8 = (text: string): Uint8Array => Buffer.from(text, "utf8");

/** The camera's half. */
class Device {
  pair = crypto.keyPair();
  credential = "";
  orderKey: Uint8Array = new Uint8Array();
  cameraID = "";

  request(claim: string, more: Record<string, unknown> = {}) {
    const publicKey = base64(this.pair.publicKey);
    const asked = { claim, publicKey, hardware: "ESP32S3", time: 1_700_000_000, ...more };
    const text = utf8(enrolmentRules().signed(asked));
    return { v: 1, ...asked, signature: base64(crypto.sign(this.pair.privateKey, text)) };
  }

  derive(serverKey: string, salt: string) {
    const rules = enrolmentRules();
    const theirs = Buffer.from(serverKey, "base64");
    const info = rules.info(
      Buffer.from(this.pair.publicKey).toString("latin1"),
      theirs.toString("latin1"),
    );
    const derived = crypto.hkdf(
      crypto.ecdh(this.pair.privateKey, theirs),
      createHash("sha256").update(salt).digest(),
      Buffer.from(info, "latin1"),
      rules.derivedBytes,
    );
    this.credential = rules.credential(base64(derived.subarray(0, 32)));
    this.orderKey = derived.subarray(32);
  }

  async enrol(fleet: TestFleet, claim: string, more: Record<string, unknown> = {}) {
    const reply = await post(fleet, this.request(claim, more));
    if (reply.status === 200) {
      this.derive(reply.body.serverKey, claim);
      this.cameraID = reply.body.cameraID;
    }
    return reply;
  }

  isProved({ order }: CheckInReply): boolean {
    if (!order) return false;
    const text = utf8(orderText(this.cameraID, order));
    return base64(crypto.hmac(this.orderKey, text)) === order.proof;
  }
}

async function post(fleet: TestFleet, body: unknown) {
  const response = await fetch(`${fleet.url}/device/v1/enrol`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const answer = (await response.json()) as EnrolmentReply & { error?: { code: string } };
  return { status: response.status, body: answer, code: answer.error?.code };
}

async function claimFor(fleet: TestFleet, wish: Record<string, unknown> = {}) {
  const response = await operate(fleet, "POST", "/api/v1/claims", { site: "north", ...wish });
  const { claims } = (await response.json()) as { claims: { claim: string; claimID: string }[] };
  return claims[0] as { claim: string; claimID: string };
}

async function withClock(
  body: (fleet: TestFleet, clock: ReturnType<typeof createSimulatedClock>) => Promise<void>,
): Promise<void> {
  const clock = createSimulatedClock(START);
  await withFleet((fleet) => body(fleet, clock), { clock });
}

test("a claim makes a camera: both ends derive the credential, which opens its check-in", async () => {
  await withClock(async (fleet) => {
    await operate(fleet, "PATCH", "/api/v1/config/layers/group/ridges", {
      values: { burstCount: 7 },
    });
    const { claim, claimID } = await claimFor(fleet, { group: "ridges", role: "gateway" });
    assert.match(claim, /^[2-9a-z]{4}(-[2-9a-z]{4}){4}$/);
    const device = new Device();
    const { status, body } = await device.enrol(fleet, claim, {
      name: "ridge",
      latitude: 1.5,
      longitude: 2,
    });
    assert.equal([status, body.name, body.site], [200, "ridge", "north"]);
    const said = await exchange(fleet, device, checkIn([observation("1-1")]));
    assert.equal(said.acknowledged, ["1-1"]);
    assert.is(said.config?.values.burstCount, 7);
    const life = await getJson(fleet, `/api/v1/cameras/${device.cameraID}/life`);
    assert.equal(
      [life.group, life.role, life.hardware, life.state],
      ["ridges", "gateway", "ESP32S3", "active"],
    );
    const digest = createHash("sha256").update(device.pair.publicKey).digest();
    assert.is(life.fingerprint, enrolmentRules().fingerprint(digest.toString("latin1")));
    const { claims } = await getJson(fleet, "/api/v1/claims");
    assert.equal(
      [claims[0].claimID, claims[0].state, claims[0].cameraID],
      [claimID, "used", device.cameraID],
    );
    assert.not.ok(JSON.stringify(claims).includes(claim));
    const [camera] = (await getJson(fleet, "/api/v1/cameras")).cameras;
    assert.equal([camera.latitude, camera.longitude], [1.5, 2]);
  });
});

test("the same claim and key is answered alike for an hour; another key, and later, is refused", async () => {
  await withClock(async (fleet, clock) => {
    const { claim } = await claimFor(fleet);
    const device = new Device();
    const first = await device.enrol(fleet, claim);
    const again = await post(
      fleet,
      device.request(claim.toUpperCase().replaceAll("-", ""), { time: 5 }),
    );
    assert.equal(
      [again.body.cameraID, again.body.serverKey],
      [first.body.cameraID, first.body.serverKey],
    );
    await exchange(fleet, device, checkIn([]));
    assert.is((await new Device().enrol(fleet, claim)).code, "CLAIM_USED");
    clock.set(START + 3_600_000);
    assert.is((await post(fleet, device.request(claim))).code, "CLAIM_USED");
    assert.is((await getJson(fleet, "/api/v1/cameras")).cameras.length, 1);
  });
});

test("claims expire, are revoked, and are told from wrong ones and wrong signatures", async () => {
  await withClock(async (fleet, clock) => {
    const device = new Device();
    assert.is((await device.enrol(fleet, "abcd-efgh-jkmn-pqrs-tuvw")).code, "CLAIM_REFUSED");
    const { claim, claimID } = await claimFor(fleet);
    const forged = { ...device.request(claim), hardware: "OTHER" };
    assert.is((await post(fleet, forged)).code, "SIGNATURE_REFUSED");
    const offCurve = { ...device.request(claim), publicKey: base64(new Uint8Array(65).fill(4)) };
    assert.is((await post(fleet, offCurve)).code, "SIGNATURE_REFUSED");
    assert.is((await operate(fleet, "DELETE", `/api/v1/claims/${claimID}`)).status, 204);
    assert.is((await device.enrol(fleet, claim)).code, "CLAIM_REVOKED");
    const late = await claimFor(fleet);
    clock.set(START + DAY_MS);
    assert.is((await device.enrol(fleet, late.claim)).code, "CLAIM_EXPIRED");
    assert.is((await operate(fleet, "DELETE", "/api/v1/claims/clm-none")).status, 404);
    for (const body of [
      "{",
      "{}",
      { ...device.request(claim), publicKey: "" },
      { ...device.request(claim), name: "a\nb" },
    ]) {
      assert.is((await post(fleet, body)).code, "BAD_ENROLMENT");
    }
    assert.is((await getJson(fleet, "/api/v1/cameras")).cameras.length, 0);
  });
});

test("wrong claims are counted; a right one is always taken", async () => {
  await withClock(async (fleet) => {
    const device = new Device();
    const codes = new Set<string | undefined>();
    for (let turn = 0; turn < 21; turn++)
      codes.add((await device.enrol(fleet, "wrong-claim")).code);
    assert.equal([...codes], ["CLAIM_REFUSED", "TOO_MANY_ATTEMPTS"]);
    assert.is((await device.enrol(fleet, (await claimFor(fleet)).claim)).status, 200);
  });
});

test("a name travels as the camera's bytes and arrives as it was written", async () => {
  await withClock(async (fleet) => {
    const device = new Device();
    const { claim } = await claimFor(fleet);
    const asked = device.request(claim, { name: "Höhle" });
    const bytes = Buffer.from("Höhle", "utf8").toString("latin1");
    assert.is((await post(fleet, { ...asked, name: bytes })).body.name, "Höhle");
  });
});

test("a transfer ends the deployment and begins another; what was seen before stays where it was", async () => {
  await withClock(async (fleet, clock) => {
    const device = new Device();
    await device.enrol(fleet, (await claimFor(fleet)).claim, { name: "ridge" });
    const at = START / 1000;
    clock.set(START + 7200_000);
    const path = `/api/v1/cameras/${device.cameraID}`;
    const moved = await operate(fleet, "POST", `${path}/transfer`, { site: "south", name: "gate" });
    assert.is(moved.status, 200);
    const records = [
      observation("1-1", { eventStart: at + 60, eventEnd: at + 61 }),
      observation("1-2", { eventStart: at + 7260, eventEnd: at + 7261 }),
    ];
    const said = await exchange(fleet, device, checkIn(records));
    assert.equal(said.acknowledged, ["1-1", "1-2"]);
    assert.ok(device.isProved(said));
    assert.equal(JSON.parse(said.order?.text ?? ""), { name: "gate", site: "south" });
    assert.is((await exchange(fleet, device, checkIn([], { orderDone: 1 }))).order, undefined);
    const { observations } = await getJson(fleet, "/api/v1/observations");
    assert.equal(
      observations.map((row: { site: string }) => row.site),
      ["south", "north"],
    );
    const life = await getJson(fleet, `${path}/life`);
    assert.equal(
      life.deployments.map((row: { site: string; end: unknown }) => [row.site, row.end !== null]),
      [
        ["north", true],
        ["south", false],
      ],
    );
    assert.is(life.orders[0].done, new Date(START + 7200_000).toISOString());
  });
});

test("a decommissioned camera delivers, is told to wipe itself, says so, and then is nobody", async () => {
  await withClock(async (fleet, clock) => {
    const device = new Device();
    await device.enrol(fleet, (await claimFor(fleet)).claim);
    const path = `/api/v1/cameras/${device.cameraID}`;
    assert.is((await operate(fleet, "POST", `${path}/decommission`, {})).status, 200);
    assert.is((await operate(fleet, "POST", `${path}/decommission`, {})).status, 409);
    assert.is((await operate(fleet, "POST", `${path}/transfer`, { site: "x" })).status, 409);
    const said = await exchange(fleet, device, checkIn([observation("1-1")]));
    assert.equal(said.acknowledged, ["1-1"]);
    assert.is(said.order?.kind, "wipe");
    assert.ok(device.isProved(said));
    const done = await exchange(fleet, device, checkIn([], { orderDone: said.order?.number ?? 0 }));
    assert.is(done.order, undefined);
    assert.is((await postCheckIn(fleet.url, device, checkIn([]))).status, 401);
    assert.is((await getJson(fleet, `${path}/life`)).state, "wiped");
    assert.equal((await getJson(fleet, "/api/v1/cameras")).cameras, []);
    assert.is((await getJson(fleet, "/api/v1/lives")).cameras.length, 1);
    assert.is((await getJson(fleet, "/api/v1/observations")).observations.length, 1);
    // The same key comes back: the same camera, with its history, at another place.
    clock.set(START + 1000);
    const { claim } = await claimFor(fleet, { site: "east" });
    assert.is((await device.enrol(fleet, claim)).body.cameraID, path.split("/").at(-1));
    await exchange(fleet, device, checkIn([]));
    const life = await getJson(fleet, `${path}/life`);
    assert.equal([life.state, life.site, life.deployments.length], ["active", "east", 2]);
  });
});

test("a camera that is gone is retired by force, one that was stolen is cut off", async () => {
  await withClock(async (fleet) => {
    const [gone, stolen] = [new Device(), new Device()];
    await gone.enrol(fleet, (await claimFor(fleet)).claim);
    await stolen.enrol(fleet, (await claimFor(fleet)).claim);
    const act = (device: Device, what: string, body?: object) =>
      operate(fleet, "POST", `/api/v1/cameras/${device.cameraID}/${what}`, body);
    await act(gone, "decommission", { force: true });
    await act(stolen, "revoke");
    for (const device of [gone, stolen]) {
      assert.is((await postCheckIn(fleet.url, device, checkIn([]))).status, 401);
    }
    const { cameras } = await getJson(fleet, "/api/v1/lives");
    assert.equal(cameras.map((row: { state: string }) => row.state).sort(), ["lost", "revoked"]);
    assert.is((await act(stolen, "decommission", {})).status, 200);
    assert.is((await getJson(fleet, `/api/v1/cameras/${stolen.cameraID}/life`)).state, "lost");
  });
});

test("a rotation takes both credentials until the camera uses the new one, then that alone", async () => {
  await withClock(async (fleet) => {
    const device = new Device();
    await device.enrol(fleet, (await claimFor(fleet)).claim);
    const path = `/api/v1/cameras/${device.cameraID}`;
    assert.is((await operate(fleet, "POST", `${path}/rotate`)).status, 200);
    const old = { cameraID: device.cameraID, credential: device.credential };
    const { order } = await exchange(fleet, device, checkIn([]));
    device.derive(order?.text ?? "", `${device.cameraID}${order?.number}`);
    await exchange(fleet, old, checkIn([]));
    await operate(fleet, "POST", `${path}/transfer`, { site: "south" });
    const said = await exchange(fleet, device, checkIn([], { orderDone: 1 }));
    assert.is(said.order?.kind, "place");
    assert.ok(device.isProved(said), "with the key of the new credential");
    assert.is((await postCheckIn(fleet.url, old, checkIn([]))).status, 401);
    const plain = await addCamera(fleet);
    const refused = await operate(fleet, "POST", `/api/v1/cameras/${plain.cameraID}/rotate`);
    assert.is(refused.status, 409);
  });
});

test("a camera whose credential came over the console can be wiped, too", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    await operate(fleet, "POST", `/api/v1/cameras/${camera.cameraID}/decommission`, {});
    const { order } = await exchange(fleet, camera, checkIn([], { heartbeat: heartbeat() }));
    assert.equal([order?.kind, order?.proof], ["wipe", ""]);
  });
});

test.run();
