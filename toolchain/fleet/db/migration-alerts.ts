/** Migration: alert rules, channels, alerts with their history, and the outbox of messages. */
import { withColumns } from "./migration-columns.ts";
import type { AnyDatabase, Dialect } from "./migrations.ts";

type Columns = Parameters<typeof withColumns>[1];

export async function alerts(db: AnyDatabase, dialect: Dialect): Promise<void> {
  const keyed = (table: string, key: string) =>
    db.schema.createTable(table).addColumn(key, "text", (column) => column.primaryKey());
  const numbered = (table: string, key: string) =>
    dialect === "sqlite"
      ? db.schema
          .createTable(table)
          .addColumn(key, "integer", (column) => column.primaryKey().autoIncrement())
      : db.schema.createTable(table).addColumn(key, "bigserial", (column) => column.primaryKey());
  /** With the columns that rules and channels share. */
  const ofProject = (table: string, key: string, columns: Columns) =>
    withColumns(keyed(table, key).addUniqueConstraint(`${table}_name`, ["projectID", "name"]), {
      projectID: "text!",
      name: "text!",
      ...columns,
      createdMs: "bigint!",
      changedMs: "bigint!",
    }).execute();

  await ofProject("alert_rules", "ruleID", {
    ...{ severity: "text!", isEnabled: "integer!", rule: "text!" },
  });
  await ofProject("alert_channels", "channelID", {
    ...{ kind: "text!", isEnabled: "integer!", mayLocate: "integer!" },
    ...{ config: "text!", secret: "text!" },
  });
  await withColumns(keyed("alert_settings", "projectID"), {
    ...{ settings: "text!", changedMs: "bigint!" },
  }).execute();

  await withColumns(numbered("alerts", "alertID"), {
    ...{ projectID: "text!", ruleID: "text!", ruleName: "text!", severity: "text!" },
    ...{ state: "text!", cameraID: "text!", siteID: "text", subject: "text!" },
    ...{ observationID: "text", probability: "double precision", count: "integer!" },
    ...{ firstMs: "bigint!", lastMs: "bigint!", raisedMs: "bigint!", changedMs: "bigint!" },
    ...{ isWithheld: "integer!", escalationStep: "integer!", escalateMs: "bigint" },
    ...{ mutedUntilMs: "bigint", acknowledgedBy: "text" },
  }).execute();
  const seen = db.schema
    .createTable("alert_observations")
    .addColumn("ruleID", "text", (column) => column.notNull())
    .addColumn("observationID", "text", (column) => column.notNull())
    .addColumn("alertID", "bigint", (column) => column.notNull().references("alerts.alertID"))
    .addPrimaryKeyConstraint("alert_observations_key", ["ruleID", "observationID"]);
  await seen.execute();
  await withColumns(
    numbered("alert_events", "sequence").addColumn("alertID", "bigint", (column) =>
      column.notNull().references("alerts.alertID"),
    ),
    { timeMs: "bigint!", step: "text!", who: "text!", note: "text!" },
  ).execute();
  await withColumns(keyed("deliveries", "deliveryID"), {
    ...{ projectID: "text!", channelID: "text!", ruleID: "text!", alertID: "bigint" },
    ...{ kind: "text!", severity: "text!", message: "text!", state: "text!" },
    ...{ isDigest: "integer!", digestID: "text", attempts: "integer!", nextMs: "bigint!" },
    ...{ claimedMs: "bigint", error: "text", createdMs: "bigint!", sentMs: "bigint" },
  }).execute();

  const indexes: [name: string, table: string, columns: string[]][] = [
    ["alerts_newest", "alerts", ["projectID", "alertID"]],
    ["alerts_to_join", "alerts", ["ruleID", "cameraID", "subject", "lastMs"]],
    ["alerts_of_hour", "alerts", ["ruleID", "raisedMs"]],
    ["alerts_to_escalate", "alerts", ["escalateMs"]],
    ["alert_events_of_alert", "alert_events", ["alertID", "sequence"]],
    ["deliveries_due", "deliveries", ["state", "nextMs"]],
    ["deliveries_of_alert", "deliveries", ["alertID"]],
    ["deliveries_of_channel", "deliveries", ["channelID", "state"]],
  ];
  for (const [name, table, columns] of indexes) {
    await db.schema.createIndex(name).on(table).columns(columns).execute();
  }
}
