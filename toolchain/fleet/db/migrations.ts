/**
 * The database's history, oldest first. Forward only: a released migration is never edited, a mistake is mended by the
 * next one. Written with Kysely's schema builder and portable types, so that PostgreSQL can run the same list.
 */
import type { CreateTableBuilder, Kysely, SqlBool } from "kysely";
import { sql } from "kysely";
import { configLayers } from "./config-layers.ts";
import { alerts } from "./migration-alerts.ts";
import { camtrapDp } from "./migration-camtrap-dp.ts";
import { checklists } from "./migration-checklists.ts";
import { healthDays } from "./migration-health.ts";
import { idempotency } from "./migration-idempotency.ts";
import { identity } from "./migration-identity.ts";
import { people } from "./migration-people.ts";
import { releaseFiles } from "./migration-release-files.ts";
import { reviewDecisions } from "./migration-reviews.ts";
import { rollouts } from "./migration-rollouts.ts";
import { tenants } from "./migration-tenants.ts";

// A migration sees the tables of its own day, not today's type.
// biome-ignore lint/suspicious/noExplicitAny: Kysely's own type for a database of unknown shape
export type AnyDatabase = Kysely<any>;

export interface Migration {
  name: string;
  up(db: AnyDatabase, dialect: Dialect): Promise<void>;
}

export type Dialect = "sqlite" | "postgres";

export const MIGRATIONS: Migration[] = [
  { name: "cameras-and-observations", up: camerasAndObservations },
  { name: "event-stream", up: eventStream },
  { name: "config-layers", up: configLayers },
  { name: "rollouts", up: rollouts },
  { name: "camtrap-dp", up: camtrapDp },
  { name: "people", up: people },
  { name: "health-days", up: healthDays },
  { name: "identity", up: identity },
  { name: "release-files", up: releaseFiles },
  { name: "alerts", up: alerts },
  { name: "checklists", up: checklists },
  { name: "review-decisions", up: reviewDecisions },
  { name: "tenants", up: tenants },
  { name: "idempotency", up: idempotency },
];

async function camerasAndObservations(db: AnyDatabase): Promise<void> {
  await createCameras(db);
  await createCheckIns(db);
  await createObservations(db);
  await createMedia(db);
}

