/** Who may do what: every route is tried with every role, and with tokens that may do less than their user. */
import { join } from "node:path";
import { Kysely, SqliteDialect } from "kysely";
import Libsql from "libsql";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { DATABASE_FILE } from "../../toolchain/fleet/db/open.ts";
import type { Tables } from "../../toolchain/fleet/db/tables.ts";
import type { Sensitivity } from "../../toolchain/fleet/db/tables-camtrap.ts";
import { generalised } from "../../toolchain/fleet/research/privacy.ts";
import { hashOfPassword, isPasswordOf } from "../../toolchain/fleet/rights/passwords.ts";
import { RIGHTS, type Right, ROLE_RIGHTS, ROLES } from "../../toolchain/fleet/rights/rights.ts";
import { assertRefused, toolchainHere } from "../support/toolchain.ts";
import { readEvents } from "./support/events.ts";
import {
  addCamera,
  checkIn,
  getJson,
  observation,
  operate,
  postCheckIn,
  type TestFleet,
  withFleet,
} from "./support/fleet.ts";

/** A user of this role, and a token of theirs. */
async function tokenOf(fleet: TestFleet, role: string, scopes?: Right[]): Promise<string> {
  const name = `${role}${Math.random()}`.replace(/[^a-z0-9.]/g, "");
  const added = await operate(fleet, "POST", "/api/v1/users", { name, role });
  assert.is(added.status, 201, await added.text());
  const made = await operate(fleet, "POST", `/api/v1/users/${name}/tokens`, { name: "t", scopes });
  return ((await made.json()) as { token: string }).token;
}

async function statusOf(fleet: TestFleet, token: string, method: string, path: string) {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(fleet.url + path, { method, headers });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, code: isJson ? JSON.parse(text).error?.code : "" };
}

test("every route lets in exactly the roles whose rights it names", async () => {
  await withFleet(
    async (fleet) => {
      const routes = fleet.server.routes.filter(({ right }) => right !== undefined);
      assert.ok(routes.length > 35, `only ${routes.length} routes`);
      for (const role of ROLES) {
        const token = await tokenOf(fleet, role);
        for (const { method, url, right } of routes) {
          const mayDo = ROLE_RIGHTS[role].includes(right as Right);
          if (mayDo && url.endsWith("/stream")) continue;
          const path = url.replace(/:\w+/g, "x");
          const { status, code } = await statusOf(fleet, token, method, path);
          const said = `${role}: ${method} ${url}: ${status} ${code}`;
          assert.is(code === "FORBIDDEN", !mayDo, said);
          assert.ok(mayDo ? status !== 401 && status < 500 : status === 403, said);
        }
      }
    },
    { clock: createSimulatedClock(0) },
  );
});

test("a token may do no more than it says, and nothing that its user may not", async () => {
  await withFleet(async (fleet) => {
    const narrow = await tokenOf(fleet, "admin", ["read"]);
    assert.is((await statusOf(fleet, narrow, "GET", "/api/v1/summary")).status, 200);
    assert.is((await statusOf(fleet, narrow, "GET", "/api/v1/users")).status, 403);
    const wide = await tokenOf(fleet, "viewer", ["read", "administer"]);
    assert.is((await statusOf(fleet, wide, "GET", "/api/v1/users")).status, 403);
  });
});

