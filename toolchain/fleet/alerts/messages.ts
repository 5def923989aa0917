/**
 * What leaves the server about an alert: one JSON object, the same for every channel, and its text for e-mail. No picture and
 * no link to one is ever in it. Coordinates are exact only for channels that may locate; for others they are rounded to
 * what the place's category allows, at least to 0.01 degree, and where the category is 1 or 2 names are left out, too.
 */
import { isoOfMs } from "../clock.ts";
import type { AlertRow, DeliveriesTable, Severity } from "../db/tables-alerts.ts";
import type { Sensitivity } from "../db/tables-camtrap.ts";
import { generalised } from "../research/privacy.ts";

/** A camera's place as messages may tell of it. */
export interface KnownPlace {
  cameraName: string;
  siteName: string | null;
  latitude: number | null;
  longitude: number | null;
  sensitivity: Sensitivity;
}

export interface AlertFacts {
  alertID: number;
  severity: Severity;
  rule: string;
  /** "human", "animal elephant", "trouble batteryLow". */
  subject: string;
  title: string;
  state: AlertRow["state"];
  count: number;
  firstSeen: string;
  lastSeen: string;
  cameraID: string;
  camera: string | null;
  site: string | null;
  latitude: number | null;
  longitude: number | null;
  /** Said where coordinates are not what the server knows; Darwin Core's words. */
  dataGeneralizations: string | null;
  probability: number | null;
  /** Absent where pictures of people could be found by it: in digests of P3. */
  observationID: string | null;
}

export interface Message {
  v: 1;
  deliveryID: string;
  kind: DeliveriesTable["kind"];
  severity: Severity;
  title: string;
  /** Why it comes, where that is not plain. */
  note: string;
  alerts: AlertFacts[];
  /** Page of the dashboard, or null when the server was not told its address. */
  link: string | null;
}

/** Alerts say where patrols are needed: without the right to locate, a place that is not sensitive counts as category 3. */
const COARSEST: Exclude<Sensitivity, 0> = 3;

export function factsOf(alert: AlertRow, place: KnownPlace, mayLocate: boolean): AlertFacts {
  const { sensitivity, latitude, longitude } = place;
  const category = Math.min(sensitivity || COARSEST, COARSEST) as Sensitivity;
  const exact = { latitude, longitude, coordinateUncertainty: null };
  const shown = mayLocate ? exact : generalised(exact, category);
  const isKnown = latitude !== null && longitude !== null;
  const isNamed = mayLocate || sensitivity === 0 || sensitivity > 2;
  const words =
    shown.latitude === null
      ? "coordinates withheld"
      : `coordinates rounded to ${category === 2 ? 0.1 : 0.01} degree`;
  const camera = isNamed ? place.cameraName : null;
  return {
    ...{ alertID: alert.alertID, severity: alert.severity, rule: alert.ruleName },
    subject: alert.subject,
    title: titleOf(alert, camera ?? alert.cameraID),
    ...{ state: alert.state, count: alert.count },
    ...{ firstSeen: isoOfMs(alert.firstMs), lastSeen: isoOfMs(alert.lastMs) },
    ...{ cameraID: alert.cameraID, camera, site: isNamed ? place.siteName : null },
    ...{ latitude: shown.latitude, longitude: shown.longitude },
    dataGeneralizations: isKnown && !mayLocate ? words : null,
    probability: alert.probability,
    observationID:
      alert.severity === "P3" && alert.subject.startsWith("human") ? null : alert.observationID,
  };
}

const TROUBLE_WORDS: Record<string, string> = {
  silent: "does not report any more",
  batteryLow: "has a low battery",
  clockDrift: "has a wrong clock",
  lensCovered: "has its lens covered",
  tamper: "was tampered with",
  lowHealth: "is not well",
};

/** "Human at Ridge north", "Elephant at Ford, 3 times", "Ridge north has a low battery". */
export function titleOf(
  { subject, count }: Pick<AlertRow, "subject" | "count">,
  camera: string,
): string {
  const [type = "", ...rest] = subject.split(" ");
  const name = rest.join(" ");
  if (type === "trouble") return `${camera} ${TROUBLE_WORDS[name] ?? name}`;
  const what = (name || type).replaceAll("_", " ");
  const times = count > 1 ? `, ${count} times` : "";
  return `${what.charAt(0).toUpperCase()}${what.slice(1)} at ${camera}${times}`;
}

/** Plain text: what it is, where, when, what to do. */
export function textOf({ severity, title, note, alerts, link, kind }: Message): {
  subject: string;
  text: string;
} {
  const blocks = alerts.map((alert) =>
    [
      alerts.length > 1 ? alert.title : "",
      `Where: ${[alert.camera ?? alert.cameraID, alert.site].filter(Boolean).join(", ")}${placeText(alert)}`,
      `When: ${alert.firstSeen}${alert.count > 1 ? ` to ${alert.lastSeen}, ${alert.count} times` : ""}`,
      alert.probability === null ? "" : `Sure to: ${Math.round(alert.probability * 100)} %`,
      `Rule: ${alert.rule} (${alert.severity}), alert ${alert.alertID}, ${alert.state}`,
    ]
      .filter(Boolean)
      .join("\n"),
  );
  const prefix = kind === "test" ? "[TEST] " : "";
  const text = [title, note, ...blocks, link ? `Look and acknowledge: ${link}` : ""];
  return {
    subject: `${prefix}[${severity}] ${title}`,
    text: `${text.filter(Boolean).join("\n\n")}\n`,
  };
}

function placeText({ latitude, longitude, dataGeneralizations }: AlertFacts): string {
  if (latitude === null || longitude === null)
    return dataGeneralizations ? ` (${dataGeneralizations})` : "";
  const how = dataGeneralizations ? `, ${dataGeneralizations}` : "";
  return ` (${latitude}, ${longitude}${how})`;
}

export const linkOf = (dashboard: string | undefined, alertID?: number): string | null =>
  dashboard === undefined
    ? null
    : `${dashboard.replace(/\/$/, "")}/#/alerts${alertID === undefined ? "" : `?alert=${alertID}`}`;
