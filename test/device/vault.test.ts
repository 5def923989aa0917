/** The contract of the Vault port on the fake and on the native module, and what the module refuses, each by name. */
import { createHash } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createNativeVault } from "../../device/espruino/native-vault.ts";
import type { Vault } from "../../device/ports.ts";
import { E_VAULT_FULL, type Fault } from "../../device/protocol/error-names.ts";
import type { Flash } from "../../toolchain/emulator/board/flash.ts";
import { FakeVault } from "./fakes.ts";
import { vaultFlash, vaultModule } from "./vault-module.ts";

/** A vault over what is kept, started as after a boot. */
function open(flash: Flash, log: (line: string) => void = () => {}): Vault {
  const vault = createNativeVault(vaultModule(flash), log);
  vault.start();
  return vault;
}

const BYTES = Array.from({ length: 256 }, (_, index) => String.fromCharCode(index)).join("");
const keysOf = (vault: Vault, queue: string): number[] => {
  const keys: number[] = [];
  for (let key = vault.next(queue, 0); key; key = vault.next(queue, key)) keys.push(key);
  assert.is(keys.length, vault.count(queue));
  return keys;
};
const code = (name: string) => (thrown: unknown) =>
  new RegExp(`^${name}: .{10}`).test((thrown as Error).message);

for (const [name, setup] of [
  ["fake", () => new FakeVault()],
  ["native", () => open(vaultFlash())],
] as const) {
  test(`${name}: a cell holds what was written last; an unknown one nothing`, () => {
    const vault = setup();
    assert.is(vault.read("cell"), undefined);
    for (const text of ["one", "two", "", "three"]) {
      vault.write("cell", text);
      assert.is(vault.read("cell"), text);
    }
    vault.erase("cell");
    assert.is(vault.read("cell"), undefined);
    vault.erase("cell");
  });

  test(`${name}: items come back byte for byte with their notes, in the order of their keys`, () => {
    const vault = setup();
    const picture = vault.append("media", BYTES, "note");
    const first = vault.append("records", "r", "12345");
    const blank = vault.append("blanks", "b", "6");
    const last = vault.append("records", BYTES, "7");
    assert.ok(first < blank && blank < last);
    assert.equal(keysOf(vault, "media"), [picture]);
    assert.equal(keysOf(vault, "records"), [first, last]);
    assert.is(vault.item("media", picture), BYTES);
    assert.is(vault.note("media", picture), "note");
    assert.is(vault.item("records", last), BYTES);
    assert.is(vault.note("records", first), "12345");
    vault.remove("media", picture);
    vault.remove("records", first);
    assert.equal([keysOf(vault, "media"), keysOf(vault, "records")], [[], [last]]);
    assert.is(vault.item("media", picture), undefined);
    assert.is(vault.note("records", first), undefined);
    vault.remove("records", first);
  });
}

test("everything is there after a reboot, and keys go on", () => {
  const flash = vaultFlash();
  const lines: string[] = [];
  const vault = open(flash, (line) => lines.push(line));
  vault.write("cell", "text");
  const keys = Array.from({ length: 12 }, (_, index) => vault.append("records", `r${index}`, "n"));
  const picture = vault.append("media", "JPEG", "1-1 1-1 0");
  vault.remove("media", picture);
  const again = open(flash, (line) => lines.push(line));
  assert.is(again.read("cell"), "text");
  assert.equal(keysOf(again, "records"), keys);
  assert.ok(again.append("media", "m", "n") > picture);
  assert.ok(again.append("records", "m", "n") > (keys.at(-1) as number));
  assert.equal(lines, ["vault formatted: cells log blobs"]);
});

test("writing the same text again touches no flash", () => {
  const flash = vaultFlash();
  const vault = open(flash);
  vault.write("cell", "text");
  const before = flash.countOperations();
  vault.write("cell", "text");
  assert.is(flash.countOperations(), before);
});

test("without room blanks go before records, the oldest first, counted; cells stay writable", () => {
  const vault = open(vaultFlash());
  const [first] = ["blanks", "records"].map((queue) => vault.append(queue, "x".repeat(1000), "n"));
  for (let i = 0; i < 200; i++) vault.append("records", "x".repeat(1000), "n");
  assert.is(vault.count("blanks"), 0);
  assert.is(vault.evicted("blanks"), 1);
  assert.ok(vault.evicted("records") > 50);
  assert.ok(keysOf(vault, "records")[0]! > (first as number));
  assert.throws(
    () => vault.append("blanks", "x".repeat(1000), "n"),
    (thrown: unknown) => (thrown as Fault).code === E_VAULT_FULL,
  );
  for (let i = 0; i < 30; i++) vault.append("media", "J".repeat(40_000), `p${i}`);
  assert.ok(vault.evicted("media") > 20 && vault.count("media") > 3);
  assert.is(vault.note("media", vault.next("media", 0)), `p${30 - vault.count("media")}`);
  vault.write("cell", "still");
  assert.is(vault.read("cell"), "still");
});

/** Flip a bit of the first place where this text lies. */
function damage(flash: Flash, text: string): void {
  const image = flash.image();
  const at = Buffer.from(image).indexOf(text, 0, "latin1");
  assert.ok(at >= 0, text);
  (image[at] as number) ^= 4;
  flash.load(image);
}

