/**
 * What an alert rule may say, as a schema, and what is wrong with one that says something else. A rule is about observations
 * or about troubles of cameras, never both. Conditions that are absent always hold; those that are there must all hold.
 * Severities after docs/alerts.md: P1 now, P2 within minutes, P3 in a digest, P4 a camera in trouble.
 */
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { IdSchema } from "../checkin/schemas.ts";
import { zoneProblem } from "./zone.ts";

export const SEVERITIES = ["P1", "P2", "P3", "P4"] as const;
export const TROUBLES = [
  ...(["silent", "batteryLow", "clockDrift", "lensCovered", "tamper", "lowHealth"] as const),
];
export type Trouble = (typeof TROUBLES)[number];

const closed = { additionalProperties: false } as const;
const Line = (maxLength: number) =>
  Type.String({ minLength: 1, maxLength, pattern: "^[^\\u0000-\\u001f\\u007f]*$" });
const Probability = Type.Number({ minimum: 0, maximum: 1 });
const Minutes = (maximum: number) => Type.Integer({ minimum: 1, maximum });
const TimeOfDay = Type.String({ pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$" });
const Names = (item: Type.TSchema & { static?: string } = Line(80)) =>
  Type.Array(item as ReturnType<typeof Line>, { minItems: 1, maxItems: 200 });
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const Position = Type.Array(Type.Number(), { minItems: 2, maxItems: 3 });
const Rings = Type.Array(Type.Array(Position, { minItems: 4, maxItems: 5000 }), {
  ...{ minItems: 1, maxItems: 100 },
});
/** GeoJSON, RFC 7946: longitude first, the first ring is the outer one, the others are holes. */
const Zone = Type.Union([
  Type.Object({ type: Type.Literal("Polygon"), coordinates: Rings }),
  Type.Object({
    type: Type.Literal("MultiPolygon"),
    coordinates: Type.Array(Rings, { minItems: 1, maxItems: 100 }),
  }),
]);
export type ZoneShape = Static<typeof Zone>;

/** Local hours; ["22:00", "04:00"] spans midnight and belongs to the day on which it begins. */
const HOURS = {
  hours: Type.Optional(
    Type.Array(Type.Array(TimeOfDay, { minItems: 2, maxItems: 2 }), { minItems: 1, maxItems: 10 }),
  ),
  days: Type.Optional(Type.Array(Type.Enum(DAYS), { minItems: 1, maxItems: 7 })),
  timeZone: Type.Optional(Type.String({ maxLength: 60 })),
};
const PLACES = {
  sites: Type.Optional(Names()),
  groups: Type.Optional(Names()),
  cameraIDs: Type.Optional(Names(IdSchema)),
  inside: Type.Optional(Zone),
};

const When = Type.Object(
  {
    ...HOURS,
    ...PLACES,
    outside: Type.Optional(Zone),
    observationTypes: Type.Optional(
      Type.Array(Type.Enum(["animal", "human", "vehicle", "unknown", "unclassified"] as const), {
        ...{ minItems: 1, maxItems: 5 },
      }),
    ),
    scientificNames: Type.Optional(Names()),
    probabilityMin: Type.Optional(Probability),
    repeated: Type.Optional(
      Type.Object(
        {
          times: Type.Integer({ minimum: 2, maximum: 20 }),
          of: Type.Integer({ minimum: 2, maximum: 20 }),
          probabilityMin: Probability,
          withinMinutes: Minutes(1440),
        },
        closed,
      ),
    ),
    countMin: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
    countMax: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
    sunBelow: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
    sunAbove: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
    troubles: Type.Optional(
      Type.Array(Type.Enum(TROUBLES), { minItems: 1, maxItems: TROUBLES.length }),
    ),
    silentIntervals: Type.Optional(Type.Number({ minimum: 1, maximum: 100 })),
    batteryMvMin: Type.Optional(Type.Integer({ minimum: 1, maximum: 60_000 })),
    clockDriftS: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400 })),
  },
  closed,
);
export type When = Static<typeof When>;

