/** Rules, channels and settings of alerts. */
import Type from "typebox";
import { CHANNEL_KINDS } from "../alerts/channels/kinds.ts";
import { settingsOf } from "../alerts/rows.ts";
import {
  changeChannel,
  createChannel,
  findChannel,
  findRule,
  listChannels,
  listRules,
  removeChannel,
  removeRule,
  saveRule,
  saveSettings,
} from "../alerts/store.ts";
import { testRule } from "../alerts/views.ts";
import { requireZones, ruleFor, settingsFor } from "../alerts/zones-withheld.ts";
import { IdSchema } from "../checkin/schemas.ts";
import { httpError } from "../http-errors.ts";
import { reaches } from "../rights/reach.ts";
import type { Caller } from "../store/users.ts";
import { ProjectQuery, projectOf } from "./alerts.ts";
import { type App, may, type OperatorServices } from "./app.ts";

/** A zone is long. */
const RULE_BYTES_MAX = 512 * 1024;

const RuleParams = Type.Object({ ruleID: IdSchema });
const ChannelParams = Type.Object({ channelID: IdSchema });
const Name = Type.String({ minLength: 1, maxLength: 80, pattern: "^[^\\u0000-\\u001f\\u007f]*$" });
const Config = Type.Record(Type.String(), Type.Unknown());
const channelFields = {
  isEnabled: Type.Optional(Type.Boolean()),
  mayLocate: Type.Optional(Type.Boolean()),
};
const closed = { additionalProperties: false };
const NewChannelBody = Type.Object(
  { name: Name, kind: Type.Enum(CHANNEL_KINDS), config: Config, ...channelFields },
  closed,
);
const ChannelBody = Type.Object(
  { name: Type.Optional(Name), config: Type.Optional(Config), ...channelFields },
  closed,
);

/** Zones are the whole project's, so is the right to see them. */
const locates = (caller: Caller, query: { projectID?: string }): boolean =>
  reaches(caller.reach("locate"), { projectID: projectOf(query), siteID: null });

const read = may("read");
const manage = may("manage");

export function alertRuleRoutes(app: App, { clock, alerts }: OperatorServices): void {
  const one = { params: RuleParams, querystring: ProjectQuery };

  /** -> {rules: [...]}, the most severe first. */
  app.get(
    "/api/v1/alert-rules",
    { ...read, schema: { querystring: ProjectQuery } },
    async ({ db, query, caller }) => ({
      rules: (await listRules(db, projectOf(query))).map((rule) =>
        ruleFor(rule, locates(caller, query)),
      ),
    }),
  );

  /** A rule (docs/alerts.md) -> 201. **Errors:** BAD_RULE, NAME_TAKEN */
  app.post(
    "/api/v1/alert-rules",
    { ...manage, bodyLimit: RULE_BYTES_MAX, schema: { querystring: ProjectQuery } },
    async ({ db, query, body, caller }, reply) => {
      const ruleID = await saveRule(db, projectOf(query), body, clock.now());
      const made = await findRule(db, projectOf(query), ruleID);
      return reply.status(201).send(ruleFor(made, locates(caller, query)));
    },
  );

  /** -> one rule. **Errors:** RULE_UNKNOWN */
  app.get(
    "/api/v1/alert-rules/:ruleID",
    { ...read, schema: one },
    async ({ db, params, query, caller }) =>
      ruleFor(await findRule(db, projectOf(query), params.ruleID), locates(caller, query)),
  );

  /** The whole rule anew -> the rule. **Errors:** RULE_UNKNOWN, BAD_RULE, NAME_TAKEN */
  app.put(
    "/api/v1/alert-rules/:ruleID",
    { ...manage, bodyLimit: RULE_BYTES_MAX, schema: one },
    async ({ db, params, query, body, caller }) => {
      const mayLocate = locates(caller, query);
      requireZones(await findRule(db, projectOf(query), params.ruleID), mayLocate);
      await saveRule(db, projectOf(query), body, clock.now(), params.ruleID);
      return ruleFor(await findRule(db, projectOf(query), params.ruleID), mayLocate);
    },
  );

  /** -> 204; what it raised stays. **Errors:** RULE_UNKNOWN */
  app.delete(
    "/api/v1/alert-rules/:ruleID",
    { ...manage, schema: one },
    async ({ db, params, query }, reply) => {
      await removeRule(db, projectOf(query), params.ruleID);
      return reply.status(204).send();
    },
  );

  /** A test message through the rule's channels -> 202 {deliveryIDs}. **Errors:** RULE_UNKNOWN */
  app.post(
    "/api/v1/alert-rules/:ruleID/test",
    { ...manage, schema: one },
    async ({ db, params, query, caller }, reply) => {
      const who = caller.name;
      const deliveryIDs = await testRule(db, projectOf(query), params.ruleID, who, clock.now());
      alerts.wake();
      return reply.status(202).send({ deliveryIDs });
    },
  );

  /** -> {quiet?, allow?, dashboard?} of a project. */
  app.get(
    "/api/v1/alert-settings",
    { ...read, schema: { querystring: ProjectQuery } },
    async ({ db, query, caller }) =>
      settingsFor(await settingsOf(db, projectOf(query)), locates(caller, query)),
  );

  /** All of them anew. **Errors:** BAD_RULE */
  app.put(
    "/api/v1/alert-settings",
    { ...manage, bodyLimit: RULE_BYTES_MAX, schema: { querystring: ProjectQuery } },
    async ({ db, query, body, caller }) => {
      const mayLocate = locates(caller, query);
      requireZones(await settingsOf(db, projectOf(query)), mayLocate);
      await saveSettings(db, projectOf(query), body, clock.now());
      return settingsFor(await settingsOf(db, projectOf(query)), mayLocate);
    },
  );

  channelRoutes(app, { clock });
}

