/**
 * A month in a reserve, drawn from a seed before any server runs: three sites, twenty cameras, what passes before them by
 * species and hour, when cameras lose their power or their network. It is the ledger that everything afterwards is held
 * against, so nothing here asks the product.
 */
import { Dice } from "../../fuzz/dice.ts";

export const DAY_S = 86_400;
export const START_S = Date.UTC(2026, 4, 1) / 1000;
export const DAYS = 30;
export const END_S = START_S + DAYS * DAY_S;
export const INTERVAL_S = 6 * 3600;

export interface Site {
  name: string;
  latitude: number;
  longitude: number;
  cameras: number;
}
export const SITES: Site[] = [
  { name: "ridge", latitude: -24.9512, longitude: 31.4023, cameras: 7 },
  { name: "valley", latitude: -24.8345, longitude: 31.5561, cameras: 7 },
  { name: "gate", latitude: -24.9933, longitude: 31.6178, cameras: 6 },
];
/** Around the gate's cameras, longitude first. */
export const NO_GO = {
  type: "Polygon",
  coordinates: [
    [
      [31.58, -25.03],
      [31.66, -25.03],
      [31.66, -24.96],
      [31.58, -24.96],
      [31.58, -25.03],
    ],
  ],
};

export type Kind = "animal" | "human" | "vehicle" | "blank" | "unknown";

/** One thing that one camera saw; what a person says of it later is written over it. */
export interface Seen {
  camera: number;
  recordID: string;
  eventID: string;
  startS: number;
  endS: number;
  kind: Kind;
  name: string;
  count: number;
  probability: number;
  mediaIDs: string[];
  /** Whether its first picture is sent as well. */
  isSent: boolean;
}

export interface Outage {
  kind: "power" | "network";
  fromS: number;
  toS: number;
}

export interface PlannedCamera {
  index: number;
  name: string;
  site: Site;
  latitude: number;
  longitude: number;
  installS: number;
  outages: Outage[];
  /** Its battery is low from, to; it is changed then. */
  lowBattery: [number, number] | undefined;
  /** On this day it reports two hours in which it could not take pictures. */
  unableDay: number | undefined;
}

export interface Month {
  cameras: PlannedCamera[];
  /** In the order in which they happened. */
  seen: Seen[];
}

interface Species {
  name: string;
  /** Records per camera and day where it lives. */
  rate: number;
  /** Solar hours about which it is out, and for how long: standard deviation in hours. */
  peaks: [hour: number, spread: number][];
  /** Share of cameras that it passes, percent. */
  share: number;
  groupMax: number;
}

const SPECIES: Species[] = [
  { name: "Papio ursinus", rate: 0.7, peaks: [[9, 2.2], [15, 2]], share: 80, groupMax: 9 }, // biome-ignore format: one row a species
  { name: "Genetta maculata", rate: 0.55, peaks: [[22.5, 2.4], [3, 1.6]], share: 70, groupMax: 1 }, // biome-ignore format: one row a species
  { name: "Tragelaphus scriptus", rate: 0.5, peaks: [[6.3, 1.2], [18, 1.5]], share: 75, groupMax: 2 }, // biome-ignore format: one row a species
  { name: "Crocuta crocuta", rate: 0.3, peaks: [[1, 2.8]], share: 60, groupMax: 4 }, // biome-ignore format: one row a species
  { name: "elephant", rate: 0.2, peaks: [[17, 3.5]], share: 60, groupMax: 12 }, // biome-ignore format: one row a species
  { name: "Panthera pardus", rate: 0.16, peaks: [[5.2, 1.4], [19.4, 1.8]], share: 55, groupMax: 1 }, // biome-ignore format: one row a species
];
/** Seen so often in the whole month. */
const RARITIES: [name: string, records: number][] = [
  ["Mellivora capensis", 2],
  ["Orycteropus afer", 1],
  ["Felis lybica", 2],
  ["Smutsia temminckii", 1],
  ["Caracal caracal", 1],
  ["Hystrix africaeaustralis", 3],
];
/** Per camera and day. */
const OTHERS: [kind: Kind, rate: number][] = [
  ["blank", 0.4],
  ["human", 0.07],
  ["vehicle", 0.04],
  ["unknown", 0.06],
];
const NAMELESS_RATE = 0.08;
/** Dusk for the rules; what falls so near to it would make the test one of the sun's formula. */
export const NIGHT_BELOW = -6;
const NEAR_DUSK = 0.7;

