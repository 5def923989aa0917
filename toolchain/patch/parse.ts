/**
 * Chooses the tokens of a patch: the cheapest way through the image, where a way is literals and copies and its cost the
 * bytes of the patch. A few ways are kept at each place, told apart by where their next straight copy would be.
 */
import { COPY_MORE, INSERT_MORE, numberBytes, SOURCES, type Token, zigzag } from "./format.ts";
import { EarlierPlaces, equalBytes, PlaceIndex } from "./matches.ts";

/** How hard a patch is looked for. */
export interface Effort {
  /** Ways kept at each place. */
  ways: number;
  /** Lengths by which places in the base are looked up, and how many of the nearest are tried. */
  grams: [bytes: number, tries: number][];
  /** Earlier places of the image itself that are tried. */
  againTries: number;
  /** A copy this long is taken without looking at every place that it passes over. */
  long: number;
}

/** Ways that cost this much more than the best one at a place are given up. */
const SLACK = 10;
const FREE = 0x7fffffff;

/** One step of a way: literals up to `at`, then a copy. */
interface Step {
  before: Step | undefined;
  /** Where the literals begin, where the copy begins and ends. */
  start: number;
  at: number;
  end: number;
  source: number;
  address: number;
}

/** Ways to a place: `ways` of them for each place of the image. */
interface Ways {
  perPlace: number;
  cost: Int32Array;
  next: Int32Array;
  steps: (Step | undefined)[];
}

export function parseTokens(base: Uint8Array, image: Uint8Array, effort: Effort): Token[] {
  const perPlace = effort.ways;
  const size = (image.length + 1) * perPlace;
  const ways: Ways = {
    perPlace,
    cost: new Int32Array(size).fill(FREE),
    next: new Int32Array(size),
    steps: new Array(size),
  };
  reach(ways, 0, 0, 0);
  const walker = new Walker(base, image, ways, effort);
  for (let at = 0; at < image.length; at++) walker.visit(at);
  return tokensOf(image, bestStep(ways, image.length));
}

/** Keep a way to a place. Returns where its step belongs, or -1: there are better ones. */
function reach(ways: Ways, at: number, cost: number, next: number): number {
  const { perPlace } = ways;
  let worst = at * perPlace;
  for (let i = at * perPlace; i < (at + 1) * perPlace; i++) {
    if (ways.cost[i] !== FREE && ways.next[i] === next) {
      worst = i;
      break;
    }
    if (ways.cost[i]! > ways.cost[worst]!) worst = i;
  }
  if (cost >= ways.cost[worst]!) return -1;
  ways.cost[worst] = cost;
  ways.next[worst] = next;
  return worst;
}

class Walker {
  private readonly base: Uint8Array;
  private readonly image: Uint8Array;
  private readonly ways: Ways;
  private readonly indexes: { index: PlaceIndex; found: Int32Array }[];
  private readonly earlier: EarlierPlaces;
  private readonly earlierFound: Int32Array;
  private readonly long: number;
  /** What a long copy passed over is not looked at, but for what other copies lead to. */
  private passed = { from: 0, to: 0 };

  constructor(base: Uint8Array, image: Uint8Array, ways: Ways, effort: Effort) {
    this.base = base;
    this.image = image;
    this.ways = ways;
    this.indexes = effort.grams.map(([bytes, tries]) => ({
      index: new PlaceIndex(base, bytes),
      found: new Int32Array(tries),
    }));
    this.earlier = new EarlierPlaces(image);
    this.earlierFound = new Int32Array(effort.againTries);
    this.long = effort.long;
  }

  visit(at: number): void {
    const { cost, perPlace } = this.ways;
    const first = at * perPlace;
    let best = FREE;
    for (let i = first; i < first + perPlace; i++) best = Math.min(best, cost[i]!);
    for (let i = first; i < first + perPlace; i++) {
      if (cost[i]! <= best + SLACK && cost[i] !== FREE) this.extend(at, i);
    }
  }

  private extend(at: number, way: number): void {
    const { ways } = this;
    const cost = ways.cost[way]!;
    const next = ways.next[way]!;
    const step = ways.steps[way];
    const inserts = at - (step?.end ?? 0);
    if (at < this.passed.to && (inserts > 8 || at - inserts <= this.passed.from)) return;
    const more = inserts === INSERT_MORE - 1 || inserts - INSERT_MORE === 127 ? 1 : 0;
    const kept = reach(ways, at + 1, cost + 1 + more, next);
    if (kept >= 0) ways.steps[kept] = step;
    const from = (source: number, place: number, address: number, addressBytes: number) =>
      this.copy(at, { cost, next, step, source, place, address, addressBytes });
    const straight = next + inserts;
    let longest = from(SOURCES.straight, straight, 0, 0);
    if (longest < this.long) {
      for (const { index, found } of this.indexes) {
        const count = index.nearest(this.image, at, straight, found);
        for (let i = 0; i < count; i++) {
          const address = found[i]! - next;
          const bytes = numberBytes(zigzag(address));
          longest = Math.max(longest, from(SOURCES.moved, found[i]!, address, bytes));
          from(SOURCES.quoted, found[i]!, address, bytes);
        }
      }
      const count = this.earlier.find(at, this.earlierFound);
      for (let i = 0; i < count; i++) {
        const back = at - this.earlierFound[i]!;
        longest = Math.max(longest, from(SOURCES.again, at - back, back, numberBytes(back - 1)));
      }
    }
    if (longest >= this.long && at + longest > this.passed.to)
      this.passed = { from: at, to: at + longest };
  }

  /** Reach what a copy leads to. Returns how far it goes. */
  private copy(
    at: number,
    way: {
      cost: number;
      next: number;
      step: Step | undefined;
      source: number;
      place: number;
      address: number;
      addressBytes: number;
    },
  ): number {
    const { cost, next, step, source, place, address, addressBytes } = way;
    const origin = source === SOURCES.again ? this.image : this.base;
    const longest = equalBytes(this.image, at, origin, place);
    const shortest = longest >= this.long ? longest : 1 + addressBytes;
    for (let length = longest; length >= shortest && length > 0; length--) {
      const more = length >= COPY_MORE ? numberBytes(length - COPY_MORE) : 0;
      const end = at + length;
      const start = step?.end ?? 0;
      const moved = source <= SOURCES.moved ? place + length : next;
      const kept = reach(this.ways, end, cost + 1 + more + addressBytes, moved);
      if (kept >= 0) this.ways.steps[kept] = { before: step, start, at, end, source, address };
    }
    return longest;
  }
}

function bestStep({ cost, steps, perPlace }: Ways, end: number): Step | undefined {
  let best = end * perPlace;
  const whole = (i: number) => cost[i]! + ((steps[i]?.end ?? 0) < end ? 1 : 0);
  for (let i = best; i < (end + 1) * perPlace; i++)
    if (cost[i] !== FREE && whole(i) < whole(best)) best = i;
  return steps[best];
}

function tokensOf(image: Uint8Array, last: Step | undefined): Token[] {
  const tokens: Token[] = [];
  const rest = image.subarray(last?.end ?? 0);
  if (rest.length) tokens.push({ source: SOURCES.straight, literals: rest, copies: 0, address: 0 });
  for (let step = last; step; step = step.before) {
    const { start, at, end, source, address } = step;
    tokens.push({ source, literals: image.subarray(start, at), copies: end - at, address });
  }
  return tokens.reverse();
}
