/** Setting a camera up by Improv and by its own page, on fakes: who gets the line, what is answered, when it ends. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Enrol } from "../../device/deployment/setup.ts";
import { openDoor } from "../../device/deployment/setup-door.ts";
import { improvCodec } from "../../device/protocol/improv.ts";
import type { EnrolmentGiven } from "../../device/protocol/provisioning.ts";
import { APP_VERSION } from "../../device/version.ts";
import { bootCamera, PROVISIONING } from "./camera.ts";
import type { FakeVault } from "./fakes.ts";
import { fakeSetup } from "./setup-fakes.ts";

const codec = improvCodec();
const command = (number: number, texts: string[] = []): string =>
  codec.frame(3, codec.rpcData(number, codec.packTexts(texts))).slice(1);

/** A camera just switched on, with somebody at its line. */
function boot(vault?: FakeVault) {
  const asked: EnrolmentGiven[] = [];
  const camera = bootCamera(vault ? { vault } : {});
  const { ports } = camera;
  const given = fakeSetup(ports.clock);
  ports.setup = () => given;
  const { after } = ports.clock;
  const enrol: Enrol = (wanted, done) => {
    asked.push(wanted);
    after(300, () => {
      if (wanted.claim !== "good") return done("the claim is not known", "");
      camera.console.provision({ ...PROVISIONING, name: wanted.name ?? "" });
      done("", "cam-1");
    });
  };
  let heard = "";
  given.line.onSaid = (bytes) => {
    heard += bytes;
  };
  openDoor(ports, camera.provisioning, enrol);
  ports.clock.pass(0.01);
  const frames = (): string[] => {
    const found: string[] = [];
    let piece = codec.nextPiece(heard);
    for (; piece.type || piece.isDamaged; piece = codec.nextPiece(piece.rest)) {
      const what = { 1: "state", 2: "error", 4: "result" }[piece.type];
      const texts = piece.type === 4 ? codec.unpackTexts(piece.data.slice(2)) : undefined;
      found.push(`${what} ${piece.data.charCodeAt(0)}${texts ? ` ${texts.join("|")}` : ""}`);
    }
    heard = "";
    return found;
  };
  return {
    ...{ camera, ports, ...given, asked, frames },
    /** Send, let time pass, and hear what came. */
    ask: (bytes: string, seconds = 0.2): string[] => {
      given.line.send(bytes);
      ports.clock.pass(seconds);
      return frames();
    },
    /** What a browser asks of the page. */
    get: (method: string, path: string, body = "") => {
      let answer = { status: 0, text: "" };
      given.wifi.answer?.(method, path, body, (status, _type, text) => {
        answer = { status, text };
      });
      ports.clock.pass(3);
      return answer;
    },
  };
}

test("says its state and what it is", () => {
  const { ask } = boot();
  assert.equal(ask(command(2)), ["state 2"]);
  assert.equal(ask(command(3)), [`result 3 Thicket|${APP_VERSION}|ESP32S3|thicket-beef`]);
});

test("lists networks, each in a result, and ends the list", () => {
  const { ask } = boot();
  assert.equal(ask(command(4), 3), [
    "error 0",
    "result 4 woods|-50|YES",
    "result 4 caf\xc3\xa9|-51|NO",
    "result 4 ",
  ]);
});

test("a wrong password is an error, and the right one afterwards is taken and kept", () => {
  const { ask, ports, wifi } = boot();
  assert.equal(ask(command(1, ["woods", "wrong"]), 25), [
    "error 0",
    "state 3",
    "error 3",
    "state 2",
  ]);
  const joined = ["error 0", "state 3", "state 4", "result 1 http://10.0.0.9/"];
  assert.equal(ask(command(1, ["woods", "twelve-trees"]), 5), joined);
  assert.equal(ask(command(2)), ["state 4", "result 2 http://10.0.0.9/"]);
  assert.is(wifi.hostname, "thicket-beef");
  const again = boot(ports.vault);
  again.ports.clock.pass(5);
  assert.equal(again.ask(command(2)), ["state 4", "result 2 http://10.0.0.9/"]);
  assert.is(again.wifi.own, undefined, "no network of its own where one is known");
});

