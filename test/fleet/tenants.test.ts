/**
 * Two owners on one server: whatever a user of one asks, with whatever ID, nothing of the other's is in the answer, its headers or
 * the event stream, nothing of the other's changes, and exact coordinates of sensitive places come to nobody without the right.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createRandom } from "../../toolchain/emulator/world/random.ts";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { ROLE_RIGHTS } from "../../toolchain/fleet/rights/rights.ts";
import { readEvents } from "./support/events.ts";
import { getJson, operate, type TestFleet, withFleet } from "./support/fleet.ts";
import { operationsOf, type Pick_, requestOf } from "./support/tenant-requests.ts";
import { addTenant, asUser, report, type Tenant, type User } from "./support/tenants.ts";
import { zipText } from "./support/zip-text.ts";

const SEED = 20_261;
/** On PostgreSQL each route about twice (postgres.test.ts). */
const CASES = process.env.THICKET_TEST_DATABASE === "postgres" ? 250 : 1100;
const NOW_MS = 1_700_000_020_000;
const MARKS = ["qxkenya", "wznepal"] as const;
/** Routes about one thing that is somebody's. */
const OWNED =
  /\{(camera|claim|site|project|alert|delivery|rule|channel|observation|decision|individual)ID\}|\{project\}/;

/** What of the other owner's is in a text, apart from what was asked with. */
function leaks(text: string, asked: string[], other: Tenant): string[] {
  const secrets = [
    other.mark,
    ...other.cameras.map(({ cameraID }) => cameraID),
    ...other.claimIDs,
    ...other.cameras.map(({ latitude }) => String(latitude)),
    ...[String(other.importedLatitude), ...other.ids.channelID, ...other.ids.ruleID],
    ...[...other.ids.individualID, ...other.ids.decisionID],
  ];
  let rest = text;
  for (const word of [...asked].sort((a, b) => b.length - a.length)) {
    rest = rest.replaceAll(word, "");
  }
  return secrets.filter((secret) => rest.includes(secret));
}

const covers = ({ scope, scopeID }: User, site: string): boolean =>
  scope !== "site" || scopeID === site;

/** Sensitive places of the user's own project that the user may not see exactly. */
const hidden = (user: User, tenant: Tenant): string[] =>
  tenant.cameras
    .filter(({ isSensitive, site }) => {
      const isTrusted = ROLE_RIGHTS[user.role].includes("locate") && !user.isCareful;
      const mayLocate = isTrusted && covers(user, site);
      return isSensitive && !mayLocate;
    })
    .map(({ latitude }) => String(latitude));

/** All that the other owner's own administrator sees of it. */
async function stateOf(fleet: TestFleet, tenant: Tenant): Promise<string> {
  const [admin] = tenant.users.filter(
    ({ role, scope }) => role === "admin" && scope === "organisation",
  );
  const paths = [
    ...["cameras", "lives", "sites", "projects", "claims", "users", "locations", "config/export"],
    ...["config/drift", "observations?limit=200", "summary", "rollouts"],
    ...tenant.cameras.map(({ cameraID }) => `cameras/${cameraID}/life`),
    ...["alerts", "alert-rules", "alert-channels", "alert-settings"].map(
      (name) => `${name}?projectID=${tenant.projectID}`,
    ),
    ...["individuals", "deployments", "reviews/taxa", "reviews/counts"].map(
      (name) => `${name}?project=${tenant.projectID}`,
    ),
    `reviews/queue?reason=all&project=${tenant.projectID}`,
    `reviews/rules/${tenant.projectID}`,
    ...tenant.ids.observationID.map((id) => `reviews/history?observationID=${id}`),
  ];
  const answers = [];
  for (const path of paths) {
    const answer = await asUser(fleet, admin as User, { method: "GET", url: `/api/v1/${path}` });
    assert.is(answer.statusCode, 200, `${path}: ${answer.body}`);
    // Messages go out, or are given up, in their own time.
    answers.push(answer.body.replace(/"(waiting|sent|dead|lastSent)":[^,}]*/g, ""));
  }
  return answers.join("\n");
}

