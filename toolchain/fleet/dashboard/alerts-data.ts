/** Alerts and their rules as the dashboard reads them: types, requests, words. */
import { request, requestAll } from "./api.ts";

export type AlertState = "raised" | "escalated" | "acknowledged" | "resolved" | "muted" | "allowed";
export type Severity = "P1" | "P2" | "P3" | "P4";

export interface Alert {
  alertID: number;
  ruleID: string;
  rule: string;
  severity: Severity;
  state: AlertState;
  subject: string;
  title: string;
  cameraID: string;
  site: string | null;
  observationID: string | null;
  probability: number | null;
  count: number;
  firstSeen: string;
  lastSeen: string;
  raised: string;
  acknowledgedBy: string | null;
  mutedUntil: string | null;
  escalates: string | null;
  isWithheld: boolean;
  isUndelivered: boolean;
}

export interface AlertDetail extends Alert {
  events: { time: string; step: string; who: string; note: string }[];
  deliveries: { deliveryID: string; channel: string | null; state: string; error: string | null }[];
}

/** As much of a rule as the form knows; the rest is kept as it is. */
export interface Rule {
  name: string;
  severity: Severity;
  isEnabled?: boolean;
  when: {
    observationTypes?: string[];
    probabilityMin?: number;
    sunBelow?: number;
    sunAbove?: number;
    sites?: string[];
    scientificNames?: string[];
    troubles?: string[];
    [field: string]: unknown;
  };
  channels?: string[];
  escalation?: { afterMinutes: number; channels: string[] }[];
  [field: string]: unknown;
}

export interface StoredRule extends Rule {
  ruleID: string;
}

export interface Channel {
  channelID: string;
  name: string;
  kind: string;
  isEnabled: boolean;
  /** May tell exact places. */
  mayLocate: boolean;
  /** Without its secrets. */
  config: Record<string, unknown>;
  waiting: number;
  sent: number;
  dead: number;
}

export type AlertAction = "acknowledge" | "resolve" | "mute";

interface AlertPage {
  alerts: Alert[];
  next: string | null;
}

/** Those that nobody has taken. */
export const getWaiting = (): Promise<Alert[]> =>
  requestAll("alerts?state=raised,escalated&limit=200", "alerts");

export const getOthers = (before: string | null): Promise<AlertPage> =>
  request(
    "GET",
    `alerts?state=acknowledged,muted,resolved,allowed&limit=30${before ? `&before=${before}` : ""}`,
  );

export const getAlert = (alertID: number): Promise<AlertDetail> =>
  request("GET", `alerts/${alertID}`);

export const actOn = (alertID: number, action: AlertAction): Promise<AlertDetail> =>
  request("POST", `alerts/${alertID}/${action}`, {});

export async function getRules(): Promise<{ rules: StoredRule[]; channels: Channel[] }> {
  const [{ rules }, { channels }] = await Promise.all([
    request<{ rules: StoredRule[] }>("GET", "alert-rules"),
    request<{ channels: Channel[] }>("GET", "alert-channels"),
  ]);
  return { rules, channels };
}

/** @param ruleID "" for a new one */
export const saveRule = (ruleID: string, rule: Rule): Promise<StoredRule> =>
  ruleID ? request("PUT", `alert-rules/${ruleID}`, rule) : request("POST", "alert-rules", rule);

export const removeRule = (ruleID: string): Promise<unknown> =>
  request("DELETE", `alert-rules/${ruleID}`);

export const testRule = (ruleID: string): Promise<{ deliveryIDs: string[] }> =>
  request("POST", `alert-rules/${ruleID}/test`);

/** What the server adds is not part of a rule. */
export function plainRule({ ruleID: _, projectID: __, changed: ___, ...rule }: StoredRule): Rule {
  return rule as Rule;
}

export const SEVERITY_WORDS: Record<Severity, string> = {
  P1: "Now",
  P2: "Soon",
  P3: "Digest",
  P4: "Camera",
};

export const STATE_WORDS: Record<AlertState, string> = {
  raised: "Nobody has it",
  escalated: "Escalated",
  acknowledged: "Acknowledged",
  resolved: "Resolved",
  muted: "Muted",
  allowed: "Allowed",
};

/** The worst first, then the newest. */
export const byNeed = (a: Alert, b: Alert): number =>
  a.severity === b.severity
    ? Date.parse(b.lastSeen) - Date.parse(a.lastSeen)
    : a.severity < b.severity
      ? -1
      : 1;

export const EMPTY_RULE: Rule = {
  ...{ name: "", severity: "P2", isEnabled: true, channels: [] },
  when: { observationTypes: ["human"], probabilityMin: 0.7 },
};
