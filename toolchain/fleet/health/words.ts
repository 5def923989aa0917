/** A camera's health in plain words, for a terminal: what is well, what is wrong, what to do about it, worst first. */
import type { Heartbeat } from "../../../device/protocol/check-in.ts";
import type { Anomaly } from "./anomalies.ts";
import type { Reason } from "./score.ts";

export interface Diagnosis {
  name: string;
  /** Null: nothing is known. */
  score: number | null;
  reasons: Reason[];
  heartbeat: Heartbeat | null;
  crashes: { time: string; text: string; uptimeS: number | null; before: string | null }[];
  forecast?: { empty: string | null; earliest?: string; latest?: string | null; refusal?: string };
  availability: { share: number | null };
  anomalies?: Anomaly[];
}

const CRASHES_SHOWN = 3;

/** Sentences about what is as it should be. */
const WELL: ((heartbeat: Heartbeat) => string)[] = [
  ({ state }) => (state === "operational" ? "Every part of it runs." : ""),
  ({ selfTest }) => (selfTest === "" ? "Its self-test found nothing wrong." : ""),
  ({ lens }) => (lens === "clear" ? "Its lens is clear." : ""),
  ({ captures, captureFailures }) =>
    captures > 0 && captureFailures === 0 ? `All ${captures} pictures since its start worked.` : "",
  ({ batteryMv }) => (batteryMv >= 3500 ? `Battery ${(batteryMv / 1000).toFixed(2)} V.` : ""),
  ({ rssiDbm }) =>
    rssiDbm < 0 && rssiDbm > -80 ? `Its signal is good enough (${rssiDbm} dBm).` : "",
  ({ queuedRecords, queuedMedia }) =>
    queuedRecords + queuedMedia === 0 ? "Nothing waits to be sent." : "",
];

export function doctorLines(found: Diagnosis): string[] {
  const { name, score, reasons, heartbeat, forecast, availability } = found;
  if (!heartbeat) {
    return [
      `${name} has never reported.`,
      "  -> is it switched on, provisioned, and in reach of its network?",
    ];
  }
  const wrong = reasons.flatMap(({ points, text, advice }) => [
    `- ${text}${points ? ` (-${points})` : ""}`,
    `  -> ${advice}`,
  ]);
  const well = WELL.map((says) => says(heartbeat)).filter(Boolean);
  return [
    `${name}: ${score} of 100`,
    ...(wrong.length ? ["wrong, worst first:", ...wrong] : ["nothing is wrong"]),
    ...(well.length ? ["well:", ...well.map((text) => `+ ${text}`)] : []),
    ...(forecast ? [`battery: ${batteryWords(forecast)}`] : []),
    `able to take pictures: ${shareWords(availability.share)}`,
    ...crashLines(found.crashes),
  ];
}

export function batteryWords(forecast: NonNullable<Diagnosis["forecast"]>): string {
  if (forecast.empty === null) return `no forecast: ${forecast.refusal}`;
  const until = forecast.latest ?? "perhaps much later";
  return `empty about ${forecast.empty} (between ${forecast.earliest} and ${until}, 90 %)`;
}

export const shareWords = (share: number | null): string =>
  share === null ? "not known yet" : `${(share * 100).toFixed(2)} % of the time it had power`;

function crashLines(crashes: Diagnosis["crashes"]): string[] {
  if (crashes.length === 0) return [];
  const lines = crashes.slice(0, CRASHES_SHOWN).map(({ time, text, uptimeS, before }) => {
    const after = uptimeS === null ? "" : `, ${Math.round(uptimeS / 60)} min after a start`;
    return `  ${time} ${text}${after}${before ? `; before it: ${before}` : ""}`;
  });
  return [`crashes and restarts (${crashes.length}):`, ...lines];
}
