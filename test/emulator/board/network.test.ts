/** Wi-Fi and HTTP of the emulated board against real sockets on this machine. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Emulator, type EmulatorOptions } from "../../../toolchain/emulator/emulator.ts";

interface Seen {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage["headers"];
  body: string;
}

/** A server that answers with what `answer` does, and what it was asked. */
async function serve(answer: (response: ServerResponse, seen: Seen) => void) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("latin1");
    request.on("data", (data) => {
      body += data;
    });
    request.on("end", () => {
      const { method, url, headers } = request;
      const entry = { method, url, headers, body };
      seen.push(entry);
      answer(response, entry);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { seen, port, close: () => new Promise((resolve) => server.close(resolve)) };
}

async function runOnBoard(code: string, options: EmulatorOptions = {}, ms = 20_000) {
  let heard = "";
  const emulator = Emulator.boot({ network: { allow: () => true }, ...options });
  await emulator.idle();
  emulator.console.onData((bytes) => {
    heard += bytes;
  });
  emulator.runScript(code);
  await emulator.run({ ms });
  emulator.close();
  return { lines: heard.replaceAll("\r", "").trimEnd().split("\n"), emulator };
}

test("http.get delivers status, headers and body, then end and close", async () => {
  const server = await serve((response) => {
    response.writeHead(201, "Made", { "X-Name": "value", "Content-Length": 5 });
    response.end("hello");
  });
  const { lines } = await runOnBoard(`
    require("http").get("http://127.0.0.1:${server.port}/a/b?c=d", function(res) {
      print(res.statusCode, typeof res.statusCode, res.statusMessage, res.httpVersion, res.headers["X-Name"]);
      res.on("data", d => print("data", d));
      res.on("end", () => print("end"));
      res.on("close", e => print("close", e));
    }); print("sent");`);
  await server.close();
  assert.equal(lines, ["sent", "201 string Made 1.1 value", "data hello", "end", "close false"]);
  assert.is(server.seen[0]?.url, "/a/b?c=d");
  assert.is(server.seen[0]?.headers["user-agent"], "Espruino 2v29.277");
  assert.is(server.seen[0]?.headers.connection, "close");
  assert.is(server.seen[0]?.headers.host, `127.0.0.1:${server.port}`);
});

test("a body is written in pieces and arrives whole, bytes unchanged", async () => {
  const server = await serve((response, { body }) => response.end(String(body.length)));
  const { lines } = await runOnBoard(`
    var text = ""; for (var i = 0; i < 3000; i++) text += String.fromCharCode(i & 255);
    var req = require("http").request({host:"127.0.0.1", port:${server.port}, path:"/p", method:"POST",
      headers:{"Content-Length":6000, "Content-Type":"x/y"}}, function(res) {
      res.on("data", d => print(d));
    });
    var left = 2;
    req.on("drain", () => { print("drain"); if (--left) req.write(text); else req.end(); });
    req.write(text);`);
  await server.close();
  assert.equal(lines, ["drain", "drain", "6000"]);
  const wanted = String.fromCharCode(...Array.from({ length: 3000 }, (_, i) => i & 255));
  assert.is(server.seen[0]?.body, wanted + wanted);
  assert.is(server.seen[0]?.headers["content-type"], "x/y");
});

test("a long answer comes in pieces of at most 536 bytes", async () => {
  const text = "0123456789".repeat(300);
  const server = await serve((response) => {
    response.setHeader("Content-Length", text.length);
    response.end(text);
  });
  const { lines } = await runOnBoard(`
    var all = "", most = 0;
    require("http").get("http://127.0.0.1:${server.port}/", function(res) {
      res.on("data", d => { all += d; most = Math.max(most, d.length); });
      res.on("close", () => print(all.length, most, all == "0123456789".repeat(300)));
    });`);
  await server.close();
  assert.equal(lines, ["3000 536 true"]);
});

test("a chunked answer loses its framing", async () => {
  const server = await serve((response) => {
    response.write("first,");
    response.write("x".repeat(900));
    response.end(",last");
  });
  const { lines } = await runOnBoard(`
    var all = "";
    require("http").get("http://127.0.0.1:${server.port}/", function(res) {
      res.on("data", d => { all += d; });
      res.on("close", () => print(all.length, all.substr(0,7), all.substr(-5)));
    });`);
  await server.close();
  assert.equal(lines, ["911 first,x ,last"]);
});

test("data without a listener waits in a small buffer", async () => {
  const server = await serve((response) => {
    response.setHeader("Content-Length", 10);
    response.end("0123456789");
  });
  const { lines } = await runOnBoard(`
    require("http").get("http://127.0.0.1:${server.port}/", function(res) {
      setTimeout(() => print(res.available(), res.read(4), res.read(), res.available()), 500);
    });`);
  await server.close();
  assert.equal(lines, ["10 0123 456789 0"]);
});

test("a refused connection and an empty answer are error events", async () => {
  const closing = createTcpServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => closing.listen(0, "127.0.0.1", resolve));
  const address = closing.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const code = (target: number) => `
    var req = require("http").get("http://127.0.0.1:${target}/", function() { print("no"); });
    req.on("error", e => print("error", e.code, e.message));`;
  const empty = await runOnBoard(code(port));
  await new Promise((resolve) => closing.close(resolve));
  const refused = await runOnBoard(code(port));
  assert.equal(empty.lines, ["error -15 no response"]);
  assert.equal(refused.lines, ["error -15 no response"]);
});

