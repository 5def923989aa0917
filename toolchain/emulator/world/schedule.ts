/**
 * Who comes by when: a day's visits and the heat sensor's triggers. Each hour has its own random numbers, so that the
 * same hour of the same world is the same whatever span is asked for. Rates and habits are plausible, not data.
 */
import { ANIMALS, type AnimalKind } from "./animals.ts";
import { FOCAL, WIDTH } from "./canvas.ts";
import { between, createRandom, pick } from "./random.ts";

export type TruthKind = "animal" | "human" | "vehicle" | "blank";

/** One trigger of the heat sensor (PIR) and what was really there. */
export interface WorldEvent {
  /** Virtual UTC, milliseconds since 1970. */
  atMs: number;
  kind: TruthKind;
  /** "zebra", "person", "car", "wind". */
  name: string;
  /** "" for anything but animals. */
  scientificName: string;
  count: number;
}

export interface Visit {
  kind: TruthKind;
  name: string;
  scientificName: string;
  count: number;
  distanceM: number;
  facing: 1 | -1;
  speed: number;
  startMs: number;
  endMs: number;
  /** Metres from the edge where it starts to where it stops, and for how long; 0: walks through. */
  stopAfterM: number;
  stopMs: number;
  /** Chooses clothes, paint, spacing in a group. */
  look: number;
}

export interface DayPlan {
  visits: Visit[];
  events: WorldEvent[];
}

type Habit = "dawn and dusk" | "night" | "day";

interface Visitor {
  name: string;
  kind: TruthKind;
  scientificName: string;
  habit: Habit;
  perDay: number;
  group: number;
  heightM: number;
  lengthM: number;
  speed: number;
}

const animal = (key: string, habit: Habit, perDay: number, group: number): Visitor => {
  const kind = ANIMALS[key] as AnimalKind;
  return {
    name: kind.name,
    kind: "animal",
    scientificName: kind.scientificName,
    habit,
    perDay,
    group,
    heightM: kind.shoulderM + kind.chestM,
    lengthM: kind.lengthM * 2,
    speed: kind.speed,
  };
};

export const GUINEAFOWL = "helmeted guineafowl";

const VISITORS: Visitor[] = [
  animal("impala", "dawn and dusk", 2.2, 4),
  animal("zebra", "dawn and dusk", 1.6, 3),
  animal("wildebeest", "dawn and dusk", 1.2, 3),
  animal("elephant", "dawn and dusk", 1.8, 2),
  animal("buffalo", "dawn and dusk", 1, 2),
  animal("warthog", "day", 1.2, 2),
  animal("lion", "night", 0.8, 1),
  animal("leopard", "night", 0.7, 1),
  animal("hyena", "night", 1.4, 1),
  animal("jackal", "night", 1, 1),
  {
    name: GUINEAFOWL,
    kind: "animal",
    scientificName: "Numida meleagris",
    habit: "day",
    perDay: 1,
    group: 4,
    heightM: 0.55,
    lengthM: 0.6,
    speed: 0.6,
  },
  {
    name: "person",
    kind: "human",
    scientificName: "",
    habit: "day",
    perDay: 2.5,
    group: 2,
    heightM: 1.75,
    lengthM: 0.8,
    speed: 1.3,
  },
  {
    name: "car",
    kind: "vehicle",
    scientificName: "",
    habit: "day",
    perDay: 1.6,
    group: 1,
    heightM: 1.9,
    lengthM: 4.6,
    speed: 3,
  },
];

/** Relative activity at a solar hour 0..24; each sums to about 1 over a day. */
const HABITS: Record<Habit, (hour: number) => number> = {
  "dawn and dusk": (hour) =>
    0.13 * Math.exp(-((hour - 6.5) ** 2) / 4) + 0.13 * Math.exp(-((hour - 17.5) ** 2) / 4) + 0.003,
  night: (hour) => (hour < 5.5 || hour > 18.5 ? 0.085 : 0.005),
  day: (hour) => (hour > 6.5 && hour < 18 ? 0.082 : 0.003),
};

const HOUR_MS = 3_600_000;
const GAP_MS = 180_000;
const WINDY_PER_DAY = 5;
/** A heat sensor that fired is blind for this long. */
export const PIR_HOLD_MS = 8000;

