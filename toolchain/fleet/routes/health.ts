/** GET /health: for monitors and load balancers; says nothing about the fleet. */
import type { App, Services } from "./app.ts";

export function healthRoutes(app: App, { version, checkDatabase }: Services): void {
  /** -> {ok, version}. **Errors:** STORAGE_FAILED while the database does not answer */
  app.get("/health", async () => {
    await checkDatabase();
    return { ok: true, version };
  });
}
