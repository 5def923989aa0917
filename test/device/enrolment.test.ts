/** A camera's own keys, how it is enrolled by a claim, and what it does on the server's orders. */
import { createHash, createHmac } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { HttpRequest } from "../../device/ports.ts";
import type { CheckInReply } from "../../device/protocol/check-in.ts";
import {
  ENROL_PATH,
  type EnrolmentRequest,
  enrolmentRules,
} from "../../device/protocol/enrolment.ts";
import { type Order, type OrderKind, orderText } from "../../device/protocol/orders.ts";
import type { Provisioning } from "../../device/protocol/provisioning.ts";
import { bootCamera, bootProvisioned, type TestCamera } from "./camera.ts";
import type { FakeVault } from "./fakes.ts";
import { nodeCrypto } from "./node-crypto.ts";

const GIVEN = { server: "http://127.0.0.1:8700", claim: "k3m9-x7q2", name: "ridge" };
const bytes = (base64: string): string => Buffer.from(base64, "base64").toString("latin1");
const base64 = (text: string): string => Buffer.from(text, "latin1").toString("base64");

/** The server's half of an enrolment, in memory, before the fleet that hears the check-ins. */
function enrollable(camera: TestCamera) {
  const pair = nodeCrypto.keyPair();
  const hello = { requests: [] as EnrolmentRequest[], lose: 0, status: 200, body: "" };
  const fleet = camera.fleet.answer;
  camera.ports.links.answer = (request: HttpRequest) => {
    if (!request.url.endsWith(ENROL_PATH)) return fleet(request);
    const asked = JSON.parse(request.body) as EnrolmentRequest;
    hello.requests.push(asked);
    const rules = enrolmentRules();
    const publicKey = bytes(asked.publicKey);
    const secret = nodeCrypto.ecdh(pair.privateKey, publicKey);
    const info = rules.info(publicKey, pair.publicKey);
    const salt = createHash("sha256").update(asked.claim).digest().toString("latin1");
    const derived = nodeCrypto.hkdf(secret, salt, info, rules.derivedBytes);
    camera.fleet.credential = rules.credential(base64(derived.substring(0, 32)));
    if (hello.lose-- > 0) return "connection reset";
    const answer = { v: 1, cameraID: "cam-9", serverKey: base64(pair.publicKey) };
    const body = { ...answer, name: "ridge", site: "north", time: camera.ports.clock.now() };
    return { status: hello.status, body: hello.body || JSON.stringify(body) };
  };
  return hello;
}

const provisioningOf = (vault: FakeVault): Provisioning =>
  JSON.parse(vault.read("provisioning") ?? "null");

function order(vault: FakeVault, number: number, kind: OrderKind, text = ""): Order {
  const { cameraID, orderKey = "" } = provisioningOf(vault);
  const said = orderText(cameraID, { number, kind, text });
  const proof = createHmac("sha256", Buffer.from(orderKey, "base64")).update(said).digest("base64");
  return { number, kind, text, proof };
}

/** What the fake fleet adds to its answers. */
function ordering(camera: TestCamera, wanted: () => Order | undefined): void {
  const answer = camera.ports.links.answer;
  camera.ports.links.answer = (request) => {
    const reply = answer(request);
    if (typeof reply !== "object" || !reply.body || !request.url.endsWith("check-in")) return reply;
    const said = JSON.parse(reply.body) as CheckInReply;
    const extra = wanted();
    return { ...reply, body: JSON.stringify(extra ? { ...said, order: extra } : said) };
  };
}

function enrolled(prepare: (camera: TestCamera) => void = () => {}): TestCamera {
  const camera = bootCamera();
  enrollable(camera);
  prepare(camera);
  camera.console.enrol(GIVEN);
  camera.ports.clock.pass(5);
  return camera;
}

test("makes its key pair once, keeps it over a reboot, and shows a fingerprint of the public half", () => {
  const { ports, console } = bootCamera();
  const { fingerprint } = console.status();
  const publicKey = (ports.vault.read("identity") ?? "").slice(32);
  assert.is(publicKey.length, 65);
  const digest = createHash("sha256").update(Buffer.from(publicKey, "latin1")).digest("hex");
  assert.is(fingerprint, digest.slice(0, 16).replace(/(....)(?=.)/g, "$1-"));
  assert.is(bootCamera({ vault: ports.vault }).console.status().fingerprint, fingerprint);
  assert.is.not(bootCamera().console.status().fingerprint, fingerprint);
});