/** Nobody is alarmed by what happens then and there: who says why. Times are ISO 8601 with an offset. */
const Allowance = Type.Object(
  {
    who: Line(120),
    from: Type.Optional(Type.String({ maxLength: 40 })),
    to: Type.Optional(Type.String({ maxLength: 40 })),
    ...HOURS,
    ...PLACES,
    observationTypes: Type.Optional(
      Type.Array(Type.Enum(["animal", "human", "vehicle"] as const), { minItems: 1, maxItems: 3 }),
    ),
  },
  closed,
);
export type Allowance = Static<typeof Allowance>;

const Quiet = Type.Object(
  { from: TimeOfDay, to: TimeOfDay, timeZone: Type.Optional(Type.String({ maxLength: 60 })) },
  closed,
);
export type Quiet = Static<typeof Quiet>;

export const RuleSchema = Type.Object(
  {
    name: Line(80),
    severity: Type.Enum(SEVERITIES),
    isEnabled: Type.Optional(Type.Boolean()),
    when: When,
    channels: Type.Optional(Type.Array(IdSchema, { maxItems: 20 })),
    escalation: Type.Optional(
      Type.Array(
        Type.Object(
          { afterMinutes: Minutes(10_080), channels: Type.Array(IdSchema, { maxItems: 20 }) },
          closed,
        ),
        { maxItems: 5 },
      ),
    ),
    allow: Type.Optional(Type.Array(Allowance, { maxItems: 100 })),
    quiet: Type.Optional(Quiet),
    /** Absent: at once. */
    digestAt: Type.Optional(TimeOfDay),
    timeZone: Type.Optional(Type.String({ maxLength: 60 })),
    dedupMinutes: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_080 })),
    capPerHour: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  },
  closed,
);
export type Rule = Static<typeof RuleSchema>;

export const SettingsSchema = Type.Object(
  {
    allow: Type.Optional(Type.Array(Allowance, { maxItems: 500 })),
    quiet: Type.Optional(Quiet),
    /** Origin of the dashboard as people reach it, for links in messages. */
    dashboard: Type.Optional(Type.String({ maxLength: 200, pattern: "^https?://[^/?#]+/?$" })),
  },
  closed,
);
export type AlertSettings = Static<typeof SettingsSchema>;

export const DEDUP_MINUTES = 10;
/** A trouble that comes and goes is one alert for so long. */
export const TROUBLE_DEDUP_MINUTES = 720;
export const CAP_PER_HOUR = 20;

const ruleValidator = Compile(RuleSchema);
const settingsValidator = Compile(SettingsSchema);

/** What is wrong with a rule, naming the field; "" when nothing is. */
export function ruleProblem(value: unknown): string {
  if (!ruleValidator.Check(value)) return fieldProblem(ruleValidator.Errors(value));
  const { when, timeZone, quiet, allow = [], severity, digestAt } = value as Rule;
  return (
    whenProblem(when) ||
    zonesProblem(when, "when") ||
    timeZoneProblem(when.timeZone, "when.timeZone") ||
    timeZoneProblem(timeZone, "timeZone") ||
    quietProblem(quiet) ||
    (severity === "P1" && digestAt
      ? "digestAt: a P1 is delivered at once, never in a digest"
      : "") ||
    allowProblem(allow)
  );
}

export function settingsProblem(value: unknown): string {
  if (!settingsValidator.Check(value)) return fieldProblem(settingsValidator.Errors(value));
  const { allow = [], quiet } = value as AlertSettings;
  return quietProblem(quiet) || allowProblem(allow);
}

const ABOUT_SIGHTINGS = [
  ...(["observationTypes", "scientificNames", "probabilityMin", "repeated"] as const),
  ...(["countMin", "countMax", "sunBelow", "sunAbove"] as const),
] satisfies (keyof When)[];
const ABOUT_TROUBLES = ["silentIntervals", "batteryMvMin", "clockDriftS"] satisfies (keyof When)[];