export function planDay(options: {
  seed: number;
  longitude: number;
  startMs: number;
  endMs: number;
}): DayPlan {
  const { seed, longitude, startMs, endMs } = options;
  const visits: Visit[] = [];
  const events: WorldEvent[] = [];
  for (let hour = Math.floor(startMs / HOUR_MS); hour * HOUR_MS < endMs; hour++) {
    const random = createRandom(Math.imul(seed + 1, 0x9e3779b1) ^ hour);
    const solarHour = (((hour + 0.5 + longitude / 15) % 24) + 24) % 24;
    for (const visitor of VISITORS) {
      const expected = visitor.perDay * HABITS[visitor.habit](solarHour);
      const atMs = (hour + random()) * HOUR_MS;
      const visit = makeVisit(visitor, atMs, random);
      if (random() < expected) visits.push(visit);
    }
    const windyShare = HABITS.day(solarHour) * WINDY_PER_DAY;
    const atMs = Math.round((hour + random()) * HOUR_MS);
    if (random() < windyShare)
      events.push({ atMs, kind: "blank", name: "wind", scientificName: "", count: 0 });
  }
  const kept = apart(visits.sort((a, b) => a.startMs - b.startMs));
  for (const visit of kept) events.push(...triggersOf(visit));
  const isAlone = (event: WorldEvent) =>
    event.kind !== "blank" ||
    !kept.some((v) => event.atMs > v.startMs - GAP_MS && event.atMs < v.endMs + GAP_MS);
  return {
    visits: kept,
    events: events
      .filter((event) => event.atMs >= startMs && event.atMs < endMs && isAlone(event))
      .sort((a, b) => a.atMs - b.atMs),
  };
}

/** Metres from where a visitor appears to the middle of the picture. */
export const edgeM = (visit: { distanceM: number }, lengthM: number): number =>
  (WIDTH / 2) * (visit.distanceM / FOCAL) + lengthM;

function makeVisit(visitor: Visitor, atMs: number, random: () => number): Visit {
  // Seen at 60 to 150 pixels of height, but not nearer than the post allows.
  const heightPx = between(random, 60, 150);
  const distanceM = Math.min(14, Math.max(1.9, (visitor.heightM * FOCAL) / heightPx));
  const count = 1 + pick(random, visitor.group);
  const widthM = 2 * edgeM({ distanceM }, visitor.lengthM) + (count - 1) * visitor.lengthM * 0.7;
  const speed = visitor.speed * between(random, 0.8, 1.2);
  const stays = visitor.kind === "animal" && random() < 0.35;
  const stopMs = stays ? between(random, 30, 100) * 1000 : 0;
  const startMs = Math.round(atMs);
  return {
    kind: visitor.kind,
    name: visitor.name,
    scientificName: visitor.scientificName,
    count,
    distanceM,
    facing: random() < 0.5 ? 1 : -1,
    speed,
    startMs,
    endMs: Math.round(startMs + (widthM / speed) * 1000 + stopMs),
    stopAfterM: stays ? widthM * between(random, 0.42, 0.58) : 0,
    stopMs,
    look: pick(random, 1000),
  };
}

/** Drop visits that would meet the one before. */
function apart(visits: Visit[]): Visit[] {
  const kept: Visit[] = [];
  for (const visit of visits) {
    const before = kept[kept.length - 1];
    if (!before || visit.startMs > before.endMs + GAP_MS) kept.push(visit);
  }
  return kept;
}

/** The sensor fires when the first of them is well inside the picture, and again at one that stays. */
function triggersOf(visit: Visit): WorldEvent[] {
  const { kind, name, scientificName, count } = visit;
  const intoM = (visit.stopAfterM || travelM(visit)) * (visit.stopAfterM ? 0.85 : 0.4);
  const first = Math.round(visit.startMs + (intoM / visit.speed) * 1000);
  const times = [first];
  if (visit.stopMs > 40_000) times.push(first + 25_000);
  return times.map((atMs) => ({ atMs, kind, name, scientificName, count }));
}

const travelM = (visit: Visit): number =>
  ((visit.endMs - visit.startMs - visit.stopMs) / 1000) * visit.speed;

/** Metres walked since the visit began, and whether it stands. */
export function progress(visit: Visit, nowMs: number): { walkedM: number; isStanding: boolean } {
  const walked = ((nowMs - visit.startMs) / 1000) * visit.speed;
  if (!visit.stopMs || walked < visit.stopAfterM) return { walkedM: walked, isStanding: false };
  const pausedM = (visit.stopMs / 1000) * visit.speed;
  if (walked < visit.stopAfterM + pausedM) return { walkedM: visit.stopAfterM, isStanding: true };
  return { walkedM: walked - pausedM, isStanding: false };
}

/** Metres between the members of a group. */
export const spacingM = (name: string): number => {
  const visitor = VISITORS.find((candidate) => candidate.name === name) as Visitor;
  return visitor.lengthM * 0.7;
};

export const lengthOf = (name: string): number =>
  (VISITORS.find((candidate) => candidate.name === name) as Visitor).lengthM;
