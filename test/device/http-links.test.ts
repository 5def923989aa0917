/** The Links port on Espruino's http and Wifi modules: exactly one answer each, whatever the modules do. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  createHttpLinks,
  type HttpModule,
  type WifiModule,
} from "../../device/espruino/http-links.ts";
import type { HttpReply, HttpRequest } from "../../device/ports.ts";
import { FakeClock } from "./fakes.ts";

type Options = Parameters<HttpModule["request"]>[0];

/** Espruino's http module as the test drives it: the last request, and what its events call. */
class HttpFake implements HttpModule {
  options: Options | undefined;
  sent = "";
  made: ReturnType<HttpModule["request"]> | undefined;
  #onResponse: Parameters<HttpModule["request"]>[1] = () => {};
  #on: Record<string, (argument: never) => void> = {};
  fails = "";

  request: HttpModule["request"] = (options, done) => {
    if (this.fails) throw new Error(this.fails);
    this.options = options;
    this.#onResponse = done;
    const request = {
      on: (event: string, run: (argument: never) => void) => {
        this.#on[event] = run;
      },
      end: (body: string) => {
        this.sent = body;
      },
    };
    this.made = request as ReturnType<HttpModule["request"]>;
    return this.made;
  };
  error(message: string): void {
    (this.#on.error as (error: { message: string }) => void)({ message });
  }
  respond(statusCode: string, headers: Record<string, string>): void {
    this.#onResponse({
      statusCode,
      headers,
      on: (event: string, run: (argument: never) => void) => {
        this.#on[event] = run;
      },
    } as never);
  }
  data(text: string): void {
    (this.#on.data as (text: string) => void)(text);
  }
  close(): void {
    (this.#on.close as () => void)();
  }
}

const REQUEST: HttpRequest = {
  method: "POST",
  url: "http://10.0.0.1:8700/device/v1/check-in",
  headers: { A: "b" },
  body: "body",
  timeoutMs: 20_000,
};

function setup(wifi?: WifiModule) {
  const clock = new FakeClock();
  const http = new HttpFake();
  const links = createHttpLinks(http, wifi, clock);
  const answers: (HttpReply | string | undefined)[] = [];
  const send = (request = REQUEST) =>
    links.request(request, (reply, problem) => answers.push(reply ?? problem));
  return { clock, http, links, answers, send };
}

test("takes an address apart as the http module wants it", () => {
  const { http, send } = setup();
  send();
  assert.equal(http.options, {
    protocol: "http:",
    host: "10.0.0.1",
    port: 8700,
    path: "/device/v1/check-in",
    method: "POST",
    headers: { A: "b" },
  });
  assert.is(http.sent, "body");
  send({ ...REQUEST, url: "https://fleet.example/x?y=1" });
  assert.is(http.options?.port, 443);
  assert.is(http.options?.path, "/x?y=1");
});

test("puts an answer together: status, lower-case names, body in pieces", () => {
  const { http, answers, send } = setup();
  send();
  http.respond("204", { "Upload-Offset": "4096" });
  http.data("ab");
  http.data("cd");
  assert.equal(answers, []);
  http.close();
  http.close();
  assert.equal(answers, [{ status: 204, headers: { "upload-offset": "4096" }, body: "abcd" }]);
});

test("a connection that fails, closes or throws is one problem", () => {
  const first = setup();
  first.send();
  first.http.error("unable to connect");
  assert.equal(first.answers, ["unable to connect"]);
  const second = setup();
  second.http.fails = "Unable to locate host";
  second.send();
  assert.equal(second.answers, ["Unable to locate host"]);
  second.clock.pass(60);
  assert.is(second.answers.length, 1);
});

test("silence ends after its time and the socket is told to close", () => {
  const { clock, http, answers, send } = setup();
  send();
  clock.pass(20);
  assert.equal(answers, ["no answer in time"]);
  assert.is(http.made?.clsNow, true);
  http.error("late");
  assert.is(answers.length, 1);
});

test("an answer that would fill the memory is cut off", () => {
  const { http, answers, send } = setup();
  send();
  http.respond("200", {});
  for (let i = 0; i < 20; i++) http.data("x".repeat(500));
  assert.equal(answers, ["answer too long"]);
});

test("joins the network it was given, once, and leaves it", () => {
  const calls: string[] = [];
  let joined: (error: string | null) => void = () => {};
  const { links, clock } = setup({
    connect: (ssid, { password }, done) => {
      calls.push(`${ssid} ${password}`);
      joined = done;
    },
    disconnect: () => calls.push("disconnect"),
    getDetails: () => ({ rssi: -71 }),
  });
  const problems: string[] = [];
  links.connect("net", "secret", (problem) => problems.push(problem));
  joined(null);
  joined("late");
  assert.is(links.rssiDbm(), -71);
  links.disconnect();
  links.disconnect();
  assert.equal(calls, ["net secret", "disconnect"]);

  links.connect("net", "secret", (problem) => problems.push(problem));
  joined("bad password");
  links.connect("net", "secret", (problem) => problems.push(problem));
  clock.pass(25);
  assert.equal(problems, ["", "Wi-Fi: bad password", "no Wi-Fi in time"]);
});

test("without Wi-Fi or a network name the network is taken to be there", () => {
  const problems: string[] = [];
  setup().links.connect("net", "x", (problem) => problems.push(problem));
  const wifi = {
    connect: assert.unreachable,
    disconnect: assert.unreachable,
    getDetails: () => ({}),
  };
  const { links } = setup(wifi as unknown as WifiModule);
  links.connect("", "", (problem) => problems.push(problem));
  links.disconnect();
  assert.equal(problems, ["", ""]);
});

test.run();
