/**
 * The OpenAPI 3.1 document, from the schemas of the routes themselves: what they take (their own), what they answer (routes/answers.ts),
 * and the right each needs. Routes of cameras are in it by name; docs/protocol.md is their description.
 */
import swagger from "@fastify/swagger";
import type { RouteOptions } from "fastify";
import Type, { type TSchema } from "typebox";
import { HTTP_ERRORS, type HttpErrorCode } from "./http-errors.ts";
import { ANSWERS } from "./routes/answers.ts";
import type { App } from "./routes/app.ts";

/** RFC 9457, with `error` beside it for clients that read that. */
export const Problem = Type.Object(
  {
    ...{ type: Type.String(), title: Type.String(), status: Type.Integer(), detail: Type.String() },
    error: Type.Object(
      { code: Type.String(), message: Type.String() },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);

/** What any operator's route may answer with. */
const ALWAYS: HttpErrorCode[] = [
  ...(["UNAUTHORISED", "CREDENTIAL_REFUSED", "FORBIDDEN", "FOREIGN_ORIGIN"] as const),
  ...(["TOO_MANY_ATTEMPTS", "TOO_MANY_REQUESTS", "BUG", "STORAGE_FAILED"] as const),
];
const OF_INPUT: HttpErrorCode[] = ["BAD_REQUEST"];
const OF_BODY: HttpErrorCode[] = ["TOO_LARGE", "UNSUPPORTED_TYPE"];

const OF_KEY: HttpErrorCode[] = ["REQUEST_UNDER_WAY", "KEY_USED"];

type Responses = Record<string, { description: string; content?: Record<string, object> }>;

/** Before any route, so that it hears of all of them. */
export async function registerOpenApi(app: App, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Thicket fleet server",
        version,
        description: "Cameras, what they saw, and how they are. Guide: docs/server.md.",
      },
      components: {
        securitySchemes: {
          token: { type: "http", scheme: "bearer" },
          session: { type: "apiKey", in: "cookie", name: "thicket_session" },
        },
      },
    },
    // Fastify's Type for a schema is wider than what its own swagger takes.
    transform: ({ schema, url, route }) => ({ url, schema: described(schema, route) as never }),
  });
}

function described(schema: unknown, route: RouteOptions): Record<string, unknown> {
  const name = `${route.method} ${route.url}`;
  const {
    params,
    querystring,
    body = ANSWERS[name]?.takes,
  } = (schema ?? {}) as Record<string, TSchema | undefined>;
  const known = {
    ...(params && { params }),
    ...(querystring && { querystring }),
    ...(body && { body }),
  };
  const { right, isWhole } = route.config ?? {};
  const isHidden = route.url === "/" || route.url.startsWith("/*") || route.method === "HEAD";
  if (!right) return { ...known, hide: isHidden };
  const response = responsesOf(name, known);
  return {
    ...{ ...known, response, tags: [tagOf(route.url)] },
    security: [{ token: [] }, { session: [] }],
    description: `Needs the right to ${right}${isWhole ? " on the whole server" : ""}.`,
    ...{ "x-right": right, "x-whole-server": isWhole === true },
  };
}

const tagOf = (url: string): string => url.split("/")[3] ?? url.slice(1);

function responsesOf(route: string, known: Record<string, unknown>): Responses {
  const answer = ANSWERS[route];
  if (!answer) return {};
  const { status, schema, type = "application/json", errors } = answer;
  // "null" is how its library is told that there is no body.
  const content = schema ? { content: { [type]: { schema } } } : { type: "null" };
  const responses: Responses = { [status]: { description: "done", ...content } };
  const codes = [
    ...ALWAYS,
    ...errors,
    ...(Object.keys(known).length > 0 ? OF_INPUT : []),
    ...(/^(POST|PUT|PATCH)/.test(route) ? OF_BODY : []),
    ...(route.startsWith("POST") ? OF_KEY : []),
  ];
  for (const code of new Set(codes)) {
    const key = String(HTTP_ERRORS[code].status);
    const before = responses[key] ? `${responses[key].description}, ` : "";
    responses[key] = {
      description: `${before}${code}: ${HTTP_ERRORS[code].message}`,
      content: { "application/problem+json": { schema: Problem } },
    };
  }
  return responses;
}
