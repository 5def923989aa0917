/**
 * A day in the life of a camera, the same every time: what `toolchain build` measures a program by. Night, dawn, animals
 * and people as the drawn world brings them, time-lapse, check-ins, a server that is away, broken or breaks uploads off, a
 * changed configuration, a refused one, a person at the console, a battery that runs low.
 */
import type { EnrolmentGiven, Provisioning } from "../../device/protocol/provisioning.ts";
import { buildError } from "../errors.ts";
import { type CycleCost, measureCycles } from "./cycle-cost.ts";
import { type BoardName, Emulator, type Holder } from "./emulator.ts";
import { openScriptedFleet, type ScriptedFleet } from "./scripted-fleet.ts";
import { createWorld } from "./world/world.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Midnight where the camera stands, two hours east of Greenwich. */
const START_MS = Date.UTC(2026, 5, 1, 22);
const PLACE = { latitude: -24.9901, longitude: 31.5547 };
const SEED = 1;
/** Between two looks at the memory while code runs. */
const LOOK_EVERY_OPERATIONS = 50;
/** The resting use is looked at this often; the report says the median. */
const REST_EVERY_MS = 10 * MINUTE_MS;
const LOW_BATTERY_MV = 3250;
/** Cell voltage at the full scale of the pin that measures it, as device/espruino/board.ts has it. */
const BATTERY_MV_MAX = 6600;

export interface DayReport {
  /** JsVars: median at rest, and the most at any look. */
  idle: number;
  peak: number;
  /** Who held what at the peak. */
  holders: Holder[];
  /** Of the costliest capture cycle; null when none was seen. */
  cycle: CycleCost | null;
  /** What happened, so that a reader can tell that the day was one. */
  events: { motion: number; captures: number } & ScriptedFleet["counts"];
}

/** What a scene of the day has at hand. */
interface Day {
  emulator: Emulator;
  fleet: ScriptedFleet;
  cycles: ReturnType<typeof measureCycles>;
  battery: { isLow: boolean };
}

/** Hours and minutes after midnight, and what happens then. */
const SCRIPT: [hour: number, minute: number, happens: (day: Day) => void][] = [
  [0, 5, ({ emulator, cycles }) => testShot(emulator, cycles)],
  [0, 15, enrol],
  [1, 0, ({ emulator }) => ask(emulator, "thicket.status()")],
  [5, 0, (day) => setFault(day, "unreachable")],
  [9, 0, (day) => setFault(day, "silent uploads")],
  [10, 30, (day) => setFault(day, "none")],
  [12, 0, (day) => setConfig(day, { timeLapseS: 1800, burstCount: 5, checkInIntervalS: 1800 })],
  [13, 0, ({ emulator, cycles }) => testShot(emulator, cycles)],
  [15, 0, (day) => setConfig(day, { burstCount: 99 })],
  [16, 0, ({ emulator }) => ask(emulator, "thicket.config()")],
  [
    18,
    0,
    (day) => {
      day.battery.isLow = true;
    },
  ],
  [20, 0, (day) => setFault(day, "broken")],
  [22, 0, (day) => setFault(day, "none")],
  [23, 0, (day) => setConfig(day, { timeLapseS: 0 })],
];

/**
 * Let a camera with this program live through the day. Deterministic for a program and a board.
 * Errors: PROGRAM_FAILED when it does not start.
 */