async function withTenants(body: (fleet: TestFleet, tenants: [Tenant, Tenant]) => Promise<void>) {
  await withFleet(
    async (fleet) => {
      const tenants: [Tenant, Tenant] = [
        await addTenant(fleet, MARKS[0], -3),
        await addTenant(fleet, MARKS[1], 27),
      ];
      const file = new Uint8Array([1, 2, 3]);
      await fetch(`${fleet.url}/api/v1/releases?kind=app&counter=9&version=9.0.0`, {
        method: "POST",
        headers: { ...fleet.operator, "content-type": "application/octet-stream" },
        body: file,
      });
      const sites = tenants.flatMap((tenant) => tenant.sites);
      const made = await operate(fleet, "POST", "/api/v1/rollouts", { releaseID: "app-9", sites });
      assert.is(made.status, 201, await made.text());
      await body(fleet, tenants);
    },
    { clock: createSimulatedClock(NOW_MS) },
  );
}

test(`${CASES} requests of two owners' users never show or change what is the other's`, async () => {
  await withTenants(async (fleet, tenants) => {
    const rand = createRandom(SEED);
    const pick: Pick_ = (list) => list[Math.floor(rand() * list.length)] as never;
    const operations = operationsOf(await getJson(fleet, "/api/v1/openapi.json"));
    // Only the first owner's users write: what the second owns must stay as it is.
    const [writer, still] = tenants;
    const before = await stateOf(fleet, still);
    let [answered, refused] = [0, 0];
    for (let n = 0; n < CASES; n++) {
      // Each route once, then by chance.
      const operation = operations[n] ?? pick(operations);
      const tenant = operation.method === "GET" ? pick(tenants) : writer;
      const other = tenant === writer ? still : writer;
      const user = pick(tenant.users);
      const about = pick([tenant, other]);
      const { method, route, url, payload, asked } = requestOf(operation, about, pick);
      const answer = await asUser(fleet, user, { method, url, payload });
      const who = `${user.name}${user.isCareful ? " (careful)" : ""}`;
      const said = `case ${n}: ${who}: ${method} ${url} ${JSON.stringify(payload)}`;
      const isZip = answer.headers["content-type"] === "application/zip";
      const body = isZip ? await zipText(answer.rawPayload) : answer.body;
      const text = `${body}${JSON.stringify(answer.headers)}`;
      assert.ok(answer.statusCode < 500, `${said}: ${text}`);
      assert.equal(leaks(text, asked, other), [], `${said}: ${text}`);
      for (const exact of hidden(user, tenant))
        assert.not.ok(text.includes(exact), `${said}: ${text}`);
      if (answer.statusCode < 400) answered++;
      else refused++;
      if (method !== "GET" && about === other && OWNED.test(route)) {
        assert.ok(answer.statusCode >= 400, `${said}: ${answer.statusCode} ${text}`);
      }
    }
    assert.ok(
      answered > CASES / 4 && refused > CASES / 10,
      `${answered} answered, ${refused} refused`,
    );
    assert.equal(await stateOf(fleet, still), before);
    // Messages of their rules reach nobody.
    assert.equal(
      fleet.problems.filter((text) => !text.includes("is given up")),
      [],
    );
  });
});

