/** The dashboard's files, open to anybody: they hold no data, and the login form is one of them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import { httpError } from "../http-errors.ts";
import type { App } from "./app.ts";

const YEAR_S = 31_536_000;

export function dashboardRoutes(app: App, dashboardDir: string): void {
  if (!existsSync(join(dashboardDir, "index.html"))) {
    app.get("/", () => {
      throw httpError("NO_DASHBOARD");
    });
    return;
  }
  app.register(fastifyStatic, {
    root: dashboardDir,
    index: "index.html",
    cacheControl: false,
    setHeaders(reply, path) {
      // Names below assets/ carry a hash of their content.
      const isForEver = path.startsWith(join(dashboardDir, "assets"));
      reply.setHeader(
        "cache-control",
        isForEver ? `public, max-age=${YEAR_S}, immutable` : "no-cache",
      );
    },
  });
}