async function createCameras(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable("cameras")
    .addColumn("cameraID", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("createdMs", "bigint", (column) => column.notNull())
    .addColumn("lastSeenMs", "bigint")
    .addColumn("heartbeat", "text")
    .addColumn("problem", "text")
    .addColumn("configVersion", "integer", (column) => column.notNull())
    .addColumn("wantedConfigVersion", "integer", (column) => column.notNull())
    .addColumn("observationCount", "integer", (column) => column.notNull())
    .addColumn("mediaCount", "integer", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("deployments")
    .addColumn("deploymentID", "text", (column) => column.primaryKey())
    .addColumn("cameraID", "text", (column) => column.notNull().references("cameras.cameraID"))
    .addColumn("locationName", "text", (column) => column.notNull())
    .addColumn("latitude", "double precision")
    .addColumn("longitude", "double precision")
    .addColumn("deploymentStart", "bigint", (column) => column.notNull())
    .addColumn("deploymentEnd", "bigint")
    .execute();
  await db.schema
    .createIndex("deployments_of_camera")
    .on("deployments")
    .columns(["cameraID", "deploymentEnd"])
    .execute();
  await db.schema
    .createTable("tokens")
    .addColumn("hash", "text", (column) => column.primaryKey())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("cameraID", "text", (column) => column.references("cameras.cameraID"))
    .addColumn("createdMs", "bigint", (column) => column.notNull())
    .addColumn("expiresMs", "bigint")
    .execute();
  await db.schema
    .createTable("config_versions")
    .addColumn("cameraID", "text", (column) => column.notNull().references("cameras.cameraID"))
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("values", "text", (column) => column.notNull())
    .addColumn("createdMs", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("config_versions_key", ["cameraID", "version"])
    .execute();
}

async function createCheckIns(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable("check_ins")
    .addColumn("cameraID", "text", (column) => column.notNull().references("cameras.cameraID"))
    .addColumn("sequence", "bigint", (column) => column.notNull())
    .addColumn("time", "bigint", (column) => column.notNull())
    .addColumn("receivedMs", "bigint", (column) => column.notNull())
    .addColumn("configVersion", "integer", (column) => column.notNull())
    .addColumn("heartbeat", "text")
    // The camera's time is in the key because a camera restored from an old flash image counts again from low.
    .addPrimaryKeyConstraint("check_ins_key", ["cameraID", "sequence", "time"])
    .execute();
  await withRecordKey(db.schema.createTable("faults"))
    .addColumn("timestamp", "bigint", (column) => column.notNull())
    .addColumn("subsystem", "text", (column) => column.notNull())
    .addColumn("code", "text", (column) => column.notNull())
    .addColumn("count", "integer", (column) => column.notNull())
    .addColumn("receivedMs", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("faults_key", ["cameraID", "recordID"])
    .execute();
}

const withRecordKey = (table: CreateTableBuilder<string>) =>
  table
    .addColumn("cameraID", "text", (column) => column.notNull().references("cameras.cameraID"))
    .addColumn("recordID", "text", (column) => column.notNull())
    .addColumn("recordHash", "text", (column) => column.notNull());

async function createObservations(db: AnyDatabase): Promise<void> {
  await withRecordKey(db.schema.createTable("observations"))
    .addColumn("deploymentID", "text", (column) =>
      column.notNull().references("deployments.deploymentID"),
    )
    .addColumn("eventID", "text", (column) => column.notNull())
    .addColumn("eventStart", "bigint", (column) => column.notNull())
    .addColumn("eventEnd", "bigint", (column) => column.notNull())
    .addColumn("observationType", "text", (column) => column.notNull())
    .addColumn("scientificName", "text", (column) => column.notNull())
    .addColumn("count", "integer", (column) => column.notNull())
    .addColumn("classificationProbability", "double precision", (column) => column.notNull())
    .addColumn("classifiedBy", "text", (column) => column.notNull())
    .addColumn("bboxX", "double precision", (column) => column.notNull())
    .addColumn("bboxY", "double precision", (column) => column.notNull())
    .addColumn("bboxWidth", "double precision", (column) => column.notNull())
    .addColumn("bboxHeight", "double precision", (column) => column.notNull())
    .addColumn("mediaIDs", "text", (column) => column.notNull())
    .addColumn("receivedMs", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("observations_key", ["cameraID", "recordID"])
    .execute();
  const orders: Record<string, string[]> = {
    observations_by_time: ["eventStart", "cameraID", "recordID"],
    observations_by_camera: ["cameraID", "eventStart", "recordID"],
    observations_by_type: ["observationType", "eventStart", "cameraID", "recordID"],
  };
  for (const [name, columns] of Object.entries(orders)) {
    await db.schema.createIndex(name).on("observations").columns(columns).execute();
  }
}

async function createMedia(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable("media")
    .addColumn("cameraID", "text", (column) => column.notNull().references("cameras.cameraID"))
    .addColumn("mediaID", "text", (column) => column.notNull())
    .addColumn("recordID", "text")
    .addColumn("recordHash", "text")
    .addColumn("eventID", "text", (column) => column.notNull())
    .addColumn("timestamp", "bigint", (column) => column.notNull())
    .addColumn("captureMethod", "text")
    .addColumn("fileBytes", "integer", (column) => column.notNull())
    .addColumn("width", "integer", (column) => column.notNull())
    .addColumn("height", "integer", (column) => column.notNull())
    .addColumn("receivedMs", "bigint", (column) => column.notNull())
    .addColumn("sha256", "text")
    .addColumn("storedBytes", "integer")
    .addColumn("storedMs", "bigint")
    .addPrimaryKeyConstraint("media_key", ["cameraID", "mediaID"])
    .addUniqueConstraint("media_record_key", ["cameraID", "recordID"])
    .execute();
  await db.schema
    .createIndex("media_not_stored")
    .on("media")
    .column("cameraID")
    .where(sql<SqlBool>`${sql.ref("storedMs")} is null`)
    .execute();
}

/** Numbers are never used twice, also not after old rows were removed: clients resume by them. */
async function eventStream(db: AnyDatabase, dialect: Dialect): Promise<void> {
  const table = db.schema.createTable("changes");
  const numbered =
    dialect === "sqlite"
      ? table.addColumn("sequence", "integer", (column) => column.primaryKey().autoIncrement())
      : table.addColumn("sequence", "bigserial", (column) => column.primaryKey());
  await numbered
    .addColumn("kind", "text", (column) => column.notNull())
    // Not a reference: that a camera was taken back is a change too.
    .addColumn("cameraID", "text", (column) => column.notNull())
    .addColumn("itemID", "text", (column) => column.notNull())
    .execute();
}