test("a role that is taken, a token that is removed and a token that is over open nothing", async () => {
  await withFleet(async (fleet) => {
    const send = (method: string, path: string, body?: unknown) =>
      operate(fleet, method, `/api/v1/users${path}`, body);
    await send("POST", "", { name: "Ana", role: "viewer" });
    assert.is((await send("POST", "", { name: "ana", role: "admin" })).status, 409);
    const made = await (await send("POST", "/ana/tokens", { name: "t", days: 1 })).json();
    const { token, tokenID } = made as { token: string; tokenID: string };
    const summary = async () => (await statusOf(fleet, token, "GET", "/api/v1/summary")).status;
    assert.is(await summary(), 200);
    assert.is((await send("PUT", "/ana/role", { role: null })).status, 204);
    assert.is(await summary(), 403);
    await send("PUT", "/ana/role", { role: "operator" });
    assert.is(await summary(), 200);
    const now = Date.now;
    Date.now = () => now() + 25 * 3600_000;
    try {
      assert.is(await summary(), 401, "over after a day");
    } finally {
      Date.now = now;
    }
    assert.is((await send("DELETE", `/ana/tokens/${tokenID}`)).status, 204);
    assert.is(await summary(), 401);
    assert.is((await send("DELETE", `/ana/tokens/${tokenID}`)).status, 404);
    const { users } = (await (await send("GET", "")).json()) as { users: unknown[] };
    assert.is(users.length, 1);
    assert.not.match(JSON.stringify(users), /scrypt|hash"/);
  });
});

test("people log in with name and password, and their session has their rights", async () => {
  await withFleet(async (fleet) => {
    const password = "correct horse";
    await operate(fleet, "POST", "/api/v1/users", { name: "ana", password, role: "viewer" });
    const login = (body: unknown) =>
      fetch(`${fleet.url}/api/v1/session`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    assert.is((await login({ user: "ana", password: "wrong horse" })).status, 401);
    const response = await login({ user: "Ana", password });
    assert.is(response.status, 204);
    const cookie = (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const me = await fetch(`${fleet.url}/api/v1/me`, { headers: { cookie } });
    assert.equal(await me.json(), { name: "ana", rights: ["read"] });
    const users = await fetch(`${fleet.url}/api/v1/users`, { headers: { cookie } });
    assert.is(users.status, 403);
  });
});

test("toolchain user adds people, lists them, changes roles and makes and ends tokens", async () => {
  await withFleet(async (fleet) => {
    const user = async (...args: string[]) => {
      const where = ["--server", fleet.url, "--token", fleet.token];
      return toolchainHere(["user", ...args, ...where], fleet.dataDir);
    };
    assert.match((await user("add", "ana", "--role", "viewer")).stdout, /ana is viewer/);
    assertRefused(await user("add", "ana", "--role", "king"), 2, /there is no role "king"/);
    assertRefused(await user("add", "ana", "--role", "viewer"), 8, /there already/);
    const made = await user("token", "ana", "--name", "laptop", "--scopes", "read", "--json");
    const { token, tokenID } = JSON.parse(made.stdout) as { token: string; tokenID: string };
    assert.is((await statusOf(fleet, token, "GET", "/api/v1/summary")).status, 200);
    assert.match((await user("role", "ana", "none")).stdout, /without a role/);
    assert.is((await statusOf(fleet, token, "GET", "/api/v1/summary")).status, 403);
    assert.match((await user("list")).stdout, /ana {2}no role {2}no password\n {2}token laptop/);
    assert.is((await user("token", "ana", "--remove", tokenID)).status, 0);
    assert.is((await statusOf(fleet, token, "GET", "/api/v1/summary")).status, 401);
    assertRefused(await user("role", "bo", "viewer"), 8, /there is no user bo/);
    assert.match((await user("remove", "ana")).stdout, /ana is gone/);
    assertRefused(await user("remove", "ana"), 8, /there is no user ana/);
    assert.match((await user("list")).stdout, /nobody yet/);
  });
});

test("who is removed comes in no more, and the name is free; what was decided stays theirs", async () => {
  await withFleet(async (fleet) => {
    const password = "correct horse";
    const anew = { name: "ana", password, role: "researcher" };
    await operate(fleet, "POST", "/api/v1/users", anew);
    const made = await operate(fleet, "POST", "/api/v1/users/ana/tokens", { name: "t" });
    const { token } = (await made.json()) as { token: string };
    const response = await fetch(`${fleet.url}/api/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ user: "ana", password }),
    });
    const cookie = (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const camera = await addCamera(fleet);
    await postCheckIn(fleet.url, camera, checkIn([observation("1-1")]));
    const asAna = { method: "POST", headers: { cookie, "content-type": "application/json" } };
    const decided = await fetch(`${fleet.url}/api/v1/reviews`, {
      ...asAna,
      body: JSON.stringify({ action: "accept", observationIDs: [`${camera.cameraID}:1-1`] }),
    });
    assert.is(decided.status, 200, await decided.clone().text());
    assert.is((await operate(fleet, "DELETE", "/api/v1/users/ANA")).status, 204);
    assert.is((await operate(fleet, "DELETE", "/api/v1/users/ana")).status, 404);
    assert.is((await statusOf(fleet, token, "GET", "/api/v1/summary")).status, 401);
    const me = await fetch(`${fleet.url}/api/v1/me`, { headers: { cookie } });
    assert.is(me.status, 401);
    const path = `/api/v1/reviews/history?observationID=${camera.cameraID}:1-1`;
    assert.match(JSON.stringify(await getJson(fleet, path)), /"ana"/);
    assert.is((await operate(fleet, "POST", "/api/v1/users", anew)).status, 201);
  });
});

test("sensitive coordinates are rounded for those who may not see them, in lists, details and events", async () => {
  const place = { latitude: 15.18155, longitude: 5.65555, coordinateUncertainty: 10 };
  // The first is the example of camtrapdp, from which 0.001 degree's own uncertainty is taken there.
  const rows: [Sensitivity, number | null, number | null, number | null][] = [
    [2, 15.2, 5.7, 15_544 + 157],
    [3, 15.18, 5.66, 1580],
    [4, 15.182, 5.656, 167],
    [1, null, null, null],
    [0, 15.18155, 5.65555, 10],
  ];
  for (const [sensitivity, latitude, longitude, coordinateUncertainty] of rows) {
    const wanted = { latitude, longitude, coordinateUncertainty };
    assert.equal(generalised(place, sensitivity), wanted);
  }
  const south = { latitude: -61.23456, longitude: -170.05, coordinateUncertainty: null };
  assert.is(generalised(south, 2).coordinateUncertainty, 12_491);
  await withFleet(async (fleet) => {
    const sites = new Kysely<Tables>({
      dialect: new SqliteDialect({
        database: new Libsql(join(fleet.dataDir, DATABASE_FILE)) as never,
      }),
    });
    const camera = { name: "a", site: "north", latitude: 1.23456, longitude: 2.34567 };
    const made = await operate(fleet, "POST", "/api/v1/cameras", camera);
    const { cameraID } = (await made.json()) as { cameraID: string };
    await sites.updateTable("sites").set({ sensitivity: 3 }).execute();
    await sites.destroy();
    const tokens = [await tokenOf(fleet, "viewer"), await tokenOf(fleet, "researcher")];
    for (const [index, token] of tokens.entries()) {
      const headers = { authorization: `Bearer ${token}` };
      const get = async (path: string) => (await fetch(fleet.url + path, { headers })).text();
      const stream = await readEvents(fleet.url, headers);
      await operate(fleet, "PUT", `/api/v1/cameras/${cameraID}/group`, { group: `g${index}` });
      await operate(fleet, "POST", `/api/v1/cameras/${cameraID}/config/retry`);
      const event = JSON.stringify((await stream.next()).data);
      stream.close();
      const said = [await get("/api/v1/cameras"), await get(`/api/v1/cameras/${cameraID}`), event];
      for (const text of said) assert.is(text.includes("1.23456"), index === 1, text);
      for (const text of said) assert.ok(text.includes('"latitude":1.23'), text);
    }
  });
});

test("a password is kept as scrypt, salted, and typed either way it is the same", async () => {
  const [first, second] = [
    await hashOfPassword("Bächli-2020", 10),
    await hashOfPassword("Bächli-2020", 10),
  ];
  assert.is.not(first, second);
  assert.match(first, /^scrypt\$10\$8\$/);
  assert.is(await isPasswordOf("Ba\u0308chli-2020", first), true);
  assert.is(await isPasswordOf("bächli-2020", first), false);
  for (const stored of ["", "scrypt$10$8$$", null]) {
    assert.is(await isPasswordOf("", stored), false);
  }
});

test("the table of roles names every right, and more is never less", () => {
  assert.equal([...ROLE_RIGHTS.admin].sort(), Object.keys(RIGHTS).sort());
  for (const role of ROLES) assert.ok(ROLE_RIGHTS[role].includes("read"), role);
});

test.run();
