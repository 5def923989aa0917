/** Migration: what a person checked when a camera was set up, one list for each deployment. */
import type { AnyDatabase } from "./migrations.ts";

export async function checklists(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable("deployment_checklists")
    .addColumn("deploymentID", "text", (column) =>
      column.primaryKey().references("deployments.deploymentID"),
    )
    .addColumn("cameraID", "text", (column) => column.notNull().references("cameras.cameraID"))
    // JSON: a list of checks, in their order.
    .addColumn("checks", "text", (column) => column.notNull())
    .addColumn("doneBy", "text", (column) => column.notNull())
    .addColumn("timeMs", "bigint", (column) => column.notNull())
    .execute();
}
