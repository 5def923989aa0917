/**
 * What is unusual for this camera: its newest days against its own days before. The thresholds are set so that healthy
 * cameras raise fewer than one flag in a thousand months; test/fleet/health/anomalies.test.ts counts them.
 */
import type { Heartbeat } from "../../../device/protocol/check-in.ts";
import { type Day, emptyDay } from "./days.ts";

export type AnomalyKind =
  | "restarts"
  | "triggersDropped"
  | "temperature"
  | "signal"
  | "clock"
  | "lens"
  | "noPictures";

export interface Anomaly {
  kind: AnomalyKind;
  text: string;
}

/** Days of its own before a camera is compared with itself. */
const HISTORY_MIN = 14;
const HISTORY_MAX = 28;
/** Newest whole days that are judged. */
const NEWEST = 3;

/** What a judge sees. */
interface View {
  heartbeat: Heartbeat;
  /** Today so far. */
  today: Day;
  /** The newest whole days, oldest first. */
  newest: Day[];
  /** Days before those. */
  history: Day[];
}

/** @returns "" or what is unusual */
type Judge = (view: View) => string;

const JUDGES: Record<AnomalyKind, Judge> = {
  restarts: ({ today, newest, history }) => {
    const yesterday = newest.at(-1);
    const boots = today.boots + (yesterday?.boots ?? 0);
    const usual = history.length >= HISTORY_MIN ? history : [];
    const perDay = (sumOf(usual, "boots") + 0.5) / Math.max(HISTORY_MIN, usual.length);
    // A person at the camera restarts it a few times, but not on three days running.
    const isSteady = newest.length === NEWEST && newest.every((day) => day.boots >= 3);
    if (boots < (isSteady ? 6 : 15) || poissonTail(boots, 2 * perDay) > 1e-6) return "";
    return `${boots} restarts since yesterday; usual are ${perDay.toFixed(1)} a day`;
  },
  triggersDropped: ({ newest, history }) => {
    if (newest.length < NEWEST || history.length < HISTORY_MIN) return "";
    const seen = sumOf(newest, "triggers");
    const quietest = Math.min(
      ...history
        .slice(NEWEST - 1)
        .map((_, at) => sumOf(history.slice(at, at + NEWEST), "triggers")),
    );
    const usual = medianOf(history.map(({ triggers }) => triggers)) * NEWEST;
    // Fewer than a tenth of the quietest time on record, and that was not quiet.
    if (usual < 60 || quietest < 30 || seen >= quietest / 10) return "";
    return `${seen} triggers in ${NEWEST} days; never fewer than ${quietest} before`;
  },
  temperature: ({ today, newest, history }) => {
    const hottest = maxOf([today, ...newest.slice(-1)], "tempCMax");
    const coldest = -maxOf([today, ...newest.slice(-1)].map(negated), "tempCMax");
    if (hottest >= 75) return `${Math.round(hottest)} °C`;
    if (coldest <= -30) return `${Math.round(coldest)} °C`;
    if (history.length < HISTORY_MIN) return "";
    const usual = maxOf(history, "tempCMax");
    if (hottest < 55 || hottest < usual + 15) return "";
    return `${Math.round(hottest)} °C; never above ${Math.round(usual)} °C before`;
  },
  signal: ({ newest, history }) => {
    const now = newest.filter(({ rssiCount }) => rssiCount > 0).map(rssiOf);
    const before = history.filter(({ rssiCount }) => rssiCount > 0).map(rssiOf);
    if (now.length < NEWEST || before.length < HISTORY_MIN) return "";
    const usual = medianOf(before);
    const best = Math.max(...now);
    if (best > -75 || best > usual - 12) return "";
    return `${Math.round(best)} dBm at best in ${NEWEST} days; usual is ${Math.round(usual)}`;
  },
  clock: ({ heartbeat }) => {
    const driftS = Math.abs(heartbeat.clockDriftS);
    // A chip's oscillator may lose 100 ppm between two contacts.
    const allowedS = 60 + heartbeat.checkInIntervalS * 1e-4;
    return driftS > allowedS ? `off by ${Math.round(driftS)} s at the last contact` : "";
  },
  lens: ({ heartbeat, today, newest }) => {
    const days = [today, ...newest.slice(-1)];
    const contacts = sumOf(days, "contacts");
    // Fog lasts a morning.
    if (contacts < 3 || sumOf(days, "lensUnclear") * 2 <= contacts) return "";
    return `${heartbeat.lens ?? "not clear"} in most pictures since yesterday`;
  },
  noPictures: ({ today, newest }) => {
    const days = [today, ...newest.slice(-1)];
    const triggers = sumOf(days, "triggers");
    return triggers >= 5 && sumOf(days, "captures") === 0
      ? `${triggers} triggers since yesterday and not one picture`
      : "";
  },
};

/**
 * @param days the camera's rows, oldest first; days without a contact have none
 * @param today its number
 */
export function anomaliesOf(heartbeat: Heartbeat, days: Day[], today: number): Anomaly[] {
  const whole = days.filter(({ day }) => day < today && day >= today - HISTORY_MAX - NEWEST);
  const view: View = {
    heartbeat,
    today: days.find(({ day }) => day === today) ?? emptyDay(today),
    newest: whole.filter(({ day }) => day >= today - NEWEST),
    // The first row may be half a day.
    history: whole.filter(({ day }) => day < today - NEWEST).slice(1),
  };
  return (Object.keys(JUDGES) as AnomalyKind[]).flatMap((kind) => {
    const text = JUDGES[kind](view);
    return text ? [{ kind, text }] : [];
  });
}

type Count = "boots" | "triggers" | "captures" | "contacts" | "lensUnclear";

const sumOf = (days: Day[], key: Count): number => days.reduce((sum, day) => sum + day[key], 0);

const maxOf = (days: Day[], key: "tempCMax"): number =>
  Math.max(...days.map((day) => day[key] ?? Number.NEGATIVE_INFINITY));

const negated = (day: Day): Day => ({
  ...day,
  tempCMax: day.tempCMin === null ? null : -day.tempCMin,
});

const rssiOf = ({ rssiDbmSum, rssiCount }: Day): number => rssiDbmSum / rssiCount;

function medianOf(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const high = sorted[half] ?? 0;
  return sorted.length % 2 ? high : (high + (sorted[half - 1] ?? 0)) / 2;
}

/** Chance of so many or more where `mean` are expected. */
export function poissonTail(count: number, mean: number): number {
  let term = Math.exp(-mean);
  let below = 0;
  for (let n = 0; n < count; n++) {
    below += term;
    term *= mean / (n + 1);
  }
  return Math.max(0, 1 - below);
}