export async function liveScriptedDay(
  app: string,
  board: BoardName,
  onProgress: (hour: number) => void = () => {},
): Promise<DayReport> {
  let output = "";
  const battery = { isLow: false };
  const world = createWorld({ ...PLACE, seed: SEED, startMs: START_MS, hours: 24 });
  const fleet = await openScriptedFleet(() => emulator.nowMs);
  const emulator: Emulator = Emulator.boot({
    app,
    board,
    world,
    seed: SEED,
    startMs: START_MS,
    analog: (pin, nowMs) =>
      battery.isLow ? LOW_BATTERY_MV / BATTERY_MV_MAX : world.analog(pin, nowMs),
    network: {
      allow: (_host, port) => port === fleet.port && fleet.fault !== "unreachable",
      before: async () => cycles.disturb(),
    },
    onConsole: (bytes) => {
      output = (output + bytes).slice(-2000);
    },
  });
  const cycles = measureCycles(emulator);
  try {
    emulator.memory.lookEvery(LOOK_EVERY_OPERATIONS);
    await emulator.run({ ms: 10_000 });
    if (!emulator.hasGlobal("thicket")) throw startProblem(output);
    for (const { atMs } of world.events) emulator.pins.at(atMs - 1, cycles.begin);
    const resting = await liveHours({ emulator, fleet, cycles, battery }, onProgress);
    const { heartbeat } = emulator.evaluate("thicket.status()") as {
      heartbeat: { captures: number };
    };
    return {
      idle: median(resting),
      peak: emulator.memory.peak,
      holders: emulator.memory.holdersAtPeak,
      cycle: cycles.cost(),
      events: { motion: world.events.length, captures: heartbeat.captures, ...fleet.counts },
    };
  } finally {
    emulator.close();
    await fleet.close();
  }
}

/** Returns the JsVars in use at rest. */
async function liveHours(day: Day, onProgress: (hour: number) => void): Promise<number[]> {
  const { emulator } = day;
  const resting: number[] = [];
  const script = [...SCRIPT];
  for (let ms = REST_EVERY_MS; ms <= 24 * HOUR_MS; ms += REST_EVERY_MS) {
    for (const [hour, minute, happens] of script) {
      const atMs = hour * HOUR_MS + minute * MINUTE_MS;
      if (atMs > ms - REST_EVERY_MS && atMs <= ms) {
        await emulator.run({ untilMs: START_MS + atMs });
        happens(day);
      }
    }
    await emulator.run({ untilMs: START_MS + ms });
    resting.push(emulator.memory.usage);
    if (ms % HOUR_MS === 0) onProgress(ms / HOUR_MS);
  }
  return resting;
}

function startProblem(output: string) {
  const [reason = "it says nothing"] = /Uncaught .*/.exec(output) ?? [];
  return buildError("PROGRAM_FAILED", `the program does not start: ${reason}`);
}

function testShot(emulator: Emulator, cycles: Day["cycles"]): void {
  cycles.begin();
  emulator.evaluate("(thicket.trigger(),true)");
}

/** As a person types it, so that the echo and the answer cost what they cost. */
function ask(emulator: Emulator, expression: string): void {
  emulator.console.write(`\x10print(JSON.stringify(${expression}))\n`);
}

/** By a claim, or by provisioning on a board whose firmware has no keys. */
function enrol({ emulator, fleet }: Day): void {
  const given = {
    name: "scripted day",
    server: fleet.origin,
    ...PLACE,
    time: Math.round(emulator.nowMs / 1000),
    wifiSsid: "scripted-network",
    wifiPassword: "scripted-password",
  };
  const claimed: EnrolmentGiven = { ...given, claim: "k3m9-x7q2-w5t8-n4r6-p2v7" };
  const provisioned: Provisioning = {
    ...given,
    cameraID: "scripted-day",
    site: "emulator",
    credential: "scripted-credential-of-32-letters",
  };
  const { missing } = emulator.evaluate("thicket.status()") as { missing: string[] };
  const command = missing.includes("crypto")
    ? `provision(${JSON.stringify(provisioned)})`
    : `enrol(${JSON.stringify(claimed)})`;
  emulator.console.write(`\x10thicket.${command}\n`);
}

function setFault({ fleet }: Day, fault: ScriptedFleet["fault"]): void {
  fleet.fault = fault;
}

function setConfig({ fleet }: Day, values: NonNullable<ScriptedFleet["config"]>["values"]): void {
  fleet.config = { version: (fleet.config?.version ?? 0) + 1, values };
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
