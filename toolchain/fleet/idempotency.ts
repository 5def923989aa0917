/**
 * Idempotency-Key: a POST that is sent again with the same key within a day gets the first answer again and does nothing. The answer is
 * kept sealed under the caller's token and the key, which are not kept: credentials that were shown once cannot be read from the
 * database. A server that dies between the change and the keeping of its answer does the change again.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Db } from "./db/open.ts";
import { httpError } from "./http-errors.ts";
import type { App } from "./routes/app.ts";

const KEPT_MS = 24 * 3600 * 1000;
const KEY_PATTERN = /^[\x21-\x7e]{1,255}$/;

interface Asked {
  keyHash: string;
  requestHash: string;
  seal: Buffer;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Set while a request with an Idempotency-Key is answered for the first time. */
    idempotent: Asked | undefined;
  }
}

const sha256 = (...parts: (string | Buffer)[]): Buffer => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest();
};

/** @param onProblem an answer that could not be kept: it is given all the same */
export function keepAnswers(scope: App, db: Db, onProblem: (message: string) => void): void {
  const underWay = new Set<string>();
  scope.decorateRequest("idempotent", undefined);

  scope.addHook("preHandler", async (request, reply) => {
    const asked = askedOf(request);
    if (!asked) return;
    const { keyHash, requestHash, seal } = asked;
    if (underWay.has(keyHash)) throw httpError("REQUEST_UNDER_WAY");
    underWay.add(keyHash);
    request.idempotent = asked;
    const known = await db
      .selectFrom("idempotent_answers")
      .selectAll()
      .where("keyHash", "=", keyHash)
      .where("createdMs", ">", Date.now() - KEPT_MS)
      .executeTakeFirst();
    if (!known) return;
    underWay.delete(keyHash);
    request.idempotent = undefined;
    if (known.requestHash !== requestHash) throw httpError("KEY_USED");
    const type = "application/json; charset=utf-8";
    return reply
      .status(known.status)
      .type(type)
      .header("idempotent-replayed", "true")
      .send(opened(known.sealed, seal));
  });

  scope.addHook("onSend", async (request, reply, payload) => {
    const asked = request.idempotent;
    if (asked && reply.statusCode < 400) await keep(asked, reply, payload);
    return payload;
  });
  scope.addHook("onResponse", async (request) => {
    if (request.idempotent) underWay.delete(request.idempotent.keyHash);
  });
  scope.addHook("onRequestAbort", async (request) => {
    if (request.idempotent) underWay.delete(request.idempotent.keyHash);
  });

  async function keep(
    { keyHash, requestHash, seal }: Asked,
    reply: FastifyReply,
    payload: unknown,
  ) {
    try {
      const createdMs = Date.now();
      await db
        .deleteFrom("idempotent_answers")
        .where("createdMs", "<=", createdMs - KEPT_MS)
        .execute();
      const row = { requestHash, status: reply.statusCode, sealed: sealed(String(payload), seal) };
      await db
        .insertInto("idempotent_answers")
        .values({ keyHash, ...row, createdMs })
        .execute();
    } catch (error) {
      onProblem(`an answer is not kept for its Idempotency-Key: ${(error as Error).message}`);
    }
  }
}

function askedOf(request: FastifyRequest): Asked | undefined {
  const key = request.headers["idempotency-key"];
  if (request.method !== "POST" || key === undefined) return undefined;
  if (typeof key !== "string" || !KEY_PATTERN.test(key)) {
    throw httpError("BAD_REQUEST", "Idempotency-Key must be 1 to 255 characters without blanks");
  }
  const { authorization = "", cookie = "" } = request.headers;
  const { body } = request;
  const content = Buffer.isBuffer(body) ? body : (JSON.stringify(body) ?? "");
  return {
    keyHash: sha256("name", request.caller.userID ?? "", key).toString("hex"),
    requestHash: sha256(request.url, content).toString("hex"),
    seal: sha256("seal", authorization || cookie, key),
  };
}

function sealed(text: string, key: Buffer): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const bytes = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), bytes]).toString("base64");
}

/** **Errors:** KEY_USED under another token: its answer cannot be shown */
function opened(text: string, key: Buffer): string {
  const bytes = Buffer.from(text, "base64");
  const cipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12));
  cipher.setAuthTag(bytes.subarray(12, 28));
  try {
    return cipher.update(bytes.subarray(28), undefined, "utf8") + cipher.final("utf8");
  } catch {
    throw httpError("KEY_USED");
  }
}
