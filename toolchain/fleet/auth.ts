/**
 * Who is asking, and what of the database they reach: an operator (the operator token, a session cookie or a user's API token) or a camera (credential). Every route
 * below /api and /device passes one of these hooks; server.ts adds them per group, so a new route cannot forget. What an
 * operator may do is in rights/rights.ts.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Db } from "./db/open.ts";
import { httpError } from "./http-errors.ts";
import { createFailureLimit, type FailureLimit, type RequestLimit } from "./rate-limit.ts";
import { limitedDb } from "./rights/limited-db.ts";
import { isPasswordOf } from "./rights/passwords.ts";
import { hashOfSecret, isSecretOf, newSecret, SECRET_CHARACTERS } from "./secrets.ts";
import { type Caller, callerOf, findUser, OPERATOR } from "./store/users.ts";

export const SESSION_COOKIE = "thicket_session";
const SESSION_MS = 30 * 24 * 3600 * 1000;

declare module "fastify" {
  interface FastifyRequest {
    /** Set on device routes, by the credential. */
    cameraID: string;
    /** Set on operator routes. */
    caller: Caller;
    /** Set on operator routes: the database as far as the caller holds the right that the route names. */
    db: Db;
  }
}

export type Login = { token: string } | { user: string; password: string };

export interface Auth {
  /** Anybody who has the right that the route names. **Errors:** UNAUTHORISED, CREDENTIAL_REFUSED, FORBIDDEN */
  requireOperator(request: FastifyRequest): Promise<void>;
  requireCamera(request: FastifyRequest): Promise<void>;
  login(request: FastifyRequest, reply: FastifyReply, login: Login): Promise<void>;
  logout(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

export function createAuth(
  db: Db,
  operatorHash: string,
  { failures, requests }: { failures: FailureLimit; requests: RequestLimit },
): Auth {
  const cameraFailures = createFailureLimit({ failuresMax: 100 });

  function refuse(limit: FailureLimit, request: FastifyRequest, hadCredential: boolean): never {
    const challenge = { "www-authenticate": 'Bearer realm="thicket"' };
    if (!hadCredential) throw httpError("UNAUTHORISED", undefined, challenge);
    const waitS = limit.failed(request.ip);
    if (waitS > 0) throw tooMany(waitS);
    throw httpError("CREDENTIAL_REFUSED", undefined, challenge);
  }

  const callerOfSession = async (session: string | undefined) =>
    session === undefined ? undefined : callerOf(db, "session", session, Date.now());

  const callerOfToken = async (token: string) =>
    isSecretOf(token, operatorHash) ? OPERATOR : callerOf(db, "api", token, Date.now());

  /** @returns whose session it becomes; null for the operator's */
  async function userOf(request: FastifyRequest, login: Login): Promise<string | null> {
    if ("token" in login) {
      if (!isSecretOf(login.token, operatorHash)) refuse(failures, request, true);
      return null;
    }
    const user = await findUser(db, login.user);
    const isRight = await isPasswordOf(login.password, user?.passwordHash);
    if (!user || !isRight || user.disabledMs !== null) refuse(failures, request, true);
    return user.userID;
  }

  return {
    async requireOperator(request) {
      const token = bearerOf(request);
      const session = token === undefined ? sessionOf(request) : undefined;
      const caller =
        token === undefined ? await callerOfSession(session) : await callerOfToken(token);
      if (!caller) refuse(failures, request, token !== undefined);
      const waitS = requests.taken(hashOfSecret(token ?? session ?? ""));
      if (waitS > 0) {
        const retry = { "retry-after": String(waitS) };
        throw httpError("TOO_MANY_REQUESTS", `too many requests; wait ${waitS} s`, retry);
      }
      if (token === undefined) requireSameOrigin(request);
      const { right, isWhole } = request.routeOptions.config;
      if (!right || !caller.rights.has(right)) {
        throw httpError("FORBIDDEN", right && `this needs the right to ${right}`);
      }
      const reach = caller.reach(right);
      if (isWhole && !reach.isAll) {
        throw httpError("FORBIDDEN", `this needs the right to ${right} on the whole server`);
      }
      request.caller = caller;
      request.db = limitedDb(db, reach);
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

    async login(request, reply, login) {
      requireSameOrigin(request);
      const waitS = failures.waitS(request.ip);
      if (waitS > 0) throw tooMany(waitS);
      const userID = await userOf(request, login);
      const session = newSecret();
      const nowMs = Date.now();
      await db.deleteFrom("tokens").where("expiresMs", "<", nowMs).execute();
      await db
        .insertInto("tokens")
        .values({
          hash: hashOfSecret(session),
          kind: "session",
          userID,
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
