/**
 * One number for how well a camera is: 100 less the deductions of this table, each with its reason and what to do. Not a
 * probability of anything; it puts cameras in an order and says why.
 */
import type { Heartbeat } from "../../../device/protocol/check-in.ts";
import type { CameraStatus } from "../store/cameras.ts";
import type { Anomaly } from "./anomalies.ts";
import type { Availability } from "./availability.ts";
import type { Forecast } from "./forecast.ts";

export interface HealthFacts {
  status: CameraStatus;
  heartbeat: Heartbeat;
  /** Why the newest heartbeat was not taken. */
  problem: string | null;
  isConfigRefused: boolean;
  /** Boots without an announced end and crashes of the program in the last 7 days. */
  crashes: number;
  availability: Availability;
  forecast: Forecast;
  /** Days until the battery is empty; undefined where it is not known. */
  daysLeft: number | undefined;
  anomalies: Anomaly[];
}

export interface Reason {
  points: number;
  text: string;
  advice: string;
}

/** Points, what is wrong ("" for nothing), what to do. */
type Deduction = [points: number, text: (facts: HealthFacts) => string, advice: string];

/** Parts without which there are no pictures. */
const VITAL = ["camera", "vault"];
/** One lithium cell; of other packs the voltage says too little. */
const CELL_MV_MIN = 2500;
const LOW_MV = 3500;

const statusIs = (status: CameraStatus, text: string) => (facts: HealthFacts) =>
  facts.status === status ? text : "";

const parts =
  (state: string, isVital: boolean, says: (names: string) => string) =>
  ({ heartbeat }: HealthFacts): string => {
    const names = heartbeat.subsystems
      .filter((part) => part.state === state && VITAL.includes(part.name) === isVital)
      .map(({ name }) => name);
    return names.length ? says(names.join(", ")) : "";
  };

const pctOf = (part: number, whole: number): number => (whole > 0 ? (100 * part) / whole : 0);

const LOOK = "look at it on its console: npx toolchain doctor --port PORT";
const GO = "somebody has to go there";

export const DEDUCTIONS: Deduction[] = [
  [
    60,
    statusIs("red", "It is silent: more than six of its intervals passed."),
    `${GO}; check battery and network`,
  ],
  [
    30,
    statusIs("orange", "It missed several contacts."),
    "check battery and network if it stays away",
  ],
  [10, statusIs("yellow", "It is late."), "wait for its next contact"],
  [
    40,
    parts("missing", true, (names) => `Its firmware has no ${names}.`),
    "write firmware with the native extension: npx toolchain flash",
  ],
  [
    40,
    parts("stopped", true, (names) => `Stopped after failing again and again: ${names}.`),
    `${LOOK}; a loose camera cable is the usual cause`,
  ],
  [
    20,
    parts("waiting", true, (names) => `Failing at the moment: ${names}.`),
    "it tries again by itself; look if that stays so",
  ],
  [
    15,
    parts("missing", false, (names) => `Its firmware has no ${names}.`),
    "write firmware with the native extension: npx toolchain flash",
  ],
  [
    15,
    parts("stopped", false, (names) => `Stopped after failing again and again: ${names}.`),
    LOOK,
  ],
  [
    40,
    ({ heartbeat: { state } }) =>
      state === "safe" || state === "shutdown" ? `It takes no pictures: ${state}.` : "",
    "restart it",
  ],
  [
    25,
    ({ heartbeat: { lens } }) =>
      lens === "covered" || lens === "blurred" ? `Its lens is ${lens}.` : "",
    "clean the lens, cut what grew in front of it",
  ],
  [
    20,
    ({ availability: { share } }) =>
      share !== null && share < 0.99
        ? `Able to take pictures only ${(share * 100).toFixed(1)} % of the last 30 days.`
        : "",
    "the reasons are among the others here",
  ],
  [
    25,
    ({ daysLeft }) =>
      daysLeft !== undefined && daysLeft < 7
        ? `Its battery is empty in about ${Math.max(0, Math.round(daysLeft))} days.`
        : "",
    "charge or replace the battery",
  ],
  [
    10,
    ({ daysLeft }) =>
      daysLeft !== undefined && daysLeft >= 7 && daysLeft < 21
        ? `Its battery is empty in about ${Math.round(daysLeft)} days.`
        : "",
    "plan to replace the battery",
  ],
  [
    15,
    ({ heartbeat: { batteryMv } }) =>
      batteryMv >= CELL_MV_MIN && batteryMv < LOW_MV
        ? `Battery low: ${(batteryMv / 1000).toFixed(2)} V.`
        : "",
    "charge or replace the battery",
  ],
  [
    15,
    ({ heartbeat: { captures, captureFailures } }) =>
      captureFailures > 2 && pctOf(captureFailures, captures + captureFailures) > 5
        ? `${Math.round(pctOf(captureFailures, captures + captureFailures))} % of its pictures failed since it started.`
        : "",
    LOOK,
  ],
  [
    10,
    ({ crashes }) =>
      crashes
        ? `${crashes} ${crashes === 1 ? "crash or restart" : "crashes or restarts"} that nobody announced in 7 days.`
        : "",
    "see the list of crashes; a weak battery restarts cameras too",
  ],
  [
    10,
    ({ heartbeat: { selfTest } }) => (selfTest ? `Its self-test found: ${selfTest}.` : ""),
    LOOK,
  ],
  [
    10,
    ({ heartbeat: { droppedRecords } }) =>
      droppedRecords ? `${droppedRecords} records lost because its memory was full.` : "",
    "let it report more often, or give it a better network",
  ],
  [
    10,
    ({ heartbeat: { freeVars, totalVars } }) =>
      totalVars > 0 && freeVars < totalVars / 10
        ? `Only ${freeVars} of ${totalVars} variables free.`
        : "",
    "use a smaller program",
  ],
  [
    10,
    ({ problem }) => (problem ? `Its last report was not understood: ${problem}.` : ""),
    "camera and server are of very different releases: update the older one",
  ],
  [
    5,
    ({ isConfigRefused }) => (isConfigRefused ? "It did not keep its new settings." : ""),
    "npx toolchain config explain --camera NAME",
  ],
];

const ANOMALIES: Record<Anomaly["kind"], [points: number, what: string, advice: string]> = {
  restarts: [
    15,
    "Unusually many restarts",
    "a weak battery or a failing part; see the list of crashes",
  ],
  triggersDropped: [
    10,
    "Unusually few triggers",
    "is the motion sensor blocked, turned, or the animals gone?",
  ],
  temperature: [10, "Unusual temperature", "is it in the sun, or its case open?"],
  signal: [5, "Unusually weak signal", "antenna, or something new between it and the network"],
  clock: [
    10,
    "Its clock is wrong",
    "it is set at each contact; if it stays wrong the chip's oscillator is",
  ],
  lens: [0, "The lens stays unclear", "clean the lens, cut what grew in front of it"],
  noPictures: [25, "Triggers without pictures", LOOK],
};

/** @returns the score, 0..100, and its reasons, worst first */
export function scoreOf(facts: HealthFacts): { score: number; reasons: Reason[] } {
  const reasons: Reason[] = DEDUCTIONS.flatMap(([points, says, advice]) => {
    const text = says(facts);
    return text ? [{ points, text, advice }] : [];
  });
  for (const { kind, text } of facts.anomalies) {
    const [points, what, advice] = ANOMALIES[kind];
    reasons.push({ points, text: `${what}: ${text}.`, advice });
  }
  reasons.sort((a, b) => b.points - a.points);
  const score = reasons.reduce((left, { points }) => left - points, 100);
  return { score: Math.max(0, score), reasons };
}
