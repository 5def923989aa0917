/** Two owners on one server, each with data that carries its own mark, and users of every role at every scope. */
import type { InjectOptions } from "fastify";
import { ROLES, type RoleScope } from "../../../toolchain/fleet/rights/rights.ts";
import {
  checkIn,
  fault,
  media,
  observation,
  operate,
  postCheckIn,
  type TestCamera,
  type TestFleet,
} from "./fleet.ts";

export interface Tenant {
  projectID: string;
  /** In every name and ID that is the tenant's. */
  mark: string;
  sites: string[];
  cameras: (TestCamera & { site: string; latitude: number; isSensitive: boolean })[];
  claimIDs: string[];
  users: User[];
  /** What people and rules made of it, by the name of the ID. */
  ids: Record<(typeof WORK_IDS)[number], string[]>;
  /** Of the imported deployment, which no site has. */
  importedLatitude: number;
}

const WORK_IDS = [
  ...(["alertID", "deliveryID", "ruleID", "channelID", "observationID"] as const),
  ...(["decisionID", "individualID"] as const),
] as const;

export interface User {
  name: string;
  token: string;
  role: (typeof ROLES)[number];
  scope: RoleScope;
  scopeID: string;
  /** The token may review, but not locate. */
  isCareful?: boolean;
}

const SITES = 2;
const CAMERAS_PER_SITE = 2;

