/** The flash model and Storage on it: layout, writes, compaction, StorageFile. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Flash } from "../../../toolchain/emulator/board/flash.ts";
import { ChunkedFile } from "../../../toolchain/emulator/board/storage/chunked-file.ts";
import { StorageProblem, Store } from "../../../toolchain/emulator/board/storage/store.ts";

const BASE = 0x320000;
const SIZE = 224 * 4096;

const bytes = (text: string) => Buffer.from(text, "latin1");

function setup(sizeBytes = SIZE) {
  const flash = new Flash(BASE, sizeBytes);
  let shown = "";
  const store = new Store(flash, (text) => {
    shown += text;
  });
  return { flash, store, shown: () => shown };
}

const problem = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof StorageProblem) return error.message;
    throw error;
  }
  return "";
};

test("programming flash only clears bits, erasing a page sets them", () => {
  const { flash } = setup();
  flash.program(BASE, Uint8Array.of(0xf0));
  flash.program(BASE, Uint8Array.of(0x3f));
  assert.is(flash.read(BASE, 1)[0], 0x30);
  flash.erasePage(BASE + 100);
  assert.is(flash.read(BASE, 1)[0], 0xff);
  assert.equal(flash.counts, { programs: 2, erases: 1, bytesProgrammed: 8 });
  assert.is(flash.wear[0], 1);
});

test("a write is words and commands of at most 64 bytes within a chip page, each seen before it happens", () => {
  const { flash } = setup();
  const seen: number[][] = [];
  flash.beforeOperation = ({ address, data }) => seen.push([address - BASE, data?.length ?? 0]);
  flash.program(BASE + 225, new Uint8Array(110));
  assert.equal(seen, [
    [224, 4],
    [228, 28],
    [256, 64],
    [320, 12],
    [332, 4],
  ]);
  assert.ok(flash.isErased(BASE + 224, 1), "before the data");
  assert.ok(flash.isErased(BASE + 335, 1), "after the data");
});

test("a file lies on flash as header and padded data", () => {
  const { flash, store } = setup();
  store.write("a.txt", bytes("hello"));
  const header = flash.read(BASE, 32);
  assert.is(flash.word(BASE), 5);
  assert.is(Buffer.from(header.subarray(4, 9)).toString(), "a.txt");
  assert.ok(header.subarray(9).every((byte) => byte === 0));
  assert.is(flash.readText(BASE + 32, 5), "hello");
  assert.is(store.layout.find("a.txt")?.address, BASE);
});

test("statistics count headers and padding", () => {
  const { store } = setup();
  store.write("a", bytes("hello"));
  const { fileBytes, freeBytes, fileCount, trashCount } = store.layout.stats();
  assert.equal([fileBytes, freeBytes, fileCount, trashCount], [40, 917464, 1, 0]);
});

test("182 files of 5000 bytes fill the region, the next one does not fit", () => {
  const { store } = setup();
  for (let i = 0; i < 182; i++) store.write(`f${i}`, new Uint8Array(5000));
  assert.is(store.layout.stats().freeBytes, 1680);
  assert.is(
    problem(() => store.write("more", new Uint8Array(5000))),
    "Unable to find or create file",
  );
});

test("reading clips, and an empty rest is an empty string", () => {
  const { store } = setup();
  store.write("t", bytes("0123456789"));
  assert.is(store.read("t", 2, 3), "234");
  assert.is(store.read("t", 8, 30), "89");
  assert.is(store.read("t", 30), "");
  assert.is(store.read("t", -4, 2), "01");
  assert.is(store.read("nope"), undefined);
});

test("names are cut at 28 bytes and lose a drive letter", () => {
  const { store } = setup();
  store.write("0123456789012345678901234567-cut", bytes("x"));
  store.write("C:foo", bytes("y"));
  assert.equal(
    store.list().map(({ name }) => name),
    ["0123456789012345678901234567", "foo"],
  );
  assert.is(store.read("C:foo"), "y");
});

test("writing the same content again does not touch flash", () => {
  const { flash, store } = setup();
  store.write("t", bytes("same"));
  const before = flash.countOperations();
  assert.is(store.write("t", bytes("same")), true);
  assert.is(flash.countOperations(), before);
});

test("a new content replaces the file and leaves trash", () => {
  const { store } = setup();
  store.write("t", bytes("old"));
  store.write("t", bytes("new!"));
  assert.is(store.read("t"), "new!");
  assert.is(store.layout.stats().trashCount, 1);
});

test("reserved space is filled later, but only where it is still blank", () => {
  const { store } = setup();
  store.write("a", bytes("Hello"), 0, 14);
  assert.is(store.read("a"), `Hello${"\xff".repeat(9)}`);
  store.write("a", bytes(" World!!!"), 5);
  assert.is(store.read("a"), "Hello World!!!");
  assert.is(
    problem(() => store.write("a", bytes("x"), 3)),
    "File already written with different data",
  );
  assert.is(
    problem(() => store.write("a", bytes("xx"), 13)),
    "Too much data for file size",
  );
});

test("what cannot be written says why", () => {
  const { store } = setup();
  assert.is(
    problem(() => store.write("z", bytes(""))),
    "Can't create zero length file",
  );
  assert.is(
    problem(() => store.write("z", bytes("x"), 5)),
    "Unable to find or create file",
  );
  assert.is(store.write("z", bytes("x"), -1), false);
  assert.is(store.write("z", bytes("x"), 0, -1), false);
});

test("compaction keeps every live file, frees the trash and shows its progress", () => {
  const { store, shown } = setup(16 * 4096);
  for (let i = 0; i < 12; i++) store.write(`f${i}`, bytes(String(i % 10).repeat(4000 + i * 10)));
  for (let i = 0; i < 12; i += 3) store.erase(`f${i}`);
  assert.ok(store.compact());
  const { trashBytes, fileCount } = store.layout.stats();
  assert.equal([trashBytes, fileCount], [0, 8]);
  for (let i = 0; i < 12; i++) {
    const wanted = i % 3 === 0 ? undefined : String(i % 10).repeat(4000 + i * 10);
    assert.is(store.read(`f${i}`), wanted, `f${i}`);
  }
  assert.match(shown(), /^Compacting\.\.\. (\x08[/\-\\|])*\n$/);
  assert.ok(store.layout.isValid());
});

test("a write that finds no gap compacts by itself", () => {
  const { store, shown } = setup(8 * 4096);
  store.write("keep", bytes("k".repeat(3000)));
  for (let i = 0; i < 30; i++)
    store.write("often", bytes(String.fromCharCode(65 + i).repeat(6000)));
  assert.is(store.read("keep"), "k".repeat(3000));
  assert.is(store.read("often")?.[0], String.fromCharCode(94));
  assert.match(shown(), "Compacting");
});

test("without trash there is nothing to compact", () => {
  const { store, shown } = setup();
  store.write("a", bytes("x"));
  assert.is(store.compact(), false);
  assert.is(shown(), "");
});

test("validity: erased and sound regions pass, a torn first header does not", () => {
  const { flash, store } = setup();
  assert.ok(store.layout.isValid());
  store.write("a", bytes("x"));
  assert.ok(store.layout.isValid());
  flash.program(BASE, new Uint8Array(4));
  assert.not.ok(store.layout.isValid());
});

test("a full region is valid", () => {
  const { store } = setup(4096);
  store.write("all", new Uint8Array(4096 - 32 - 32 - 4));
  store.write("b", new Uint8Array(4));
  assert.is(store.layout.stats().freeBytes, 0);
  assert.ok(store.layout.isValid());
});

test("a StorageFile appends over chunk borders and reads back in lines", () => {
  const { store } = setup();
  const log = new ChunkedFile(store, "log", "w");
  const lines = Array.from({ length: 300 }, (_, i) => `line ${i} ${"x".repeat(i % 40)}\n`);
  for (const line of lines) log.write(bytes(line));
  const reader = new ChunkedFile(store, "log", "r");
  const back: string[] = [];
  for (let line = reader.readLine(); line !== undefined; line = reader.readLine()) back.push(line);
  assert.equal(back, lines);
  assert.is(reader.getLength(), lines.join("").length);
  assert.ok(store.layout.files().length > 1, "more than one chunk");
});

test("appending goes on where the last writer stopped", () => {
  const { store } = setup();
  new ChunkedFile(store, "log", "w").write(bytes("one,"));
  new ChunkedFile(store, "log", "a").write(bytes("two"));
  const reader = new ChunkedFile(store, "log", "r");
  assert.is(reader.read(5), "one,t");
  assert.is(reader.read(50), "wo");
  assert.is(reader.read(1), undefined);
});

test("a StorageFile refuses what its mode does not allow", () => {
  const { store } = setup();
  const log = new ChunkedFile(store, "log", "w");
  log.write(bytes("x"));
  assert.is(
    problem(() => log.read(1)),
    "Can't read in this mode",
  );
  const reader = new ChunkedFile(store, "log", "r");
  assert.is(
    problem(() => reader.write(bytes("y"))),
    "Can't write in this mode",
  );
  reader.erase();
  assert.equal(store.list(), []);
});

test("a StorageFile is listed by its first chunk, or by its name when asked for", () => {
  const { store } = setup();
  const log = new ChunkedFile(store, "log", "w");
  log.write(bytes("x".repeat(4000)));
  log.write(bytes("y".repeat(4000)));
  store.write("plain", bytes("p"));
  const names = (wanted?: boolean) => store.list(wanted).map(({ name }) => name);
  assert.equal(names(), ["log\x01", "plain"]);
  assert.equal(names(true), ["log"]);
  assert.equal(names(false), ["plain"]);
});

test.run();