test("a host that is not allowed has no route", async () => {
  const { lines } = await runOnBoard(
    `try { require("http").get("http://127.0.0.1:9/", function() {}) } catch (e) { print(e.type, e.message) }`,
    { network: { allow: (host, port) => host === "127.0.0.1" && port === 80 } },
  );
  assert.equal(lines, ["ERROR: Connect failed (err 118)", "InternalError Unable to create socket"]);
});

test("the firmware's mark for closing now ends a request quietly", async () => {
  const server = await serve((response) => response.end("late"));
  const { lines } = await runOnBoard(`
    var req = require("http").get("http://127.0.0.1:${server.port}/", function() { print("no"); });
    req.on("error", () => print("no")); req.clsNow = true; setTimeout(() => print("done"), 5000);`);
  await server.close();
  assert.equal(lines, ["done"]);
});

test("requests wait for what must happen before, and are reported after", async () => {
  const order: string[] = [];
  const server = await serve((response) => {
    order.push("served");
    response.end("x");
  });
  await runOnBoard(`require("http").get("http://127.0.0.1:${server.port}/q", function() {});`, {
    network: {
      allow: () => true,
      before: async () => {
        order.push("before");
      },
      after: ({ method, path, status }) => order.push(`${method} ${path} ${status}`),
    },
  });
  await server.close();
  assert.equal(order, ["before", "served", "GET /q 200"]);
});

test("virtual time does not run ahead of an answer", async () => {
  const server = await serve((response) => setTimeout(() => response.end("x"), 150));
  const { lines } = await runOnBoard(`
    var t = getTime(), n = 0; setInterval(() => n++, 10);
    require("http").get("http://127.0.0.1:${server.port}/", function(res) { print(getTime() - t < 0.2, n < 20); });`);
  await server.close();
  assert.equal(lines, ["true true"]);
});

const CONNECT = `
  var w = require("Wifi");
  w.on("associated", d => print("associated", d.ssid)); w.on("connected", d => print("connected", d.ip));
  w.on("disconnected", d => print("disconnected", d.reason, d.msg));
  print(w.getStatus().station, w.getStatus().mode);
  w.connect("net", {password:"secret"}, e => { print("callback", e); print(w.getStatus().station, w.getIP().ip, w.getDetails().ssid); });`;

test("Wi-Fi joins: associated, callback, connected", async () => {
  const { lines } = await runOnBoard(CONNECT);
  assert.equal(lines, [
    "Unknown reason NULL",
    "associated net",
    "callback null",
    "connected 192.168.4.2 net",
    "connected 192.168.4.2",
  ]);
});

test("Wi-Fi names why it was not let in", async () => {
  const wifi = { ssid: "net", password: "other" };
  const wrong = await runOnBoard(CONNECT, { network: { allow: () => true, wifi } });
  assert.equal(wrong.lines.slice(1, 3), [
    "disconnected 15 4WAY_HANDSHAKE_TIMEOUT",
    "callback 4WAY_HANDSHAKE_TIMEOUT",
  ]);
  const none = await runOnBoard(CONNECT, { network: undefined });
  assert.equal(none.lines.slice(1, 3), ["disconnected 201 NO_AP_FOUND", "callback NO_AP_FOUND"]);
});

test("Wi-Fi settings survive a power cycle when saved", async () => {
  const emulator = Emulator.boot({ network: { allow: () => true } });
  emulator.runScript(`require("Wifi").connect("net",{password:"p"},()=>require("Wifi").save());`);
  await emulator.run({ ms: 5000 });
  assert.match(emulator.readFile(".wificfg") ?? "", '"ssid":"net"');
  emulator.powerCycle();
  assert.is(emulator.evaluate(`require("Wifi").getStatus().station`), "Unknown reason");
  await emulator.run({ ms: 5000 });
  assert.is(emulator.evaluate(`require("Wifi").getStatus().station`), "connected");
});

test("without Wi-Fi a name does not resolve and an address has no socket", async () => {
  const { lines } = await runOnBoard(`
    ["example.org","10.0.0.1"].forEach(h => { try { require("http").get({host:h,path:"/"},()=>0) } catch (e) { print(e.message) } });`);
  assert.equal(lines, [
    "Unable to locate host",
    "ERROR: Connect failed (err 118)",
    "Unable to create socket",
  ]);
});

test.run();
