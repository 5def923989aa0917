/**
 * Migration: projects, sites and locations; deployments, media and observations with every column of Camtrap DP 1.0.2, so that
 * rows of cameras and of imported packages share one table. SQLite cannot change a key, so the three tables are written anew:
 * first the new ones with their references, then the old ones go and the new ones take their names.
 */
import { type SqlBool, sql } from "kysely";
import { withColumns } from "./migration-columns.ts";
import type { AnyDatabase, Dialect } from "./migrations.ts";

const DEFAULT = "default";

export async function camtrapDp(db: AnyDatabase, dialect: Dialect): Promise<void> {
  await createProjects(db);
  await createPlaces(db);
  await createDeployments(db);
  await createMedia(db);
  await createObservations(db);
  for (const table of ["media", "observations", "deployments"]) {
    await db.schema.dropTable(table).execute();
  }
  for (const table of ["deployments", "media", "observations"]) {
    await db.schema.alterTable(`new_${table}`).renameTo(table).execute();
  }
  await createIndexes(db);
  await createCompanions(db);
  if (dialect === "postgres") await widenCounts(db);
}

/** Everything so far belongs to one organisation and one project. */
async function createProjects(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable("organisations")
    .addColumn("organisationID", "text", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("createdMs", "bigint", (column) => column.notNull())
    .execute();
  const projects = db.schema
    .createTable("projects")
    .addColumn("projectID", "text", (column) => column.primaryKey())
    .addColumn("organisationID", "text", (column) =>
      column.notNull().references("organisations.organisationID"),
    );
  await withColumns(projects, {
    ...{ name: "text!", sensitivity: "integer!", createdMs: "bigint!" },
    ...{ contributors: "text", sources: "text", licenses: "text", project: "text" },
    ...{ spatial: "text", temporal: "text", taxonomic: "text", other: "text" },
  }).execute();
  const created = { name: "Default", createdMs: 0 };
  await db
    .insertInto("organisations")
    .values({ organisationID: DEFAULT, ...created })
    .execute();
  await db
    .insertInto("projects")
    .values({ projectID: DEFAULT, organisationID: DEFAULT, sensitivity: 0, ...created })
    .execute();
}

async function createPlaces(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable("sites")
    .addColumn("siteID", "text", (column) => column.primaryKey())
    .addColumn("projectID", "text", (column) => column.notNull().references("projects.projectID"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("sensitivity", "integer", (column) => column.notNull())
    .addColumn("createdMs", "bigint", (column) => column.notNull())
    .addUniqueConstraint("sites_name_key", ["projectID", "name"])
    .execute();
  const locations = db.schema
    .createTable("locations")
    .addColumn("locationID", "text", (column) => column.primaryKey())
    .addColumn("projectID", "text", (column) => column.notNull().references("projects.projectID"))
    .addColumn("siteID", "text", (column) => column.references("sites.siteID"));
  await withColumns(locations, {
    ...{ sourceID: "text", name: "text", latitude: "double precision" },
    ...{ longitude: "double precision", coordinateUncertainty: "integer" },
    ...{ sensitivity: "integer!", createdMs: "bigint!" },
  }).execute();
  const names = await db.selectFrom("deployments").select("locationName").distinct().execute();
  for (const { locationName } of names) {
    await db
      .insertInto("sites")
      .values({
        ...{ siteID: locationName, projectID: DEFAULT, name: locationName },
        ...{ sensitivity: 0, createdMs: 0 },
      })
      .execute();
  }
}

async function createDeployments(db: AnyDatabase): Promise<void> {
  const table = db.schema
    .createTable("new_deployments")
    .addColumn("deploymentID", "text", (column) => column.primaryKey())
    .addColumn("projectID", "text", (column) => column.notNull().references("projects.projectID"))
    .addColumn("siteID", "text", (column) => column.references("sites.siteID"))
    .addColumn("locationID", "text", (column) => column.references("locations.locationID"))
    .addColumn("cameraID", "text", (column) => column.references("cameras.cameraID"));
  await withColumns(table, {
    ...{ sourceID: "text", sourceLocationID: "text", sourceCameraID: "text" },
    ...{ locationName: "text", latitude: "double precision", longitude: "double precision" },
    ...{ coordinateUncertainty: "integer", deploymentStart: "bigint!", deploymentEnd: "bigint" },
    ...{ deploymentStartOffsetMin: "integer", deploymentEndOffsetMin: "integer" },
    ...{ setupBy: "text", cameraModel: "text", cameraDelay: "integer" },
    ...{ cameraHeight: "double precision", cameraDepth: "double precision" },
    ...{ cameraTilt: "integer", cameraHeading: "integer", detectionDistance: "double precision" },
    ...{ timestampIssues: "integer", baitUse: "integer", featureType: "text", habitat: "text" },
    ...{ deploymentGroups: "text", deploymentTags: "text", deploymentComments: "text" },
  }).execute();
  const kept = ["deploymentID", "cameraID", "locationName", "latitude", "longitude"] as const;
  await db
    .insertInto("new_deployments")
    .columns([...kept, "deploymentStart", "deploymentEnd", "siteID", "projectID"])
    .expression((from) =>
      from
        .selectFrom("deployments")
        .select([...kept, "deploymentStart", "deploymentEnd", "locationName as siteID"])
        .select(sql.lit(DEFAULT).as("projectID")),
    )
    .execute();
}

async function createMedia(db: AnyDatabase): Promise<void> {
  const table = db.schema
    .createTable("new_media")
    .addColumn("mediaID", "text", (column) => column.primaryKey())
    .addColumn("deploymentID", "text", (column) =>
      column.notNull().references("new_deployments.deploymentID"),
    )
    .addColumn("cameraID", "text", (column) => column.references("cameras.cameraID"));
  await withColumns(table, {
    ...{ sourceID: "text!", recordID: "text", recordHash: "text", eventID: "text" },
    ...{ timestamp: "bigint!", timestampOffsetMin: "integer", captureMethod: "text" },
    ...{ filePath: "text", filePublic: "integer", fileName: "text", fileMediatype: "text" },
    ...{ exifData: "text", favorite: "integer", mediaComments: "text" },
    ...{ fileBytes: "integer!", width: "integer!", height: "integer!", receivedMs: "bigint!" },
    ...{ sha256: "text", storedBytes: "integer", storedMs: "bigint" },
  }).execute();
  const kept = [
    ...["recordID", "recordHash", "eventID", "timestamp", "captureMethod", "fileBytes"],
    ...["width", "height", "receivedMs", "sha256", "storedBytes", "storedMs"],
  ];
  await db
    .insertInto("new_media")
    .columns(["mediaID", "deploymentID", "cameraID", "sourceID", ...kept])
    .expression((from) =>
      from
        .selectFrom("media")
        .select(sql`${sql.ref("cameraID")} || ':' || ${sql.ref("mediaID")}`.as("mediaID"))
        .select(({ selectFrom }) =>
          selectFrom("deployments")
            .select(({ fn }) => fn.max("deploymentID").as("deploymentID"))
            .whereRef("deployments.cameraID", "=", "media.cameraID")
            .as("deploymentID"),
        )
        .select(["cameraID", "mediaID as sourceID"])
        .select(kept),
    )
    .execute();
}

async function createObservations(db: AnyDatabase): Promise<void> {
  const table = db.schema
    .createTable("new_observations")
    .addColumn("observationID", "text", (column) => column.primaryKey())
    .addColumn("deploymentID", "text", (column) =>
      column.notNull().references("new_deployments.deploymentID"),
    )
    .addColumn("cameraID", "text", (column) => column.references("cameras.cameraID"));
  await withColumns(table, {
    ...{ sourceID: "text", recordID: "text", recordHash: "text", mediaID: "text" },
    ...{ mediaIDs: "text!", eventID: "text", eventStart: "bigint!", eventEnd: "bigint!" },
    ...{ eventStartOffsetMin: "integer", eventEndOffsetMin: "integer" },
    ...{ observationLevel: "text!", observationType: "text!", cameraSetupType: "text" },
    ...{ scientificName: "text", count: "integer", lifeStage: "text", sex: "text" },
    ...{ behavior: "text", individualID: "text", individualPositionRadius: "double precision" },
    ...{ individualPositionAngle: "double precision", individualSpeed: "double precision" },
    ...{ bboxX: "double precision", bboxY: "double precision", bboxWidth: "double precision" },
    ...{ bboxHeight: "double precision", classificationMethod: "text", classifiedBy: "text" },
    ...{ classificationTimestamp: "bigint", classificationTimestampOffsetMin: "integer" },
    ...{ classificationProbability: "double precision", observationTags: "text" },
    ...{ observationComments: "text", receivedMs: "bigint!" },
  }).execute();
  const kept = [
    ...["deploymentID", "cameraID", "recordID", "recordHash", "mediaIDs", "eventID", "eventStart"],
    ...["eventEnd", "observationType", "scientificName", "count", "classificationProbability"],
    ...["classifiedBy", "bboxX", "bboxY", "bboxWidth", "bboxHeight", "receivedMs"],
  ];
  await db
    .insertInto("new_observations")
    .columns(["observationID", "observationLevel", "classificationMethod", ...kept])
    .expression((from) =>
      from
        .selectFrom("observations")
        .select(sql`${sql.ref("cameraID")} || ':' || ${sql.ref("recordID")}`.as("observationID"))
        .select([sql.lit("event").as("observationLevel"), sql.lit("machine").as("method")])
        .select(kept),
    )
    .execute();
}

async function createIndexes(db: AnyDatabase): Promise<void> {
  const indexes: [table: string, name: string, columns: string[]][] = [
    ["deployments", "deployments_of_camera", ["cameraID", "deploymentEnd"]],
    ["deployments", "deployments_of_project", ["projectID", "deploymentID"]],
    ["media", "media_by_deployment", ["deploymentID", "timestamp", "mediaID"]],
    ["observations", "observations_by_time", ["eventStart", "observationID"]],
    ["observations", "observations_by_camera", ["cameraID", "eventStart", "observationID"]],
    ["observations", "observations_by_type", ["observationType", "eventStart", "observationID"]],
    ["observations", "observations_by_deployment", ["deploymentID", "eventStart", "observationID"]],
  ];
  for (const [table, name, columns] of indexes) {
    await db.schema.createIndex(name).on(table).columns(columns).execute();
  }
  await db.schema
    .createIndex("media_of_record")
    .on("media")
    .columns(["cameraID", "recordID"])
    .unique()
    .execute();
  await db.schema
    .createIndex("media_missing")
    .on("media")
    .column("cameraID")
    .where(sql<SqlBool>`${sql.ref("storedMs")} is null`)
    .execute();
}

/** What hangs on deployments and observations. An event is what its observations say it is: a view. */
async function createCompanions(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable("failure_periods")
    .addColumn("deploymentID", "text", (column) =>
      column.notNull().references("deployments.deploymentID"),
    )
    .addColumn("failureStart", "bigint", (column) => column.notNull())
    .addColumn("failureEnd", "bigint")
    .addColumn("failureStartOffsetMin", "integer")
    .addColumn("failureEndOffsetMin", "integer")
    .addColumn("reason", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("failure_periods_key", ["deploymentID", "failureStart", "reason"])
    .execute();
  const individuals = db.schema
    .createTable("individuals")
    .addColumn("individualID", "text", (column) => column.primaryKey())
    .addColumn("projectID", "text", (column) => column.notNull().references("projects.projectID"));
  await withColumns(individuals, {
    ...{ scientificName: "text", name: "text", sex: "text", lifeStage: "text" },
    ...{ comments: "text", createdMs: "bigint!" },
  }).execute();
  const reviews = db.schema
    .createTable("reviews")
    .addColumn("reviewID", "text", (column) => column.primaryKey())
    .addColumn("observationID", "text", (column) =>
      column.notNull().references("observations.observationID"),
    );
  await withColumns(reviews, {
    ...{ reviewedBy: "text!", reviewedMs: "bigint!", before: "text!", after: "text!" },
  }).execute();
  await db.schema
    .createIndex("reviews_of_observation")
    .on("reviews")
    .columns(["observationID", "reviewedMs"])
    .execute();
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
        .groupBy(["deploymentID", "eventID"]),
    )
    .execute();
}

/** Counts of cameras reach 32 bits without a sign; SQLite's integers are wide enough as they are. */
async function widenCounts(db: AnyDatabase): Promise<void> {
  await db.schema
    .alterTable("faults")
    .alterColumn("count", (column) => column.setDataType("bigint"))
    .execute();
}
