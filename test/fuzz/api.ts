/**
 * Requests from the server's own OpenAPI document: valid values, values at the borders, and hostile ones. No answer may be a 5xx, and
 * every one must match the schema that the document gives for its status. `npm run fuzz:api [COUNT] [SEED]`.
 */
import { pathToFileURL } from "node:url";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { createRandom } from "../../toolchain/emulator/world/random.ts";
import { ANALYSES } from "../../toolchain/fleet/analytics/catalogue.ts";
import { createSimulatedClock } from "../../toolchain/fleet/clock.ts";
import { FORMATS } from "../../toolchain/fleet/research/export/formats.ts";
import { type TestFleet, withFleet } from "../fleet/support/fleet.ts";
import { addTenant } from "../fleet/support/tenants.ts";

const COUNT = 5000;
const SEED = 20_262;
const NOW_MS = 1_700_000_020_000;

// biome-ignore lint/suspicious/noExplicitAny: schemas of every shape
type Schema = Record<string, any>;

interface Operation {
  method: string;
  path: string;
  parameters: { name: string; in: string; schema: Schema }[];
  body: Schema | undefined;
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

const HOSTILE_TEXTS = [
  ...["", " ", "\0", "\ud800", "é", "../../etc/passwd", "'; drop table cameras; --", "%00", "%"],
  ...["__proto__", "constructor", "null", "-1", "1e999", "9".repeat(40), "x".repeat(3000), "\n"],
  ...["a/b", "<script>", "{}", "NaN", "*", "?", "#", "\u202e", "2026-02-30T25:61:00Z"],
];
const HOSTILE: unknown[] = [
  ...HOSTILE_TEXTS,
  ...[null, true, false, 0, -1, 1.5, -0, 1e308, 2 ** 31, 2 ** 53, 2 ** 64, [], {}, [[]], [null]],
  { __proto__: null, toString: 1 },
];
/** One of them fits most patterns of the document. */
const TEXTS = [
  ...["a", "1", "default", "north", "app-9", "AAAA", "esp32", "operator-1", "Long Name 9"],
  ...["00000000-0000-4000-8000-000000000000", "2026-01-01T00:00:00Z", "correct horse"],
];

const deploymentID = "kenya-dep";
/** Of all four tables that can be imported; each fits one of them, or none. */
const ROWS = [
  [
    {
      deploymentID,
      deploymentStart: "2022-01-01T00:00:00Z",
      deploymentEnd: "2022-03-01T00:00:00Z",
    },
  ],
  [{ deploymentID, mediaID: "p1", timestamp: "2022-02-01T00:00:00Z", filePath: "a.jpg" }],
  [{ deploymentID, observationID: "o1", observationType: "animal", observationLevel: "event" }],
  [{ deploymentID, reason: "flood", failureStart: "2022-01-02T00:00:00Z" }],
  ...[[], [{}], [null], [{ deploymentID: "nowhere", observationID: "o1" }]],
];

class Fuzzer {
  constructor(
    readonly rand: () => number,
    /** Values that exist, by the name they go under. */
    readonly known: Record<string, unknown[]>,
  ) {}

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.rand() * list.length)] as T;
  }

  value(schema: Schema, name = ""): unknown {
    const draw = this.rand();
    if (draw < 0.06) return this.pick(HOSTILE);
    const known = this.known[name];
    if (known && draw < 0.7) return this.pick(known);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return this.pick(schema.enum);
    if (schema.anyOf) return this.value(this.pick(schema.anyOf), name);
    switch (schema.type) {
      case "object":
        return this.object(schema);
      case "array":
        return Array.from({ length: Math.floor(this.rand() * 4) + (schema.minItems ?? 0) }, () =>
          this.value(schema.items ?? {}, name.replace(/s$/, "")),
        );
      case "string":
        return this.text(schema);
      case "integer":
      case "number":
        return this.number(schema);
      case "boolean":
        return this.rand() < 0.5;
      default:
        return schema.type === "null" ? null : this.pick(HOSTILE);
    }
  }

  object({ properties = {}, required = [], patternProperties }: Schema): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    for (const [name, schema] of Object.entries(properties)) {
      const isWanted = required.includes(name) ? this.rand() < 0.97 : this.rand() < 0.5;
      if (isWanted) made[name] = this.value(schema as Schema, name);
    }
    if (patternProperties || Object.keys(properties).length === 0) {
      for (let n = this.rand() * 3; n > 1; n--) {
        made[this.pick(["checkInIntervalS", "quietS", "burstCount", "nothing", "toString"])] =
          this.pick([900, 1, 0, 60, null, 1e9, "9"]);
      }
    }
    if (this.rand() < 0.03) made[this.pick(["extra", "constructor", ""])] = this.pick(HOSTILE);
    return made;
  }

  text({ pattern, minLength = 0, maxLength = 50 }: Schema): string {
    if (this.rand() < 0.1) return "y".repeat(this.pick([minLength, maxLength, maxLength + 1]));
    const fits = TEXTS.filter((text) => !pattern || new RegExp(pattern).test(text));
    return fits.length > 0 && this.rand() < 0.9 ? this.pick(fits) : this.pick(HOSTILE_TEXTS);
  }

  number({ minimum = -1000, maximum = 1000, type }: Schema): number {
    const middle = minimum + this.rand() * (maximum - minimum);
    const value = this.pick([minimum, maximum, minimum - 1, maximum + 1, middle, middle]);
    return type === "integer" ? Math.round(value) : value;
  }
}