function whenProblem(when: When): string {
  const foreign = (when.troubles ? ABOUT_SIGHTINGS : ABOUT_TROUBLES).find((key) => key in when);
  if (foreign) {
    return when.troubles
      ? `when.${foreign}: a rule about troubles of cameras knows no ${foreign}`
      : `when.${foreign}: only a rule with when.troubles has it`;
  }
  const { repeated, countMin = 0, countMax = Number.POSITIVE_INFINITY } = when;
  if (repeated && repeated.times > repeated.of) {
    return `when.repeated.times: ${repeated.times} of ${repeated.of} cannot be`;
  }
  if (countMin > countMax) return `when.countMax: ${countMax} is below countMin ${countMin}`;
  const { sunAbove = -90, sunBelow = 90 } = when;
  return sunAbove >= sunBelow ? "when.sunBelow: must be above when.sunAbove" : "";
}

function zonesProblem(place: Pick<When, "inside" | "outside">, at: string): string {
  for (const key of ["inside", "outside"] as const) {
    const shape = place[key];
    const problem = shape ? zoneProblem(shape) : "";
    if (problem) return `${at}.${key}: ${problem}`;
  }
  return "";
}

export function timeZoneProblem(name: string | undefined, field: string): string {
  if (name === undefined) return "";
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return "";
  } catch {
    return `${field}: "${name}" is no time zone; an IANA name such as Africa/Nairobi is`;
  }
}

function quietProblem(quiet: Quiet | undefined): string {
  if (quiet?.from === undefined) return "";
  if (quiet.from === quiet.to) return "quiet.to: quiet hours must end at another time";
  return timeZoneProblem(quiet.timeZone, "quiet.timeZone");
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

function allowProblem(allow: Allowance[]): string {
  for (const [index, one] of allow.entries()) {
    const at = `allow.${index}`;
    for (const key of ["from", "to"] as const) {
      const text = one[key];
      if (text !== undefined && !(ISO.test(text) && Number.isFinite(Date.parse(text)))) {
        return `${at}.${key}: "${text}" is no time; 2026-03-01T18:00+03:00 is`;
      }
    }
    if (one.from && one.to && Date.parse(one.from) >= Date.parse(one.to)) {
      return `${at}.to: must be after from`;
    }
    const problem = timeZoneProblem(one.timeZone, `${at}.timeZone`) || zonesProblem(one, at);
    if (problem) return problem;
  }
  return "";
}

interface SchemaError {
  instancePath: string;
  message: string;
  keyword: string;
  params: unknown;
}

/** The deepest error is the one a person means; of a union, of which every branch complains, the union's own. */
export function fieldProblem(errors: readonly unknown[]): string {
  const all = errors as readonly SchemaError[];
  const depth = ({ instancePath }: SchemaError) => instancePath.split("/").length;
  const union = all.find(({ keyword }) => keyword === "anyOf");
  const worst = union ?? [...all].sort((a, b) => depth(b) - depth(a))[0];
  if (!worst) return "not understood";
  const field = worst.instancePath.replace(/^\//, "").replaceAll("/", ".");
  const { allowedValues, additionalProperties, requiredProperties } = worst.params as Record<
    string,
    unknown[] | undefined
  >;
  if (union) return `${field}: must be a GeoJSON Polygon or MultiPolygon of closed rings`;
  if (worst.keyword === "boolean") return `${field}: there is no such field`;
  if (additionalProperties) {
    return `${join(field, additionalProperties[0])}: there is no such field`;
  }
  if (requiredProperties) return `${join(field, requiredProperties[0])}: is missing`;
  const what = allowedValues ? `must be one of ${allowedValues.join(", ")}` : worst.message;
  return `${field || "the whole"}: ${what}`;
}

const join = (field: string, name: unknown): string => (field ? `${field}.${name}` : String(name));
