/** Migration: a role that held at the default organisation meant the whole server, and now says so. */
import type { AnyDatabase } from "./migrations.ts";

export async function tenants(db: AnyDatabase): Promise<void> {
  await db
    .updateTable("roles")
    .set({ scope: "server", scopeID: "" })
    .where("scope", "=", "organisation")
    .where("scopeID", "=", "default")
    .execute();
}
