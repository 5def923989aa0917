/**
 * Which rows of each table lie within a reach: one rule per table, all that keeps two owners on one server apart. A table without a
 * rule does not compile. A camera belongs to where it stands now, or stood last; what it recorded belongs to where it stood then.
 */
import { type RawBuilder, type SqlBool, sql } from "kysely";
import type { Tables } from "../db/tables.ts";
import { DEFAULT_PROJECT } from "../ids.ts";
import type { Reach } from "./reach.ts";

type Condition = RawBuilder<SqlBool>;
/** null: the rows are everybody's. */
type Rule = ((reach: Reach) => Condition) | null;

/** Later than any deployment ends. */
const FOR_EVER = 9_000_000_000_000;
const DAY_S = 86_400;

const listOf = (values: ReadonlySet<string>) =>
  // Nothing is in a list of null.
  values.size === 0 ? sql`(null)` : sql`(${sql.join([...values])})`;

const placeIn = ({ projects, sites }: Reach, table: string): Condition =>
  sql`(${sql.ref(`${table}.projectID`)} in ${listOf(projects)} or ${sql.ref(`${table}.siteID`)} in ${listOf(sites)})`;

const deploymentsIn = (reach: Reach) =>
  sql`select own."deploymentID" from deployments as own where ${placeIn(reach, "own")}`;

/** Whether `later` began after `own`; one that lasts is the last. */
const isLater = sql`(later."deploymentStart" > own."deploymentStart" or (later."deploymentStart" = own."deploymentStart" and
  (coalesce(later."deploymentEnd", ${sql.lit(FOR_EVER)}), later."deploymentID") > (coalesce(own."deploymentEnd", ${sql.lit(FOR_EVER)}), own."deploymentID")))`;

const camerasIn = (reach: Reach) => sql`select own."cameraID" from deployments as own
  where own."cameraID" is not null and ${placeIn(reach, "own")} and not exists
  (select 1 from deployments as later where later."cameraID" = own."cameraID" and ${isLater})`;

/** What a camera did at a time belongs to where it stood then. @param seconds UTC, an expression */
const stoodIn = (reach: Reach, table: string, seconds: RawBuilder<unknown>): Condition =>
  sql`exists (select 1 from deployments as own where own."cameraID" = ${sql.ref(`${table}.cameraID`)}
  and own."deploymentStart" <= ${seconds} and ${placeIn(reach, "own")} and not exists
  (select 1 from deployments as later where later."cameraID" = own."cameraID" and later."deploymentStart" <= ${seconds} and ${isLater}))`;

const projectsIn = (reach: Reach) =>
  sql`select touched."projectID" from projects as touched where touched."projectID" in ${listOf(reach.projects)}
  or exists (select 1 from sites as here where here."projectID" = touched."projectID" and here."siteID" in ${listOf(reach.sites)})`;

const sitesIn = (reach: Reach) =>
  sql`select here."siteID" from sites as here where ${placeIn(reach, "here")}`;

/** `project/name` belongs to the project, every other name to the default one: sites that are not there yet, groups. */
const namedIn = (reach: Reach, name: RawBuilder<unknown>): Condition => {
  const begins = sql`substr(${name}, 1, length(named."projectID") + 1) = named."projectID" || '/'`;
  const isDefaults = sql`(exists (select 1 from (${projectsIn(reach)}) as mine where mine."projectID" = ${DEFAULT_PROJECT})
    and not exists (select 1 from projects as named where ${begins}))`;
  return sql`(exists (select 1 from projects as named where named."projectID" in (${projectsIn(reach)}) and ${begins}) or ${isDefaults})`;
};

const ofDeployment =
  (table: string): Rule =>
  (reach) =>
    sql`${sql.ref(`${table}.deploymentID`)} in (${deploymentsIn(reach)})`;
const ofCamera =
  (table: string): Rule =>
  (reach) =>
    sql`${sql.ref(`${table}.cameraID`)} in (${camerasIn(reach)})`;
const ofMoment =
  (table: string, column: string): Rule =>
  (reach) =>
    stoodIn(reach, table, sql`${sql.ref(`${table}.${column}`)} / 1000`);
const ofProject =
  (table: string): Rule =>
  (reach) =>
    sql`${sql.ref(`${table}.projectID`)} in (${projectsIn(reach)})`;
const ofPlace =
  (table: string): Rule =>
  (reach) =>
    placeIn(reach, table);

/** Of the project as a whole: nobody reads or changes it who reaches single sites of the project. */
const ofWholeProject =
  (table: string): Rule =>
  ({ projects }) =>
    sql`${sql.ref(`${table}.projectID`)} in ${listOf(projects)}`;
const ofObservation =
  (table: string): Rule =>
  (reach) =>
    sql`${sql.ref(`${table}.observationID`)} in (select seen."observationID" from observations as seen where seen."deploymentID" in (${deploymentsIn(reach)}))`;
const alertsIn = (reach: Reach) =>
  sql`select here."alertID" from alerts as here where ${placeIn(reach, "here")}`;