test("the same command again while it is under way is a repetition; another has to wait", () => {
  const { ask, wifi } = boot();
  const join = command(1, ["woods", "twelve-trees"]);
  assert.equal(ask(join + join + command(4)), ["error 0", "state 3", "error 255"]);
  assert.is(wifi.joins, 1);
});

test("keeps names that are given, and refuses what is none", () => {
  const { ask, ports } = boot();
  const text = (number: number, name: string) => codec.frame(3, codec.rpcData(number, name));
  assert.equal(ask(text(5, "")), ["result 5 thicket-beef"]);
  assert.equal(ask(text(5, "ridge-cam")), ["result 5 ridge-cam"]);
  for (const bad of ["a b", "-a", "a-", "x".repeat(33)])
    assert.equal(ask(text(5, bad)), ["error 5"]);
  assert.equal(ask(text(6, "Ridge caf\xc3\xa9")), ["result 6 Ridge caf\xc3\xa9"]);
  assert.equal(ask(text(6, "x".repeat(41))), ["error 1"]);
  assert.equal(boot(ports.vault).ask(text(6, "")), ["result 6 Ridge caf\xc3\xa9"]);
});

test("what it cannot understand or does not know is an error", () => {
  const { ask } = boot();
  assert.equal(ask(codec.frame(3, "\x02\x05")), ["error 1"]);
  assert.equal(ask(codec.frame(3, "")), ["error 1"]);
  assert.equal(ask(codec.frame(3, codec.rpcData(1, "\x20ab"))), ["error 1"]);
  assert.equal(ask(command(1)), ["error 1"]);
  assert.equal(ask(command(7)), ["error 2"]);
  assert.equal(ask(codec.frame(9, "\0")), [], "types of others are ignored");
});

test("enrols with what it was told, or says why not on the console", () => {
  const { ask, asked, ports, camera } = boot();
  const enrol = (claim: string) =>
    command(0x80, ["http://10.0.0.1:8700", claim, "ridge", "-24.99", "31.5", "1757750400"]);
  assert.equal(ask(enrol("good"), 1), ["error 0", "error 255"]);
  assert.ok(ports.lines.includes("enrol: join a Wi-Fi network first"));
  ask(command(1, ["woods", "twelve-trees"]), 5);
  assert.equal(ask(enrol("bad"), 1), ["error 0", "error 255"]);
  assert.ok(ports.lines.includes("enrol: the claim is not known"));
  assert.equal(ask(enrol("good"), 1), ["error 0", "result 128 cam-1"]);
  assert.equal(asked[1], {
    ...{ server: "http://10.0.0.1:8700", claim: "good", name: "ridge" },
    ...{ latitude: -24.99, longitude: 31.5, time: 1757750400 },
    ...{ wifiSsid: "woods", wifiPassword: "twelve-trees" },
  });
  assert.is(camera.console.status().cameraID, "cam-1");
});

test("text goes to the console whole and at once; ten seconds later Improv is heard again", () => {
  const { ask, line, ports } = boot();
  line.send("prin");
  ports.clock.pass(0.02);
  line.send("t(1)\n");
  assert.is(line.typed, "");
  ports.clock.pass(0.06);
  assert.is(line.typed, "print(1)\n");
  assert.ok(line.isHandedOver);
  line.send("\x03while(1);");
  assert.is(line.typed, "print(1)\n\x03while(1);", "nothing is between any more");
  ports.clock.pass(10);
  assert.not.ok(line.isHandedOver);
  assert.equal(ask(command(2)), ["state 2"]);
});