export interface Outcome {
  requests: number;
  byStatus: Record<string, number>;
  failures: string[];
}

export async function fuzzApi(count: number, seed: number): Promise<Outcome> {
  let outcome: Outcome = { requests: 0, byStatus: {}, failures: [] };
  await withFleet(
    async (fleet) => {
      outcome = await fuzzFleet(fleet, count, seed);
    },
    { clock: createSimulatedClock(NOW_MS), requestsPerMinute: 1e9 },
  );
  return outcome;
}

async function fuzzFleet(fleet: TestFleet, count: number, seed: number): Promise<Outcome> {
  const tenant = await addTenant(fleet, "kenya", -3);
  const document = await get(fleet, "/api/v1/openapi.json");
  const operations = operationsOf(document);
  const fuzzer = new Fuzzer(createRandom(seed), {
    cameraID: tenant.cameras.map(({ cameraID }) => cameraID),
    mediaID: ["kenya-m1"],
    claimID: tenant.claimIDs,
    siteID: tenant.sites,
    site: [...tenant.sites, "south"],
    projectID: [tenant.projectID, "default"],
    releaseID: ["app-1", "app-2"],
    rolloutID: ["1", "2"],
    version: ["1.0.0", 1, 0],
    counter: ["1", "2", "3"],
    scope: ["global", "site", "group", "device", "server", "project"],
    ...{ ...tenant.ids, project: [tenant.projectID, "default"], into: tenant.ids.individualID },
    ...{ channel: tenant.ids.channelID, analysis: ANALYSES.map(({ name }) => name) },
    ...{ format: Object.keys(FORMATS), rows: ROWS, media: ["true"], limit: ["1", "2", "200"] },
  });
  const ajv = new Ajv2020({ strict: false });
  (formats as unknown as (ajv: Ajv2020) => void)(ajv);
  const compiled = new Map<Schema, ValidateFunction>();
  const outcome: Outcome = { requests: 0, byStatus: {}, failures: [] };
  for (let n = 0; n < count; n++) {
    const operation = fuzzer.pick(operations);
    const { url, body } = requestOf(operation, fuzzer);
    const isFile = body instanceof Uint8Array;
    const answer = await fleet.server.app.inject({
      method: operation.method as "GET",
      url,
      headers: {
        ...fleet.operator,
        ...(body === undefined
          ? {}
          : { "content-type": isFile ? "application/octet-stream" : "application/json" }),
      },
      ...(body === undefined ? {} : { payload: isFile ? Buffer.from(body) : JSON.stringify(body) }),
    });
    outcome.requests++;
    const status = String(answer.statusCode);
    outcome.byStatus[status] = (outcome.byStatus[status] ?? 0) + 1;
    const problem = problemOf(operation, answer, ajv, compiled);
    if (problem) {
      const asked = `${operation.method} ${url} ${JSON.stringify(body)?.slice(0, 300)}`;
      outcome.failures.push(`${n}: ${asked}: ${status} ${problem}`);
    }
  }
  // Messages of its alert rules reach nobody.
  outcome.failures.push(...fleet.problems.filter((text) => !text.includes("is given up")));
  return outcome;
}

