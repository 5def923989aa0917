/** Review: the events that need a person, their decisions, the rules behind the labels, and the labelled set. */
import { Readable } from "node:stream";
import Type from "typebox";
import { DEFAULT_PROJECT } from "../ids.ts";
import { PAGE_QUERY, pageOf } from "../pages.ts";
import {
  deploymentOf,
  secretsFrom,
  secretsOfProject,
  withoutName,
  withoutTexts,
} from "../research/withheld.ts";
import { historyOf, type ReviewRequest, review, undo } from "../review/decisions.ts";
import { agreementAnswers, labelledSet } from "../review/labels.ts";
import { readRules, saveRules } from "../review/project-rules.ts";
import { reviewQueue } from "../review/queue.ts";
import { queueCounts } from "../review/queue-counts.ts";
import { REASONS } from "../review/queue-reasons.ts";
import { knownTaxa } from "../review/taxa.ts";
import { type App, may, type OperatorServices } from "./app.ts";

/** Events with all their pictures. */
const QUEUE = { usual: 20, max: 100 };
const IDS_MAX = 200;
const TYPES = ["animal", "human", "vehicle", "blank", "unknown", "unclassified"] as const;

const Line = (maxLength: number) =>
  Type.String({ maxLength, pattern: "^[^\\u0000-\\u001f\\u007f]*$" });
export const AnyID = Type.String({ minLength: 1, maxLength: 200, pattern: "^[^\\u0000]+$" });
const Seconds = Type.String({ pattern: "^\\d{1,10}$" });
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);

export const ProjectQuery = Type.Object({ project: Type.Optional(AnyID) });
const QueueQuery = Type.Object({
  project: Type.Optional(AnyID),
  site: Type.Optional(AnyID),
  cameraID: Type.Optional(AnyID),
  observationType: Type.Optional(Type.Enum([...TYPES])),
  reason: Type.Optional(Type.Enum([...REASONS])),
  from: Type.Optional(Seconds),
  to: Type.Optional(Seconds),
  ...PAGE_QUERY,
  before: Type.Optional(Type.String({ maxLength: 1000 })),
});

const Label = Type.Object(
  {
    observationType: Type.Optional(Type.Enum([...TYPES])),
    scientificName: Type.Optional(Nullable(Line(80))),
    count: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 10_000 }))),
    lifeStage: Type.Optional(Nullable(Type.Enum(["adult", "subadult", "juvenile"] as const))),
    sex: Type.Optional(Nullable(Type.Enum(["female", "male"] as const))),
    behavior: Type.Optional(Nullable(Line(200))),
    observationComments: Type.Optional(Nullable(Line(500))),
  },
  { additionalProperties: false },
);
const ids = Type.Array(AnyID, { minItems: 1, maxItems: IDS_MAX, uniqueItems: true });
const action = <T extends string>(name: T) => ({ action: Type.Literal(name), observationIDs: ids });
const closed = { additionalProperties: false };
const ReviewBody = Type.Union([
  Type.Object(action("accept"), closed),
  Type.Object(action("merge"), closed),
  Type.Object(action("unflag"), closed),
  Type.Object({ ...action("correct"), label: Label }, closed),
  Type.Object(
    {
      ...action("split"),
      label: Label,
      mediaIDs: Type.Optional(Type.Array(AnyID, { minItems: 1, maxItems: 100 })),
    },
    closed,
  ),
  Type.Object({ ...action("flag"), note: Line(300) }, closed),
  Type.Object({ ...action("assign"), individualID: Nullable(AnyID) }, closed),
]);

const HistoryQuery = Type.Object({ observationID: AnyID, ...PAGE_QUERY });
const RulesBody = Type.Object(
  {
    country: Type.String({ pattern: "^([A-Z]{3})?$" }),
    region: Type.String({ pattern: "^([A-Z0-9]{2})?$" }),
    geofence: Type.String({ maxLength: 12_000 }),
    watch: Type.Array(Line(80), { maxItems: 200 }),
  },
  closed,
);
const RulesParams = Type.Object({ projectID: AnyID });

