/** What holds for every operator's route: answers that are not sent twice, requests that do not count twice, and limits. */
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { DATABASE_FILE } from "../../toolchain/fleet/db/open.ts";
import {
  addCamera,
  checkIn,
  exchange,
  getJson,
  type TestFleet,
  withFleet,
} from "./support/fleet.ts";

const post = (fleet: TestFleet, key: string, body: unknown, path = "cameras") =>
  fetch(`${fleet.url}/api/v1/${path}`, {
    method: "POST",
    headers: { ...fleet.operator, "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify(body),
  });

test("a POST with an Idempotency-Key counts once and is answered alike, its secret sealed", async () => {
  await withFleet(async (fleet) => {
    const camera = { name: "a", site: "north" };
    const first = await post(fleet, "k1", camera);
    const made = (await first.json()) as { credential: string };
    const again = await post(fleet, "k1", camera);
    assert.is(again.status, 201);
    assert.is(again.headers.get("idempotent-replayed"), "true");
    assert.equal(await again.json(), made);
    assert.is((await post(fleet, "k1", { ...camera, name: "b" })).status, 422);
    assert.is((await post(fleet, "no blanks", camera)).status, 400);
    // A refusal is not kept: the request may be mended.
    assert.is((await post(fleet, "k2", { name: "a" })).status, 400);
    assert.is((await post(fleet, "k2", camera)).status, 201);
    const both = await Promise.all([post(fleet, "k3", camera), post(fleet, "k3", camera)]);
    const statuses = both.map(({ status }) => status);
    assert.ok(
      statuses.every((status) => status === 201 || status === 409),
      String(statuses),
    );
    assert.is((await getJson(fleet, "/api/v1/cameras")).cameras.length, 3);
    for (const name of [DATABASE_FILE, `${DATABASE_FILE}-wal`]) {
      const bytes = readFileSync(join(fleet.dataDir, name), "latin1");
      assert.not.ok(bytes.includes(made.credential), "the credential is in the database");
    }
  });
});

test("an answer that the client has is not sent again", async () => {
  await withFleet(async (fleet) => {
    await addCamera(fleet);
    const read = (etag: string) =>
      fetch(`${fleet.url}/api/v1/sites`, {
        headers: { ...fleet.operator, "if-none-match": etag },
      });
    const first = await read('"other"');
    assert.is(first.status, 200);
    const second = await read(first.headers.get("etag") ?? "");
    assert.is(second.status, 304);
    assert.is(await second.text(), "");
  });
});

test("a token that asks too much is told how long to wait, and others are not", async () => {
  await withFleet(
    async (fleet) => {
      const ask = (headers: Record<string, string>) => fetch(`${fleet.url}/api/v1/me`, { headers });
      for (let n = 0; n < 5; n++) assert.is((await ask(fleet.operator)).status, 200);
      const refused = await ask(fleet.operator);
      assert.is(refused.status, 429);
      assert.ok(Number(refused.headers.get("retry-after")) > 0);
      const { error } = (await refused.json()) as { error: { code: string } };
      assert.is(error.code, "TOO_MANY_REQUESTS");
      assert.is((await ask({ authorization: "Bearer another" })).status, 401);
    },
    { requestsPerMinute: 5 },
  );
});

test("the log has a line for each request and no secret in any", async () => {
  const lines: string[] = [];
  await withFleet(
    async (fleet) => {
      const camera = await addCamera(fleet);
      await fetch(`${fleet.url}/api/v1/session`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ token: fleet.token }),
      });
      await exchange(fleet, camera, checkIn([]));
      await fetch(`${fleet.url}/api/v1/summary?token=${fleet.token}`, { headers: fleet.operator });
      await fetch(`${fleet.url}/api/v1/session`, {
        method: "POST",
        body: `{"token":"${fleet.token}`,
      });
      const text = lines.join("");
      for (const path of ["/api/v1/cameras", "/device/v1/check-in", "/api/v1/summary"]) {
        assert.ok(text.includes(`"url":"${path}"`), path);
      }
      assert.match(text, /"statusCode":201/);
      for (const secret of [fleet.token, camera.credential]) assert.not.ok(text.includes(secret));
    },
    { log: { write: (line) => lines.push(line) } },
  );
});

/** What a server says to bytes on a socket, until it closes it. */
function answerTo(fleet: TestFleet, head: string[]): Promise<string> {
  const { hostname, port } = new URL(fleet.url);
  return new Promise((resolve, reject) => {
    let said = "";
    const socket = connect(Number(port), hostname, () => {
      socket.write([...head, "host: here", "", ""].join("\r\n"));
    });
    socket.on("data", (chunk) => {
      said += chunk;
      // The rest of the request never comes.
      if (said.includes("\r\n\r\n")) socket.end();
    });
    socket.on("close", () => resolve(said));
    socket.on("error", reject);
  });
}

test("no route takes a body of any size, and none lets another site read its answer", async () => {
  await withFleet(
    async (fleet) => {
      const { authorization } = fleet.operator;
      const routes = fleet.server.routes.filter(({ right }) => right);
      let refused = 0;
      for (const { method, url } of routes) {
        const path = url.replace(/:\w+/g, "x");
        if (url.endsWith("/stream")) continue;
        const sent = await fetch(fleet.url + path, {
          ...{ method, headers: { authorization, origin: "http://evil.test" } },
        });
        await sent.arrayBuffer();
        const allows = [...sent.headers.keys()].filter((name) => name.startsWith("access-control"));
        assert.equal(allows, [], `${method} ${url}`);
        if (!/^(POST|PUT|PATCH)$/.test(method)) continue;
        const isFile = /\/(releases|deltas)$/.test(url);
        const type = isFile
          ? "application/octet-stream"
          : url.includes("photographs")
            ? "image/jpeg"
            : "application/json";
        const said = await answerTo(fleet, [
          ...[`${method} ${path} HTTP/1.1`, `authorization: ${authorization}`],
          ...[`content-type: ${type}`, `content-length: ${2 ** 40}`],
        ]);
        // A release's address is looked at first.
        assert.match(
          said,
          isFile ? /^HTTP\/1.1 4(00|04|13) / : /^HTTP\/1.1 413 /,
          `${method} ${url}`,
        );
        refused++;
      }
      assert.ok(refused > 40, `${refused} routes`);
    },
    { clock: createSimulatedClock(0) },
  );
});

test("a request that does not come to its end is ended", async () => {
  await withFleet(
    async (fleet) => {
      const said = await answerTo(fleet, [
        ...["POST /api/v1/cameras HTTP/1.1", `authorization: ${fleet.operator.authorization}`],
        ...["content-type: application/json", "content-length: 40"],
      ]);
      assert.match(said, /^HTTP\/1.1 408 /);
    },
    { requestMsMax: 200 },
  );
});

test.run();
