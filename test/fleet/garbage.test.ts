/**
 * Thousands of damaged check-ins: bytes flipped, values swapped for nonsense, keys lost. None may cost a 5xx, none may
 * keep a sound record out. One seed, so that a failure comes again.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CheckIn } from "../../device/protocol/check-in.ts";
import { createRandom } from "../../toolchain/emulator/world/random.ts";
import {
  addCamera,
  checkIn,
  fault,
  getJson,
  media,
  observation,
  withFleet,
} from "./support/fleet.ts";

const SEED = 20_260;
const STRUCTURED = 2500;
const BYTES = 1500;

const NONSENSE: unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  -0,
  1e308,
  2 ** 53,
  2 ** 64,
  "",
  "\0",
  "\ud800",
  "1-1",
  "../../etc/passwd",
  "'; drop table observations; --",
  "x".repeat(5000),
  [],
  [[]],
  [null],
  {},
  { toString: 1 },
  { length: 1e9 },
];

/** Replace, remove or double one value somewhere in the tree. */
function mutate(value: unknown, rand: () => number): unknown {
  const pick = <T>(list: T[]): T => list[Math.floor(rand() * list.length)] as T;
  if (typeof value !== "object" || value === null || rand() < 0.1) return pick(NONSENSE);
  const copy = structuredClone(value) as Record<string, unknown>;
  const keys = Object.keys(copy);
  if (keys.length === 0 || rand() < 0.1) {
    if (Array.isArray(copy)) copy.push(pick(NONSENSE));
    else copy[pick(["constructor", "hasOwnProperty", "recordID", "kind"])] = pick(NONSENSE);
    return copy;
  }
  const key = pick(keys);
  if (rand() < 0.15) delete copy[key];
  else copy[key] = mutate(copy[key], rand);
  return copy;
}

/** The cases, many at a time as from many cameras; each draws its numbers before it waits, so the order is fixed. */
async function inGroups(total: number, run: (n: number) => Promise<void>): Promise<void> {
  for (let start = 0; start < total; start += 50) {
    const group = Array.from({ length: Math.min(50, total - start) }, (_, index) => start + index);
    await Promise.all(group.map(run));
  }
}

const sound = (n: number): CheckIn =>
  checkIn(
    [observation(`1-${n}`), media(`2-${n}`, `m${n}`), fault(`3-${n}`), observation(`4-${n}`)],
    { sequence: n },
  );

test(`no damaged check-in out of ${STRUCTURED} makes the server fail, and sound neighbours are stored`, async () => {
  await withFleet(async (fleet) => {
    const { credential } = await addCamera(fleet);
    const rand = createRandom(SEED);
    const statuses: Record<number, number> = {};
    let acknowledged = 0;
    const post = (payload: string) =>
      fleet.server.app.inject({
        method: "POST",
        url: "/device/v1/check-in",
        headers: { authorization: `Bearer ${credential}`, "content-type": "application/json" },
        payload,
      });
    await inGroups(STRUCTURED, async (n) => {
      let body: unknown = sound(n);
      const isRecordOnly = n % 2 === 0;
      if (isRecordOnly) {
        const { records, ...rest } = body as CheckIn;
        body = { ...rest, records: [...records.slice(0, 3), mutate(records[3], rand)] };
      } else for (let round = 0; round <= n % 3; round++) body = mutate(body, rand);
      const payload = JSON.stringify(body) ?? "null";
      const response = await post(payload);
      const where = `seed ${SEED}, case ${n}: ${payload.slice(0, 600)} -> ${response.body}`;
      assert.ok(response.statusCode < 500, where);
      statuses[response.statusCode] = (statuses[response.statusCode] ?? 0) + 1;
      if (!isRecordOnly) return;
      const reply = response.json();
      assert.is(response.statusCode, 200, where);
      const answered = [
        ...reply.acknowledged,
        ...reply.refused.map(({ recordID }: { recordID: string }) => recordID),
      ];
      // A mutation may have given the fourth record the id of an earlier one.
      for (const id of [`1-${n}`, `2-${n}`, `3-${n}`]) {
        assert.ok(reply.acknowledged.includes(id), `${where}: ${id} is missing`);
      }
      assert.is(answered.length, 4, where);
      acknowledged += reply.acknowledged.length;
    });
    assert.ok((statuses[200] ?? 0) > 1000 && (statuses[400] ?? 0) > 100, JSON.stringify(statuses));
    assert.ok(acknowledged > 3 * (STRUCTURED / 2));
    const { cameras } = await getJson(fleet, "/api/v1/cameras");
    const summary = await getJson(fleet, "/api/v1/summary");
    assert.is(cameras[0].observationCount, summary.observations, "counters agree with the rows");
    assert.is(cameras[0].mediaCount, summary.media);
    // What got in can also be read.
    for (let before = ""; ; ) {
      const page = await getJson(fleet, `/api/v1/observations?limit=200${before}`);
      if (page.next === null) break;
      before = `&before=${page.next}`;
    }
    assert.equal(
      fleet.problems.filter((line) => !/refused|heartbeat not taken/.test(line)),
      [],
    );
  });
});

test(`no check-in with damaged bytes out of ${BYTES} makes the server fail`, async () => {
  await withFleet(async (fleet) => {
    const { credential } = await addCamera(fleet);
    const rand = createRandom(SEED + 1);
    await inGroups(BYTES, async (n) => {
      const bytes = Buffer.from(JSON.stringify(sound(n)));
      const flips = 1 + Math.floor(rand() * 4);
      for (let flip = 0; flip < flips; flip++) {
        bytes[Math.floor(rand() * bytes.length)] = Math.floor(rand() * 256);
      }
      const end = rand() < 0.2 ? Math.floor(rand() * bytes.length) : bytes.length;
      const response = await fleet.server.app.inject({
        method: "POST",
        url: "/device/v1/check-in",
        headers: { authorization: `Bearer ${credential}` },
        payload: bytes.subarray(0, end),
      });
      assert.ok(
        response.statusCode < 500,
        `seed ${SEED + 1}, case ${n}: ${bytes.subarray(0, end)} -> ${response.body}`,
      );
    });
    assert.equal(
      fleet.problems.filter((line) => !/refused|heartbeat not taken/.test(line)),
      [],
    );
  });
});

test.run();