export async function addTenant(fleet: TestFleet, mark: string, southOf: number): Promise<Tenant> {
  const send = async (method: string, path: string, body: unknown) => {
    const response = await operate(fleet, method, `/api/v1/${path}`, body);
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
  const projectID = `${mark}-project`;
  await send("POST", "organisations", { organisationID: `${mark}-owner`, name: `${mark} trust` });
  await send("POST", "projects", {
    ...{ projectID, organisationID: `${mark}-owner`, name: `${mark} study` },
  });
  const tenant: Tenant = {
    ...{ projectID, mark, sites: [], cameras: [], claimIDs: [], users: [] },
    ids: Object.fromEntries(WORK_IDS.map((name) => [name, [] as string[]])) as Tenant["ids"],
    importedLatitude: southOf + 0.555_321,
  };
  await addRules(send, tenant);
  for (let index = 0; index < SITES; index++) {
    // The first is sensitive.
    const sensitivity = index === 0 ? 2 : 0;
    const site = { projectID, name: `${mark} site ${index}`, sensitivity };
    const { siteID } = await send("POST", "sites", site);
    tenant.sites.push(siteID);
    await send("POST", "locations", {
      ...{ siteID, name: `${mark} tree`, latitude: southOf + index + 0.771_133, longitude: 12.345 },
    });
    const { claims } = await send("POST", "claims", { site: siteID, name: `${mark} claim` });
    tenant.claimIDs.push(claims[0].claimID);
    await send("PATCH", `config/layers/site/${encodeURIComponent(siteID)}`, {
      values: { checkInIntervalS: 1800 + index },
    });
    for (let n = 0; n < CAMERAS_PER_SITE; n++) {
      const latitude = southOf + index + (n + 1) * 0.123_457;
      const name = `${mark} cam ${index}${n}`;
      const camera = await send("POST", "cameras", {
        ...{ name, site: siteID, latitude, longitude: 36.654_321 },
      });
      await send("PUT", `cameras/${camera.cameraID}/group`, {
        group: `${projectID}/${mark}-night`,
      });
      tenant.cameras.push({ ...camera, site: siteID, latitude, isSensitive: index === 0 });
      await report(fleet, camera, mark, 1);
    }
  }
  await send("PATCH", `config/layers/group/${encodeURIComponent(`${projectID}/${mark}-night`)}`, {
    values: { quietS: 40 },
  });
  await addUsers(send, tenant);
  await addWork(fleet, send, tenant);
  return tenant;
}

// biome-ignore lint/suspicious/noExplicitAny: tests read answers of many shapes
type Send = (method: string, path: string, body?: unknown) => Promise<any>;

/** Every animal raises an alert, and a message that no one gets: its receiver is in this network. */
async function addRules(send: Send, { projectID, mark, ids }: Tenant): Promise<void> {
  const of = `projectID=${projectID}`;
  const { channelID } = await send("POST", `alert-channels?${of}`, {
    ...{ name: `${mark} hook`, kind: "webhook", config: { url: "http://127.0.0.1:9/" } },
  });
  const { ruleID } = await send("POST", `alert-rules?${of}`, {
    ...{ name: `${mark} animals`, severity: "P2", when: { observationTypes: ["animal"] } },
    ...{ channels: [channelID], capPerHour: 1000 },
  });
  ids.channelID.push(channelID);
  ids.ruleID.push(ruleID);
  await send("PUT", `alert-settings?${of}`, {
    allow: [{ who: `${mark} patrol`, sites: [`${projectID}/nowhere`] }],
  });
  const rules = { country: "KEN", region: "", geofence: "", watch: [`${mark} watched`] };
  await send("PUT", `reviews/rules/${projectID}`, rules);
}

/** Decisions, a known animal, a check-list, an imported deployment. */
async function addWork(fleet: TestFleet, send: Send, tenant: Tenant): Promise<void> {
  const { projectID, mark, ids } = tenant;
  await fleet.server.alerts.tick();
  const of = `projectID=${projectID}`;
  const { alerts } = await send("GET", `alerts?${of}`);
  const { deliveries } = await send("GET", `alert-deliveries?${of}`);
  const { observations } = await send("GET", "observations?limit=200");
  const own = observations.filter(({ cameraID }: { cameraID: string }) =>
    tenant.cameras.some((camera) => camera.cameraID === cameraID),
  );
  ids.alertID = alerts.map(({ alertID }: { alertID: number }) => String(alertID));
  ids.deliveryID = deliveries.map(({ deliveryID }: { deliveryID: string }) => deliveryID);
  ids.observationID = own.map(({ observationID }: { observationID: string }) => observationID);
  const animal = { project: projectID, name: `${mark} nala` };
  const { individualID } = await send("POST", "individuals", animal);
  ids.individualID.push(individualID);
  for (const observationID of ids.observationID) {
    const about = { observationIDs: [observationID] };
    await send("POST", "reviews", { ...about, action: "assign", individualID });
    const note = `${mark} asks`;
    const { decisionID } = await send("POST", "reviews", { ...about, action: "flag", note });
    ids.decisionID.push(decisionID);
  }
  for (const { cameraID } of tenant.cameras) {
    await send("PUT", `cameras/${cameraID}/checklist`, {
      checks: [{ step: "aim", state: "passed", value: `${mark} tree` }],
    });
  }
  await send("PUT", `imports/${projectID}`, { name: `${mark} study` });
  const deploymentID = `${mark}-dep`;
  const at = { latitude: tenant.importedLatitude, longitude: 11.5 };
  const period = {
    deploymentStart: "2022-01-01T00:00:00Z",
    deploymentEnd: "2022-03-01T00:00:00Z",
  };
  await send("POST", `imports/${projectID}/deployments`, {
    rows: [{ deploymentID, ...at, ...period, locationName: `${mark} pool` }],
  });
  await send("POST", `imports/${projectID}/media`, {
    rows: [
      {
        ...{ mediaID: `${mark}-photo`, deploymentID, timestamp: "2022-02-01T00:00:00Z" },
        ...{ filePath: `https://example.org/${mark}.jpg`, filePublic: true },
        fileMediatype: "image/jpeg",
      },
    ],
  });
  await send("POST", `imports/${projectID}/observations`, {
    rows: [
      {
        ...{ observationID: `${mark}-seen`, deploymentID, mediaID: `${mark}-photo` },
        ...{ eventStart: "2022-02-01T00:00:00Z", eventEnd: "2022-02-01T00:00:00Z" },
        ...{ observationLevel: "media", observationType: "animal" },
        scientificName: `${mark} beast`,
      },
    ],
  });
}

/** What it saw, what went wrong, which picture it has. */
export async function report(
  fleet: TestFleet,
  camera: TestCamera,
  mark: string,
  sequence: number,
  seconds = 1_700_000_000,
) {
  const at = { eventStart: seconds, eventEnd: seconds + 2 };
  const records = [
    observation(`${sequence}-1`, {
      ...{ ...at, scientificName: `${mark} beast`, mediaIDs: [`${mark}-m1`] },
    }),
    media(`${sequence}-2`, `${mark}-m${sequence}`, {
      ...{ eventID: `${mark}-e1`, timestamp: seconds },
    }),
    fault(`${sequence}-3`, { code: `${mark} E` }),
  ];
  const response = await postCheckIn(fleet.url, camera, checkIn(records, { sequence }));
  if (response.status !== 200) throw new Error(await response.text());
}

async function addUsers(
  send: (method: string, path: string, body: unknown) => Promise<{ token: string }>,
  tenant: Tenant,
): Promise<void> {
  const places: [RoleScope, string][] = [
    ["organisation", `${tenant.mark}-owner`],
    ["project", tenant.projectID],
    ...tenant.sites.map((siteID): [RoleScope, string] => ["site", siteID]),
  ];
  for (const role of ROLES) {
    for (const [index, [scope, scopeID]] of places.entries()) {
      const name = `${tenant.mark}-${role}-${index}`;
      await send("POST", "users", { name, role, scope, scopeID });
      const { token } = await send("POST", `users/${name}/tokens`, { name: `${tenant.mark} t` });
      tenant.users.push({ name, token, role, scope, scopeID });
    }
  }
  for (const user of tenant.users.filter(({ role }) => role === "researcher")) {
    const { token } = await send("POST", `users/${user.name}/tokens`, {
      ...{ name: `${tenant.mark} c`, scopes: ["read", "review"] },
    });
    tenant.users.push({ ...user, token, isCareful: true });
  }
}

/** The request as this user's, without a socket. */
export const asUser = (
  { server }: TestFleet,
  { token }: User,
  { method, url, payload }: { method: string; url: string; payload?: unknown },
) =>
  server.app.inject({
    method: method as InjectOptions["method"],
    url,
    headers: { authorization: `Bearer ${token}` },
    ...(payload === undefined ? {} : { payload: payload as object }),
  } as InjectOptions);