/** Nobody gives a channel what he may not see in all of the project. **Errors:** FORBIDDEN */
function requireLocate({ reach }: Caller, projectID: string, mayLocate?: boolean): void {
  if (mayLocate && !reaches(reach("locate"), { projectID, siteID: null })) {
    throw httpError(
      "FORBIDDEN",
      "a channel that may locate needs somebody with the right to locate",
    );
  }
}

function channelRoutes(app: App, { clock }: Pick<OperatorServices, "clock">): void {
  const one = { params: ChannelParams, querystring: ProjectQuery };

  /** -> {channels: [...]} without their secrets, with counts of messages. */
  app.get(
    "/api/v1/alert-channels",
    { ...read, schema: { querystring: ProjectQuery } },
    async ({ db, query }) => ({
      channels: await listChannels(db, projectOf(query)),
    }),
  );

  /** -> 201; `made` holds a secret that was made here, this once. **Errors:** BAD_CHANNEL, NAME_TAKEN */
  app.post(
    "/api/v1/alert-channels",
    { ...manage, schema: { querystring: ProjectQuery, body: NewChannelBody } },
    async ({ db, query, body, caller }, reply) => {
      requireLocate(caller, projectOf(query), body.mayLocate);
      return reply.status(201).send(await createChannel(db, projectOf(query), body, clock.now()));
    },
  );

  /** What is not given stays, secrets too. **Errors:** CHANNEL_UNKNOWN, BAD_CHANNEL, NAME_TAKEN */
  app.patch(
    "/api/v1/alert-channels/:channelID",
    { ...manage, schema: { ...one, body: ChannelBody } },
    async ({ db, params, query, body, caller }) => {
      const { mayLocate } = await findChannel(db, projectOf(query), params.channelID);
      // A new address would be told what the old one was.
      const keeps = body.config !== undefined && body.mayLocate !== false && mayLocate === 1;
      requireLocate(caller, projectOf(query), body.mayLocate || keeps);
      return changeChannel(db, projectOf(query), params.channelID, body, clock.now());
    },
  );

  /** -> 204. **Errors:** CHANNEL_UNKNOWN, CHANNEL_IN_USE */
  app.delete(
    "/api/v1/alert-channels/:channelID",
    { ...manage, schema: one },
    async ({ db, params, query }, reply) => {
      await removeChannel(db, projectOf(query), params.channelID);
      return reply.status(204).send();
    },
  );
}
