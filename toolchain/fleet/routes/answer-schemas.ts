/** The things that operators' routes answer with, one schema each; answers.ts says which route answers what. */
import Type, { type TObject, type TProperties, type TSchema } from "typebox";

const strict = <T extends TProperties>(properties: T): TObject<T> =>
  Type.Object(properties, { additionalProperties: false });
const orNull = (schema: TSchema) => Type.Union([schema, Type.Null()]);
const [text, whole, number, truth] = [Type.String(), Type.Integer(), Type.Number(), Type.Boolean()];
const time = Type.String({ format: "date-time" });
const [textOrNull, numberOrNull, timeOrNull] = [orNull(text), orNull(number), orNull(time)];
const values = Type.Record(Type.String(), whole);
const valuesOrNull = orNull(values);
const changes = Type.Record(Type.String(), Type.Array(numberOrNull));
const counts = Type.Record(Type.String(), whole);
const place = {
  ...{ latitude: numberOrNull, longitude: numberOrNull, coordinateUncertainty: numberOrNull },
};
const status = Type.Enum(["new", "green", "yellow", "orange", "red"] as const);
const sensitivity = Type.Enum([0, 1, 2, 3, 4] as const);

const configState = {
  configState: Type.Enum(["inForce", "waiting", "refused"] as const),
  configProblem: textOrNull,
};
const camera = {
  ...{ cameraID: text, name: text, site: text, ...place },
  ...{ created: time, lastSeen: timeOrNull, status },
  /** As the camera sent it: docs/protocol.md. */
  heartbeat: orNull(Type.Object({})),
  ...{ problem: textOrNull, observationCount: whole, mediaCount: whole },
  ...{ configVersion: whole, wantedConfigVersion: whole, ...configState },
};
export const Camera = strict(camera);
export const VersionedConfig = strict({ version: whole, values });
export const CameraDetail = strict({ ...camera, config: VersionedConfig });

const drift = {
  ...{ cameraID: text, name: text, site: text, group: textOrNull, ...configState },
  wanted: VersionedConfig,
  confirmed: strict({ version: whole, values: valuesOrNull }),
  drift: orNull(changes),
};
export const Drift = strict(drift);
const origin = strict({ scope: text, name: text, version: whole });
export const CameraConfig = strict({
  ...drift,
  keys: Type.Array(
    strict({
      ...{ key: text, value: whole, unit: text, group: text, isSecurity: truth, origin },
      hidden: Type.Array(strict({ scope: text, name: text, value: whole })),
    }),
  ),
});
export const ConfigKey = strict({
  ...{ key: text, unit: text, min: whole, max: whole, fallback: whole },
  ...{ group: text, isSecurity: truth },
});
export const Profile = strict({ name: text, summary: text, values });
const layer = { scope: text, name: text, version: whole, values };
export const LayerSchema = strict(layer);
export const LayerVersion = strict({ version: whole, created: time, note: text, values, changes });
export const LayerChange = strict({
  dryRun: truth,
  layers: Type.Array(strict({ ...layer, changes })),
  cameras: Type.Array(strict({ cameraID: text, version: whole, changes })),
});

const life = {
  ...{ cameraID: text, name: text, site: text, group: textOrNull, role: textOrNull },
  ...{ hardware: textOrNull, fingerprint: textOrNull, created: time, lastSeen: timeOrNull },
  state: Type.Enum(["active", "leaving", "wiped", "lost", "revoked"] as const),
};
export const Life = strict(life);
const check = strict({
  ...{ step: text, value: text, time: text },
  state: Type.Enum(["passed", "skipped", "failed"] as const),
});
export const Checklist = strict({
  ...{ deploymentID: text, by: text, time, checks: Type.Array(check) },
});
export const WholeLife = strict({
  ...life,
  deployments: Type.Array(
    strict({
      ...{ deploymentID: text, site: text, ...place, start: time, end: timeOrNull },
      checklist: orNull(Checklist),
    }),
  ),
  orders: Type.Array(strict({ number: whole, kind: text, ordered: time, done: timeOrNull })),
  events: Type.Array(strict({ time, event: text, detail: text })),
});

const claim = { claimID: text, site: text, group: textOrNull, role: textOrNull, name: textOrNull };
export const NewClaim = strict({ ...claim, claim: text, expires: time });
export const Claim = strict({
  ...{ ...claim, cameraID: textOrNull, created: time, expires: time },
  state: Type.Enum(["used", "revoked", "expired", "open"] as const),
});

