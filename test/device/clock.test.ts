/** The clock on Espruino's timers: what it promises its callers although Espruino uses a timer's number again. */

import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Clock } from "../../device/ports.ts";
import { ROOT } from "../support/skip.ts";

// By its path: the file is compiled with Espruino's globals, this one with Node's.
const { createClock } = (await import(join(ROOT, "device/espruino/board-ports.ts"))) as {
  createClock: () => Clock;
};

/** Espruino's rule (src/jsinteractive.c, jsiTimerAdd): one more than the newest timer's number, from 1. */
function espruinoTimers() {
  const timers = new Map<number, () => void>();
  return {
    globals: {
      getTime: () => 1000,
      setTimeout: (run: () => void) => {
        const id = ([...timers.keys()].pop() ?? 0) + 1;
        timers.set(id, run);
        return id;
      },
      clearTimeout: (id: number) => timers.delete(id),
    },
    /** Let the oldest timer run out. */
    fire() {
      const [id, run] = [...timers][0] as [number, () => void];
      timers.delete(id);
      run();
    },
    count: () => timers.size,
  };
}

/** Run with Espruino's globals in place of Node's. */
function on(timers: ReturnType<typeof espruinoTimers>, work: () => void): void {
  const places = globalThis as unknown as Record<string, unknown>;
  const saved = Object.keys(timers.globals).map((name) => [name, places[name]] as const);
  try {
    Object.assign(places, timers.globals);
    work();
  } finally {
    for (const [name, value] of saved) places[name] = value;
  }
}

test("cancelling a timer that has run leaves the one that got its number alone", () => {
  const timers = espruinoTimers();
  const ran: string[] = [];
  on(timers, () => {
    const { after, cancel } = createClock();
    const first = after(10, () => ran.push("first"));
    timers.fire();
    after(10, () => ran.push("second"));
    cancel(first);
    assert.is(timers.count(), 1);
    timers.fire();
  });
  assert.equal(ran, ["first", "second"]);
});

test("a cancelled timer does not run, and cancelling nothing cancels nothing", () => {
  const timers = espruinoTimers();
  on(timers, () => {
    const { after, cancel } = createClock();
    const timer = after(10, () => assert.unreachable());
    cancel(0);
    assert.is(timers.count(), 1);
    cancel(timer);
    cancel(timer);
    assert.is(timers.count(), 0);
  });
});

test.run();
