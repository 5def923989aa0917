/** Alerts as Kysely sees them: rules, what they raised, every step of it, and the messages on their way. */
import type { Generated, Selectable } from "kysely";

export type Severity = "P1" | "P2" | "P3" | "P4";

/** allowed: an allow-list window was open, nobody was told. */
export type AlertState = "raised" | "escalated" | "acknowledged" | "resolved" | "muted" | "allowed";

export interface AlertRulesTable {
  ruleID: string;
  projectID: string;
  /** Unique in its project. */
  name: string;
  severity: Severity;
  /** 0 or 1. */
  isEnabled: number;
  /** JSON of the rest of a Rule (alerts/rule.ts). */
  rule: string;
  createdMs: number;
  changedMs: number;
}

export type ChannelKind = "email" | "webhook" | "mqtt";

export interface AlertChannelsTable {
  channelID: string;
  projectID: string;
  name: string;
  kind: ChannelKind;
  isEnabled: number;
  /** 1: its messages carry exact coordinates and the names of sensitive places. */
  mayLocate: number;
  /** JSON, shown to whoever may read. */
  config: string;
  /** JSON, never shown again. */
  secret: string;
  createdMs: number;
  changedMs: number;
}

/** One row per project: quiet hours, allow-list, address of the dashboard. */
export interface AlertSettingsTable {
  projectID: string;
  /** JSON of AlertSettings (alerts/rule.ts). */
  settings: string;
  changedMs: number;
}

export interface AlertsTable {
  alertID: Generated<number>;
  projectID: string;
  /** Not a reference: an alert outlives its rule. */
  ruleID: string;
  ruleName: string;
  severity: Severity;
  state: AlertState;
  cameraID: string;
  siteID: string | null;
  /** What alerts of one rule and camera are joined by: "human", "animal elephant", "trouble silent". */
  subject: string;
  /** Of the first sighting; null for a trouble. */
  observationID: string | null;
  /** The highest of its sightings; null for a trouble. */
  probability: number | null;
  count: number;
  /** Events, UTC milliseconds. */
  firstMs: number;
  lastMs: number;
  raisedMs: number;
  changedMs: number;
  /** 1: over the rule's hourly cap, so no message of its own was sent. */
  isWithheld: number;
  /** Index of the next escalation, and when it is due; null when none is. */
  escalationStep: number;
  escalateMs: number | null;
  mutedUntilMs: number | null;
  acknowledgedBy: string | null;
}

/** An observation is counted once by a rule, whatever is sent again. */
export interface AlertObservationsTable {
  ruleID: string;
  observationID: string;
  alertID: number;
}

/** Every step of an alert. */
export interface AlertEventsTable {
  sequence: Generated<number>;
  alertID: number;
  timeMs: number;
  step: string;
  /** "server", or the name of a person. */
  who: string;
  note: string;
}

export type DeliveryState = "waiting" | "sending" | "sent" | "digested" | "dead" | "cancelled";

export interface DeliveriesTable {
  /** The receiver's idempotency key; the same in every attempt. */
  deliveryID: string;
  projectID: string;
  channelID: string;
  ruleID: string;
  /** Null for an overflow, a digest and a test. */
  alertID: number | null;
  kind: "alert" | "escalation" | "overflow" | "digest" | "test";
  severity: Severity;
  /** JSON of Message; what is sent, made once. */
  message: string;
  state: DeliveryState;
  /** 1: becomes a line of a digest when it is due. */
  isDigest: number;
  digestID: string | null;
  attempts: number;
  nextMs: number;
  claimedMs: number | null;
  error: string | null;
  createdMs: number;
  sentMs: number | null;
}

export interface AlertTables {
  alert_rules: AlertRulesTable;
  alert_channels: AlertChannelsTable;
  alert_settings: AlertSettingsTable;
  alerts: AlertsTable;
  alert_observations: AlertObservationsTable;
  alert_events: AlertEventsTable;
  deliveries: DeliveriesTable;
}

export type AlertRow = Selectable<AlertsTable>;
export type DeliveryRow = Selectable<DeliveriesTable>;
