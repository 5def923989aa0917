/** Boards on a simulated network: hosts, conditions, access points, several boards in step. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  Emulator,
  type EmulatorOptions,
  SimulatedNetwork,
} from "../../../toolchain/emulator/emulator.ts";

interface Board {
  emulator: Emulator;
  lines: () => string[];
}

/** A board that runs a program once it has joined the network "net". */
async function board(
  network: SimulatedNetwork,
  program: string,
  options: EmulatorOptions = {},
): Promise<Board> {
  let heard = "";
  const emulator = Emulator.boot({ network, ...options });
  await emulator.idle();
  emulator.console.onData((bytes) => {
    heard += bytes;
  });
  emulator.runScript(
    `require("Wifi").connect("net",{password:"secret-1"},function(e){${program}});`,
  );
  return { emulator, lines: () => heard.replaceAll("\r", "").trimEnd().split("\n") };
}

const GET = (url: string) =>
  `require("http").get("${url}",r=>{var b="";r.on("data",d=>b+=d);r.on("close",()=>print(r.statusCode,b))});`;

test("a host answers HTTP by its name", async () => {
  const network = new SimulatedNetwork({ latencyMs: 20 });
  const asked: unknown[] = [];
  network.host("server.example").http(80, ({ method, path, headers, body }) => {
    asked.push([method, path, headers.host, body]);
    return { status: 201, body: `got ${body}`.repeat(300) };
  });
  const { emulator, lines } = await board(
    network,
    `var q=require("http").request({host:"server.example",path:"/p",method:"POST",headers:{"Content-Length":3}},
      r=>{var n=0;r.on("data",d=>n+=d.length);r.on("close",()=>print(r.statusCode,n))});q.end("abc");`,
  );
  await emulator.run({ ms: 20_000 });
  assert.equal(asked, [["POST", "/p", "server.example", "abc"]]);
  assert.equal(lines(), ["201 2100"]);
  assert.ok(emulator.network.receivedBytes > 2100);
});

test("the chip waits while it connects: one round trip, or until it gives up", async () => {
  const network = new SimulatedNetwork({ latencyMs: 50 });
  network.host("server", "10.0.0.7").http(80, () => ({ body: "x" }));
  const { emulator, lines } = await board(
    network,
    `["10.0.0.7:80","10.0.0.7:81","10.0.0.8:80","nobody:80"].forEach(a=>{
      var t=getTime(), p=a.split(":"), m="";
      try { require("net").connect({host:p[0],port:p[1]}) } catch (e) { m=e.message }
      print(a,Math.round((getTime()-t)*10)/10,m); });`,
  );
  await emulator.run({ ms: 60_000 });
  assert.equal(lines(), [
    "10.0.0.7:80 0.1 ",
    "ERROR: Connect failed (err 104)",
    "10.0.0.7:81 0.1 Unable to create socket",
    "ERROR: Connect failed (err 118)",
    "10.0.0.8:80 18 Unable to create socket",
    "nobody:80 0.1 Unable to locate host",
  ]);
});

test("latency, bandwidth and loss make a transfer slower, never wrong", async () => {
  const body = "0123456789".repeat(2000);
  const seconds = async (conditions: object) => {
    const network = new SimulatedNetwork({ seed: 5, ...conditions });
    network.host("server").http(80, () => ({ body }));
    const { emulator, lines } = await board(
      network,
      `var t=getTime(),b="";require("http").get("http://server/",r=>{r.on("data",d=>b+=d);
       r.on("close",()=>print(b=="0123456789".repeat(2000),getTime()-t))});`,
    );
    await emulator.run({ ms: 300_000 });
    const [isRight = "", took = ""] = (lines()[0] ?? "").split(" ");
    assert.is(isRight, "true", JSON.stringify([conditions, lines()]));
    return Number(took);
  };
  const plain = await seconds({});
  const far = await seconds({ latencyMs: 200 });
  const narrow = await seconds({ kbps: 64 });
  const lossy = await seconds({ lossPct: 20 });
  assert.ok(
    far > plain + 1 && narrow > plain + 2 && lossy > plain,
    `${[plain, far, narrow, lossy]}`,
  );
  assert.is(await seconds({ lossPct: 20 }), lossy, "same seed, same run");
});

