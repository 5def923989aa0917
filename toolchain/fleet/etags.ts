/** ETag and If-None-Match on what operators read: an answer that the client has already is not sent again. */
import { createHash } from "node:crypto";
import type { App } from "./routes/app.ts";

export function tagAnswers(scope: App): void {
  scope.addHook("onSend", async (request, reply, payload) => {
    const isText = typeof payload === "string";
    if (request.method !== "GET" || reply.statusCode !== 200 || !isText) return payload;
    const etag = `"${createHash("sha256").update(payload).digest("base64url")}"`;
    reply.header("etag", etag);
    const known = (request.headers["if-none-match"] ?? "").split(",").map((tag) => tag.trim());
    if (!known.some((tag) => tag === "*" || tag === etag || tag === `W/${etag}`)) return payload;
    reply.status(304).removeHeader("content-type").removeHeader("content-length");
    return null;
  });
}
