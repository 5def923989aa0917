/** The contract of the Vault port on the fake and on the Storage adapter, and power cuts at every flash step. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createStorageVault } from "../../device/espruino/storage-vault.ts";
import type { Vault } from "../../device/ports.ts";
import { E_VAULT_FULL, type Fault } from "../../device/protocol/error-names.ts";
import { FakeVault } from "./fakes.ts";
import { FakeStorage, PowerCut, vaultOptions } from "./storage-fake.ts";

/** A vault over what is kept, started as after a boot. */
function open(storage: FakeStorage): Vault {
  const vault = createStorageVault(vaultOptions(storage));
  vault.start();
  return vault;
}

const BYTES = Array.from({ length: 256 }, (_, index) => String.fromCharCode(index)).join("");

for (const [name, setup] of [
  ["fake", () => new FakeVault()],
  ["Storage", () => open(new FakeStorage())],
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

  test(`${name}: items come back byte for byte with their notes, keys increase over all queues`, () => {
    const vault = setup();
    const first = vault.append("media", BYTES, "note");
    const second = vault.append("records", "r", "12345");
    const third = vault.append("media", "x", "n");
    assert.ok(first < second && second < third);
    assert.equal(vault.keys("media"), [first, third]);
    assert.equal(vault.keys("other"), []);
    assert.is(vault.item("media", first), BYTES);
    assert.is(vault.note("media", first), "note");
    assert.is(vault.note("records", second), "12345");
    vault.remove("media", first);
    assert.equal(vault.keys("media"), [third]);
    assert.is(vault.item("media", first), undefined);
    assert.is(vault.note("media", first), undefined);
    vault.remove("media", first);
  });

  test(`${name}: without room an item is refused as VAULT_FULL and nothing is left of it`, () => {
    const vault = setup();
    const big = "x".repeat(vault.freeBytes() + 1);
    assert.throws(
      () => vault.append("media", big, "n"),
      (thrown: unknown) => (thrown as Fault).code === E_VAULT_FULL,
    );
    assert.equal(vault.keys("media"), []);
    vault.append("media", "small", "n");
  });
}

test("Storage: everything is there after a reboot, and keys go on", () => {
  const storage = new FakeStorage();
  const vault = open(storage);
  vault.write("cell", "text");
  const keys = Array.from({ length: 12 }, (_, index) => vault.append("records", `r${index}`, "n"));
  const again = open(storage);
  assert.is(again.read("cell"), "text");
  assert.equal(again.keys("records"), keys);
  assert.ok(again.append("media", "m", "n") > (keys.at(-1) as number));
});

test("Storage: writing the same text again touches no flash", () => {
  const storage = new FakeStorage();
  const vault = open(storage);
  vault.write("cell", "text");
  const { steps } = storage;
  vault.write("cell", "text");
  assert.is(storage.steps, steps);
});

test("Storage: a full queue leaves room for cells, and no write ever compacts", () => {
  const storage = new FakeStorage();
  const vault = open(storage);
  for (;;) {
    try {
      vault.append("media", "J".repeat(30_000), "n");
    } catch {
      break;
    }
  }
  for (let i = 0; i < 20; i++) vault.write("cell", `value ${i}`);
  assert.is(vault.read("cell"), "value 19");
  assert.is(storage.compactions, 0);
});

test("Storage: a damaged newest copy falls back to the older good one", () => {
  const storage = new FakeStorage();
  const vault = open(storage);
  vault.write("cell", "old");
  vault.write("cell", "new");
  const file = storage.files.findLast(({ name }) => name.startsWith("c.cell"))!;
  file.data = `${file.data.slice(0, -1)}\xff`;
  assert.is(open(storage).read("cell"), "old");
});

test("Storage: a damaged item answers undefined, a damaged note as well", () => {
  const storage = new FakeStorage();
  const vault = open(storage);
  const key = vault.append("media", "JPEGDATA", "note");
  const file = storage.files[0]!;
  const { data } = file;
  file.data = data.replace("JPEG", "JPEX");
  assert.is(vault.item("media", key), undefined);
  assert.is(vault.note("media", key), "note");
  file.data = data.replace("note", "nose");
  assert.is(vault.item("media", key), undefined);
  assert.is(vault.note("media", key), undefined);
});

test("Storage: tidy hands over to compaction", () => {
  const storage = new FakeStorage();
  const vault = open(storage);
  vault.remove("media", vault.append("media", "x".repeat(1000), "n"));
  assert.ok(vault.trashBytes() > 1000);
  vault.tidy();
  assert.is(vault.trashBytes(), 0);
});

/** Run `work` with the power cut after each possible number of flash steps; `check` sees what the next boot finds. */
function cutEverywhere(
  prepare: (vault: Vault) => void,
  work: (vault: Vault) => void,
  check: (vault: Vault, steps: number) => void,
): number {
  for (let steps = 0; ; steps++) {
    const storage = new FakeStorage();
    const vault = open(storage);
    prepare(vault);
    storage.stepsLeft = steps;
    let isCut = false;
    try {
      work(vault);
    } catch (error) {
      // The adapter may have turned it into a fault of its own; power is gone all the same.
      isCut = error instanceof PowerCut || storage.stepsLeft <= 0;
      if (!isCut) throw error;
    }
    storage.reboot();
    check(open(storage), steps);
    if (!isCut) return steps;
  }
}

test("Storage: a cut at any step of writing a cell leaves the old value or the new", () => {
  const found = new Set<string | undefined>();
  const steps = cutEverywhere(
    (vault) => {
      vault.write("cell", "one");
      vault.write("cell", "two");
    },
    (vault) => vault.write("cell", "three"),
    (vault) => {
      found.add(vault.read("cell"));
      vault.write("cell", "four");
      assert.is(vault.read("cell"), "four");
    },
  );
  assert.ok(steps > 4, `${steps} steps`);
  assert.equal([...found], ["two", "three"]);
});

test("Storage: a cut at any step of erasing a cell leaves it or nothing, never an older value", () => {
  cutEverywhere(
    (vault) => {
      vault.write("cell", "one");
      vault.write("cell", "two");
    },
    (vault) => vault.erase("cell"),
    (vault) => assert.ok(["two", undefined].includes(vault.read("cell")), vault.read("cell")),
  );
});

test("Storage: a cut at any step of appending loses at most the new item", () => {
  cutEverywhere(
    (vault) => void vault.append("records", "first", "1"),
    (vault) => void vault.append("records", "second", "2"),
    (vault) => {
      const whole = vault
        .keys("records")
        .map((key) => vault.item("records", key))
        .filter((item) => item !== undefined);
      assert.ok(whole[0] === "first" && whole.length <= 2, `${whole}`);
      const key = vault.append("records", "third", "3");
      assert.is(vault.item("records", key), "third");
    },
  );
});

test.run();