test("datagrams are lost and doubled as drawn, and keep their sender", async () => {
  const count = async (conditions: object) => {
    const network = new SimulatedNetwork({ seed: 9, ...conditions });
    network
      .host("server", "10.0.0.1")
      .bind(5000, ({ data, port }, reply) => reply(`${data}${port > 0}`));
    const { emulator } = await board(
      network,
      `n=0;var u=require("dgram").createSocket("udp4");u.on("message",(m,i)=>{n++;seen=m+" "+i.address+":"+i.port});
       var i=0;setInterval(()=>{if(i++<100)u.send("hi",5000,"10.0.0.1")},50);`,
    );
    await emulator.run({ ms: 20_000 });
    assert.is(emulator.evaluate("seen"), "hitrue 10.0.0.1:5000");
    return emulator.evaluate("n") as number;
  };
  assert.is(await count({}), 100);
  const lossy = await count({ lossPct: 30 });
  assert.ok(lossy > 25 && lossy < 75, `${lossy} of 100 with 30 % lost each way`);
  const doubled = await count({ duplicatePct: 50 });
  assert.ok(doubled > 150 && doubled < 300, `${doubled}`);
});

test("two boards talk to each other in step, the same way each time", async () => {
  const play = async () => {
    const network = new SimulatedNetwork({ latencyMs: 10, jitterMs: 5, seed: 3 });
    const server = await board(
      network,
      `require("http").createServer((q,r)=>{print(q.method,q.url);setTimeout(()=>r.end("hello "+q.url),100)}).listen(80);`,
    );
    const client = await board(
      network,
      `setTimeout(()=>{var t=getTime();require("http").get("http://192.168.1.2/a",r=>{r.on("data",d=>print(d,getTime()-t))})},1000);`,
      { seed: 2 },
    );
    await network.run({ ms: 10_000 });
    assert.is(server.emulator.network.ip, "192.168.1.2");
    assert.is(client.emulator.network.ip, "192.168.1.3");
    assert.ok(Math.abs(server.emulator.nowMs - client.emulator.nowMs) < 100);
    server.emulator.close();
    client.emulator.close();
    return [...server.lines(), ...client.lines()];
  };
  const first = await play();
  assert.is(first[0], "GET /a");
  assert.match(first[1] ?? "", /^hello \/a 0\.[12]/);
  assert.equal(await play(), first);
});

test("a board's own access point: stations come and go, its server answers", async () => {
  const network = new SimulatedNetwork();
  network.accessPoint({ ssid: "town" });
  const program = `
    var w=require("Wifi");w.on("sta_joined",e=>print("joined",e.mac));w.on("sta_left",e=>print("left",e.mac));
    w.startAP("camera",{password:"12345678"},e=>{print("AP",e,w.getStatus().mode,w.getAPIP().ip,w.getAPDetails().authMode)});
    require("http").createServer((q,r)=>r.end("setup page")).listen(80);`;
  let heard = "";
  const owner = Emulator.boot({ network, onConsole: (bytes) => (heard += bytes) });
  await owner.idle();
  heard = "";
  owner.runScript(program);
  const phone = Emulator.boot({ network, seed: 77 });
  phone.runScript(`result="";var w=require("Wifi");w.scan(l=>{found=l.map(a=>[a.ssid,a.authMode])});
    setTimeout(()=>w.connect("camera",{password:"12345678"},e=>{
      require("http").get("http://192.168.4.1/",r=>{r.on("data",d=>result+=d);r.on("close",()=>w.disconnect())});}),3000);`);
  await network.run({ ms: 15_000 });
  assert.equal(phone.evaluate("found"), [
    ["town", "open"],
    ["camera", "wpa2"],
  ]);
  assert.is(phone.evaluate("result"), "setup page");
  assert.equal(heard.replaceAll("\r", "").trimEnd().split("\n"), [
    "AP null AP 192.168.4.1 wpa2",
    `joined ${phone.network.mac}`,
    `left ${phone.network.mac}`,
  ]);
});

