/** Requests for the test of two owners: for every route of the OpenAPI document a path, a query and a body about things of one of them. */
import type { Tenant } from "./tenants.ts";

export type Pick_ = <T>(list: readonly T[]) => T;

export interface Request_ {
  method: string;
  /** As the document has it, "/api/v1/cameras/{cameraID}". */
  route: string;
  url: string;
  payload: unknown;
  /** Texts that may come back, because they were sent. */
  asked: string[];
}

export interface Operation {
  method: string;
  route: string;
  parameters: { name: string; in: string }[];
}

type Document = { paths: Record<string, Record<string, Record<string, unknown>>> };

/** All but the stream, which does not end, and the session, which would. */
export const operationsOf = ({ paths }: Document): Operation[] =>
  Object.entries(paths).flatMap(([route, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation["x-right"] && !/\/(stream|session)$/.test(route))
      .map(([method, { parameters = [] }]) => ({
        ...{ method: method.toUpperCase(), route },
        parameters: parameters as Operation["parameters"],
      })),
  );

const ANALYSES = ["effort", "rai", "sites", "latency", "accuracy", "abundance"];
const FORMATS = ["camtrap-dp", "dwca", "wildlife-insights", "megadetector", "csv"];
const TABLES = ["deployments", "media", "observations", "failures"];

export function requestOf(
  { method, route, parameters }: Operation,
  about: Tenant,
  pick: Pick_,
): Request_ {
  const values = valuesOf(route, about, pick);
  const asked: string[] = [];
  const text = (name: string) => {
    const value = values[name] ?? "x";
    asked.push(value);
    return encodeURIComponent(value);
  };
  const path = route.replace(/\{(\w+)\}/g, (_, name) => text(name));
  const query = parameters
    .filter(({ in: where, name }) => where === "query" && values[name] !== undefined)
    .filter(({ name }) => /^project/.test(name) || pick([true, false]))
    .map(({ name }) => `${name}=${text(name)}`);
  const url = query.length > 0 ? `${path}?${query.join("&")}` : path;
  const isRead = method === "GET" || method === "DELETE";
  const payload = isRead ? undefined : bodyOf(method, route, about, pick);
  return { method, route, url, payload, asked: [...asked, ...textsIn(payload)] };
}

/** A value for each parameter of a path or a query. */
function valuesOf(route: string, tenant: Tenant, pick: Pick_): Record<string, string> {
  const camera = pick(tenant.cameras);
  const [scope, layer] = pick([
    ["global", "all"],
    ["site", pick(tenant.sites)],
    ["group", `${tenant.projectID}/${tenant.mark}-night`],
    ["device", camera.cameraID],
  ] as const);
  const names: Record<string, string> = {
    users: pick(tenant.users).name,
    analytics: pick(ANALYSES),
    config: layer,
  };
  const ids = Object.entries(tenant.ids).map(([name, list]) => [name, pick(list)]);
  return {
    ...Object.fromEntries(ids),
    ...{ cameraID: camera.cameraID, mediaID: `${tenant.mark}-m1`, claimID: pick(tenant.claimIDs) },
    ...{ siteID: pick(tenant.sites), projectID: tenant.projectID, project: tenant.projectID },
    ...{ site: pick(tenant.sites), scope, name: names[route.split("/")[3] ?? ""] ?? layer },
    ...{ releaseID: "app-9", rolloutID: "1", hardware: "esp32", version: "1" },
    ...{ tokenID: "00000000-0000-4000-8000-000000000000", sha256: "0".repeat(64) },
    ...{ format: pick(FORMATS), table: pick(TABLES), exact: pick(["true", "false"]) },
    ...{ people: pick(["true", "false"]), media: "true" },
  };
}

/** A body that the route understands; nothing that gives rights to the other owner on purpose. */
function bodyOf(method: string, route: string, tenant: Tenant, pick: Pick_): unknown {
  const { projectID, mark, ids } = tenant;
  const site = pick([...tenant.sites, `${projectID}/new`]);
  const group = `${projectID}/${mark}-night`;
  const observationIDs = [pick(ids.observationID)];
  const individualID = pick(ids.individualID);
  const rule = {
    ...{ name: `rule ${pick([1, 2, 3])}`, severity: "P3", when: {} },
    channels: [pick(ids.channelID)],
  };
  const rows: Record<string, unknown>[] = [
    { deploymentID: `${mark}-dep`, deploymentStart: "2022-01-01T00:00:00Z" },
  ];
  const bodies: Record<string, unknown> = {
    "POST cameras": { name: "new", site, latitude: 1, longitude: 2 },
    "POST claims": { site, group },
    "POST transfer": { site },
    "POST decommission": {},
    "PATCH config": { checkInIntervalS: 900 },
    "PATCH {name}": { values: { checkInIntervalS: 901 } },
    "PUT group": { group },
    "POST profile": { profile: "survey" },
    "POST rollback": { version: 0 },
    "POST import": {
      document: {
        format: "thicket-config-1",
        layers: [{ scope: "site", name: site, values: { checkInIntervalS: 902 } }],
      },
    },
    "POST rollouts": { releaseID: "app-9", sites: [site] },
    "POST users": {
      ...{ name: `new${Math.floor(1e6 * Number(`0.${site.length}`))}`, role: "viewer" },
      ...{ scope: "site", scopeID: site },
    },
    "PUT role": { role: pick(["viewer", null]), scope: "project", scopeID: projectID },
    "POST tokens": { name: "t" },
    "POST sites": { projectID, name: `more ${pick([1, 2, 3])}` },
    "PATCH {siteID}": { sensitivity: 2 },
    "PATCH {projectID}": { sensitivity: 0 },
    "POST locations": { siteID: site, name: "tree", latitude: 3, longitude: 4 },
    "POST organisations": { organisationID: "third", name: "third" },
    "POST projects": { projectID: "third", name: "third" },
    "PUT clock": { now: "2026-01-01T00:00:00Z" },
    "PUT checklist": { checks: [{ step: "aim", state: "failed", value: "bent" }] },
    "POST alert-rules": rule,
    "PUT {ruleID}": rule,
    "PUT alert-settings": { allow: [] },
    "POST alert-channels": {
      ...{ name: `hook ${pick([1, 2, 3])}`, kind: "webhook", mayLocate: pick([true, false]) },
      config: { url: "http://127.0.0.1:9/" },
    },
    "PATCH {channelID}": { name: "other hook" },
    "POST acknowledge": { note: "seen" },
    "POST mute": { minutes: 5 },
    "POST reviews": pick<Record<string, unknown>>([
      { action: "accept", observationIDs },
      { action: "flag", observationIDs, note: "look" },
      { action: "correct", observationIDs, label: { scientificName: "Panthera leo" } },
      { action: "assign", observationIDs, individualID },
      { action: "split", observationIDs, label: { observationType: "human" } },
    ]),
    "PUT {projectID}": { country: "", region: "", geofence: "", watch: ["lynx"] },
    "POST individuals": { project: projectID, name: `new ${pick([1, 2, 3])}` },
    "POST merge": { into: individualID },
    "POST split": { name: "other", observationIDs },
    "PUT {project}": { name: "renamed" },
    "POST {table}": { rows },
    "POST judged": { mediaIDs: [`${mark}-photo`] },
  };
  return bodies[`${method} ${route.split("/").at(-1)}`];
}

const textsIn = (value: unknown): string[] =>
  typeof value === "string"
    ? value.length > 3
      ? [value]
      : []
    : Object.values(value ?? {}).flatMap(textsIn);
