/**
 * Who is asking: an operator (token or session cookie) or a camera (credential). Every route below /api and /device
 * passes one of these hooks; server.ts adds them per group, so a new route cannot forget.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Db } from "./db/open.ts";
import { httpError } from "./http-errors.ts";
import { createFailureLimit, type FailureLimit } from "./rate-limit.ts";
import { hashOfSecret, isSecretOf, newSecret, SECRET_CHARACTERS } from "./secrets.ts";

export const SESSION_COOKIE = "thicket_session";
const SESSION_MS = 30 * 24 * 3600 * 1000;

declare module "fastify" {
  interface FastifyRequest {
    /** Set on device routes, by the credential. */
    cameraID: string;
  }
}

export interface Auth {
  requireOperator(request: FastifyRequest): Promise<void>;
  requireCamera(request: FastifyRequest): Promise<void>;
  login(request: FastifyRequest, reply: FastifyReply, token: string): Promise<void>;
  logout(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

export function createAuth(db: Db, operatorHash: string, failures: FailureLimit): Auth {
  const cameraFailures = createFailureLimit({ failuresMax: 100 });

  function refuse(limit: FailureLimit, request: FastifyRequest, hadCredential: boolean): never {
    const challenge = { "www-authenticate": 'Bearer realm="thicket"' };
    if (!hadCredential) throw httpError("UNAUTHORISED", undefined, challenge);
    const waitS = limit.failed(request.ip);
    if (waitS > 0) throw tooMany(waitS);
    throw httpError("CREDENTIAL_REFUSED", undefined, challenge);
  }

  return {
    async requireOperator(request) {
      const token = bearerOf(request);
      if (token !== undefined) {
        if (!isSecretOf(token, operatorHash)) refuse(failures, request, true);
        return;
      }
      const session = sessionOf(request);
      if (session === undefined) refuse(failures, request, false);
      if (!(await isOpenSession(db, session))) refuse(failures, request, false);
      requireSameOrigin(request);
    },

    async requireCamera(request) {
      const credential = bearerOf(request);
      const row =
        credential === undefined
          ? undefined
          : await db
              .selectFrom("tokens")
              .select("cameraID")
              .where("hash", "=", hashOfSecret(credential))
              .where("kind", "=", "camera")
              .executeTakeFirst();
      if (!row?.cameraID) refuse(cameraFailures, request, credential !== undefined);
      request.cameraID = row.cameraID;
    },

    async login(request, reply, token) {
      requireSameOrigin(request);
      const waitS = failures.waitS(request.ip);
      if (waitS > 0) throw tooMany(waitS);
      if (!isSecretOf(token, operatorHash)) refuse(failures, request, true);
      const session = newSecret();
      const nowMs = Date.now();
      await db.deleteFrom("tokens").where("expiresMs", "<", nowMs).execute();
      await db
        .insertInto("tokens")
        .values({
          hash: hashOfSecret(session),
          kind: "session",
          createdMs: nowMs,
          expiresMs: nowMs + SESSION_MS,
        })
        .execute();
      reply.header("set-cookie", cookie(session, SESSION_MS / 1000));
    },

    async logout(request, reply) {
      const session = sessionOf(request);
      if (session !== undefined) {
        requireSameOrigin(request);
        await db
          .deleteFrom("tokens")
          .where("hash", "=", hashOfSecret(session))
          .where("kind", "=", "session")
          .execute();
      }
      reply.header("set-cookie", cookie("", 0));
    },
  };
}

/** A new operator token is made when the old one must not count any more: nor may what it has opened. */
export async function closeSessions(db: Db): Promise<void> {
  await db.deleteFrom("tokens").where("kind", "=", "session").execute();
}

const tooMany = (waitS: number) =>
  httpError("TOO_MANY_ATTEMPTS", `too many wrong tokens from this address; wait ${waitS} s`, {
    "retry-after": String(waitS),
  });

function bearerOf({ headers }: FastifyRequest): string | undefined {
  const match = headers.authorization?.match(/^Bearer +([\w.~+/=-]+) *$/i);
  if (headers.authorization !== undefined && !match) return "";
  const token = match?.[1];
  return token === undefined || token.length <= 4 * SECRET_CHARACTERS ? token : "";
}

function sessionOf({ headers }: FastifyRequest): string | undefined {
  const pairs = (headers.cookie ?? "").split(";").map((pair) => pair.trim());
  const pair = pairs.find((text) => text.startsWith(`${SESSION_COOKIE}=`));
  const session = pair?.slice(SESSION_COOKIE.length + 1);
  return session?.length === SECRET_CHARACTERS ? session : undefined;
}

async function isOpenSession(db: Db, session: string): Promise<boolean> {
  const row = await db
    .selectFrom("tokens")
    .select("expiresMs")
    .where("hash", "=", hashOfSecret(session))
    .where("kind", "=", "session")
    .executeTakeFirst();
  return row !== undefined && row.expiresMs !== null && row.expiresMs > Date.now();
}

/**
 * A cookie comes along by itself, so a changing request must come from our own page. SameSite=Strict does most of it,
 * but another port of the same host counts as the same site.
 */
function requireSameOrigin({ method, headers }: FastifyRequest): void {
  if (method === "GET" || method === "HEAD" || headers.origin === undefined) return;
  const origin = URL.canParse(headers.origin) ? new URL(headers.origin).host : "";
  if (origin !== headers.host) throw httpError("FOREIGN_ORIGIN");
}

const cookie = (value: string, maxAgeS: number): string =>
  `${SESSION_COOKIE}=${value}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Strict`;