const ofAlert =
  (table: string): Rule =>
  (reach) =>
    sql`${sql.ref(`${table}.alertID`)} in (${alertsIn(reach)})`;

const roleIn = (reach: Reach, table: string): Condition => {
  const [scope, scopeID] = [sql.ref(`${table}.scope`), sql.ref(`${table}.scopeID`)];
  return sql`((${scope} = 'organisation' and ${scopeID} in ${listOf(reach.organisations)})
    or (${scope} = 'project' and ${scopeID} in ${listOf(reach.projects)})
    or (${scope} = 'site' and ${scopeID} in (${sitesIn(reach)})))`;
};
const usersIn = (reach: Reach) =>
  sql`select held."userID" from roles as held where ${roleIn(reach, "held")}`;

/** The layers that make up the configuration of a camera in reach, and those of groups and sites in reach. */
const layerIn = (reach: Reach): Condition => {
  const [scope, name] = [sql.ref("config_layers.scope"), sql.ref("config_layers.name")];
  return sql`(${scope} = 'global' or (${scope} = 'site' and ${name} in (${sitesIn(reach)}))
    or (${scope} = 'device' and ${name} in (${camerasIn(reach)}))
    or (${scope} = 'group' and (${namedIn(reach, name)} or ${name} in
      (select joined."groupName" from camera_groups as joined where joined."cameraID" in (${camerasIn(reach)})))))`;
};

export const REACH_RULES: Record<keyof Tables, Rule> = {
  organisations: (reach) =>
    sql`organisations."organisationID" in (select its."organisationID" from projects as its where its."projectID" in (${projectsIn(reach)}))`,
  projects: ofProject("projects"),
  sites: ofPlace("sites"),
  locations: ofPlace("locations"),
  deployments: ofPlace("deployments"),
  media: ofDeployment("media"),
  observations: ofDeployment("observations"),
  failure_periods: ofDeployment("failure_periods"),
  events: ofDeployment("events"),
  individuals: ofProject("individuals"),
  reviews: ofObservation("reviews"),
  embeddings: ofObservation("embeddings"),
  // What the rules make of a label is shown wherever the label is.
  decision_rules: ofProject("decision_rules"),
  deployment_checklists: ofDeployment("deployment_checklists"),
  alert_rules: ofWholeProject("alert_rules"),
  alert_channels: ofWholeProject("alert_channels"),
  alert_settings: ofWholeProject("alert_settings"),
  // Where the camera stood when it was raised.
  alerts: ofPlace("alerts"),
  alert_observations: ofAlert("alert_observations"),
  alert_events: ofAlert("alert_events"),
  // Digests, overflows and tests tell of all sites.
  deliveries: (reach) =>
    sql`(deliveries."projectID" in ${listOf(reach.projects)} or deliveries."alertID" in (${alertsIn(reach)}))`,
  cameras: ofCamera("cameras"),
  config_versions: ofCamera("config_versions"),
  config_layers: layerIn,
  camera_groups: ofCamera("camera_groups"),
  check_ins: ofMoment("check_ins", "receivedMs"),
  faults: ofMoment("faults", "receivedMs"),
  // A day belongs to where the camera stood when it ended.
  health_days: (reach) =>
    stoodIn(reach, "health_days", sql`(health_days."day" + 1) * ${sql.lit(DAY_S)} - 1`),
  camera_identities: ofCamera("camera_identities"),
  camera_orders: ofMoment("camera_orders", "createdMs"),
  camera_events: ofMoment("camera_events", "timeMs"),
  claims: (reach) =>
    sql`(claims."site" in (${sitesIn(reach)}) or (not exists (select 1 from sites as known where known."siteID" = claims."site")
    and ${namedIn(reach, sql`claims."site"`)}))`,
  users: (reach) => sql`users."userID" in (${usersIn(reach)})`,
  roles: (reach) => roleIn(reach, "roles"),
  // Tokens of people whose every role is in reach: such a token opens nothing else.
  tokens: (reach) =>
    sql`(tokens."cameraID" in (${camerasIn(reach)}) or (tokens."userID" in (${usersIn(reach)}) and not exists
    (select 1 from roles as other where other."userID" = tokens."userID" and not ${roleIn(reach, "other")})))`,
  rollouts: (reach) =>
    sql`rollouts."rolloutID" in (select its."rolloutID" from rollout_members as its where its."cameraID" in (${camerasIn(reach)}))`,
  rollout_members: ofCamera("rollout_members"),
  rollout_events: (reach) =>
    sql`(rollout_events."cameraID" = '' or rollout_events."cameraID" in (${camerasIn(reach)}))`,
  camera_releases: ofCamera("camera_releases"),
  ddi_actions: ofCamera("ddi_actions"),
  releases: null,
  release_deltas: null,
  release_notes: null,
  trust_lists: null,
  // Numbers and IDs only; the event stream shows what they are about, which is limited.
  changes: null,
  // Named by who asked, and sealed for them.
  idempotent_answers: null,
};
