/** Nothing is open by default: every route the server has is tried without, with a wrong and with a foreign credential. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { createFailureLimit } from "../../toolchain/fleet/rate-limit.ts";
import { hashOfSecret, isSecretOf, newSecret } from "../../toolchain/fleet/secrets.ts";
import { addCamera, operate, type TestFleet, withFleet } from "./support/fleet.ts";

/** A camera that enrols has no credential yet; it shows a claim: enrolment.test.ts. */
const OPEN = ["GET /health", "POST /api/v1/session", "POST /device/v1/enrol", "GET /"];

const unlimited = () => createFailureLimit({ failuresMax: Number.POSITIVE_INFINITY });

function guardedRoutes({ server }: TestFleet, prefix = "/"): { method: string; path: string }[] {
  return server.routes
    .filter(({ method, url }) => !OPEN.includes(`${method} ${url}`) && url.startsWith(prefix))
    .map(({ method, url }) => ({ method, path: url.replace(/:\w+/g, "x") }));
}

test("every route refuses a request without a credential, with a wrong one and with another kind's", async () => {
  const options = { clock: createSimulatedClock(0), failures: unlimited() };
  await withFleet(async (fleet) => {
    const { credential } = await addCamera(fleet);
    const routes = guardedRoutes(fleet);
    assert.ok(routes.length >= 16, `only ${routes.length} routes`);
    for (const { method, path } of routes) {
      const isDevice = path.startsWith("/device/");
      const refused: Record<string, string>[] = [
        {},
        { authorization: `Bearer ${newSecret()}` },
        { authorization: "Bearer " },
        { authorization: `Basic ${fleet.token}` },
        { authorization: `Bearer ${isDevice ? fleet.token : credential}` },
        { cookie: `thicket_session=${newSecret()}` },
        { cookie: `thicket_session=${isDevice ? credential : ""}` },
      ];
      for (const headers of refused) {
        const response = await fetch(fleet.url + path, { method, headers });
        const text = await response.text();
        assert.is(response.status, 401, `${method} ${path} ${JSON.stringify(headers)}`);
        if (method !== "HEAD") assert.type(JSON.parse(text).error.code, "string");
      }
    }
  }, options);
});

test("routes that need no credential say nothing about the fleet", async () => {
  await withFleet(async (fleet) => {
    const health = await fetch(`${fleet.url}/health`);
    assert.is(health.status, 200);
    assert.equal(Object.keys((await health.json()) as object).sort(), ["ok", "version"]);
  });
});

test("the operator token opens every operator route and no device route", async () => {
  await withFleet(
    async (fleet) => {
      for (const { method, path } of guardedRoutes(fleet, "/api")) {
        if (path.endsWith("/stream")) continue;
        const response = await fetch(fleet.url + path, { method, headers: fleet.operator });
        await response.text();
        assert.is.not(response.status, 401, `${method} ${path}`);
      }
    },
    { clock: createSimulatedClock(0) },
  );
});

const login = (fleet: TestFleet, token: string, headers: Record<string, string> = {}) =>
  fetch(`${fleet.url}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ token }),
  });

const cookieOf = (response: Response): string =>
  (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";

test("a session's cookie works until it is closed, and is hidden from scripts", async () => {
  await withFleet(async (fleet) => {
    const response = await login(fleet, fleet.token);
    assert.is(response.status, 204);
    const header = response.headers.get("set-cookie") ?? "";
    assert.match(header, /HttpOnly/);
    assert.match(header, /SameSite=Strict/);
    const cookie = cookieOf(response);
    const summary = () => fetch(`${fleet.url}/api/v1/summary`, { headers: { cookie } });
    assert.is((await summary()).status, 200);
    const logout = await fetch(`${fleet.url}/api/v1/session`, {
      method: "DELETE",
      headers: { cookie },
    });
    assert.is(logout.status, 204);
    assert.is((await summary()).status, 401, "the cookie is worth nothing any more");
  });
});

test("another site cannot use a session to change anything", async () => {
  await withFleet(async (fleet) => {
    const cookie = cookieOf(await login(fleet, fleet.token));
    const send = (origin: string) =>
      fetch(`${fleet.url}/api/v1/cameras`, {
        method: "POST",
        headers: { cookie, origin, "content-type": "application/json" },
        body: JSON.stringify({ name: "a", site: "b" }),
      });
    assert.is((await send("http://127.0.0.1:1")).status, 403);
    assert.is((await send("null")).status, 403);
    assert.is((await send(fleet.url)).status, 201);
    assert.is((await login(fleet, fleet.token, { origin: "http://evil.test" })).status, 403);
  });
});

test("no answer allows another site to read it", async () => {
  await withFleet(async (fleet) => {
    const { credential } = await addCamera(fleet);
    const requests: [string, string, string][] = [
      ["GET", "/api/v1/cameras", fleet.token],
      ["OPTIONS", "/api/v1/cameras", fleet.token],
      ["OPTIONS", "/device/v1/media", credential],
    ];
    for (const [method, path, token] of requests) {
      const response = await fetch(fleet.url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, origin: "http://evil.test" },
      });
      assert.is(response.headers.get("access-control-allow-origin"), null, `${method} ${path}`);
      assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'none'/);
    }
  });
});

test("wrong tokens are counted: after ten the login is closed for a while, the right bearer token is not", async () => {
  let nowMs = 0;
  const failures = createFailureLimit({ failuresMax: 10, windowMs: 60_000, nowMs: () => nowMs });
  await withFleet(
    async (fleet) => {
      for (let attempt = 1; attempt <= 9; attempt++) {
        assert.is((await login(fleet, newSecret())).status, 401, `attempt ${attempt}`);
      }
      const tenth = await login(fleet, newSecret());
      assert.is(tenth.status, 429);
      assert.is(Number(tenth.headers.get("retry-after")), 60);
      assert.is((await login(fleet, fleet.token)).status, 429);
      assert.is((await operate(fleet, "GET", "/api/v1/summary")).status, 200);
      nowMs = 60_001;
      assert.is((await login(fleet, fleet.token)).status, 204);
    },
    { failures },
  );
});

test("a secret has 32 random bytes and only its hash is needed to know it", () => {
  const secret = newSecret();
  assert.is(Buffer.from(secret, "base64url").length, 32);
  assert.is(secret.length, 43);
  assert.ok(isSecretOf(secret, hashOfSecret(secret)));
  assert.not.ok(isSecretOf(newSecret(), hashOfSecret(secret)));
  assert.not.ok(isSecretOf("", hashOfSecret(secret)));
  assert.not.ok(isSecretOf(secret, ""));
});

test.run();