async function get(fleet: TestFleet, path: string) {
  const response = await fetch(fleet.url + path, { headers: fleet.operator });
  return (await response.json()) as { paths: Record<string, Record<string, Schema>> };
}

function operationsOf(document: { paths: Record<string, Record<string, Schema>> }): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      // A stream does not end, and a session is nobody's here.
      .filter(([, operation]) => operation["x-right"] && !path.endsWith("/stream"))
      .map(([method, { parameters = [], requestBody, responses }]) => ({
        ...{ method: method.toUpperCase(), path, parameters, responses },
        body: requestBody?.content?.["application/json"]?.schema,
      })),
  );
}

function requestOf({ path, parameters, body, method }: Operation, fuzzer: Fuzzer) {
  const textOf = (schema: Schema, name: string) => {
    const value = fuzzer.value(schema, name);
    return encoded(typeof value === "object" ? JSON.stringify(value) : String(value));
  };
  const isAnalysis = path.endsWith("/analytics/{name}");
  let url = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const schema = parameters.find((one) => one.name === name)?.schema ?? { type: "string" };
    return textOf(schema, isAnalysis ? "analysis" : name);
  });
  const query = parameters
    .filter((one) => one.in === "query" && fuzzer.rand() < 0.8)
    .map(({ name, schema }) => `${name}=${textOf(schema, name)}`);
  if (query.length > 0) url += `?${query.join("&")}`;
  const isFile = method === "POST" && /releases(\/\{releaseID\}\/deltas)?$/.test(path);
  if (isFile) return { url, body: new Uint8Array([1, 2, Math.floor(fuzzer.rand() * 4)]) };
  return { url, body: body && fuzzer.value(body) };
}

function encoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return "%ED%A0%80";
  }
}

function problemOf(
  { path, responses }: Operation,
  answer: { statusCode: number; body: string; headers: Record<string, unknown> },
  ajv: Ajv2020,
  compiled: Map<Schema, ValidateFunction>,
): string | undefined {
  const { statusCode, body } = answer;
  if (statusCode >= 500) return body;
  // An address that is none any more, because a value in it was empty or too long.
  const isElsewhere = statusCode === 404 && /"NOT_FOUND"/.test(body);
  const isNoAddress = statusCode === 400 && path.includes("{");
  const response =
    responses[statusCode] ?? (isElsewhere || isNoAddress ? responses[401] : undefined);
  if (!response) return `the document has no such status: ${body}`;
  const [type = "", media] = Object.entries(response.content ?? {})[0] ?? [];
  if (!media) return body === "" ? undefined : `a body where none is announced: ${body}`;
  if (!String(answer.headers["content-type"]).startsWith(type)) return `not ${type}`;
  if (!type.includes("json")) return undefined;
  const check = compiled.get(media.schema) ?? ajv.compile(media.schema);
  compiled.set(media.schema, check);
  if (check(JSON.parse(body))) return undefined;
  return `${ajv.errorsText(check.errors)}: ${body.slice(0, 400)}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [count = COUNT, seed = SEED] = process.argv.slice(2).map(Number);
  const { requests, byStatus, failures } = await fuzzApi(count, seed);
  for (const failure of failures) console.log(failure.slice(0, 900));
  console.log(
    `${requests} requests, seed ${seed}: ${JSON.stringify(byStatus)}, ${failures.length} failures`,
  );
  process.exitCode = failures.length > 0 ? 1 : 0;
}