test("a link that goes away is noticed, and found again", async () => {
  const network = new SimulatedNetwork();
  const accessPoint = network.accessPoint({ ssid: "net", password: "secret-1" });
  const { emulator, lines } = await board(
    network,
    `print("up",e);var w=require("Wifi");["associated","disconnected"].forEach(n=>w.on(n,d=>print(n,d.msg||"")));`,
  );
  await emulator.run({ ms: 5000 });
  emulator.network.setLink(false);
  await emulator.run({ ms: 5000 });
  assert.equal(lines(), ["up null"], "not yet noticed");
  emulator.network.setLink(true);
  emulator.network.setLink(false);
  await emulator.run({ ms: 3000 });
  emulator.network.setLink(true);
  await emulator.run({ ms: 10_000 });
  assert.equal(lines().slice(1), ["associated"], "joined again by itself");
  accessPoint.remove();
  await emulator.run({ ms: 30_000 });
  assert.equal(lines().slice(2), ["disconnected BEACON_TIMEOUT"]);
  assert.is(emulator.network.ip, undefined);
});

test("names, ping, fixed addresses and the time", async () => {
  const network = new SimulatedNetwork({ latencyMs: 7 });
  const server = network.host("time.example", "10.0.0.9");
  server.servesTime = true;
  const { emulator, lines } = await board(
    network,
    `var w=require("Wifi");setTime(0);
     w.getHostByName("time.example",a=>print("is",a));w.getHostByName("none.example",a=>print("is",a));
     w.ping("10.0.0.9",p=>print("ping",p.seqNo,p.respTime,p.timeoutCount));
     w.setIP({ip:"192.168.1.50",gw:"192.168.1.1",netmask:"255.255.255.0"},r=>print(r,w.getIP().ip));
     w.setSNTP("time.example","UTC");setTimeout(()=>print(new Date().getFullYear()),1000);`,
  );
  await emulator.run({ ms: 10_000 });
  assert.equal(
    lines().sort(),
    [
      "2026",
      "Failure 192.168.1.50",
      "is 10.0.0.9",
      "is null",
      ...[1, 2, 3, 4, 5].map((n) => `ping ${n} 14 0`),
    ].sort(),
  );
  assert.is(emulator.network.ip, "192.168.1.50");
});

test("https and tls reach a host that speaks TLS, and only that", async () => {
  const network = new SimulatedNetwork();
  const host = network.host("server");
  host.http(443, () => ({ body: "safe" }), { tls: true });
  const { emulator, lines } = await board(
    network,
    `${GET("https://server/")}try{${GET("http://server:443/")}}catch(e){print(e.message)}`,
  );
  await emulator.run({ ms: 10_000 });
  assert.equal(lines(), ["ERROR: Connect failed (err 104)", "Unable to create socket", "200 safe"]);
});

test("a host connects to a board's server", async () => {
  const network = new SimulatedNetwork();
  const { emulator } = await board(
    network,
    `require("net").createServer(c=>{c.on("data",d=>{c.write(d.toUpperCase());c.end()})}).listen(23);`,
  );
  await emulator.run({ ms: 5000 });
  const host = network.host("laptop");
  assert.is(host.connect(emulator.network.ip ?? "", 24), undefined);
  const connection = host.connect(emulator.network.ip ?? "", 23);
  let said = "";
  let isClosed = false;
  assert.ok(connection);
  if (!connection) return;
  connection.onData = (data) => {
    said += data;
  };
  connection.onClose = () => {
    isClosed = true;
  };
  connection.write("abc");
  await emulator.run({ ms: 1000 });
  assert.equal([said, isClosed], ["ABC", true]);
});

test("multicast and broadcast reach those who listen", async () => {
  const network = new SimulatedNetwork();
  const listen = `var u=require("dgram").createSocket("udp4");u.addMembership("239.1.2.3","0.0.0.0");
    u.bind(7000,s=>s.on("message",(m,i)=>print(m,i.address)));`;
  const a = await board(network, listen);
  const b = await board(
    network,
    `setTimeout(()=>{var u=require("dgram").createSocket("udp4");u.send("all",7000,"255.255.255.255");u.send("group",7000,"239.1.2.3");u.send("other",7000,"239.9.9.9")},1000);`,
    { seed: 2 },
  );
  await network.run({ ms: 8000 });
  assert.equal(a.lines(), ["all 192.168.1.3", "group 192.168.1.3"]);
  b.emulator.close();
});

test.run();
