/** Known animals: gallery, candidates, merge and split. Who is seen in an observation is decided by `POST /api/v1/reviews` (assign). */
import Type from "typebox";
import { DEFAULT_PROJECT } from "../ids.ts";
import { PAGE_QUERY, PageQuery, pageOf, WHOLE } from "../pages.ts";
import { secretsFrom, withoutName } from "../research/withheld.ts";
import { candidatesFor } from "../review/candidates.ts";
import { review } from "../review/decisions.ts";
import { addIndividual, individualOf, listIndividuals, mergeInto } from "../review/individuals.ts";
import { type App, may, type OperatorServices } from "./app.ts";
import { AnyID } from "./reviews.ts";

const Line = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: "^[^\\u0000-\\u001f\\u007f]*$" });
const NewIndividual = Type.Object(
  {
    project: Type.Optional(AnyID),
    name: Line(80),
    scientificName: Type.Optional(Line(80)),
    sex: Type.Optional(Type.Enum(["female", "male"] as const)),
    lifeStage: Type.Optional(Type.Enum(["adult", "subadult", "juvenile"] as const)),
    comments: Type.Optional(Line(500)),
  },
  { additionalProperties: false },
);
const ListQuery = Type.Object({ project: Type.Optional(AnyID), ...PAGE_QUERY });
const IndividualParams = Type.Object({ individualID: AnyID });
const observationIDs = Type.Array(AnyID, { minItems: 1, maxItems: 200, uniqueItems: true });

export function individualRoutes(app: App, services: OperatorServices): void {
  const { clock, objects, streams } = services;

  /** -> {individuals: [{individualID, name, sightings, cameras, firstSeen, lastSeen, picture}], next}, seen last first. **Errors:** BAD_CURSOR */
  app.get(
    "/api/v1/individuals",
    { ...may("read"), schema: { querystring: ListQuery } },
    ({ db, query }) => listIndividuals(db, query.project ?? DEFAULT_PROJECT, pageOf(query, WHOLE)),
  );

  /** {name, project?, scientificName?, sex?, lifeStage?, comments?} -> 201 {individualID}. **Errors:** PROJECT_UNKNOWN */
  app.post(
    "/api/v1/individuals",
    { ...may("review"), schema: { body: NewIndividual } },
    async ({ db, body }, reply) => {
      const { project = DEFAULT_PROJECT, ...animal } = body;
      const individualID = await addIndividual(db, project, animal, clock.now());
      return reply.status(201).send({ individualID });
    },
  );

  /** -> the individual with its history of sightings, by pages. **Errors:** INDIVIDUAL_UNKNOWN, BAD_CURSOR */
  app.get(
    "/api/v1/individuals/:individualID",
    { ...may("read"), schema: { params: IndividualParams, querystring: PageQuery } },
    async ({ db, params, query, caller }) => {
      const page = pageOf(query, WHOLE);
      const { history, ...animal } = await individualOf(db, params.individualID, page);
      const ids = history.map(({ deploymentID }) => deploymentID);
      const secrets = await secretsFrom(db, caller.reach("locate"), ids);
      return { ...animal, history: withoutName(history, secrets) };
    },
  );

  /** {into} -> {decisionID, observationIDs}: all its sightings become the other's. **Errors:** INDIVIDUAL_UNKNOWN, BAD_REVIEW */
  app.post(
    "/api/v1/individuals/:individualID/merge",
    {
      ...may("review"),
      schema: { params: IndividualParams, body: Type.Object({ into: AnyID }) },
    },
    async ({ db, params, body, caller }) => {
      const pair = { from: params.individualID, into: body.into };
      const done = await mergeInto(db, pair, caller, clock.now());
      streams.wake();
      return done;
    },
  );

  /** {name, observationIDs} -> {individualID, decisionID}: these sightings are another animal. **Errors:** INDIVIDUAL_UNKNOWN, OBSERVATION_UNKNOWN */
  app.post(
    "/api/v1/individuals/:individualID/split",
    {
      ...may("review"),
      schema: {
        params: IndividualParams,
        body: Type.Object({ name: Line(80), observationIDs }),
      },
    },
    async ({ db, params, body, caller }) => {
      const { projectID, scientificName } = await individualOf(db, params.individualID);
      const animal = { name: body.name, scientificName };
      const individualID = await addIndividual(db, projectID, animal, clock.now());
      const request = { action: "assign" as const, observationIDs: body.observationIDs };
      const { decisionID } = await review(db, { ...request, individualID }, caller, clock.now());
      streams.wake();
      return { individualID, decisionID };
    },
  );

  /** -> {refusal, candidates: [{individualID, name, distance, observationID}]}, nearest first. **Errors:** OBSERVATION_UNKNOWN */
  app.get(
    "/api/v1/observations/:observationID/candidates",
    { ...may("read"), schema: { params: Type.Object({ observationID: AnyID }) } },
    ({ db, params }) => candidatesFor(db, objects, services.embedder, params.observationID),
  );
}