export function drawMonth(seed: number): Month {
  const dice = new Dice(seed);
  const cameras = SITES.flatMap((site) =>
    Array.from({ length: site.cameras }, (_, n) => ({ site, name: `${site.name}-${n + 1}` })),
  ).map(
    ({ site, name }, index): PlannedCamera => ({
      ...{ index, name, site, outages: [] },
      latitude: Number((site.latitude + (dice.below(200) - 100) / 1e4 + 0.00037).toFixed(5)),
      longitude: Number((site.longitude + (dice.below(200) - 100) / 1e4 + 0.00041).toFixed(5)),
      installS: START_S + index * 1800,
      lowBattery: index === 4 ? [START_S + 11 * DAY_S, START_S + 13 * DAY_S] : undefined,
      unableDay: index === 9 ? 8 : undefined,
    }),
  );
  for (const index of [2, 8, 13, 17]) cameras[index]?.outages.push(drawOutage(dice, "power"));
  for (const index of [5, 11, 15]) cameras[index]?.outages.push(drawOutage(dice, "network"));
  // Too short to count against the effort.
  const brief = START_S + 20 * DAY_S + 3 * 3600;
  cameras[6]?.outages.push({ kind: "power", fromS: brief, toS: brief + 7 * 3600 });
  const all = cameras.flatMap((camera) => drawSeen(camera, dice));
  for (const [name, records] of RARITIES) {
    for (let n = 0; n < records; n++) {
      const camera = dice.pick(cameras);
      const startS = freeTime(camera, dice, () => START_S + dice.below(DAYS * DAY_S));
      if (startS) all.push(made(camera, startS, { kind: "animal", name }, dice));
    }
  }
  all.sort((a, b) => a.startS - b.startS || a.camera - b.camera);
  return { cameras, seen: withNames(all) };
}

function drawOutage(dice: Dice, kind: Outage["kind"]): Outage {
  const fromS = START_S + (5 + dice.below(17)) * DAY_S + dice.below(DAY_S);
  return { kind, fromS, toS: fromS + 45 * 3600 + dice.below(40 * 3600) };
}

function drawSeen(camera: PlannedCamera, dice: Dice): Seen[] {
  const found: Seen[] = [];
  const add = (timeOf: () => number, what: Pick<Seen, "kind" | "name"> & { groupMax?: number }) => {
    const startS = freeTime(camera, dice, timeOf, what.kind);
    if (startS) found.push(made(camera, startS, what, dice));
    return startS;
  };
  const lives = new Set(SPECIES.filter(({ share }) => dice.chance(share)));
  for (let day = 0; day < DAYS; day++) {
    const midnightS = START_S + day * DAY_S;
    for (const species of lives) {
      for (let n = poisson(dice, species.rate); n > 0; n--) {
        const startS = add(() => midnightS + solarTime(species, camera, dice), {
          ...{ kind: "animal", name: species.name, groupMax: species.groupMax },
        });
        // A troop passes in two parts: a reviewer will say that it is one.
        if (startS && species.name === "Papio ursinus" && dice.chance(15)) {
          add(() => startS + 120 + dice.below(120), { kind: "animal", name: species.name });
        }
      }
    }
    for (const [kind, rate] of OTHERS) {
      for (let n = poisson(dice, rate); n > 0; n--) {
        add(() => midnightS + dice.below(DAY_S), { kind, name: "" });
      }
    }
    if (poisson(dice, NAMELESS_RATE) > 0) {
      add(() => midnightS + dice.below(DAY_S), { kind: "animal", name: "" });
    }
  }
  return found;
}

