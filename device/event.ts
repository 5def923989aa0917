/** What becomes of a sighting: it is recorded and said, raises an alert if it must, and may bring a check-in forward. */
import { isUrgent } from "./monitoring/alerts.ts";
import type { Sighting } from "./monitoring/sighting.ts";
import type { ProductionParts } from "./production.ts";
import type { ObservationRecord } from "./protocol/records.ts";

/** An outbox this full is emptied before the planned check-in. */
const OUTBOX_FULL_PCT = 80;

/** Put down what was seen, say so on the console, and learn the scene when nothing was there. */
export function record(
  parts: ProductionParts,
  sighting: Sighting,
  startS: number,
): ObservationRecord | undefined {
  const { ports, subsystems, recorder } = parts;
  const { verdict } = sighting;
  let event: ObservationRecord | undefined;
  subsystems.run("recorder", () => {
    event = recorder.record(sighting, startS);
  });
  const what = verdict.type + " " + Math.round(verdict.probability * 100) + "% " + verdict.label;
  ports.log(event ? "observation " + event.recordID + " " + what : "not kept: " + what);
  if (sighting.isQuiet && sighting.cause !== "test")
    subsystems.run("vision", () => ports.vision.learn(sighting.frame));
  return event;
}

export function alert(parts: ProductionParts, sighting: Sighting): void {
  if (isUrgent(sighting.verdict, parts.config.values))
    parts.subsystems.run("checkin", parts.checkIns.now);
}

/** The planned check-in reports; only an outbox that fills up does not wait for it. */
export function report(parts: ProductionParts): void {
  const { outbox, config, subsystems, checkIns } = parts;
  const isFull = outbox.records() * 100 > config.values.outboxRecordsMax * OUTBOX_FULL_PCT;
  if (isFull && !checkIns.isBusy()) subsystems.run("checkin", checkIns.now);
}
