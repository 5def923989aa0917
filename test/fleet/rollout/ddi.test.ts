/** A hawkBit client of our own, written from the documented protocol: polls, fetches in ranges, reports, is cancelled. */
import { createHash } from "node:crypto";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { addCamera, getJson, operate, type TestFleet, withFleet } from "../support/fleet.ts";

const IMAGE = Buffer.alloc(5000, "firmware");

/** Follows links as they come; knows nothing of the server but the address of its base resource. */
class DdiClient {
  readonly base: string;
  readonly headers: Record<string, string>;

  constructor(fleet: TestFleet, controllerID: string, authorization: string) {
    this.base = `${fleet.url}/DEFAULT/controller/v1/${controllerID}`;
    this.headers = { authorization };
  }

  get(url: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(url, { headers: { ...this.headers, ...headers } });
  }

  // biome-ignore lint/suspicious/noExplicitAny: answers of several shapes
  async json(url = this.base): Promise<any> {
    const response = await this.get(url);
    assert.is(response.status, 200, url);
    return response.json();
  }

  async feedback(url: string, execution: string, finished: string, details: string[] = []) {
    const response = await fetch(`${url}/feedback`, {
      method: "POST",
      headers: { ...this.headers, "content-type": "application/json" },
      body: JSON.stringify({ status: { execution, result: { finished }, details } }),
    });
    await response.text();
    return response.status;
  }
}

async function rollOut(fleet: TestFleet, counter: number): Promise<string> {
  const query = `kind=firmware&counter=${counter}&version=2.${counter}&manifest=AQID`;
  const published = await fetch(`${fleet.url}/api/v1/releases?${query}`, {
    method: "POST",
    headers: { ...fleet.operator, "content-type": "application/octet-stream" },
    body: new Uint8Array(IMAGE),
  });
  assert.is(published.status, 201, await published.text());
  const response = await operate(fleet, "POST", "/api/v1/rollouts", {
    releaseID: `firmware-${counter}`,
    plan: { rings: [100], soakMs: 0 },
  });
  return `/api/v1/rollouts/${((await response.json()) as { rolloutID: number }).rolloutID}`;
}

test("a stock client is offered firmware, fetches it in ranges and reports success", async () => {
  await withFleet(async (fleet) => {
    const { cameraID, credential } = await addCamera(fleet);
    const client = new DdiClient(fleet, cameraID, `TargetToken ${credential}`);
    const idle = await client.json();
    assert.equal(Object.keys(idle._links), ["configData"]);
    assert.is(idle.config.polling.sleep, "01:00:00");
    const path = await rollOut(fleet, 1);
    const link = (await client.json())._links.deploymentBase.href;
    const { id, deployment } = await client.json(link);
    assert.ok(link.endsWith(id));
    const [chunk] = deployment.chunks;
    assert.equal(chunk.metadata, [{ key: "manifest", value: "AQID" }]);
    const [artifact] = chunk.artifacts;
    const parts: Buffer[] = [];
    for (let from = 0; from < artifact.size; from += 2000) {
      const response = await client.get(artifact._links.download.href, {
        range: `bytes=${from}-${from + 1999}`,
      });
      assert.is(response.status, 206);
      assert.is(response.headers.get("etag"), `"${artifact.hashes.sha1}"`);
      parts.push(Buffer.from(await response.arrayBuffer()));
    }
    for (const name of ["sha1", "md5", "sha256"])
      assert.is(createHash(name).update(Buffer.concat(parts)).digest("hex"), artifact.hashes[name]);
    assert.is(await client.feedback(link, "proceeding", "none"), 200);
    assert.is((await getJson(fleet, path)).states.offered, 1);
    assert.is(await client.feedback(link, "closed", "success"), 200);
    assert.is((await getJson(fleet, path)).states.proved, 1);
    assert.is(await client.feedback(link, "closed", "success"), 410, "it is closed");
    const after = await client.get(client.base);
    assert.not.match(await after.text(), "deploymentBase");
    const etag = after.headers.get("etag") ?? "";
    assert.is((await client.get(client.base, { "if-none-match": etag })).status, 304);
    assert.equal(fleet.problems, []);
  });
});

test("a failure is kept with its reason, and a forced camera gets a new action", async () => {
  await withFleet(async (fleet) => {
    const { cameraID, credential } = await addCamera(fleet);
    const client = new DdiClient(fleet, cameraID, `TargetToken ${credential}`);
    const path = await rollOut(fleet, 1);
    const first = (await client.json())._links.deploymentBase.href;
    await client.json(first);
    await client.feedback(first, "closed", "failure", ["flash", "is worn"]);
    const { cameras } = await getJson(fleet, path);
    assert.equal([cameras[0].state, cameras[0].reason], ["failed", "flash; is worn"]);
    assert.not((await client.json())._links.deploymentBase);
    await (await operate(fleet, "POST", `${path}/cameras/${cameraID}/force`)).text();
    const second = (await client.json())._links.deploymentBase.href;
    assert.is.not(second, first);
  });
});

test("a cancelled roll-out is taken back from a client that has begun", async () => {
  await withFleet(async (fleet) => {
    const { cameraID, credential } = await addCamera(fleet);
    const client = new DdiClient(fleet, cameraID, `TargetToken ${credential}`);
    const path = await rollOut(fleet, 1);
    await client.json((await client.json())._links.deploymentBase.href);
    await (await operate(fleet, "POST", `${path}/cancel`)).text();
    const link = (await client.json())._links.cancelAction.href;
    const { cancelAction } = await client.json(link);
    assert.ok(link.endsWith(cancelAction.stopId));
    assert.is(await client.feedback(link, "closed", "success"), 200);
    assert.equal(Object.keys((await client.json())._links), ["configData"]);
  });
});

test("a gateway speaks for any device and registers new ones; a target only for itself", async () => {
  await withFleet(async (fleet) => {
    const response = await operate(fleet, "POST", "/api/v1/gateway-token");
    const { token } = (await response.json()) as { token: string };
    const gateway = new DdiClient(fleet, "bridge-7", `GatewayToken ${token}`);
    await gateway.json();
    const { cameras } = await getJson(fleet, "/api/v1/cameras");
    assert.equal([cameras[0].cameraID, cameras[0].site], ["bridge-7", "unassigned"]);
    const { credential } = await addCamera(fleet);
    for (const authorization of [
      `TargetToken ${credential}`,
      `TargetToken ${token}`,
      `GatewayToken ${credential}`,
      `Bearer ${fleet.token}`,
    ]) {
      const refused = await gateway.get(gateway.base, { authorization });
      await refused.text();
      assert.is(refused.status, 401, authorization.split(" ")[0]);
    }
    await (await operate(fleet, "POST", "/api/v1/gateway-token")).text();
    assert.is((await gateway.get(gateway.base)).status, 401, "the new token replaces the old");
  });
});

test.run();
