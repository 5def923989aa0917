/** GET /health: is the server there? The only route without a credential; it says nothing about the fleet. */
import type { App, Services } from "./app.ts";

export function healthRoutes(app: App, { version }: Services): void {
  app.get("/health", () => ({ ok: true, version }));
}
