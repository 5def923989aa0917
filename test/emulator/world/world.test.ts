/** The drawn world: the same for the same seed, plausible over a day, and honest about what is in the picture. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { drivePir } from "../../../toolchain/emulator/world/pir.ts";
import {
  createWorld,
  type World,
  type WorldEvent,
} from "../../../toolchain/emulator/world/world.ts";

const VGA = { width: 640, height: 480 };
const HOUR_MS = 3_600_000;
/** Noon in the Lowveld is about 9:50 UTC. */
const MIDNIGHT = Date.UTC(2026, 10, 22, 22);

const worldOf = (seed: number, hours = 24, startMs = MIDNIGHT): World =>
  createWorld({ seed, latitude: -24.99, longitude: 31.55, startMs, hours });

/** Mean of each colour, 0..255, and of what lies in a box. */
function means(frame: { width: number; height: number; rgb565: Uint8Array }, box?: number[]) {
  const [left = 0, top = 0, width = frame.width, height = frame.height] = box ?? [];
  const sum = [0, 0, 0];
  for (let y = top; y < top + height; y++)
    for (let x = left; x < left + width; x++) {
      const at = 2 * (y * frame.width + x);
      const word = ((frame.rgb565[at] as number) << 8) | (frame.rgb565[at + 1] as number);
      const colours = [(word >> 11) << 3, ((word >> 5) & 63) << 2, (word & 31) << 3];
      colours.forEach((value, c) => {
        sum[c] = (sum[c] as number) + value;
      });
    }
  return sum.map((value) => value / (width * height)) as [number, number, number];
}

test("draws the same pixels and events for the same seed, others for another", async () => {
  const [one, same, other] = [worldOf(1), worldOf(1), worldOf(2)];
  assert.equal(one.events, same.events);
  assert.not.equal(one.events, other.events);
  const at = MIDNIGHT + 9 * HOUR_MS;
  const first = await one.frameSource.next(at, VGA);
  // Another picture in between must leave no trace.
  await same.frameSource.next(at + 5 * HOUR_MS, VGA);
  const second = await same.frameSource.next(at, VGA);
  assert.ok(Buffer.from(first.rgb565).equals(second.rgb565));
  const third = await other.frameSource.next(at, VGA);
  assert.not.ok(Buffer.from(first.rgb565).equals(third.rgb565));
});

test("an hour is the same whatever span it is asked for in", () => {
  const day = worldOf(3).events;
  const from = MIDNIGHT + 5 * HOUR_MS;
  const inside = (event: WorldEvent) => event.atMs >= from && event.atMs < from + 3 * HOUR_MS;
  const part = worldOf(3, 3, from).events;
  const key = ({ atMs, name }: WorldEvent) => `${atMs} ${name}`;
  assert.equal(part.map(key), day.filter(inside).map(key));
});

test("a day brings animals at their hours, some people and vehicles by day, and wind", () => {
  const events = Array.from({ length: 40 }, (_, seed) => worldOf(seed).events).flat();
  const hourOf = ({ atMs }: WorldEvent) => ((atMs - MIDNIGHT) / HOUR_MS) % 24;
  const isDay = (event: WorldEvent) => hourOf(event) > 6 && hourOf(event) < 18;
  const of = (name: string) => events.filter((event) => event.name === name);
  const share = (some: WorldEvent[]) => some.filter(isDay).length / some.length;
  assert.ok(events.length / 40 > 12 && events.length / 40 < 60, `${events.length / 40} a day`);
  for (const name of ["lion", "spotted hyena"]) assert.ok(share(of(name)) < 0.25, name);
  for (const name of ["person", "car", "wind"]) assert.ok(share(of(name)) > 0.8, name);
  for (const kind of ["animal", "human", "vehicle", "blank"])
    assert.ok(events.filter((event) => event.kind === kind).length > 20, kind);
  for (const day of Array.from({ length: 5 }, (_, seed) => worldOf(seed).events))
    for (let i = 1; i < day.length; i++) assert.ok(day[i]!.atMs >= day[i - 1]!.atMs);
});

