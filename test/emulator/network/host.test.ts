/** Boards and real sockets of this machine: net, dgram, tls, https, and ports of a board that the host can reach. */
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Emulator, type EmulatorOptions } from "../../../toolchain/emulator/emulator.ts";
import { ROOT } from "../../support/skip.ts";

const pem = (name: string) => readFileSync(join(ROOT, "test/fixtures/tls", name), "utf8");
/** What a program gives to atob(). */
const base64 = (name: string) => pem(name).replace(/-----.*-----|\s/g, "");
const SECRETS = { key: pem("key.pem"), cert: pem("cert.pem") };

interface Listening {
  listen(port: number, host: string, done: () => void): unknown;
  address(): unknown;
}

async function portOf(server: Listening): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as { port: number }).port;
}

async function start(code: string, options: EmulatorOptions = {}) {
  let heard = "";
  const emulator = Emulator.boot({ network: { allow: () => true }, ...options });
  await emulator.idle();
  emulator.console.onData((bytes) => {
    heard += bytes;
  });
  emulator.runScript(code);
  return { emulator, lines: () => heard.replaceAll("\r", "").trimEnd().split("\n") };
}

test("net.connect exchanges bytes with a server of this machine, in virtual time", async () => {
  const server = createServer((socket) => {
    socket.on("data", (data) => {
      const text = data.toString("latin1");
      if (text === "bye") socket.end("end\xff", "latin1");
      else socket.write(`got ${text.length}`, "latin1");
    });
  });
  const port = await portOf(server);
  const { emulator, lines } = await start(`
    var c=require("net").connect({host:"127.0.0.1",port:${port}},()=>{print("connected");c.write("x".repeat(1500))});
    var n=0;c.on("data",d=>{print(d.replace(/got \\d+/,"got"));if(n++==0)setTimeout(()=>c.write("bye"),60000)});
    c.on("end",()=>print("end"));c.on("close",e=>print("close",e,c.write===undefined));`);
  await emulator.run({ ms: 120_000 });
  emulator.close();
  server.close();
  const said = lines();
  assert.is(said[0], "connected");
  assert.equal(said.slice(-3), ["end\xff", "end", "close false false"]);
});

test("a datagram goes out and its answer comes back", async () => {
  const peer = createSocket("udp4");
  peer.on("message", (message, from) => peer.send(`${message}!`, from.port, from.address));
  await new Promise<void>((resolve) => peer.bind(0, "127.0.0.1", resolve));
  const { port } = peer.address();
  const { emulator, lines } = await start(`
    var u=require("dgram").createSocket("udp4");u.on("message",(m,i)=>print(m,i.port==${port},i.size));
    u.on("close",()=>print("closed"));u.send("hello",${port},"127.0.0.1");setTimeout(()=>u.close(),500);`);
  await emulator.run({ ms: 2000 });
  emulator.close();
  peer.close();
  assert.equal(lines(), ["hello! true 6", "closed"]);
});

test("https and tls.connect encrypt, with a certificate of the board's own", async () => {
  const web = createHttpsServer(SECRETS, (incoming, response) => response.end(incoming.url));
  const plain = createTlsServer(
    { ...SECRETS, ca: SECRETS.cert, requestCert: true, rejectUnauthorized: false },
    (socket) =>
      socket.end(`name ${socket.getPeerCertificate().subject?.CN} ${socket.getProtocol()}`),
  );
  const [webPort, tlsPort] = [await portOf(web), await portOf(plain)];
  const { emulator, lines } = await start(`
    var h=require("http");
    h.get("https://127.0.0.1:${webPort}/secret",r=>{r.on("data",d=>print(r.statusCode,d));r.on("close",later)});
    function later(){
      var o={host:"127.0.0.1",port:${tlsPort},ca:atob("${base64("cert.pem")}"),cert:atob("${base64("cert.pem")}"),key:atob("${base64("key.pem")}")};
      var c=require("tls").connect(o,()=>c.write("hi")); print(typeof ssl, Object.keys(ssl).length);
      c.on("data",d=>print(d)); c.on("close",()=>print("close",Object.keys(ssl).length));
    }
    try{h.get({host:"127.0.0.1",port:1,protocol:"https:",path:"/",ca:"nonsense"})}catch(e){print(e.message)}`);
  await emulator.run({ ms: 10_000 });
  emulator.close();
  web.close();
  plain.close();
  assert.equal(lines(), [
    "HTTPS init failed! mbedtls_x509_crt_parse of 'ca': -0x2180",
    "200 /secret",
    "object 1",
    "name localhost TLSv1.2",
    "close 0",
  ]);
});

test("a peer that does not speak TLS ends the handshake and the connection", async () => {
  const server = createServer((socket) => socket.end("this is not TLS"));
  const port = await portOf(server);
  const { emulator, lines } = await start(
    `var q=require("http").get({host:"127.0.0.1",port:${port},protocol:"https:",path:"/"},()=>print("no"));q.on("error",e=>print(e.code,e.message));`,
  );
  await emulator.run({ ms: 20_000 });
  emulator.close();
  server.close();
  assert.equal(lines(), ["-15 no response"]);
});

test("a port that the policy opens on this machine leads to the board's server", async () => {
  const { emulator, lines } = await start(
    `require("http").createServer((q,r)=>{var b="";q.on("data",d=>b+=d);q.on("end",()=>{print(q.method,q.url,b);r.writeHead(200,{"X-A":"b"});r.end(b.toUpperCase())})}).listen(80);`,
    { network: { allow: () => true, listen: (port) => (port === 80 ? 0 : undefined) } },
  );
  await emulator.idle();
  const answered = new Promise<{ status?: number; header: unknown; body: string }>((resolve) => {
    const asking = request(
      { port: emulator.network.hostPort(80), host: "127.0.0.1", method: "PUT", path: "/x" },
      (response) => {
        let body = "";
        response.on("data", (data) => {
          body += data;
        });
        response.on("end", () =>
          resolve({ status: response.statusCode, header: response.headers["x-a"], body }),
        );
      },
    );
    asking.setHeader("Content-Length", 5);
    asking.end("hello");
  });
  let isDone = false;
  answered.then(() => {
    isDone = true;
  });
  await emulator.run({ until: () => isDone });
  assert.equal(await answered, { status: 200, header: "b", body: "HELLO" });
  assert.equal(lines(), ["PUT /x hello"]);
  emulator.close();
  assert.is(emulator.network.hostPort(80), undefined);
});

test("what needs a radio around it throws by name on the host's network", async () => {
  const { emulator, lines } = await start(`var w=require("Wifi");
    [()=>w.scan(()=>0),()=>w.ping("10.0.0.1",()=>0),()=>w.getHostByName("a.b",()=>0)]
    .forEach(f=>{try{f()}catch(e){print(e.message)}});`);
  await emulator.run({ ms: 5000 });
  assert.equal(lines().length, 3);
  for (const line of lines())
    assert.match(line, /^Wifi\.\w+\(\) without a simulated network is not/);
  emulator.close();
});

test.run();