/** Seconds after midnight UTC. */
function solarTime({ peaks }: Species, { longitude }: PlannedCamera, dice: Dice): number {
  const [hour, spread] = dice.pick(peaks);
  const solar = hour + spread * gauss(dice);
  return Math.floor((((solar - longitude / 15) % 24) + 24) % 24 * 3600); // biome-ignore format: one formula
}

/** A time at which the camera stands and has power, and nothing else of it begins; undefined when none was found. */
function freeTime(
  camera: PlannedCamera,
  dice: Dice,
  draw: () => number,
  kind: Kind = "animal",
): number | undefined {
  for (let attempt = 0; attempt < 20; attempt++) {
    const timeS = draw() + dice.below(2);
    const isAtWork = timeS > camera.installS + 900 && timeS < END_S - 1200;
    const isDark = camera.outages.some(
      (one) => one.kind === "power" && timeS > one.fromS - 120 && timeS < one.toS + 120,
    );
    const isPerson = kind === "human" || kind === "vehicle";
    const dusk = Math.abs(sunAltitude(timeS, camera) - NIGHT_BELOW);
    if (isAtWork && !isDark && !(isPerson && dusk < NEAR_DUSK)) return timeS;
  }
  return undefined;
}

function made(
  camera: PlannedCamera,
  startS: number,
  { kind, name, groupMax = 1 }: Pick<Seen, "kind" | "name"> & { groupMax?: number },
  dice: Dice,
): Seen {
  const isBlank = kind === "blank";
  return {
    ...{ camera: camera.index, recordID: "", eventID: "", startS, endS: startS + dice.below(25) },
    ...{ kind, name, count: isBlank ? 0 : 1 + dice.below(groupMax) },
    probability: Number((0.45 + dice.below(54) / 100).toFixed(2)),
    ...{ mediaIDs: [], isSent: dice.chance(8) },
  };
}

/** Records are numbered as each camera made them. */
function withNames(all: Seen[]): Seen[] {
  const made = new Map<number, number>();
  return all.map((seen) => {
    const n = (made.get(seen.camera) ?? 0) + 1;
    made.set(seen.camera, n);
    const mediaIDs = seen.kind === "unknown" ? [] : [`m${n}-1`, `m${n}-2`].slice(0, 1 + (n % 2));
    return { ...seen, recordID: `1-${n}`, eventID: `e${n}`, mediaIDs };
  });
}

function poisson(dice: Dice, mean: number): number {
  let product = uniform(dice);
  let n = 0;
  for (const limit = Math.exp(-mean); product > limit; n++) product *= uniform(dice);
  return n;
}

const uniform = (dice: Dice): number => (dice.below(1e6) + 0.5) / 1e6;

const gauss = (dice: Dice): number =>
  Math.sqrt(-2 * Math.log(uniform(dice))) * Math.cos(2 * Math.PI * uniform(dice));

/** The sun's altitude in degrees, to about 0.1: the Astronomical Almanac's low-precision formula. */
export function sunAltitude(
  timeS: number,
  { latitude, longitude }: { latitude: number; longitude: number },
): number {
  const rad = Math.PI / 180;
  const d = timeS / DAY_S - 10957.5;
  const mean = 280.46 + 0.9856474 * d;
  const g = (357.528 + 0.9856003 * d) * rad;
  const lambda = (mean + 1.915 * Math.sin(g) + 0.02 * Math.sin(2 * g)) * rad;
  const epsilon = 23.439 * rad;
  const declination = Math.asin(Math.sin(epsilon) * Math.sin(lambda));
  const ascension = Math.atan2(Math.cos(epsilon) * Math.sin(lambda), Math.cos(lambda));
  const sidereal = (280.46061837 + 360.98564736629 * d + longitude) * rad;
  const hourAngle = sidereal - ascension;
  const sine =
    Math.sin(latitude * rad) * Math.sin(declination) +
    Math.cos(latitude * rad) * Math.cos(declination) * Math.cos(hourAngle);
  return Math.asin(sine) / rad;
}
