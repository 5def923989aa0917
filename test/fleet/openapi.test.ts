/** The OpenAPI document: well-formed, complete against the routes, true against the answers. */
import { Ajv2020 } from "ajv/dist/2020.js";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { HTTP_ERRORS } from "../../toolchain/fleet/http-errors.ts";
import { ANSWERS } from "../../toolchain/fleet/routes/answers.ts";
import { fuzzApi } from "../fuzz/api.ts";
import { getJson, operate, withFleet } from "./support/fleet.ts";

const FUZZED = 500;
const clock = () => createSimulatedClock(1_700_000_000_000);

test("every route is in the document, an operator's with its right, answers and errors", async () => {
  await withFleet(
    async (fleet) => {
      const document = await getJson(fleet, "/api/v1/openapi.json");
      assert.is(document.openapi, "3.1.0");
      const ajv = new Ajv2020({ strict: false, validateFormats: false });
      const isNamed = (url: string) => url !== "/" && !url.includes("*");
      const routes = fleet.server.routes.filter(({ method, url }) => {
        return isNamed(url) && !["HEAD", "OPTIONS"].includes(method);
      });
      for (const { method, url, right } of routes) {
        const path = url.replace(/:(\w+)/g, "{$1}");
        const operation = document.paths[path]?.[method.toLowerCase()];
        const name = `${method} ${url}`;
        assert.ok(operation, `${name} is missing`);
        const inPath = (operation.parameters ?? []).filter(
          (one: { in: string }) => one.in === "path",
        );
        assert.is(inPath.length, path.split("{").length - 1, `${name}: parameters of the path`);
        if (!right) continue;
        assert.is(operation["x-right"], right, name);
        const answer = ANSWERS[name];
        assert.ok(answer, `${name} does not say what it answers (routes/answers.ts)`);
        assert.ok(operation.responses[answer.status], `${name}: ${answer.status}`);
        for (const code of answer.errors) {
          const { description } = operation.responses[HTTP_ERRORS[code].status];
          assert.match(description, code, name);
        }
        for (const { content = {} } of Object.values<{ content?: object }>(operation.responses)) {
          for (const { schema } of Object.values<{ schema: object }>(content as never)) {
            assert.ok(ajv.validateSchema(schema), `${name}: ${ajv.errorsText()}`);
          }
        }
      }
      const known = new Set(routes.map(({ method, url }) => `${method} ${url}`));
      const gone = Object.keys(ANSWERS).filter((name) => !known.has(name));
      assert.equal(gone, [], "answers of routes that are not there");
    },
    { clock: clock() },
  );
});

test("the document can be read as a page without scripts", async () => {
  await withFleet(async (fleet) => {
    const response = await operate(fleet, "GET", "/api/v1/docs");
    assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
    const page = await response.text();
    assert.match(page, "GET /api/v1/cameras/{cameraID}");
    assert.not.match(page, /<script|https?:\/\//);
  });
});

test("errors are problems as RFC 9457 has them, with the code that clients know", async () => {
  await withFleet(async (fleet) => {
    const response = await operate(fleet, "GET", "/api/v1/cameras/nobody");
    assert.match(response.headers.get("content-type") ?? "", /^application\/problem\+json/);
    const message = "no camera has this cameraID";
    assert.equal(await response.json(), {
      ...{ type: "urn:thicket:error:CAMERA_UNKNOWN", title: message, status: 404, detail: message },
      error: { code: "CAMERA_UNKNOWN", message },
    });
  });
});

test(`${FUZZED} fuzzed requests cost no 5xx and every answer matches its schema`, async () => {
  const { failures, byStatus } = await fuzzApi(FUZZED, 1);
  assert.equal(failures, []);
  assert.ok((byStatus["200"] ?? 0) + (byStatus["201"] ?? 0) > FUZZED / 4, JSON.stringify(byStatus));
});

test.run();