test("someone is in the picture at each trigger, nobody at a trigger of the wind", () => {
  for (let seed = 0; seed < 10; seed++) {
    const world = worldOf(seed);
    for (const { atMs, kind, name } of world.events) {
      const truth = world.truthAt(atMs + 100);
      if (kind === "blank") assert.is(truth.length, 0);
      else
        assert.ok(
          truth.some((one) => one.name === name && one.kind === kind),
          `${seed} ${name}`,
        );
    }
  }
});

test("whoever is there is drawn where the truth says", async () => {
  let compared = 0;
  for (let seed = 1; seed < 4; seed++) {
    const world = worldOf(seed);
    for (const { atMs, kind } of world.events) {
      if (kind === "blank" || compared >= 12) continue;
      const [truth] = world.truthAt(atMs);
      // The same place, with a day's visits that begin later.
      const empty = worldOf(seed, 1, atMs + 2 * HOUR_MS);
      const without = await empty.frameSource.next(atMs, VGA);
      const frame = await world.frameSource.next(atMs, VGA);
      const inside = means(frame, truth!.box);
      const before = means(without, truth!.box);
      const change = inside.reduce((sum, value, c) => sum + Math.abs(value - before[c]!), 0);
      assert.ok(change > 6, `${truth!.name}: ${change.toFixed(1)}`);
      compared++;
    }
  }
  assert.is(compared, 12);
});

test("is in colour by day and grey under the infrared lamp by night", async () => {
  const world = worldOf(4);
  const [red, green, blue] = means(await world.frameSource.next(MIDNIGHT + 11 * HOUR_MS, VGA));
  assert.ok(Math.max(red, green, blue) - Math.min(red, green, blue) > 15);
  const night = await world.frameSource.next(MIDNIGHT + 2 * HOUR_MS, VGA);
  const dark = means(night);
  assert.ok(Math.max(...dark) - Math.min(...dark) < 6);
  assert.ok(means(night, [0, 0, 320, 60])[1] < 20, "the lamp does not reach the sky");
  assert.ok(means(night, [80, 180, 160, 50])[1] > 40, "but the ground nearby");
});

test("delivers at most what the camera was opened with", async () => {
  const world = worldOf(5);
  for (const [width, height, wantWidth, wantHeight] of [
    [640, 480, 320, 240],
    [320, 240, 320, 240],
    [160, 120, 160, 120],
    [100, 240, 80, 60],
  ] as [number, number, number, number][]) {
    const frame = await world.frameSource.next(MIDNIGHT, { width, height });
    assert.equal([frame.width, frame.height], [wantWidth, wantHeight]);
    assert.is(frame.rgb565.length, wantWidth * wantHeight * 2);
  }
});

test("the battery follows the sun within what one lithium cell can show", () => {
  const world = worldOf(6);
  const all = Array.from({ length: 240 }, (_, i) => world.batteryMv(MIDNIGHT + (i * HOUR_MS) / 10));
  assert.ok(Math.min(...all) > 3600 && Math.max(...all) < 4200);
  const at = (hour: number) => world.batteryMv(MIDNIGHT + hour * HOUR_MS);
  assert.ok(at(16) > at(4) + 150);
  const level = world.analog("D4", MIDNIGHT);
  assert.ok(Math.abs(level * 6600 - world.batteryMv(MIDNIGHT)) < 1);
});

test("pulses the heat sensor's pin for each event", () => {
  const calls: [number, string, number][] = [];
  let nowMs = 0;
  const queue: [number, () => void][] = [];
  const pins = {
    drive: (pin: string, level: 0 | 1) => void calls.push([nowMs, pin, level]),
    at: (ms: number, run: () => void) => void queue.push([ms, run]),
  };
  const event = { kind: "animal" as const, name: "zebra", scientificName: "", count: 1 };
  drivePir(pins, [
    { ...event, atMs: 1000 },
    { ...event, atMs: 60000 },
  ]);
  for (const [ms, run] of queue.sort((a, b) => a[0] - b[0])) {
    nowMs = ms;
    run();
  }
  assert.equal(
    calls.map(([, pin, level]) => `${pin}=${level}`),
    ["D14=1", "D14=0", "D14=1", "D14=0"],
  );
  assert.is(calls[0]![0], 1000);
  assert.is(calls[2]![0], 60000);
});

test.run();
