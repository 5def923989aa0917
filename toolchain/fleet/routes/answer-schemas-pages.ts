/** What the dashboard's pages ask for beside the things themselves; answers.ts says which route answers what. */
import Type, { type TObject, type TProperties, type TSchema } from "typebox";
import { Observation } from "./answer-schemas.ts";

const strict = <T extends TProperties>(properties: T): TObject<T> =>
  Type.Object(properties, { additionalProperties: false });
const orNull = (schema: TSchema) => Type.Union([schema, Type.Null()]);
const [text, whole] = [Type.String(), Type.Integer()];
const time = Type.String({ format: "date-time" });

export const Today = strict({
  zones: Type.Array(strict({ timeZone: text, date: text, sites: orNull(whole) })),
  seen: Type.Array(strict({ observationType: text, scientificName: text, observations: whole })),
  ...{ cameras: whole, alertsRaised: whole, alertsAcknowledged: whole },
  best: Type.Array(Observation),
});

export const ServerSettings = strict({
  ...{ name: text, timeZone: text },
  tiles: orNull(strict({ url: text, attribution: text })),
});

export const SiteZone = strict({
  ...{ siteID: text, projectID: text, name: text, timeZone: orNull(text) },
});

export const ExportChoices = strict({
  formats: Type.Array(strict({ format: text, summary: text })),
  projects: Type.Array(strict({ projectID: text, name: text })),
  ...{ project: text, deployments: whole },
  generalised: Type.Record(text, whole),
});

export const CameraRollouts = strict({
  rollouts: Type.Array(
    strict({
      ...{ rolloutID: whole, releaseID: text, version: text, status: text, ring: whole },
      ...{ state: text, reason: text, changed: time },
    }),
  ),
  runs: Type.Array(strict({ kind: text, counter: whole, pending: orNull(whole) })),
});

export const ReviewCounts = strict({
  ...{ any: whole, flagged: whole, unsure: whole, disagreeing: whole, rare: whole, all: whole },
  isPartial: Type.Boolean(),
});
