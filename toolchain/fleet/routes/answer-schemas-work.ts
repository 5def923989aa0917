/** What routes of people's work answer with: alerts, reviews, individuals, analyses, imports. The others: answer-schemas.ts. */
import Type, { type TObject, type TProperties, type TSchema } from "typebox";
import { RuleSchema, SEVERITIES, SettingsSchema } from "../alerts/rule.ts";
import { Media } from "./answer-schemas.ts";

const strict = <T extends TProperties>(properties: T): TObject<T> =>
  Type.Object(properties, { additionalProperties: false });
const orNull = (schema: TSchema) => Type.Union([schema, Type.Null()]);
const maybe = (schema: TSchema) => Type.Optional(schema);
const [text, whole, number, truth] = [Type.String(), Type.Integer(), Type.Number(), Type.Boolean()];
const time = Type.String({ format: "date-time" });
const [textOrNull, numberOrNull, timeOrNull] = [orNull(text), orNull(number), orNull(time)];
const severity = Type.Enum(SEVERITIES);

export const Rule = strict({
  ...RuleSchema.properties,
  ...{ ruleID: text, projectID: text, changed: time },
});
export const Settings = SettingsSchema;

const delivery = strict({
  ...{ deliveryID: text, alertID: orNull(whole), ruleID: text, kind: text, channelID: text },
  ...{ channel: textOrNull, severity, state: text, attempts: whole, error: textOrNull },
  ...{ digestID: textOrNull, created: time, next: time, sent: timeOrNull },
});
export const Delivery = delivery;
const alert = {
  ...{ alertID: whole, projectID: text, ruleID: text, rule: text, severity, state: text },
  ...{ subject: text, title: text, cameraID: text, cameraName: textOrNull, site: textOrNull },
  ...{ observationID: textOrNull, probability: numberOrNull, count: whole },
  ...{ firstSeen: time, lastSeen: time, raised: time, changed: time },
  ...{ acknowledgedBy: textOrNull, mutedUntil: timeOrNull, escalates: timeOrNull },
  ...{ isWithheld: truth, isUndelivered: truth },
};
export const Alert = strict(alert);
export const AlertDetail = strict({
  ...alert,
  events: Type.Array(strict({ time, step: text, who: text, note: text })),
  deliveries: Type.Array(delivery),
  observationIDs: Type.Array(text),
});
const channel = {
  ...{ channelID: text, projectID: text, name: text, kind: text, isEnabled: truth },
  ...{ mayLocate: truth, config: Type.Object({}), changed: time },
};
export const Channel = strict({
  ...{ ...channel, made: maybe(Type.Record(Type.String(), text)) },
});
export const ListedChannel = strict({
  ...{ ...channel, waiting: whole, sent: whole, dead: whole, lastSent: timeOrNull },
});

const box = {
  ...{ bboxX: numberOrNull, bboxY: numberOrNull, bboxWidth: numberOrNull },
  bboxHeight: numberOrNull,
};
const guess = strict({
  ...{ observationType: text, scientificName: text, probability: numberOrNull },
  classifiedBy: textOrNull,
});
const reviewed = strict({
  ...{ observationID: text, observationType: text, scientificName: text, count: whole },
  ...{ lifeStage: textOrNull, sex: textOrNull, behavior: textOrNull, individualID: textOrNull },
  ...{ classificationMethod: textOrNull, classifiedBy: textOrNull },
  ...{ classificationProbability: numberOrNull, topGuess: orNull(guess), ...box },
  rolledUp: orNull(strict({ kind: text, score: number, source: text, name: text })),
  ...{ flag: textOrNull, media: Type.Array(Media) },
});
export const Event = strict({
  ...{ deploymentID: text, eventID: text, cameraID: textOrNull, cameraName: textOrNull },
  ...{ site: textOrNull, locationName: textOrNull, eventStart: time, eventEnd: time },
  ...{ reasons: Type.Array(text), observations: Type.Array(reviewed) },
});
export const Decision = strict({ decisionID: text, observationIDs: Type.Array(text) });
export const Review = strict({
  ...{ reviewID: text, observationID: text, reviewedBy: text, reviewed: time },
  ...{ before: Type.Object({}), after: Type.Object({}) },
  ...{ decisionID: text, action: text, undoes: text },
});
export const ReviewRules = strict({
  ...{ country: text, region: text, geofence: text, watch: Type.Array(text) },
});

const individual = {
  ...{ individualID: text, projectID: text, scientificName: textOrNull, name: textOrNull },
  ...{ sex: textOrNull, lifeStage: textOrNull, comments: textOrNull, created: time },
  ...{ sightings: whole, cameras: whole, firstSeen: timeOrNull, lastSeen: timeOrNull },
  picture: textOrNull,
};
export const Individual = strict(individual);
export const IndividualDetail = strict({
  ...{ ...individual, next: textOrNull },
  history: Type.Array(
    strict({
      ...{ observationID: text, deploymentID: text, eventStart: time, site: textOrNull },
      ...{ locationName: textOrNull, cameraID: textOrNull, picture: textOrNull },
    }),
  ),
});
export const Candidates = strict({
  refusal: textOrNull,
  candidates: Type.Array(
    strict({ individualID: text, name: textOrNull, distance: number, observationID: text }),
  ),
});

/** Figures that are not finite are null in JSON. */
const figure = numberOrNull;
const interval = strict({ low: figure, high: figure, level: number, method: text });
const figures = Type.Array(figure);
export const AnalysisAnswer = strict({
  ...{ analysis: text, of: text, n: number, nOf: text, effortDays: figure },
  observed: maybe(Type.Record(Type.String(), figure)),
  estimates: Type.Record(
    Type.String(),
    strict({ value: figure, unit: text, standardError: maybe(figure), interval: maybe(interval) }),
  ),
  ...{ refusal: maybe(text), assumptions: Type.Array(text) },
  table: maybe(strict({ columns: Type.Array(text), rows: Type.Array(Type.Array(Type.Unknown())) })),
  plot: maybe(
    strict({
      ...{ kind: text, xLabel: text, yLabel: text, x: Type.Array(Type.Unknown()) },
      series: Type.Array(
        strict({ label: text, y: figures, low: maybe(figures), high: maybe(figures) }),
      ),
    }),
  ),
});
export const Analysis = strict({ name: text, summary: text, needs: text, assumes: text });
export const Deployment = strict({
  ...{ deploymentID: text, siteID: textOrNull, cameraID: textOrNull, cameraName: textOrNull },
  ...{ locationName: textOrNull, deploymentStart: whole, deploymentEnd: orNull(whole) },
  failures: Type.Array(strict({ failureStart: whole, failureEnd: orNull(whole), reason: text })),
});

export const Written = strict({ written: whole, kept: whole });
export const Judged = strict({
  judged: Type.Record(
    Type.String(),
    strict({
      ...{ observationType: text, scientificName: maybe(text) },
      classificationProbability: maybe(number),
    }),
  ),
});
