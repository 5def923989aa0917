/**
 * require("crypto") against published vectors (test/fixtures/crypto-vectors.json, the same as the C library's), on every
 * interpreter there is; and what only the emulator promises: repeatable runs, time that passes.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CRYPTO_COSTS } from "../../../toolchain/emulator/native/crypto-module.ts";
import { emulatedRun, nativeInterpreters } from "../../support/native-interpreters.ts";
import { ROOT } from "../../support/skip.ts";

type Row = [kind: string, name: string, ...values: string[]];

const { vectors } = JSON.parse(
  readFileSync(join(ROOT, "test/fixtures/crypto-vectors.json"), "utf8"),
) as { vectors: Row[] };

/** So many vectors fit into one program beside what it needs itself. */
const BATCH = 40;

const text = (hex: string) => `atob("${Buffer.from(hex, "hex").toString("base64")}")`;
const base64 = (hex: string) => Buffer.from(hex, "hex").toString("base64");

/** What a row's call must give, in the form that `of` brings it out. */
function call([kind, , ...v]: Row): { expression: string; wanted: unknown } {
  const [a = "", b = "", c = "", d = "", e = "", result] = v;
  const bytes = (expression: string, wanted: string) => ({
    expression: `btoa(${expression})`,
    wanted: base64(wanted),
  });
  const failing = (expression: string, code: string) => ({
    expression: `tried(function(){${expression};}).split(":")[0]`,
    wanted: code,
  });
  switch (kind) {
    case "sha256":
      return bytes(`c.sha256(${text(a)})`, b);
    case "hmac":
      return bytes(`c.hmac(${text(a)},${text(b)})`, c);
    case "hkdf":
      return bytes(`c.hkdf(${text(a)},${text(b)},${text(c)},${d.length / 2})`, d);
    case "gcm": {
      const opened = `c.open(${text(a)},${text(b)},${text(e)},${text(c)})`;
      return result === "valid" ? bytes(opened, d) : failing(opened, "CRYPTO_AUTH");
    }
    case "seal":
      return bytes(`c.seal(${text(a)},${text(b)},${text(d)},${text(c)})`, e);
    case "ecdh": {
      const shared = `c.ecdh(${text(a)},${text(b)})`;
      return d === "valid" ? bytes(shared, c) : failing(shared, "CRYPTO_KEY");
    }
    case "sign":
      return bytes(`c.sign(${text(a)},${text(b)})`, c);
    default:
      return {
        expression: `c.verify(${text(a)},${text(b)},${text(c)})`,
        wanted: d === "valid",
      };
  }
}

/** A valid sealed message is also sealed; what a program cannot call, or in no reasonable time, is left to C. */
const rows = vectors.flatMap((row): Row[] => {
  if (row[0] === "sha256-repeated" || row[0] === "public") return [];
  return row[0] === "gcm" && row[7] === "valid" ? [row, ["seal", ...row.slice(1)] as Row] : [row];
});

for (const { name, run } of nativeInterpreters) {
  test(`gives what ${rows.length} published vectors say (${name})`, async () => {
    assert.ok(rows.length > 300);
    for (let at = 0; at < rows.length; at += BATCH) {
      const batch = rows.slice(at, at + BATCH);
      const calls = batch.map(call);
      const lines = calls.map(({ expression }, i) => `results.r${i}=${expression};`);
      const results = await run(`var c=require("crypto");\n${lines.join("\n")}\ndone();`);
      calls.forEach(({ wanted }, i) => {
        assert.equal(results[`r${i}`], wanted, `${batch[i]?.[0]}: ${batch[i]?.[1]}`);
      });
    }
  });

  test(`two boards agree on a secret, and every bit of what they exchange counts (${name})`, async () => {
    const results = await run(`
      var c=require("crypto"), a=c.keyPair(), b=c.keyPair();
      results.lengths=[a.privateKey.length,a.publicKey.length,a.publicKey.charCodeAt(0)];
      results.isSame=c.ecdh(a.privateKey,b.publicKey)==c.ecdh(b.privateKey,a.publicKey);
      results.isOther=a.privateKey!=b.privateKey;
      var key=c.hkdf(c.ecdh(a.privateKey,b.publicKey),"","thicket",32), nonce=c.random(12);
      var sealed=c.seal(key,nonce,"a text","head");
      results.length=sealed.length;
      results.text=c.open(key,nonce,sealed,"head");
      results.head=tried(function(){c.open(key,nonce,sealed,"Head");});
      results.nonce=tried(function(){c.open(key,c.random(12),sealed,"head");});
      results.short=tried(function(){c.open(key,nonce,sealed.substr(0,15),"head");});
      var signature=c.sign(a.privateKey,"text");
      results.verified=[c.verify(a.publicKey,"text",signature),c.verify(a.publicKey,"Text",signature),
        c.verify(b.publicKey,"text",signature),c.verify(a.publicKey,"text",signature.substr(1))];
      done();`);
    assert.equal(results.lengths, [32, 65, 4]);
    assert.is(results.isSame, true);
    assert.is(results.isOther, true);
    assert.is(results.length, 6 + 16);
    assert.is(results.text, "a text");
    for (const key of ["head", "nonce", "short"])
      assert.match(String(results[key]), /^CRYPTO_AUTH: /, key);
    assert.equal(results.verified, [true, false, false, false]);
  });
}

const KEYS = `var c=require("crypto"), pair=c.keyPair();
  results.keys=[btoa(pair.privateKey),btoa(c.sign(pair.privateKey,"x")),btoa(c.random(8))];`;

test("the same seed gives the same keys, another seed others", async () => {
  const keys = async (seed: number) =>
    (await emulatedRun(`${KEYS}done();`, { seed })).results.keys as string[];
  const first = await keys(5);
  assert.equal(await keys(5), first);
  assert.not.equal(await keys(6), first);
});

test("an operation on the curve takes its time, and flash is hashed in place", async () => {
  const { results } = await emulatedRun(`
    var c=require("crypto"), pair=c.keyPair(), signature=c.sign(pair.privateKey,"x"), at=getTime();
    c.verify(pair.publicKey,"x",signature);
    results.ms=(getTime()-at)*1000;
    var file=require("Storage").read("model.tflite"), free=process.memory().free;
    results.digest=btoa(c.sha256(file));
    results.used=free-process.memory().free;
    done();`);
  assert.ok(Math.abs(Number(results.ms) - CRYPTO_COSTS.esp32s3.verifyMs) < 5, String(results.ms));
  // The digest as base64 and the names in results; the 95 KB of the model are not among it.
  assert.ok(Number(results.used) < 20, String(results.used));
});

test("the firmware's own members of the module stay beside the extension's", async () => {
  const { results } = await emulatedRun(`
    var c=require("crypto");
    results.isSame=c.sha256("abc")==E.toString(c.SHA256("abc"));
    results.again=require("crypto").sha256===c.sha256;
    done();`);
  assert.equal(results, { isSame: true, again: true });
});

test.run();
