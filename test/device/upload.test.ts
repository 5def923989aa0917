/** Resumable uploads of a whole camera on fakes: complete, resumed, started over, given up. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { pathOf } from "../../device/network/links.ts";
import { bootCamera, bootProvisioned, type TestCamera } from "./camera.ts";
import { START_S } from "./fakes.ts";
import { FleetFake } from "./fleet-fake.ts";

const JPEG = Array.from({ length: 10_000 }, (_, index) =>
  String.fromCharCode((index * 7) & 255),
).join("");

function setup(fleet = new FleetFake(() => START_S)): TestCamera {
  const camera = bootProvisioned({
    fleet,
    prepare: (ports) => {
      ports.camera.jpegText = JPEG;
    },
  });
  camera.event();
  return camera;
}

/** One contact, and no time for a second. */
function contact(camera: TestCamera): void {
  camera.ports.links.requests = [];
  camera.console.checkIn();
  camera.ports.clock.pass(20);
}

const methods = ({ ports }: TestCamera) =>
  ports.links.requests.map(({ method }) => method).join(" ");

test("sends a picture in pieces of 4 KB, byte for byte, with its metadata", () => {
  const camera = setup();
  contact(camera);
  assert.ok(camera.fleet.stored.get("1-2") === JPEG);
  assert.is(methods(camera), "POST POST PATCH PATCH PATCH");
  const [, create, first, , last] = camera.ports.links.requests;
  assert.is(create?.headers["Upload-Length"], "10000");
  assert.is(create?.headers["Tus-Resumable"], "1.0.0");
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  assert.is(
    create?.headers["Upload-Metadata"],
    `mediaID ${base64("1-2")},eventID ${base64("1-1")},timestamp ${base64(String(START_S + 5))}`,
  );
  assert.is(first?.body.length, 4096);
  assert.is(last?.headers["Upload-Offset"], "8192");
  assert.is(last?.headers["Content-Length"], "1808");
});

test("talks to the provisioned server only, wherever an answer points", () => {
  const camera = setup();
  contact(camera);
  for (const { url } of camera.ports.links.requests) {
    assert.ok(url.startsWith("http://127.0.0.1:8700/device/v1/"), url);
  }
});

for (const [location, path] of [
  ["http://host:1/a/b", "/a/b"],
  ["//host/a", "/a"],
  ["/a/b", "/a/b"],
  ["http://host", "/"],
] as const) {
  test(`the path of ${location} is ${path}`, () => assert.is(pathOf(location), path));
}

test("goes on where it broke off, also after a reboot", () => {
  const camera = setup();
  camera.fleet.patchBreaksAfter = 1000;
  contact(camera);
  assert.is(camera.fleet.stored.size, 0);
  const rebooted = bootCamera({ vault: camera.ports.vault, fleet: camera.fleet });
  rebooted.ports.clock.pass(60);
  assert.ok(camera.fleet.stored.get("1-2") === JPEG);
  assert.is(methods(rebooted), "POST HEAD PATCH PATCH PATCH");
  assert.is(rebooted.ports.links.requests[2]?.headers["Upload-Offset"], "1000");
  assert.is(rebooted.console.status().heartbeat.queuedMedia, 0);
});

test("starts over when the server has forgotten the upload", () => {
  const camera = setup();
  camera.fleet.patchBreaksAfter = 1000;
  contact(camera);
  camera.fleet.uploads.clear();
  camera.ports.clock.pass(60);
  assert.ok(camera.fleet.stored.get("1-2") === JPEG);
});

test("takes a picture the server already has as done", () => {
  const camera = setup();
  camera.fleet.stored.set("1-2", JPEG);
  contact(camera);
  assert.is(methods(camera), "POST POST");
  assert.is(camera.console.status().heartbeat.queuedMedia, 0);
});

test("a lost answer to a piece is found out and not sent twice", () => {
  const camera = setup();
  const { answer } = camera.fleet;
  let isLost = false;
  camera.ports.links.answer = (request) => {
    const reply = answer(request);
    if (request.method !== "PATCH" || isLost) return reply;
    isLost = true;
    return "connection reset";
  };
  contact(camera);
  camera.ports.clock.pass(60);
  assert.ok(camera.fleet.stored.get("1-2") === JPEG);
});

test("a picture the server will never take does not hold up the next one", () => {
  const camera = setup();
  const { answer } = camera.fleet;
  camera.event();
  let creations = 0;
  camera.ports.links.answer = (request) => {
    if (!request.url.endsWith("/media")) return answer(request);
    creations += 1;
    return creations === 1 ? { status: 413 } : answer(request);
  };
  contact(camera);
  assert.equal([...camera.fleet.stored.keys()], ["1-4"]);
  assert.is(camera.console.status().heartbeat.queuedMedia, 0);
});

test("a server that never keeps an upload is given up for this contact, not for ever asked", () => {
  const camera = setup();
  const { answer } = camera.fleet;
  camera.ports.links.answer = (request) =>
    request.method === "PATCH" ? { status: 404 } : answer(request);
  contact(camera);
  assert.is(methods(camera).split("PATCH").length - 1 <= 12, true);
  assert.ok(camera.ports.lines.some((line) => line.includes("does not hold")));
  assert.is(camera.console.status().heartbeat.queuedMedia, 1);
});

test("a server that takes pieces without moving on is not fed for ever", () => {
  const camera = setup();
  const { answer } = camera.fleet;
  camera.ports.links.answer = (request) =>
    request.method === "PATCH"
      ? { status: 204, headers: { "upload-offset": "0" } }
      : answer(request);
  contact(camera);
  assert.is(methods(camera).split("PATCH").length - 1 <= 2, true);
});

test.run();
