/** Rules, channels and settings of a project: made, changed, removed. Everything is asked for with its project, so one tenant cannot reach another's. */
import { randomInt } from "node:crypto";
import { isoOfMs } from "../clock.ts";
import type { Db } from "../db/open.ts";
import type { ChannelKind } from "../db/tables-alerts.ts";
import { httpError } from "../http-errors.ts";
import { shownConfig, splitConfig } from "./channels/kinds.ts";
import { DEFAULT_RULES } from "./defaults.ts";
import { type ChannelRow, channelsOf, ruleOf } from "./rows.ts";
import { type AlertSettings, type Rule, ruleProblem, settingsProblem } from "./rule.ts";

const ID_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

function newID(prefix: string): string {
  let id = `${prefix}-`;
  for (let index = 0; index < 10; index++) id += ID_ALPHABET[randomInt(ID_ALPHABET.length)];
  return id;
}

// --- Rules

export async function listRules(db: Db, projectID: string) {
  const rows = await db
    .selectFrom("alert_rules")
    .selectAll()
    .where("projectID", "=", projectID)
    .orderBy("severity")
    .orderBy("name")
    .execute();
  return rows.map((row) => ({ ...ruleOf(row), changed: isoOfMs(row.changedMs) }));
}

/** **Errors:** RULE_UNKNOWN */
export async function findRule(db: Db, projectID: string, ruleID: string) {
  const row = await db
    .selectFrom("alert_rules")
    .selectAll()
    .where("ruleID", "=", ruleID)
    .where("projectID", "=", projectID)
    .executeTakeFirst();
  if (!row) throw httpError("RULE_UNKNOWN", `no rule ${ruleID} in this project`);
  return { ...ruleOf(row), changed: isoOfMs(row.changedMs) };
}

/** @param ruleID of the rule to replace; absent: a new one. **Errors:** BAD_RULE, RULE_UNKNOWN, NAME_TAKEN */
export function saveRule(
  db: Db,
  projectID: string,
  given: unknown,
  nowMs: number,
  ruleID?: string,
): Promise<string> {
  const problem = ruleProblem(given);
  if (problem) throw httpError("BAD_RULE", problem);
  const { name, severity, isEnabled = true, ...rest } = given as Rule;
  return db.transaction().execute(async (transaction) => {
    const known = new Set((await channelsOf(transaction, projectID)).map((row) => row.channelID));
    const steps = [rest.channels ?? [], ...(rest.escalation ?? []).map(({ channels }) => channels)];
    const stranger = steps.flat().find((channelID) => !known.has(channelID));
    if (stranger)
      throw httpError("BAD_RULE", `channels: ${stranger} is no channel of this project`);
    if (ruleID !== undefined) await findRule(transaction, projectID, ruleID);
    const same = await transaction
      .selectFrom("alert_rules")
      .select("ruleID")
      .where("projectID", "=", projectID)
      .where("name", "=", name)
      .executeTakeFirst();
    if (same && same.ruleID !== ruleID)
      throw httpError("NAME_TAKEN", `a rule is called "${name}" already`);
    const values = {
      ...{ name, severity, isEnabled: isEnabled ? 1 : 0 },
      ...{ rule: JSON.stringify(rest), changedMs: nowMs },
    };
    if (ruleID !== undefined) {
      await transaction
        .updateTable("alert_rules")
        .set(values)
        .where("ruleID", "=", ruleID)
        .execute();
      return ruleID;
    }
    const made = newID("rule");
    await transaction
      .insertInto("alert_rules")
      .values({ ruleID: made, projectID, createdMs: nowMs, ...values })
      .execute();
    return made;
  });
}

/** What it raised stays. **Errors:** RULE_UNKNOWN */
export async function removeRule(db: Db, projectID: string, ruleID: string): Promise<void> {
  await findRule(db, projectID, ruleID);
  await db.deleteFrom("alert_rules").where("ruleID", "=", ruleID).execute();
}

/** The default rules, once for every project that never had settings. */
export function installDefaults(db: Db, nowMs: number): Promise<void> {
  return db.transaction().execute(async (transaction) => {
    const projects = await transaction
      .selectFrom("projects")
      .leftJoin("alert_settings", "alert_settings.projectID", "projects.projectID")
      .select("projects.projectID")
      .where("alert_settings.projectID", "is", null)
      .execute();
    for (const { projectID } of projects) {
      await writeSettings(transaction, projectID, {}, nowMs);
      const rows = DEFAULT_RULES.map(({ name, severity, isEnabled, ...rest }) => ({
        ...{ ruleID: newID("rule"), projectID, name, severity, isEnabled: isEnabled ? 1 : 0 },
        ...{ rule: JSON.stringify(rest), createdMs: nowMs, changedMs: nowMs },
      }));
      await transaction.insertInto("alert_rules").values(rows).execute();
    }
  });
}

// --- Settings

/** **Errors:** BAD_RULE */
export async function saveSettings(
  db: Db,
  projectID: string,
  given: unknown,
  nowMs: number,
): Promise<void> {
  const problem = settingsProblem(given);
  if (problem) throw httpError("BAD_RULE", problem);
  await writeSettings(db, projectID, given as AlertSettings, nowMs);
}

async function writeSettings(db: Db, projectID: string, settings: AlertSettings, nowMs: number) {
  const values = { settings: JSON.stringify(settings), changedMs: nowMs };
  await db
    .insertInto("alert_settings")
    .values({ projectID, ...values })
    .onConflict((conflict) => conflict.column("projectID").doUpdateSet(values))
    .execute();
}

// --- Channels

export interface NewChannel {
  name: string;
  kind: ChannelKind;
  isEnabled?: boolean;
  mayLocate?: boolean;
  config: Record<string, unknown>;
}

