/**
 * The log of requests, as lines of JSON (pino): who asked from where, what was answered, how long it took. Addresses without what stands
 * behind "?", no headers and no bodies, so that no secret gets into it.
 */
import type { FastifyServerOptions } from "fastify";

export interface LogTarget {
  write(line: string): void;
}

export const requestLog = (target: LogTarget): FastifyServerOptions["logger"] => ({
  level: "info",
  stream: target,
  serializers: {
    req: ({ method, url = "", ip }) => ({ method, url: url.split("?")[0], ip }),
    res: ({ statusCode }) => ({ statusCode }),
    err: ({ message, stack = "" }) => ({ type: "Error", message, stack }),
  },
});
