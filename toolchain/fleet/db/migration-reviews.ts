/**
 * Migration: decisions of people. Reviews that belong together get one decisionID, an undo says what it takes back; an observation
 * can be flagged, or replaced by the one it was merged into. Embeddings of pictures, and the rules of a project.
 */
import type { AnyDatabase } from "./migrations.ts";

export async function reviewDecisions(db: AnyDatabase): Promise<void> {
  for (const [name, fallback] of [
    ["decisionID", ""],
    ["action", "correct"],
    ["undoes", ""],
    ["reviewedAs", ""],
  ] as const) {
    await db.schema
      .alterTable("reviews")
      .addColumn(name, "text", (column) => column.notNull().defaultTo(fallback))
      .execute();
  }
  for (const name of ["flag", "replacedBy"]) {
    await db.schema.alterTable("observations").addColumn(name, "text").execute();
  }
  await db.schema
    .createIndex("reviews_of_decision")
    .on("reviews")
    .columns(["decisionID"])
    .execute();
  await db.schema
    .createIndex("observations_of_individual")
    .on("observations")
    .columns(["individualID"])
    .execute();
  await db.schema
    .createTable("embeddings")
    .addColumn("observationID", "text", (column) =>
      column.primaryKey().references("observations.observationID"),
    )
    .addColumn("model", "text", (column) => column.notNull())
    .addColumn("vector", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("decision_rules")
    .addColumn("projectID", "text", (column) =>
      column.primaryKey().references("projects.projectID"),
    )
    .addColumn("rules", "text", (column) => column.notNull())
    .execute();
  await db.schema.dropView("events").execute();
  await db.schema
    .createView("events")
    .as(
      db
        .selectFrom("observations")
        .select(({ fn }) => ["deploymentID", "eventID", fn.countAll().as("observations")])
        .select(({ fn }) => [
          fn.min("eventStart").as("eventStart"),
          fn.max("eventEnd").as("eventEnd"),
        ])
        .where("eventID", "is not", null)
        .where("replacedBy", "is", null)
        .groupBy(["deploymentID", "eventID"]),
    )
    .execute();
}