test("lists, counts and numbers are those of the own cameras, on every level", async () => {
  await withTenants(async (fleet, [tenant]) => {
    const get = async (user: User | undefined, path: string) =>
      (await asUser(fleet, user as User, { method: "GET", url: path })).json();
    for (const [scope, cameras] of [
      ["organisation", 4],
      ["project", 4],
      ["site", 2],
    ] as const) {
      const user = tenant.users.find((one) => one.role === "viewer" && one.scope === scope);
      assert.is((await get(user, "/api/v1/cameras")).cameras.length, cameras, scope);
      const summary = await get(user, "/api/v1/summary");
      assert.equal(
        [summary.cameras, summary.observations, summary.faults],
        // The imported one stands at no site.
        [cameras, scope === "site" ? cameras : cameras + 1, cameras],
      );
      assert.is((await get(user, "/api/v1/health/fleet")).cameras.length, cameras);
      const of = `projectID=${tenant.projectID}`;
      const { alerts } = await get(user, `/api/v1/alerts?${of}`);
      assert.is(alerts.length, cameras, "an alert of each camera");
      // Its own and the one that a project begins with; a site's people see neither, nor who is told.
      const { rules } = await get(user, `/api/v1/alert-rules?${of}`);
      const { channels } = await get(user, `/api/v1/alert-channels?${of}`);
      const isWhole = scope !== "site";
      assert.equal([rules.length > 0, channels.length], [isWhole, isWhole ? 1 : 0]);
      const [alert] = alerts;
      const { deliveries } = await get(user, `/api/v1/alerts/${alert.alertID}?${of}`);
      assert.is(deliveries.length, 1);
      const [rollout] = (await get(user, "/api/v1/rollouts")).rollouts;
      const inRings = rollout.rings.reduce(
        (sum: number, ring: { cameras: number }) => sum + ring.cameras,
        0,
      );
      assert.is(inRings, cameras);
    }
    assert.is((await getJson(fleet, "/api/v1/cameras")).cameras.length, 8, "the operator sees all");
  });
});

test("a stream carries the own cameras' events only, and a camera that goes to another owner is gone", async () => {
  await withTenants(async (fleet, [kenya, nepal]) => {
    const viewer = kenya.users.find(({ role, scope }) => role === "viewer" && scope === "project");
    const stream = await readEvents(fleet.url, { authorization: `Bearer ${viewer?.token}` });
    const seen: string[] = [];
    const next = async () => {
      const event = await stream.next();
      seen.push(JSON.stringify(event));
      return event;
    };
    const [own, foreign] = [kenya.cameras[0]!, nepal.cameras[0]!];
    await report(fleet, foreign, nepal.mark, 2);
    await report(fleet, own, kenya.mark, 2);
    assert.is((await next()).data.cameraID, own.cameraID);
    const move = (site: string) =>
      operate(fleet, "POST", `/api/v1/cameras/${own.cameraID}/transfer`, { site });
    assert.is((await move(nepal.sites[0]!)).status, 200);
    while ((await next()).event !== "reset") assert.ok(seen.length < 9);
    await report(fleet, own, nepal.mark, 3, NOW_MS / 1000 + 10);
    await report(fleet, kenya.cameras[1]!, kenya.mark, 2);
    assert.is((await next()).data.cameraID, kenya.cameras[1]?.cameraID, seen.at(-1));
    assert.not.match(seen.join(), new RegExp(nepal.mark));
    stream.close();
    // What it recorded stays with the first owner; the camera and its news are the second's.
    const admins = [kenya, nepal].map(
      ({ users }) =>
        users.find(({ role, scope }) => role === "admin" && scope === "project") as User,
    );
    const life = { method: "GET", url: `/api/v1/cameras/${own.cameraID}/life` };
    const [gone, here] = [
      await asUser(fleet, admins[0]!, life),
      await asUser(fleet, admins[1]!, life),
    ];
    assert.is(gone.statusCode, 404);
    assert.is(here.statusCode, 200);
    assert.not.match(here.body, new RegExp(`${kenya.mark} site|${kenya.mark}-project`));
  });
});

