/**
 * What every operator's route answers, and with which errors beside those that any may have: the OpenAPI document says it, tests and
 * the fuzzer compare it with what comes. It changes no answer.
 */
import Type, { type TObject, type TProperties, type TSchema } from "typebox";
import { RuleSchema, SettingsSchema } from "../alerts/rule.ts";
import type { HttpErrorCode } from "../http-errors.ts";
import {
  Camera,
  CameraConfig,
  CameraDetail,
  CameraHealth,
  Checklist,
  Claim,
  ConfigKey,
  Drift,
  FleetHealth,
  LayerChange,
  LayerSchema,
  LayerVersion,
  Life,
  Location,
  Member,
  NewClaim,
  Observation,
  Organisation,
  Profile,
  Project,
  Release,
  Rollout,
  RolloutDetail,
  Site,
  Summary,
  User,
  VersionedConfig,
  WholeLife,
} from "./answer-schemas.ts";
import {
  CameraRollouts,
  ExportChoices,
  ReviewCounts,
  ServerSettings,
  SiteZone,
  Today,
} from "./answer-schemas-pages.ts";
import {
  Alert,
  AlertDetail,
  Analysis,
  AnalysisAnswer,
  Candidates,
  Channel,
  Decision,
  Delivery,
  Deployment,
  Event,
  Individual,
  IndividualDetail,
  Judged,
  ListedChannel,
  Review,
  ReviewRules,
  Rule,
  Settings,
  Written,
} from "./answer-schemas-work.ts";

export interface Answer {
  status: number;
  /** undefined: no body. */
  schema?: TSchema;
  /** Of a body that is not JSON. */
  type?: string;
  /** What the route takes, where it looks at the body itself to say what is wrong. */
  takes?: TSchema;
  errors: HttpErrorCode[];
}

const strict = <T extends TProperties>(properties: T): TObject<T> =>
  Type.Object(properties, { additionalProperties: false });
const ok = (schema: TSchema, ...errors: HttpErrorCode[]): Answer => ({
  ...{ status: 200, schema, errors },
});
const made = (schema: TSchema, ...errors: HttpErrorCode[]): Answer => ({
  ...{ status: 201, schema, errors },
});
const done = (...errors: HttpErrorCode[]): Answer => ({ status: 204, errors });
const file = (type: string, ...errors: HttpErrorCode[]): Answer => ({
  ...{ status: 200, type, schema: Type.String(), errors },
});
const listOf = (name: string, row: TSchema, ...errors: HttpErrorCode[]) =>
  ok(strict({ [name]: Type.Array(row) }), ...errors);

const Id = Type.String();
const LAYER = "/api/v1/config/layers/:scope/:name";
const CAMERA = "/api/v1/cameras/:cameraID";
const ROLLOUT = "/api/v1/rollouts/:rolloutID";
const ALERT = "/api/v1/alerts/:alertID";
const RULE = "/api/v1/alert-rules/:ruleID";
const CHANNEL = "/api/v1/alert-channels/:channelID";
const REVIEWS = "/api/v1/reviews";
const ANIMAL = "/api/v1/individuals/:individualID";
const IMPORT = "/api/v1/imports/:project";
const next = Type.Union([Type.String(), Type.Null()]);
const pageOf = (name: string, row: TSchema, ...errors: HttpErrorCode[]) =>
  ok(strict({ [name]: Type.Array(row), next }), "BAD_CURSOR", ...errors);
const ruleErrors: HttpErrorCode[] = ["BAD_RULE", "NAME_TAKEN", "TOO_LARGE"];
const layerErrors: HttpErrorCode[] = ["BAD_CONFIG", "CAMERA_UNKNOWN", "NOT_FOUND"];