test("what begins like a frame and is none reaches the console after a moment", () => {
  const { line, ports } = boot();
  line.send("IM");
  ports.clock.pass(0.09);
  assert.is(line.typed, "");
  ports.clock.pass(0.1);
  assert.is(line.typed, "IM");
});

test("a client that goes away in the middle of a frame leaves nothing on the console", () => {
  const { ask, line, ports } = boot();
  const frame = command(1, ["woods", "twelve-trees"]);
  for (let cut = 7; cut < frame.length - 1; cut++) {
    line.send(frame.slice(0, cut));
    ports.clock.pass(0.2);
    assert.is(line.typed, "", `${cut} bytes`);
    assert.equal(ask(command(2)), ["state 2"], `${cut} bytes`);
  }
});

test("a damaged frame and what is left of it leave nothing on the console", () => {
  const { ask, line } = boot();
  const frame = command(1, ["woods", "twelve-trees"]);
  for (let at = 0; at < frame.length; at++) {
    const lost = frame.slice(0, at) + frame.slice(at + 1);
    line.send(lost);
    ask("", 30);
    assert.is(line.typed, "", `byte ${at} lost`);
    assert.equal(ask(command(4), 3).slice(0, 1), ["error 0"], `byte ${at} lost`);
  }
});

test("more than a line without a pause flows through to the console in order", () => {
  const { line, ports } = boot();
  const text = Array.from({ length: 100 }, (_, index) => `print(${index});\n`).join("");
  for (let at = 0; at < text.length; at += 50) {
    line.send(text.slice(at, at + 50));
    ports.clock.pass(0.005);
  }
  ports.clock.pass(0.1);
  assert.is(line.typed, text);
  assert.ok(line.isHandedOver);
});

test("opens a network and a page of its own, for ten minutes", () => {
  const { wifi, ports, get } = boot();
  assert.equal(wifi.own, { ssid: "thicket-beef", password: "" });
  const page = get("GET", "/");
  assert.is(page.status, 200);
  assert.ok(page.text.length <= 2048, `${page.text.length} bytes`);
  assert.not.match(page.text, /(src|href)=/);
  assert.equal(JSON.parse(get("GET", "/networks").text).length, 2);
  assert.is(get("GET", "/favicon.ico").status, 404);
  ports.clock.pass(600);
  assert.is(wifi.own, undefined);
  assert.is(wifi.answer, undefined);
  assert.ok(boot(ports.vault).wifi.own, "and again when it is switched on");
});

test("the page joins and enrols in one go, and tells what came of it", () => {
  const { get, camera, ports, line, wifi } = boot();
  const form = (password: string, claim: string) =>
    ["woods", password, "http://10.0.0.1:8700", claim, "ridge", "", "", "1757750400"].join("\n");
  const state = () => JSON.parse(get("GET", "/state").text);
  assert.is(get("POST", "/", form("wrong", "good")).status, 202);
  assert.is(get("POST", "/", form("wrong", "good")).status, 409, "one at a time");
  ports.clock.pass(10);
  assert.equal(state(), { busy: false, text: "Not joined: Wi-Fi: 4WAY_HANDSHAKE_TIMEOUT" });
  get("POST", "/", form("twelve-trees", "bad"));
  assert.equal(state(), { busy: false, text: "Not enrolled: the claim is not known" });
  get("POST", "/", form("twelve-trees", "good"));
  assert.equal(state(), { busy: false, text: "Done: this is camera cam-1" });
  assert.is(camera.console.status().name, "ridge");
  assert.is(get("POST", "/", "").status, 400);
  ports.clock.pass(70);
  assert.is(wifi.own, undefined);
  assert.not.ok(line.isOpen, "the line is the console's for good");
});

test("a provisioned camera opens nothing", () => {
  const { camera, ports } = boot();
  camera.console.provision(PROVISIONING);
  const { wifi, line } = boot(ports.vault);
  assert.not.ok(line.isOpen);
  assert.is(wifi.own, undefined);
});

test.run();