test("firmware without crypto has no fingerprint and still says its status", () => {
  const prepare = (ports: { missing: string[] }) => {
    ports.missing = ["crypto"];
  };
  assert.is(bootCamera({ prepare }).console.status().fingerprint, "");
});

test("a claim makes it known: both ends derive the same credential and the first check-in is accepted", () => {
  const camera = bootCamera();
  const server = enrollable(camera);
  let heard: string[] = [];
  camera.console.enrol({ ...GIVEN, latitude: -24.99015678, longitude: 31.5 }, (...said) => {
    heard = said;
  });
  assert.is(camera.console.status().enrolment.state, "joining");
  camera.ports.clock.pass(5);
  assert.equal(heard, ["", "cam-9"]);
  const { enrolment, cameraID, site } = camera.console.status();
  assert.equal({ ...enrolment }, { state: "accepted", problem: "" });
  assert.equal([cameraID, site], ["cam-9", "north"]);
  assert.is(camera.fleet.checkIns.length, 1);
  const [asked] = server.requests as [EnrolmentRequest];
  assert.is(asked.latitude, -24.990157);
  const signed = enrolmentRules().signed(asked);
  assert.ok(nodeCrypto.verify(bytes(asked.publicKey), signed, bytes(asked.signature)));
});

test("the private key and the credential are in no request body, line or status", () => {
  const camera = enrolled();
  const { ports } = camera;
  const secrets = [
    base64((ports.vault.read("identity") ?? "").slice(0, 32)),
    provisioningOf(ports.vault).credential,
    provisioningOf(ports.vault).orderKey ?? "?",
  ];
  const shown =
    JSON.stringify([camera.console.status(), ports.lines, camera.console.greeting()]) +
    ports.links.requests.map(({ url, body }) => url + body).join("\n");
  for (const secret of secrets) assert.not.ok(shown.includes(secret.replaceAll("=", "")));
});

test("an answer that is lost is asked for again, with the same claim and key", () => {
  const camera = bootCamera();
  const server = enrollable(camera);
  server.lose = 2;
  camera.console.enrol(GIVEN);
  camera.ports.clock.pass(20);
  assert.is(server.requests.length, 3);
  assert.is(new Set(server.requests.map((asked) => asked.claim + asked.publicKey)).size, 1);
  assert.is(camera.console.status().enrolment.state, "accepted");
});

for (const [what, spoil, problem] of [
  [
    "a refusal",
    (server) =>
      Object.assign(server, {
        status: 410,
        body: '{"error":{"code":"CLAIM_EXPIRED","message":"too old"}}',
      }),
    "the server refused: CLAIM_EXPIRED: too old",
  ],
  [
    "no server",
    (server) => Object.assign(server, { lose: 9 }),
    "cannot reach http://127.0.0.1:8700: connection reset",
  ],
  ["another answer", (server) => Object.assign(server, { body: "{}" }), /./],
  [
    "no network",
    (_server, camera) => Object.assign(camera.ports.links, { joinProblem: "no such network" }),
    "no network: no such network",
  ],
] as [
  string,
  (server: ReturnType<typeof enrollable>, camera: TestCamera) => void,
  string | RegExp,
][]) {
  test(`${what} ends in one line, and who it was before it still is`, () => {
    const camera = bootProvisioned();
    spoil(enrollable(camera), camera);
    let calls = 0;
    camera.console.enrol(GIVEN, () => calls++);
    camera.ports.clock.pass(30);
    const { enrolment, cameraID } = camera.console.status();
    assert.is(enrolment.state, "failed");
    if (typeof problem === "string") assert.is(enrolment.problem, problem);
    else assert.match(enrolment.problem, problem);
    assert.is(calls, 1);
    assert.is(cameraID, "cam-1");
    Object.assign(camera.ports.links, { joinProblem: "" });
    camera.fleet.credential = "secret-secret-secret-secret";
    const before = camera.fleet.checkIns.length;
    camera.ports.clock.pass(2000);
    assert.ok(camera.fleet.checkIns.length > before, "it goes on reporting as before");
  });
}

test("an enrolment to nowhere, without a claim or beside another one is refused at once", () => {
  const camera = bootCamera();
  const said: string[] = [];
  const note = (problem: string) => said.push(problem);
  camera.console.enrol({ ...GIVEN, server: "ftp://here:1" }, note);
  camera.console.enrol({ ...GIVEN, claim: "" }, note);
  camera.console.enrol(GIVEN);
  camera.console.enrol(GIVEN, note);
  assert.equal(said, [
    "server must be http://host:port, no path",
    "claim is missing",
    "an enrolment is under way",
  ]);
});