export const ANSWERS: Record<string, Answer> = {
  "DELETE /api/v1/session": done(),
  "GET /api/v1/me": ok(strict({ name: Type.String(), rights: Type.Array(Type.String()) })),
  "GET /api/v1/users": pageOf("users", User),
  "POST /api/v1/users": made(strict({ name: Type.String() }), "USER_EXISTS"),
  "DELETE /api/v1/users/:name": done("USER_UNKNOWN"),
  "PUT /api/v1/users/:name/role": done("USER_UNKNOWN"),
  "POST /api/v1/users/:name/tokens": made(
    strict({ tokenID: Id, token: Type.String(), expires: Type.String() }),
    "USER_UNKNOWN",
  ),
  "DELETE /api/v1/users/:name/tokens/:tokenID": done("USER_UNKNOWN", "TOKEN_UNKNOWN"),
  "GET /api/v1/organisations": pageOf("organisations", Organisation),
  "POST /api/v1/organisations": made(strict({ organisationID: Id }), "PLACE_EXISTS"),
  "GET /api/v1/projects": pageOf("projects", Project),
  "POST /api/v1/projects": made(strict({ projectID: Id }), "PLACE_EXISTS", "PLACE_UNKNOWN"),
  "PATCH /api/v1/projects/:projectID": done("PLACE_UNKNOWN"),
  "GET /api/v1/sites": pageOf("sites", Site),
  "POST /api/v1/sites": made(strict({ siteID: Id }), "PLACE_EXISTS", "PLACE_UNKNOWN"),
  "PATCH /api/v1/sites/:siteID": done("PLACE_UNKNOWN"),
  "GET /api/v1/locations": pageOf("locations", Location),
  "POST /api/v1/locations": made(strict({ locationID: Id }), "PLACE_UNKNOWN"),
  "GET /api/v1/cameras": pageOf("cameras", Camera),
  "POST /api/v1/cameras": made(strict({ cameraID: Id, credential: Type.String() })),
  [`GET ${CAMERA}`]: ok(CameraDetail, "CAMERA_UNKNOWN"),
  [`DELETE ${CAMERA}`]: done("CAMERA_UNKNOWN", "CAMERA_IN_USE"),
  [`PATCH ${CAMERA}/config`]: ok(VersionedConfig, "CAMERA_UNKNOWN", "BAD_CONFIG"),
  [`GET ${CAMERA}/config`]: ok(CameraConfig, "CAMERA_UNKNOWN"),
  [`POST ${CAMERA}/config/retry`]: ok(VersionedConfig, "CAMERA_UNKNOWN"),
  [`PUT ${CAMERA}/group`]: ok(CameraConfig, "CAMERA_UNKNOWN", "BAD_CONFIG"),
  [`GET ${CAMERA}/health`]: ok(CameraHealth, "CAMERA_UNKNOWN"),
  [`GET ${CAMERA}/life`]: ok(WholeLife, "CAMERA_UNKNOWN"),
  [`POST ${CAMERA}/transfer`]: ok(WholeLife, "CAMERA_UNKNOWN", "CAMERA_RETIRED", "BAD_CONFIG"),
  [`POST ${CAMERA}/decommission`]: ok(WholeLife, "CAMERA_UNKNOWN", "CAMERA_RETIRED"),
  [`POST ${CAMERA}/revoke`]: ok(WholeLife, "CAMERA_UNKNOWN"),
  [`POST ${CAMERA}/rotate`]: ok(
    WholeLife,
    ...(["CAMERA_UNKNOWN", "CAMERA_RETIRED", "CAMERA_WITHOUT_KEYS"] as const),
  ),
  "GET /api/v1/lives": pageOf("cameras", Life),
  "GET /api/v1/claims": pageOf("claims", Claim),
  "POST /api/v1/claims": made(strict({ claims: Type.Array(NewClaim) })),
  "DELETE /api/v1/claims/:claimID": done("CLAIM_UNKNOWN", "CLAIM_USED"),
  "GET /api/v1/observations": pageOf("observations", Observation),
  "GET /api/v1/media/:cameraID/:mediaID": file("image/jpeg", "MEDIA_UNKNOWN"),
  "POST /api/v1/gateway-token": made(strict({ token: Type.String() })),
  "GET /api/v1/releases": pageOf("releases", Release),
  "POST /api/v1/releases": made(Release, "RELEASE_EXISTS", "TOO_LARGE"),
  "GET /api/v1/releases/:releaseID": ok(Release, "RELEASE_UNKNOWN"),
  "POST /api/v1/releases/:releaseID/deltas": made(
    strict({
      ...{ releaseID: Id, baseCounter: Type.Integer() },
      ...{ bytes: Type.Integer(), sha256: Type.String() },
    }),
    ...(["RELEASE_UNKNOWN", "RELEASE_EXISTS", "TOO_LARGE"] as const),
  ),
  "PUT /api/v1/release-notes/:hardware": done(),
  "PUT /api/v1/trust-lists/:version": done(),
  "GET /api/v1/rollouts": pageOf("rollouts", Rollout),
  "POST /api/v1/rollouts": made(RolloutDetail, "RELEASE_UNKNOWN", "BAD_PLAN", "ROLLOUT_ACTIVE"),
  [`GET ${ROLLOUT}`]: ok(RolloutDetail, "ROLLOUT_UNKNOWN"),
  ...Object.fromEntries(
    ["pause", "resume", "cancel", "rollback"].map((action) => [
      `POST ${ROLLOUT}/${action}`,
      ok(RolloutDetail, "ROLLOUT_UNKNOWN", "ROLLOUT_OVER"),
    ]),
  ),
  [`GET ${ROLLOUT}/cameras/:cameraID`]: ok(Member, "CAMERA_UNKNOWN"),
  [`POST ${ROLLOUT}/cameras/:cameraID/force`]: ok(
    Member,
    ...(["CAMERA_UNKNOWN", "ROLLOUT_UNKNOWN", "ROLLOUT_OVER"] as const),
  ),
  "GET /api/v1/stream": file("text/event-stream", "TOO_MANY_STREAMS"),
  "GET /api/v1/summary": ok(Summary),
  "GET /api/v1/today": ok(Today),
  "GET /api/v1/settings": ok(ServerSettings),
  "PUT /api/v1/settings": ok(ServerSettings, "BAD_SETTINGS"),
  "GET /api/v1/site-time-zones": listOf("sites", SiteZone),
  "PUT /api/v1/site-time-zones": done("BAD_SETTINGS", "SITE_UNKNOWN"),
  "GET /api/v1/exports": ok(ExportChoices),
  [`GET ${CAMERA}/rollouts`]: ok(CameraRollouts),
  "PUT /api/v1/clock": ok(strict({ now: Type.String() })),
  "GET /api/v1/config/schema": listOf("keys", ConfigKey),
  "GET /api/v1/config/profiles": listOf("profiles", Profile),
  [`GET ${LAYER}`]: ok(LayerSchema, "NOT_FOUND"),
  [`GET ${LAYER}/history`]: pageOf("versions", LayerVersion, "NOT_FOUND"),
  [`PATCH ${LAYER}`]: ok(LayerChange, ...layerErrors),
  [`POST ${LAYER}/profile`]: ok(LayerChange, "PROFILE_UNKNOWN", ...layerErrors),
  [`POST ${LAYER}/rollback`]: ok(LayerChange, "CONFIG_VERSION_UNKNOWN", ...layerErrors),
  "GET /api/v1/config/export": ok(
    strict({
      format: Type.String(),
      layers: Type.Array(
        strict({
          ...{ scope: Type.String(), name: Type.String() },
          values: Type.Record(Type.String(), Type.Integer()),
        }),
      ),
    }),
  ),
  "POST /api/v1/config/import": ok(LayerChange, ...layerErrors, "TOO_LARGE"),
  "GET /api/v1/config/drift": listOf("cameras", Drift),
  "GET /api/v1/health/fleet": ok(FleetHealth),
  "GET /metrics": file("text/plain"),
  [`GET ${CAMERA}/checklist`]: ok(
    strict({ checklist: Type.Union([Checklist, Type.Null()]) }),
    "CAMERA_UNKNOWN",
  ),
  [`PUT ${CAMERA}/checklist`]: ok(
    strict({ checklist: Checklist }),
    ...(["CAMERA_UNKNOWN", "CAMERA_RETIRED"] as const),
  ),
  "GET /api/v1/exports/:format": file("application/zip", "NOT_FOUND"),
  [`PUT ${IMPORT}`]: done(),
  [`POST ${IMPORT}/:table`]: ok(Written, "PROJECT_UNKNOWN"),
  [`POST ${IMPORT}/judged`]: ok(Judged, "PROJECT_UNKNOWN"),
  [`PUT ${IMPORT}/photographs/:sha256`]: done("NOT_A_JPEG", "PROJECT_UNKNOWN"),
  "GET /api/v1/alerts": pageOf("alerts", Alert),
  [`GET ${ALERT}`]: ok(AlertDetail, "ALERT_UNKNOWN"),
  ...Object.fromEntries(
    ["acknowledge", "resolve", "mute"].map((action) => [
      `POST ${ALERT}/${action}`,
      ok(AlertDetail, "ALERT_UNKNOWN", "ALERT_OVER"),
    ]),
  ),
  "GET /api/v1/alert-deliveries": pageOf("deliveries", Delivery),
  "POST /api/v1/alert-deliveries/:deliveryID/retry": done("DELIVERY_UNKNOWN"),
  "GET /api/v1/alert-rules": listOf("rules", Rule),
  "POST /api/v1/alert-rules": { ...made(Rule, ...ruleErrors), takes: RuleSchema },
  [`GET ${RULE}`]: ok(Rule, "RULE_UNKNOWN"),
  [`PUT ${RULE}`]: { ...ok(Rule, "RULE_UNKNOWN", ...ruleErrors), takes: RuleSchema },
  [`DELETE ${RULE}`]: done("RULE_UNKNOWN"),
  [`POST ${RULE}/test`]: {
    ...{ status: 202, schema: strict({ deliveryIDs: Type.Array(Id) }) },
    errors: ["RULE_UNKNOWN"],
  },
  "GET /api/v1/alert-settings": ok(Settings),
  "PUT /api/v1/alert-settings": { ...ok(Settings, "BAD_RULE"), takes: SettingsSchema },
  "GET /api/v1/alert-channels": listOf("channels", ListedChannel),
  "POST /api/v1/alert-channels": made(Channel, "BAD_CHANNEL", "NAME_TAKEN"),
  [`PATCH ${CHANNEL}`]: ok(Channel, "CHANNEL_UNKNOWN", "BAD_CHANNEL", "NAME_TAKEN"),
  [`DELETE ${CHANNEL}`]: done("CHANNEL_UNKNOWN", "CHANNEL_IN_USE"),
  [`GET ${REVIEWS}/queue`]: pageOf("events", Event),
  [`GET ${REVIEWS}/counts`]: ok(ReviewCounts),
  [`POST ${REVIEWS}`]: ok(
    Decision,
    ...(["OBSERVATION_UNKNOWN", "INDIVIDUAL_UNKNOWN", "BAD_REVIEW"] as const),
  ),
  [`POST ${REVIEWS}/:decisionID/undo`]: ok(
    Decision,
    ...(["REVIEW_UNKNOWN", "REVIEW_UNDONE", "REVIEW_OVERTAKEN"] as const),
  ),
  [`GET ${REVIEWS}/history`]: pageOf("history", Review),
  [`GET ${REVIEWS}/agreement`]: listOf("answers", AnalysisAnswer),
  [`GET ${REVIEWS}/labels.csv`]: file("text/csv"),
  [`GET ${REVIEWS}/taxa`]: listOf("taxa", Type.String()),
  [`GET ${REVIEWS}/rules/:projectID`]: ok(ReviewRules),
  [`PUT ${REVIEWS}/rules/:projectID`]: done("PROJECT_UNKNOWN", "BAD_REVIEW"),
  "GET /api/v1/individuals": pageOf("individuals", Individual),
  "POST /api/v1/individuals": made(strict({ individualID: Id }), "PROJECT_UNKNOWN"),
  [`GET ${ANIMAL}`]: ok(IndividualDetail, "INDIVIDUAL_UNKNOWN", "BAD_CURSOR"),
  [`POST ${ANIMAL}/merge`]: ok(
    Decision,
    ...(["INDIVIDUAL_UNKNOWN", "OBSERVATION_UNKNOWN", "BAD_REVIEW"] as const),
  ),
  [`POST ${ANIMAL}/split`]: ok(
    strict({ individualID: Id, decisionID: Id }),
    ...(["INDIVIDUAL_UNKNOWN", "OBSERVATION_UNKNOWN", "PROJECT_UNKNOWN", "BAD_REVIEW"] as const),
  ),
  "GET /api/v1/observations/:observationID/candidates": ok(Candidates, "OBSERVATION_UNKNOWN"),
  "GET /api/v1/analytics": listOf("analyses", Analysis),
  "GET /api/v1/analytics/:name": ok(
    strict({
      analysis: Type.String(),
      version: Type.String(),
      answers: Type.Array(AnalysisAnswer),
    }),
    ...(["ANALYSIS_UNKNOWN", "PROJECT_UNKNOWN"] as const),
  ),
  "GET /api/v1/deployments": pageOf("deployments", Deployment),
  "GET /api/v1/openapi.json": ok(Type.Object({ openapi: Type.String() })),
  "GET /api/v1/docs": file("text/html"),
};
