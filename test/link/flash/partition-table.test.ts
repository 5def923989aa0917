/** ESP-IDF's partition table, both forms. */
import { createHash } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  decodePartitionTable,
  encodePartitionTable,
  parsePartitionCsv,
  TABLE_BYTES,
} from "../../../toolchain/link/flash/partition-table.ts";
import { boardTable } from "../../support/rom/board.ts";

test("a table comes back from its bytes, which hold what the format says", () => {
  const table = boardTable("8mb");
  const bytes = encodePartitionTable(table);
  assert.is(bytes.length, TABLE_BYTES);
  assert.equal(decodePartitionTable(bytes), table);
  // The first entry: magic aa 50, type data 1, subtype nvs 2, 0x9000, 0x6000, its name.
  assert.is(bytes.subarray(0, 12).toString("hex"), "aa5001020090000000600000");
  assert.is(bytes.subarray(12, 16).toString("latin1"), "nvs\0");
  const end = table.length * 32;
  assert.is(bytes.readUInt16LE(end), 0xebeb);
  const md5 = createHash("md5").update(bytes.subarray(0, end)).digest("hex");
  assert.is(bytes.subarray(end + 16, end + 32).toString("hex"), md5);
});

test("a blank or damaged table is none", () => {
  assert.is(decodePartitionTable(Buffer.alloc(TABLE_BYTES, 0xff)), undefined);
  const bytes = encodePartitionTable(boardTable("4mb"));
  bytes[5] = (bytes[5] as number) ^ 1;
  assert.is(decodePartitionTable(bytes), undefined);
});

test("a wrong line is named with its number", () => {
  const refusals: [string, RegExp][] = [
    ["nvs, data, nvs, 0x9000, 24K\nx, data, nvs, 0xa000, 4K", /partition "x" overlaps/],
    ["# a\nnvs, data, wifi, 0x9000, 24K", /t\.csv line 2: "wifi" is no subtype of data/],
    ["nvs, data, nvs, , 24K", /line 1: "" is no offset/],
    ["ota_0, app, ota_0, 0x11000, 1M", /"ota_0" does not start at a multiple of 0x10000/],
    ["a name that is too long, data, nvs, 0x9000, 4K", /is no name of 1 to 16 letters/],
  ];
  for (const [text, message] of refusals)
    assert.throws(
      () => parsePartitionCsv(text, "t.csv"),
      (error: Error) => message.test(error.message),
      text,
    );
});

test.run();
