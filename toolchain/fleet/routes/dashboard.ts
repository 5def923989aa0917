/** The dashboard's files, open to anybody: they hold no data, and the login form is one of them. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import { httpError } from "../http-errors.ts";
import type { App } from "./app.ts";

const YEAR_S = 31_536_000;

/** Its name carries a hash, so the built page is asked. */
export function styleOf(dashboardDir: string): string {
  const page = join(dashboardDir, "index.html");
  if (!existsSync(page)) return "";
  return readFileSync(page, "utf8").match(/rel="stylesheet" href="([^"]+)"/)?.[1] ?? "";
}

export function dashboardRoutes(app: App, dashboardDir: string): void {
  if (!existsSync(join(dashboardDir, "index.html"))) {
    app.get("/", () => {
      throw httpError("NO_DASHBOARD");
    });
    return;
  }
  app.register(async (pages) => {
    pages.addHook("onSend", async (request, reply) => {
      // Names below assets/ carry a hash of their content.
      const isForEver = request.url.startsWith("/assets/") && reply.statusCode === 200;
      reply.header(
        "cache-control",
        isForEver ? `public, max-age=${YEAR_S}, immutable` : "no-cache",
      );
    });
    pages.register(fastifyStatic, { root: dashboardDir, index: "index.html", cacheControl: false });
  });
}
