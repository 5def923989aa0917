/** Libraries beside the hardware, with figures recorded from the real interpreter: heatshrink, hashes, daylight saving. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { runScript } from "../../../toolchain/emulator/script-run.ts";

async function printed(text: string): Promise<string[]> {
  const { output } = await runScript(text, 100);
  return output.replaceAll("\r\x1b[J", "").replace(/^>/gm, "").trim().split("\n");
}

test("heatshrink gives the firmware's bytes and takes them back", async () => {
  const lines = await printed(`
    var h=require("heatshrink");
    function t(s){var c=h.compress(s);print(btoa(E.toString(c)),E.toString(h.decompress(c))==s)}
    t("HelloHelloHelloHelloWorld");t("a");t("\\0\\0\\0\\0\\0abc\\0\\0")`);
  assert.equal(lines, ["pFltlst4EOq9vuVssgA= true", "sIA= true", "AAlhsVjAgIA= true"]);
});

test("heatshrink refuses what has no bytes", async () => {
  const [line] = await printed(
    `try{require("heatshrink").compress(null)}catch(e){print(e.message)}`,
  );
  assert.is(line, "Expecting something iterable, got null");
});

test("hashes and AES of the published test vectors", async () => {
  const lines = await printed(`
    var c=require("crypto");
    function hex(a){var s="";new Uint8Array(a).forEach(v=>s+=(256+v).toString(16).substr(-2));return s}
    print(hex(c.SHA1("abc")));
    print(hex(c.SHA256("abc")));
    var key=E.toUint8Array([0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15]);
    var text=E.toUint8Array([0,17,34,51,68,85,102,119,136,153,170,187,204,221,238,255]);
    var out=c.AES.encrypt(text,key,{mode:"ECB"});
    print(hex(out));
    print(hex(c.AES.decrypt(out,key,{mode:"ECB"})));
    try{c.AES.encrypt("abc",key)}catch(e){print(e.message)}`);
  assert.equal(lines, [
    "a9993e364706816aba3e25717850c26c9cd0d89d",
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "69c4e0d86a7b0430d8cdb78070b4c55a",
    "00112233445566778899aabbccddeeff",
    "Invalid input length",
  ]);
});

test("clocks change where E.setDST says", async () => {
  const lines = await printed(`
    E.setDST(60,120,4,0,2,0,180,4,0,9,0,240);
    ["2011-03-27T00:59:59.9Z","2011-03-27T01:00:00Z","2011-10-30T00:59:59.9Z","2011-10-30T01:00:00Z"]
      .forEach(t=>print(new Date(t).toLocalISOString()));
    print(new Date(2011,5,1).getIsDST(),new Date(2011,5,1).getTimezoneOffset());
    E.setTimeZone(-5.5);print(new Date(2011,5,1).toString())`);
  assert.equal(lines, [
    "2011-03-27T02:59:59.900+0200",
    "2011-03-27T04:00:00.000+0300",
    "2011-10-30T03:59:59.900+0300",
    "2011-10-30T03:00:00.000+0200",
    "1 -180",
    "Wed Jun 1 2011 00:00:00 GMT-0530",
  ]);
});

test("a module is its own scope object, as on the real one", async () => {
  const lines = await printed(`
    Modules.addCached("n","module.exports={b:function(){return module}}");
    var x=require("n");print(E.getSizeOf(x),x.b().exports===x);
    Modules.addCached("o","exports=7");print(require("o"))`);
  assert.equal(lines, ["11 true", "7"]);
});

test("memory outside Storage cannot be read, and says so", async () => {
  const [line] = await printed(
    `var a=E.memoryArea(0x1000,9);try{a.length}catch(e){print(e.message)}`,
  );
  assert.is(line, "memory at 0x1000 is not modelled by the emulator");
});

test.run();