test("who manages one site changes nothing of the whole project, and takes no more along than the site's", async () => {
  await withTenants(async (fleet, [tenant]) => {
    const { projectID, ids } = tenant;
    const of = `projectID=${projectID}`;
    const manager = tenant.users.find((one) => one.role === "manager" && one.scope === "site");
    const send = async (method: string, path: string, payload?: unknown) =>
      (await asUser(fleet, manager as User, { method, url: `/api/v1/${path}`, payload }))
        .statusCode;
    const rule = { name: "mine", severity: "P3", when: {} };
    const hook = { name: "mine", kind: "webhook", config: { url: "https://example.org/" } };
    assert.is(await send("POST", `alert-rules?${of}`, rule), 403);
    assert.is(await send("PUT", `alert-rules/${ids.ruleID[0]}?${of}`, rule), 404);
    assert.is(await send("POST", `alert-channels?${of}`, hook), 403);
    assert.is(await send("PATCH", `alert-channels/${ids.channelID[0]}?${of}`, { name: "x" }), 404);
    assert.is(await send("PUT", `alert-settings?${of}`, {}), 403);
    const review = { country: "", region: "", geofence: "", watch: [] };
    assert.is(await send("PUT", `reviews/rules/${projectID}`, review), 403);
    assert.is(await send("POST", "individuals", { project: projectID, name: "x" }), 403);
    assert.is(await send("PUT", `imports/${projectID}`, { name: "x" }), 403);
    assert.is(await send("PUT", "imports/brand-new", { name: "x" }), 403);
    const exports = `exports/camtrap-dp?project=${projectID}`;
    assert.is(await send("GET", `${exports}&exact=true&people=true`), 200);
    const researcher = tenant.users.find(
      (one) => one.role === "researcher" && one.scope === "project",
    );
    const people = { method: "GET", url: `/api/v1/${exports}&people=true` };
    assert.is((await asUser(fleet, researcher as User, people)).statusCode, 403);
    const careful = tenant.users.find(({ isCareful, scope }) => isCareful && scope === "project");
    for (const [exact, status] of [
      ["true", 403],
      ["false", 200],
    ] as const) {
      const url = `/api/v1/${exports}&exact=${exact}`;
      const answer = await asUser(fleet, careful as User, { method: "GET", url });
      assert.is(answer.statusCode, status);
      if (status === 200) {
        const text = await zipText(answer.rawPayload);
        assert.match(text, String(tenant.cameras[2]!.latitude), "of a place that is not sensitive");
        assert.not.ok(text.includes(String(tenant.cameras[0]!.latitude)));
      }
    }
    // A decision about two sites is not undone by who has one of them.
    const observationIDs = tenant.cameras.map(
      ({ cameraID }) => ids.observationID.find((id) => id.startsWith(cameraID)) as string,
    );
    const flag = { action: "flag", observationIDs, note: "all" };
    const made = await operate(fleet, "POST", "/api/v1/reviews", flag);
    const { decisionID } = (await made.json()) as { decisionID: string };
    assert.is(await send("POST", `reviews/${decisionID}/undo`), 403);
  });
});

test("an administrator of a project gives roles and tokens within it, and none beyond", async () => {
  await withTenants(async (fleet, [kenya, nepal]) => {
    const admin = kenya.users.find(({ role, scope }) => role === "admin" && scope === "project");
    const send = async (method: string, url: string, payload: unknown) =>
      (await asUser(fleet, admin as User, { method, url: `/api/v1/users${url}`, payload }))
        .statusCode;
    const at = (scope: string, scopeID: string) => ({ role: "viewer", scope, scopeID });
    assert.is(await send("POST", "", { name: "eve", ...at("site", kenya.sites[0]!) }), 201);
    assert.is(await send("POST", "", { name: "bob", ...at("site", nepal.sites[0]!) }), 403);
    assert.is(await send("POST", "", { name: "bob", role: "viewer" }), 403);
    assert.is(
      await send("POST", "", { name: "bob", ...at("organisation", `${kenya.mark}-owner`) }),
      403,
    );
    assert.is(await send("POST", "/eve/tokens", { name: "t" }), 201);
    // Somebody with a role elsewhere too: a token would open that as well.
    await operate(fleet, "PUT", "/api/v1/users/eve/role", at("project", nepal.projectID));
    assert.is(await send("POST", "/eve/tokens", { name: "t" }), 403);
    assert.is(await send("PUT", "/eve/role", { role: null }), 204);
    const { users } = await getJson(fleet, "/api/v1/users");
    const eve = users.find(({ name }: { name: string }) => name === "eve");
    assert.equal(eve.roles, [at("project", nepal.projectID)], "the role elsewhere stays");
  });
});

test.run();