/** As it may be seen, with what became of its messages. */
export async function listChannels(db: Db, projectID: string) {
  const rows = await channelsOf(db, projectID);
  const counts = await db
    .selectFrom("deliveries")
    .select((row) => ["channelID", "state", row.fn.countAll<number>().as("messages")])
    .select((row) => row.fn.max("sentMs").as("sentMs"))
    .where("projectID", "=", projectID)
    .groupBy(["channelID", "state"])
    .execute();
  return rows.map((row) => {
    const own = counts.filter(({ channelID }) => channelID === row.channelID);
    const of = (state: string) => Number(own.find((one) => one.state === state)?.messages ?? 0);
    const sentMs = own.find(({ state }) => state === "sent")?.sentMs ?? null;
    return {
      ...channelJson(row),
      ...{ waiting: of("waiting") + of("sending"), sent: of("sent"), dead: of("dead") },
      lastSent: sentMs === null ? null : isoOfMs(Number(sentMs)),
    };
  });
}

const channelJson = (row: ChannelRow) => ({
  ...{ channelID: row.channelID, projectID: row.projectID, name: row.name, kind: row.kind },
  ...{ isEnabled: row.isEnabled === 1, mayLocate: row.mayLocate === 1 },
  config: shownConfig(row.kind, JSON.parse(row.config), JSON.parse(row.secret)),
  changed: isoOfMs(row.changedMs),
});

/** **Errors:** CHANNEL_UNKNOWN */
export async function findChannel(
  db: Db,
  projectID: string,
  channelID: string,
): Promise<ChannelRow> {
  const row = await db
    .selectFrom("alert_channels")
    .selectAll()
    .where("channelID", "=", channelID)
    .where("projectID", "=", projectID)
    .executeTakeFirst();
  if (!row) throw httpError("CHANNEL_UNKNOWN", `no channel ${channelID} in this project`);
  return row;
}

/** @returns the channel, and secrets that were made for it, shown this once. **Errors:** BAD_CHANNEL, NAME_TAKEN */
export function createChannel(db: Db, projectID: string, given: NewChannel, nowMs: number) {
  const split = splitConfig(given.kind, given.config);
  if (typeof split === "string") throw httpError("BAD_CHANNEL", split);
  return db.transaction().execute(async (transaction) => {
    await requireFreeName(transaction, projectID, given.name);
    const row = await transaction
      .insertInto("alert_channels")
      .values({
        ...{ channelID: newID("channel"), projectID, name: given.name, kind: given.kind },
        ...{ isEnabled: given.isEnabled === false ? 0 : 1, mayLocate: given.mayLocate ? 1 : 0 },
        ...{ config: JSON.stringify(split.config), secret: JSON.stringify(split.secret) },
        ...{ createdMs: nowMs, changedMs: nowMs },
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return { ...channelJson(row), ...(Object.keys(split.made).length > 0 && { made: split.made }) };
  });
}

/** Fields of the configuration that are not given stay, the secret ones too. **Errors:** CHANNEL_UNKNOWN, BAD_CHANNEL, NAME_TAKEN */
export function changeChannel(
  db: Db,
  projectID: string,
  channelID: string,
  { name, isEnabled, mayLocate, config }: Partial<Omit<NewChannel, "kind">>,
  nowMs: number,
) {
  return db.transaction().execute(async (transaction) => {
    const row = await findChannel(transaction, projectID, channelID);
    if (name !== undefined && name !== row.name)
      await requireFreeName(transaction, projectID, name);
    const whole = { ...JSON.parse(row.config), ...JSON.parse(row.secret), ...config };
    // A password left over would go to whoever a changed address belongs to.
    const isElsewhere = ["host", "url"].some(
      (key) => config && key in config && !("password" in config),
    );
    if (isElsewhere && "password" in whole) {
      throw httpError("BAD_CHANNEL", "config.password: say it again with a new address");
    }
    const split = splitConfig(row.kind, whole);
    if (typeof split === "string") throw httpError("BAD_CHANNEL", split);
    const changed = await transaction
      .updateTable("alert_channels")
      .set({
        ...(name !== undefined && { name }),
        ...(isEnabled !== undefined && { isEnabled: isEnabled ? 1 : 0 }),
        ...(mayLocate !== undefined && { mayLocate: mayLocate ? 1 : 0 }),
        ...{ config: JSON.stringify(split.config), secret: JSON.stringify(split.secret) },
        changedMs: nowMs,
      })
      .where("channelID", "=", channelID)
      .returningAll()
      .executeTakeFirstOrThrow();
    return channelJson(changed);
  });
}

/** Refused while a rule names it: the rule would tell nobody. **Errors:** CHANNEL_UNKNOWN, CHANNEL_IN_USE */
export function removeChannel(db: Db, projectID: string, channelID: string): Promise<void> {
  return db.transaction().execute(async (transaction) => {
    await findChannel(transaction, projectID, channelID);
    const rules = await listRules(transaction, projectID);
    const user = rules.find(({ channels = [], escalation = [] }) =>
      [channels, ...escalation.map((step) => step.channels)].flat().includes(channelID),
    );
    if (user) throw httpError("CHANNEL_IN_USE", `the rule "${user.name}" uses this channel`);
    await transaction.deleteFrom("alert_channels").where("channelID", "=", channelID).execute();
  });
}

async function requireFreeName(db: Db, projectID: string, name: string): Promise<void> {
  const same = await db
    .selectFrom("alert_channels")
    .select("channelID")
    .where("projectID", "=", projectID)
    .where("name", "=", name)
    .executeTakeFirst();
  if (same) throw httpError("NAME_TAKEN", `a channel is called "${name}" already`);
}