export function reviewRoutes(app: App, { clock, streams }: OperatorServices): void {
  /** -> {events: [...], next}. **Errors:** BAD_REQUEST, BAD_CURSOR */
  app.get(
    "/api/v1/reviews/queue",
    { ...may("read"), schema: { querystring: QueueQuery } },
    async ({ db, query, caller }) => {
      const { project = DEFAULT_PROJECT, site, from, to, ...rest } = query;
      const period = {
        ...(from !== undefined && { from: Number(from) }),
        ...(to !== undefined && { to: Number(to) }),
      };
      const filter = { ...rest, ...period, projectID: project, siteID: site };
      const { events, next } = await reviewQueue(db, filter, pageOf(query, QUEUE));
      const ids = events.map(({ deploymentID }) => deploymentID);
      const secrets = await secretsFrom(db, caller.reach("locate"), ids);
      return {
        events: withoutName(events, secrets).map((event) =>
          secrets.has(event.deploymentID)
            ? { ...event, observations: event.observations.map(withoutTexts) }
            : event,
        ),
        next,
      };
    },
  );

  /** -> {any, flagged, unsure, disagreeing, rare, all, isPartial}: events that wait among the newest 10,000 rows */
  app.get(
    "/api/v1/reviews/counts",
    { ...may("read"), schema: { querystring: ProjectQuery } },
    ({ db, query }) => queueCounts(db, query.project ?? DEFAULT_PROJECT),
  );

  /** One decision about one or more observations -> {decisionID, observationIDs}. **Errors:** OBSERVATION_UNKNOWN, INDIVIDUAL_UNKNOWN, BAD_REVIEW */
  app.post(
    "/api/v1/reviews",
    { ...may("review"), schema: { body: ReviewBody } },
    async ({ db, body, caller }) => {
      const done = await review(db, body as ReviewRequest, caller, clock.now());
      streams.wake();
      return done;
    },
  );

  /** -> {decisionID, observationIDs}. **Errors:** REVIEW_UNKNOWN, REVIEW_UNDONE, REVIEW_OVERTAKEN */
  app.post(
    "/api/v1/reviews/:decisionID/undo",
    { ...may("review"), schema: { params: Type.Object({ decisionID: AnyID }) } },
    async ({ db, params, caller }) => {
      const done = await undo(db, params.decisionID, caller, clock.now());
      streams.wake();
      return done;
    },
  );

  /** -> {history: [{action, reviewedBy, reviewed, before, after, decisionID, undoes}], next}, newest first */
  app.get(
    "/api/v1/reviews/history",
    { ...may("read"), schema: { querystring: HistoryQuery } },
    async ({ db, query, caller }) => {
      const { observationID } = query;
      const { history, next } = await historyOf(db, observationID, pageOf(query));
      const ids = [...(await deploymentOf(db, [observationID])).values()];
      const secrets = await secretsFrom(db, caller.reach("locate"), ids);
      if (secrets.size === 0) return { history, next };
      const plain = history.map((entry) => ({
        ...entry,
        ...{ before: withoutTexts(entry.before), after: withoutTexts(entry.after) },
      }));
      return { history: plain, next };
    },
  );

  /** -> {answers}: machine's labels against people's, by class */
  app.get(
    "/api/v1/reviews/agreement",
    { ...may("read"), schema: { querystring: ProjectQuery } },
    async ({ db, query }) => ({
      answers: await agreementAnswers(db, query.project ?? DEFAULT_PROJECT),
    }),
  );

  /** -> CSV: picture, box, label; what people decided, for training */
  app.get(
    "/api/v1/reviews/labels.csv",
    { ...may("review"), schema: { querystring: ProjectQuery } },
    async ({ db, query, caller }, reply) => {
      const project = query.project ?? DEFAULT_PROJECT;
      const secrets = await secretsOfProject(db, caller.reach("locate"), project);
      return reply
        .type("text/csv; charset=utf-8")
        .header("content-disposition", 'attachment; filename="labels.csv"')
        .send(Readable.from(labelledSet(db, project, secrets)));
    },
  );

  /** -> {taxa: [name]}: what has a name here already, the most frequent first */
  app.get(
    "/api/v1/reviews/taxa",
    { ...may("read"), schema: { querystring: ProjectQuery } },
    async ({ db, query }) => ({ taxa: await knownTaxa(db, query.project ?? DEFAULT_PROJECT) }),
  );

  /** -> {country, region, geofence, watch} */
  app.get(
    "/api/v1/reviews/rules/:projectID",
    { ...may("read"), schema: { params: RulesParams } },
    ({ db, params }) => readRules(db, params.projectID),
  );

  /** {country, region, geofence, watch} -> 204. **Errors:** PROJECT_UNKNOWN, BAD_REVIEW */
  app.put(
    "/api/v1/reviews/rules/:projectID",
    { ...may("review"), schema: { params: RulesParams, body: RulesBody } },
    async ({ db, params, body }, reply) => {
      await saveRules(db, params.projectID, body);
      return reply.status(204).send();
    },
  );
}
