/** A stored file over HTTP: whole or one range, with an ETag to resume by. Source: RFC 9110, sections 13 and 14. */
import { createReadStream } from "node:fs";
import type { FastifyReply, FastifyRequest } from "fastify";
import { httpError } from "./http-errors.ts";

/**
 * @param etag without quotes
 * **Errors:** BAD_RANGE
 */
export function sendFile(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  file: { path: string; bytes: number; etag: string },
): FastifyReply {
  const etag = `"${file.etag}"`;
  reply.headers({ etag, "accept-ranges": "bytes", "content-type": "application/octet-stream" });
  const known = (headers["if-none-match"] ?? "").split(",").map((tag) => tag.trim());
  if (known.includes(etag)) return reply.status(304).send();
  // A range of another version of the file is no use to anybody.
  const isSame = headers["if-range"] === undefined || headers["if-range"] === etag;
  const range = isSame ? parseRange(headers.range, file.bytes) : undefined;
  if (!range) return reply.header("content-length", file.bytes).send(createReadStream(file.path));
  const [start, end] = range;
  reply.status(206).headers({
    "content-length": end - start + 1,
    "content-range": `bytes ${start}-${end}/${file.bytes}`,
  });
  return reply.send(createReadStream(file.path, { start, end }));
}

/** First and last byte; undefined for the whole file, also when several ranges or another unit are asked for. */
function parseRange(text: string | undefined, bytes: number): [number, number] | undefined {
  const match = text?.match(/^bytes=(\d*)-(\d*)$/);
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  const [, from = "", to = ""] = match;
  const start = from === "" ? Math.max(0, bytes - Number(to)) : Number(from);
  const end = from === "" || to === "" ? bytes - 1 : Math.min(Number(to), bytes - 1);
  if (start > end || start >= bytes) {
    if (from !== "" && to !== "" && Number(to) < Number(from)) return undefined;
    throw httpError("BAD_RANGE", undefined, { "content-range": `bytes */${bytes}` });
  }
  return [start, end];
}