test("another name and site are taken once, when they are proved", () => {
  const camera = enrolled();
  const { vault } = camera.ports;
  const place = order(vault, 1, "place", '{"name":"gate","site":"south"}');
  let said: Order | undefined = { ...place, text: '{"name":"evil","site":"south"}' };
  ordering(camera, () => said);
  camera.console.checkIn();
  camera.ports.clock.pass(5);
  assert.is(camera.console.status().name, "ridge");
  assert.ok(camera.ports.lines.includes("order 1 is not proved: ignored"));
  said = place;
  camera.console.checkIn();
  camera.ports.clock.pass(5);
  assert.equal([camera.console.status().name, camera.console.status().site], ["gate", "south"]);
  const writes = vault.writes;
  camera.console.checkIn();
  camera.ports.clock.pass(5);
  assert.is(camera.fleet.checkIns.at(-1)?.orderDone, 1);
  assert.is(vault.writes, writes, "said again it costs nothing");
});

test("orders that wait are all carried out in one contact, and the server hears so", () => {
  const camera = enrolled();
  const { vault } = camera.ports;
  const places = ["gate", "hide"].map((name, index) =>
    order(vault, index + 1, "place", JSON.stringify({ name, site: "south" })),
  );
  ordering(camera, () =>
    places.find(({ number }) => number > (camera.fleet.checkIns.at(-1)?.orderDone ?? 0)),
  );
  camera.console.checkIn();
  camera.ports.clock.pass(5);
  assert.is(camera.fleet.checkIns.at(-1)?.orderDone, 2);
  assert.is(camera.console.status().name, "hide");
});

test("a new credential is derived on order", () => {
  const camera = enrolled();
  const { vault } = camera.ports;
  const pair = nodeCrypto.keyPair();
  const rotate = order(vault, 1, "rotate", base64(pair.publicKey));
  const before = provisioningOf(vault).credential;
  ordering(camera, () => rotate);
  camera.console.checkIn();
  camera.ports.clock.pass(5);
  const publicKey = (vault.read("identity") ?? "").slice(32);
  const rules = enrolmentRules();
  const derived = nodeCrypto.hkdf(
    nodeCrypto.ecdh(pair.privateKey, publicKey),
    nodeCrypto.sha256("cam-91"),
    rules.info(publicKey, pair.publicKey),
    rules.derivedBytes,
  );
  const { credential, orderDone } = provisioningOf(vault);
  assert.is(credential, rules.credential(base64(derived.substring(0, 32))));
  assert.is.not(credential, before);
  assert.is(orderDone, 1);
});

test("a wipe delivers what waits, forgets keys and records, says so, and forgets the credential last", () => {
  const camera = enrolled();
  const { ports } = camera;
  const { fingerprint } = camera.console.status();
  camera.event();
  ports.links.joinProblem = "";
  const wiping = order(ports.vault, 7, "wipe");
  ordering(camera, () => wiping);
  camera.console.checkIn();
  camera.ports.clock.pass(10);
  assert.ok(camera.fleet.records.size > 0, "the observation was delivered");
  assert.is(camera.fleet.checkIns.at(-1)?.orderDone, 7);
  assert.equal(ports.vault.items, []);
  assert.equal([...ports.vault.cells.keys()].sort(), ["boot"]);
  assert.is(camera.console.status().provisioned, false);
  assert.is.not(camera.console.status().fingerprint, fingerprint);
});

test("a wipe cut short, or whose report is lost, goes on until the server knows", () => {
  const camera = enrolled();
  const { vault } = camera.ports;
  const wiping = order(vault, 1, "wipe");
  const known = provisioningOf(vault);
  vault.write(
    "provisioning",
    JSON.stringify({ ...known, orderDone: wiping.number, isLeaving: true }),
  );
  const identity = vault.read("identity");
  const next = bootCamera({ vault });
  assert.is.not(vault.read("identity"), identity);
  assert.is(next.console.status().provisioned, true, "it still has to say so");
  // The server heard it before and does not know the credential any more.
  next.fleet.credential = "another";
  next.ports.clock.pass(10);
  assert.is(next.console.status().provisioned, false);
});

test("a wipe that nobody proved is not done", () => {
  const camera = enrolled();
  const { vault } = camera.ports;
  ordering(camera, () => ({ number: 1, kind: "wipe", text: "", proof: "" }));
  camera.console.checkIn();
  camera.ports.clock.pass(10);
  assert.is(camera.console.status().provisioned, true);
  assert.ok(vault.read("identity"));
});

test.run();