test("what has gone wrong is never given out: the older cell, no item, and the count is told", () => {
  const flash = vaultFlash();
  const lines: string[] = [];
  const vault = open(flash);
  vault.write("cell", "the old text");
  vault.write("cell", "the new text");
  const key = vault.append("records", "a whole record", "n");
  const picture = vault.append("media", "a whole picture", "note of it");
  for (const text of ["the new text", "a whole record", "a whole picture"]) damage(flash, text);
  const again = open(flash, (line) => lines.push(line));
  assert.is(again.read("cell"), "the old text");
  assert.is(again.item("records", key), undefined);
  assert.is(again.item("media", picture), undefined);
  assert.is(again.note("media", picture), "note of it");
  assert.equal(lines, ["vault: 1 damaged"]);
  again.remove("records", key);
  again.remove("media", picture);
  assert.is(again.count("records") + again.count("media"), 0);
});

test("a worn page is named, costs nothing that is kept, and pictures go elsewhere", () => {
  const flash = vaultFlash();
  const vault = open(flash);
  vault.write("cell", "kept");
  const kept = vault.append("records", "kept", "n");
  // All pages of the cells but the one in use, and some of the blobs'.
  for (let page = 1; page < 8; page++) flash.wearOut(page * 4096);
  for (let page = 200; page < 206; page++) flash.wearOut(page * 4096);
  let refused: unknown;
  for (let i = 0; i < 40 && !refused; i++) {
    try {
      vault.write("cell", `${i}`.padEnd(1000, "x"));
    } catch (error) {
      refused = error;
    }
  }
  assert.match((refused as Error).message, /^VAULT_WRITE: /);
  assert.match(vault.read("cell") ?? "", /^(kept|\d)/);
  let written = 0;
  for (let i = 0; i < 30; i++) {
    try {
      vault.append("media", "J".repeat(9000), "n");
      written++;
    } catch (error) {
      assert.match((error as Error).message, /^VAULT_WRITE: /);
    }
  }
  assert.ok(written > 20 && written < 30, `${written}`);
  const again = open(flash);
  assert.is(again.read("cell"), vault.read("cell"));
  assert.is(again.item("records", kept), "kept");
});

test("an image is staged, tried, confirmed or given up, and chosen by its state", () => {
  const flash = vaultFlash();
  const module = vaultModule(flash);
  module.open();
  const install = (index: number, release: number, image: string) => {
    module.begin("app", index);
    for (let at = 0; at < image.length; at += 1000)
      module.writeSlot("app", index, at, image.slice(at, at + 1000));
    const digest = createHash("sha256").update(image).digest().toString("latin1");
    module.stage("app", index, image.length, release, digest);
    module.switchTo("app", index);
  };
  assert.is(module.choose("app"), -1);
  install(0, 1, "first image ".repeat(300));
  assert.is(module.choose("app"), 0);
  module.confirm("app", 0);
  install(1, 2, "second image ".repeat(200));
  assert.equal(
    [1, 2, 3].map(() => module.choose("app")),
    [1, 1, 1],
  );
  assert.is(module.slot("app", 1).tries, 3);
  assert.is(module.choose("app"), 0, "not confirmed in three boots");
  assert.is(module.slot("app", 1).state, "rolledBack");
  assert.is(module.image("app", 0)?.length, 3600);
  damage(flash, "second image");
  install(1, 3, "third image ".repeat(200));
  module.confirm("app", 1);
  damage(flash, "third image");
  assert.is(module.choose("app"), 0, "a damaged image is not started");
});

test("bad input is refused by name and changes nothing", () => {
  const flash = vaultFlash();
  const module = vaultModule(flash);
  assert.throws(() => module.read("a"), code("VAULT_CLOSED"));
  assert.throws(() => module.append(0, 0, "x"), code("VAULT_CLOSED"));
  assert.throws(() => module.choose("app"), code("VAULT_CLOSED"));
  module.open();
  const before = flash.image();
  const digest = "\0".repeat(32);
  const rows: [string, () => unknown][] = [
    ["VAULT_NAME", () => module.write("", "x")],
    ["VAULT_NAME", () => module.write("n".repeat(21), "x")],
    ["VAULT_NAME", () => module.read("a\0b")],
    ["VAULT_SIZE", () => module.write("a", "x".repeat(1025))],
    ["VAULT_ARGUMENT", () => module.append(8, 0, "x")],
    ["VAULT_ARGUMENT", () => module.append(0, 16, "x")],
    ["VAULT_SIZE", () => module.append(0, 0, "")],
    ["VAULT_SIZE", () => module.append(0, 0, "x".repeat(2049))],
    ["VAULT_ARGUMENT", () => module.waiting(8)],
    ["VAULT_ARGUMENT", () => module.putBlob(16, "", "x")],
    ["VAULT_SIZE", () => module.putBlob(0, "", "")],
    ["VAULT_SIZE", () => module.putBlob(0, "n".repeat(129), "x")],
    ["VAULT_SIZE", () => module.putBlob(0, "", "x".repeat(300_000))],
    ["VAULT_ARGUMENT", () => module.slot("app", 2)],
    ["VAULT_ARGUMENT", () => module.slot("firmware" as "app", 0)],
    ["VAULT_ARGUMENT", () => module.writeSlot("app", 0, 2, "x")],
    ["VAULT_SIZE", () => module.writeSlot("app", 0, 0, "x".repeat(70_000))],
    ["VAULT_SIZE", () => module.stage("model", 1, 10_000_000, 1, digest)],
    ["VAULT_DIGEST", () => module.stage("model", 1, 100, 1, digest)],
    ["VAULT_STATE", () => module.switchTo("model", 1)],
    ["VAULT_STATE", () => module.confirm("model", 1)],
    ["VAULT_STATE", () => module.rollBack("app", 0)],
  ];
  for (const [name, run] of rows) assert.throws(run, code(name), `${name} ${run}`);
  assert.equal(flash.image(), before);
  assert.is(module.record(77), undefined);
  assert.is(module.blob(77), undefined);
  assert.is(module.acknowledge(77), false);
  assert.is(module.image("app", 0), undefined);
});

test.run();
