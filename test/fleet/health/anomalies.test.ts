/** Anomaly flags: silent on healthy cameras, raised by each trouble that they are for. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type AnomalyKind, anomaliesOf } from "../../../toolchain/fleet/health/anomalies.ts";
import { type Day, emptyDay } from "../../../toolchain/fleet/health/days.ts";
import { heartbeat } from "../support/fleet.ts";
import { createRandom } from "./random.ts";

const MONTHS = 1200;
/** The thresholds were chosen with seeds below it. */
const FIRST_SEED = 5001;
const DAYS = 60;

/**
 * A healthy camera: triggers come in clumps and with rain, sun and season; somebody visits and restarts it; fog lies
 * over the lens for a morning; the signal wanders with the weather.
 */
function healthyDays(seed: number): Day[] {
  const random = createRandom(seed);
  const level = Math.exp(random.normal() * 1.2 + 3);
  const baseTemp = 10 + 15 * random.next();
  const baseRssi = -82 + 30 * random.next();
  let wandering = 0;
  return Array.from({ length: DAYS }, (_, day) => {
    wandering = 0.8 * wandering + 0.3 * random.normal();
    const triggers = random.poisson(level * Math.exp(wandering + 0.3 * random.normal()));
    const hasVisit = random.chance(0.02);
    const hasFog = random.chance(0.05);
    const tempCMax = baseTemp + 8 + 6 * Math.sin(day / 9) + 3 * random.normal();
    const rssi = baseRssi + 3 * random.normal() + (random.chance(0.1) ? -8 : 0);
    return {
      ...emptyDay(day),
      ...{ contacts: 24, triggers, captures: triggers * 3 + 144 },
      ...{ poweredS: 86_400, unableS: random.chance(0.02) ? 60 : 0 },
      boots: random.poisson(0.05) + (hasVisit ? 1 + random.poisson(1.5) : 0),
      ...{ batteryMvSum: 3900 * 24, batteryCount: 24, rssiDbmSum: rssi * 24, rssiCount: 24 },
      ...{ tempCMax, tempCMin: tempCMax - 12, lensUnclear: hasFog ? 5 : 0 },
    };
  });
}

const healthy = () => heartbeat({ clockDriftS: 0.4, lens: "clear" });

test("healthy cameras raise fewer than one flag in a thousand months", () => {
  const alarms: string[] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + MONTHS; seed++) {
    const days = healthyDays(seed);
    const raised = new Set<string>();
    for (let today = DAYS - 30; today < DAYS; today++) {
      for (const { kind, text } of anomaliesOf(healthy(), days.slice(0, today + 1), today)) {
        if (!raised.has(kind)) alarms.push(`${seed}: ${kind} ${text}`);
        raised.add(kind);
      }
    }
  }
  assert.ok(alarms.length * 1000 < MONTHS, alarms.join("; "));
});

/** What goes wrong in the last days of a camera that was healthy. */
const TROUBLES: Record<AnomalyKind, (day: Day, isToday: boolean) => Partial<Day>> = {
  restarts: (_day, isToday) => (isToday ? { boots: 40 } : {}),
  triggersDropped: (_day, isToday) => (isToday ? {} : { triggers: 0 }),
  temperature: () => ({ tempCMax: 78 }),
  signal: () => ({ rssiDbmSum: -97 * 24 }),
  clock: () => ({}),
  lens: () => ({ lensUnclear: 24 }),
  noPictures: (_day, isToday) => (isToday ? { captures: 0, triggers: 30 } : { captures: 0 }),
};

for (const [kind, spoil] of Object.entries(TROUBLES)) {
  test(`raises ${kind} when it should`, () => {
    const steady = Array.from(
      { length: 40 },
      (_, day): Day => ({
        ...emptyDay(day),
        ...{ contacts: 24, triggers: 40 + (day % 7), captures: 200, boots: day % 20 ? 0 : 1 },
        ...{ rssiDbmSum: -65 * 24, rssiCount: 24, tempCMin: 5, tempCMax: 20 + (day % 5) },
      }),
    );
    const today = 39;
    assert.equal(anomaliesOf(healthy(), steady, today), []);
    const spoilt = steady.map((day) =>
      day.day >= today - 3 ? { ...day, ...spoil(day, day.day === today) } : day,
    );
    const drift = kind === "clock" ? 4000 : 0;
    const beat = heartbeat({ clockDriftS: drift, lens: kind === "lens" ? "covered" : "clear" });
    assert.equal(
      anomaliesOf(beat, spoilt, today).map((found) => found.kind),
      [kind],
    );
  });
}

test("a camera without a history of its own is not compared with it", () => {
  const days = [0, 1, 2].map((day) => ({ ...emptyDay(day), contacts: 24, boots: 2 }));
  assert.equal(anomaliesOf(healthy(), days, 2), []);
});

test.run();
