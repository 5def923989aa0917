/** require("radio"): boards on one air, each an emulator of its own, run in short turns. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Emulator } from "../../../toolchain/emulator/emulator.ts";
import { Air } from "../../../toolchain/emulator/native/air.ts";
import { emulatedRun } from "../../support/native-interpreters.ts";

const RECEIVER = `
  var r=require("radio"), got=[];
  r.open(6);
  r.onReceive(function(from,data,rssi){got.push([from,data,rssi]);});
  results.address=r.address();
  done();`;

/** A board that listens on channel 6, so many metres from the origin. */
async function board(air: Air, seed: number, x: number) {
  const { emulator, results } = await emulatedRun(RECEIVER, {
    seed,
    radio: { air, place: { x, y: 0 } },
  });
  return { emulator, address: String(results.address) };
}

const pass = async (ms: number, ...emulators: Emulator[]) => {
  for (let at = 0; at < ms; at += 5)
    for (const emulator of emulators) await emulator.run({ ms: 5 });
};

const heard = (emulator: Emulator) => emulator.evaluate("got") as unknown[][];

test("a frame reaches its peer with its strength, and the sender is told", async () => {
  const air = new Air();
  const a = await board(air, 1, 0);
  const b = await board(air, 2, 50);
  const c = await board(air, 3, 80);
  assert.not.equal(a.address, b.address);
  a.emulator.evaluate(
    `var told; r.addPeer("${b.address}"); r.send("${b.address}","hello",function(ok){told=ok;})`,
  );
  assert.equal(a.emulator.evaluate("told"), undefined);
  await pass(20, a.emulator, b.emulator, c.emulator);
  assert.equal(a.emulator.evaluate("told"), true);
  assert.equal(heard(b.emulator), [
    [a.address, "hello", Air.rssiDbm({ x: 0, y: 0 }, { x: 50, y: 0 })],
  ]);
  assert.equal(heard(c.emulator), []);
});

test("everybody in reach hears what is sent to all; further away there is nothing", async () => {
  const air = new Air();
  const near = await board(air, 1, 0);
  const mid = await board(air, 2, 100);
  const far = await board(air, 3, 3000);
  near.emulator.evaluate(
    `var told; r.addPeer("FF:FF:FF:FF:FF:FF"); r.send("ff:ff:ff:ff:ff:ff","all",function(ok){told=ok;})`,
  );
  await pass(20, near.emulator, mid.emulator, far.emulator);
  assert.is(heard(mid.emulator).length, 1);
  assert.is(heard(far.emulator).length, 0);
  assert.equal(near.emulator.evaluate("told"), true);
  near.emulator.evaluate(
    `r.addPeer("${far.address}"); r.send("${far.address}","you",function(ok){told=ok;})`,
  );
  await pass(20, near.emulator, far.emulator);
  assert.equal(near.emulator.evaluate("told"), false);
});

test("an encrypted frame needs the same key on both sides", async () => {
  const air = new Air();
  const a = await board(air, 1, 0);
  const b = await board(air, 2, 5);
  const send = async () => {
    a.emulator.evaluate(`var told; r.send("${b.address}","secret",function(ok){told=ok;})`);
    await pass(20, a.emulator, b.emulator);
    return a.emulator.evaluate("told");
  };
  a.emulator.evaluate(`r.addPeer("${b.address}","sixteen bytes!!!")`);
  assert.equal(await send(), false);
  b.emulator.evaluate(`r.addPeer("${a.address}","sixteen bytes??.")`);
  assert.equal(await send(), false);
  b.emulator.evaluate(`r.addPeer("${a.address}","sixteen bytes!!!")`);
  assert.equal(await send(), true);
  assert.is(heard(b.emulator).length, 1);
});

test("losses follow the air's seed; a frame to one board is sent again", async () => {
  const run = async (seed: number) => {
    const air = new Air({ seed, loss: 0.6 });
    const a = await board(air, 1, 0);
    const b = await board(air, 2, 5);
    a.emulator.evaluate(`var told=[]; r.addPeer("${b.address}"); r.addPeer("ff:ff:ff:ff:ff:ff");
      function send(to,n){if(n) r.send(to,""+n,function(ok){told.push(ok);send(to,n-1);});}
      send("${b.address}",40)`);
    await pass(400, a.emulator, b.emulator);
    const told = a.emulator.evaluate("told") as boolean[];
    a.emulator.evaluate('send("ff:ff:ff:ff:ff:ff",40)');
    const before = heard(b.emulator).length;
    await pass(400, a.emulator, b.emulator);
    return { told, once: heard(b.emulator).length - before };
  };
  const first = await run(1);
  assert.equal(await run(1), first);
  assert.not.equal(await run(2), first);
  assert.is(first.told.length, 40);
  // 1 - 0.6^4 = 87 % with four attempts, 40 % with one.
  const delivered = first.told.filter(Boolean).length;
  assert.ok(delivered > 28 && delivered < 40, `${delivered} of 40`);
  assert.ok(first.once > 6 && first.once < 26, `${first.once} of 40`);
});

test("another channel, a closed radio, a restarted board and one without power hear nothing", async () => {
  const air = new Air();
  const a = await board(air, 1, 0);
  const b = await board(air, 2, 5);
  const isHeard = async () => {
    a.emulator.evaluate(`var told; r.send("${b.address}","x",function(ok){told=ok;})`);
    await pass(20, a.emulator);
    return a.emulator.evaluate("told");
  };
  a.emulator.evaluate(`r.addPeer("${b.address}")`);
  assert.equal(await isHeard(), true);
  b.emulator.evaluate("r.close()");
  assert.equal(await isHeard(), false);
  b.emulator.evaluate("r.open(1)");
  assert.equal(await isHeard(), false);
  b.emulator.evaluate("(r.close(),r.open(6))");
  assert.equal(await isHeard(), true);
  b.emulator.power.cut();
  assert.equal(await isHeard(), false);
  b.emulator.powerCycle();
  await pass(20, b.emulator);
  assert.equal(await isHeard(), true);
  b.emulator.console.write("reset()\n");
  await pass(20, b.emulator);
  assert.equal(await isHeard(), false);
});

test("limits of ESP-NOW are named", async () => {
  const { results } = await emulatedRun(`
    var r=require("radio"), many="", i;
    function address(i){return "02:00:00:00:00:"+(256+i).toString(16).substr(1);}
    r.open(1);
    for (i=0;i<6;i++) r.addPeer(address(i),"sixteen bytes!!!");
    results.keys=tried(function(){r.addPeer(address(9),"sixteen bytes!!!");});
    for (i=6;i<20;i++) r.addPeer(address(i));
    results.peers=tried(function(){r.addPeer(address(20));});
    r.addPeer(address(0));
    results.again=tried(function(){r.addPeer(address(9),"sixteen bytes!!!");});
    for (i=0;i<251;i++) many+="x";
    results.large=tried(function(){r.send(address(1),many,function(){});});
    r.send(address(1),many.substr(1),function(){});
    results.busy=tried(function(){r.send(address(1),"x",function(){});});
    done();`);
  const wanted = {
    keys: "RADIO_PEERS: ",
    peers: "RADIO_PEERS: ",
    again: "nothing",
    large: "RADIO_SIZE: ",
    busy: "RADIO_BUSY: ",
  };
  for (const [key, start] of Object.entries(wanted))
    assert.ok(String(results[key]).startsWith(start), `${key}: ${results[key]}`);
});

test.run();