export const Media = strict({
  mediaID: text,
  url: text,
  width: whole,
  height: whole,
  stored: truth,
});
export const Observation = strict({
  ...{ observationID: text, cameraID: textOrNull, cameraName: textOrNull, site: textOrNull },
  ...{ eventID: textOrNull, eventStart: time, eventEnd: time, observationType: text },
  ...{ scientificName: text, count: whole, classificationMethod: textOrNull },
  ...{ classificationProbability: numberOrNull, classifiedBy: textOrNull },
  ...{ bboxX: numberOrNull, bboxY: numberOrNull, bboxWidth: numberOrNull },
  ...{ bboxHeight: numberOrNull, media: Type.Array(Media) },
});
export const Summary = strict({
  ...{ now: time, cameras: whole, observations: whole, observationsByType: counts },
  ...{ media: whole, mediaStored: whole, faults: whole },
});

const availability = { poweredS: number, ableS: number, share: numberOrNull };
const forecast = Type.Union([
  strict({ empty: Type.Null(), refusal: text }),
  strict({
    ...{ empty: text, earliest: text, latest: textOrNull, chargePct: number },
    ...{ drainPctPerDay: number, daysUsed: number },
  }),
]);
export const CameraHealth = strict({
  ...{ cameraID: text, name: text, site: text, status, lastSeen: timeOrNull },
  ...{ score: numberOrNull, availability: strict(availability), forecast },
  reasons: Type.Array(strict({ points: number, text, advice: text })),
  anomalies: Type.Array(strict({ kind: text, text })),
  selfTest: Type.Unknown(),
  crashes: Type.Array(
    strict({
      ...{ time, text, uptimeS: numberOrNull, before: textOrNull, count: whole },
    }),
  ),
  history: Type.Array(
    strict({
      ...{ day: text, contacts: whole, batteryMv: numberOrNull, rssiDbm: numberOrNull },
      ...{ tempCMin: numberOrNull, tempCMax: numberOrNull, triggers: whole, captures: whole },
      ...{ captureFailures: whole, boots: whole, resets: whole, poweredS: number, unableS: number },
    }),
  ),
});
export const FleetHealth = strict({
  now: time,
  availability: strict({ ...availability, target: number }),
  cameras: Type.Array(
    strict({
      ...{ cameraID: text, name: text, site: text, status, score: numberOrNull },
      ...{ reason: textOrNull, batteryEmpty: textOrNull, availability: numberOrNull },
    }),
  ),
});

export const Release = strict({
  ...{ releaseID: text, kind: text, counter: whole, version: text, bytes: whole, sha256: text },
  ...{ baseCounter: orNull(whole), hardware: text, isSigned: truth, created: time },
});
const rollout = {
  ...{ rolloutID: whole, releaseID: text, status: text, reason: text, created: time },
  ...{ changed: time, states: counts, stopsAt: number, plan: Type.Object({}) },
  rings: Type.Array(
    strict({
      ...{ upTo: number, isOpen: truth, cameras: whole, states: counts, evidence: numberOrNull },
    }),
  ),
  selection: orNull(Type.Object({})),
};
export const Rollout = strict(rollout);
const step = strict({ state: text, reason: text, time });
const member = {
  ...{ cameraID: text, name: text, site: text, ring: whole, state: text, reason: text },
  attempt: whole,
};
export const RolloutDetail = strict({
  ...rollout,
  sites: Type.Array(strict({ site: text, states: counts })),
  cameras: Type.Array(strict(member)),
  events: Type.Array(step),
});
export const Member = strict({ ...member, events: Type.Array(step) });

export const Organisation = strict({ organisationID: text, name: text, created: time });
export const Project = strict({
  ...{ projectID: text, organisationID: text, name: text, sensitivity, created: time },
});
export const Site = strict({
  ...{
    siteID: text,
    projectID: text,
    name: text,
    sensitivity,
    timeZone: textOrNull,
    created: time,
  },
});
export const Location = strict({
  ...{ locationID: text, projectID: text, siteID: textOrNull, name: textOrNull, ...place },
  ...{ sensitivity, created: time },
});
export const User = strict({
  ...{ name: text, created: time, hasPassword: truth, role: textOrNull },
  roles: Type.Array(strict({ role: text, scope: text, scopeID: text })),
  tokens: Type.Array(
    strict({
      ...{ tokenID: textOrNull, name: textOrNull, created: time, expires: timeOrNull },
      scopes: orNull(Type.Array(text)),
    }),
  ),
});
