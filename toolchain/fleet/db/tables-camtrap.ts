/**
 * Projects, places, and what was seen there, with every column of Camtrap DP 1.0.2. Rows come from our cameras or from
 * imported packages. An ID is unique in the whole database (ids.ts makes it); what its camera or package called the row is
 * `sourceID`. Measured times are UTC seconds; `...OffsetMin` keeps the zone an import wrote them in, null is Z.
 * Truth values are 0 and 1. Source: https://camtrap-dp.tdwg.org/data
 */
import type { Generated, Selectable } from "kysely";
import type { CaptureMethod, ObservationType } from "../../../device/protocol/records.ts";
import type { Deployment, Observation } from "../research/camtrap-dp.ts";

export interface OrganisationsTable {
  organisationID: string;
  name: string;
  createdMs: number;
}

/** 1 extreme, 2 high, 3 medium, 4 low; 0 is not sensitive. Source: GBIF, Chapman 2020. */
export type Sensitivity = 0 | 1 | 2 | 3 | 4;

/** The package's own metadata; JSON where Camtrap DP has objects or lists. */
export interface ProjectsTable {
  projectID: string;
  organisationID: string;
  name: string;
  /** Of places that say nothing themselves. */
  sensitivity: Sensitivity;
  createdMs: number;
  contributors: string | null;
  sources: string | null;
  licenses: string | null;
  project: string | null;
  spatial: string | null;
  temporal: string | null;
  taxonomic: string | null;
  /** Everything else that a datapackage.json said, as one object. */
  other: string | null;
}

/** Where cameras of one owner stand together. The name is unique in its project, siteID in the database. */
export interface SitesTable {
  siteID: string;
  projectID: string;
  name: string;
  sensitivity: Sensitivity;
  createdMs: number;
  /** IANA name; null: the server's. */
  timeZone: string | null;
}

export interface LocationsTable {
  locationID: string;
  projectID: string;
  siteID: string | null;
  sourceID: string | null;
  name: string | null;
  latitude: number | null;
  longitude: number | null;
  /** Metres. */
  coordinateUncertainty: number | null;
  sensitivity: Sensitivity;
  createdMs: number;
}

export interface DeploymentsTable {
  deploymentID: string;
  projectID: string;
  /** Null for an imported one that was given to no site. */
  siteID: string | null;
  locationID: string | null;
  /** Null for an imported one. */
  cameraID: string | null;
  sourceID: string | null;
  sourceLocationID: string | null;
  sourceCameraID: string | null;
  /** Of a camera of ours: the site's name. */
  locationName: string | null;
  latitude: number | null;
  longitude: number | null;
  coordinateUncertainty: number | null;
  deploymentStart: number;
  /** Null while it lasts. */
  deploymentEnd: number | null;
  deploymentStartOffsetMin: number | null;
  deploymentEndOffsetMin: number | null;
  setupBy: string | null;
  cameraModel: string | null;
  cameraDelay: number | null;
  cameraHeight: number | null;
  cameraDepth: number | null;
  cameraTilt: number | null;
  cameraHeading: number | null;
  detectionDistance: number | null;
  timestampIssues: number | null;
  baitUse: number | null;
  featureType: NonNullable<Deployment["featureType"]> | null;
  habitat: string | null;
  deploymentGroups: string | null;
  deploymentTags: string | null;
  deploymentComments: string | null;
}

export interface MediaTable {
  mediaID: string;
  deploymentID: string;
  /** Null for an imported one. */
  cameraID: string | null;
  sourceID: string;
  /** Null while only the upload is known, and for imported ones. */
  recordID: string | null;
  recordHash: string | null;
  eventID: string | null;
  timestamp: number;
  timestampOffsetMin: number | null;
  captureMethod: CaptureMethod | null;
  filePath: string | null;
  filePublic: number | null;
  fileName: string | null;
  fileMediatype: string | null;
  /** JSON. */
  exifData: string | null;
  favorite: number | null;
  mediaComments: string | null;
  /** What the camera announced; 0 when it has not. */
  fileBytes: number;
  width: number;
  height: number;
  receivedMs: number;
  /** Hash of the stored file; null until it is there. */
  sha256: string | null;
  storedBytes: number | null;
  storedMs: number | null;
}

export interface ObservationsTable {
  observationID: string;
  deploymentID: string;
  /** Null for an imported one. */
  cameraID: string | null;
  /** Of an imported one. */
  sourceID: string | null;
  recordID: string | null;
  /** SHA-256 of the record: the same recordID with other content is refused, not swallowed. */
  recordHash: string | null;
  /** Of an imported one at the level of media. */
  mediaID: string | null;
  /** JSON array of what the camera calls its pictures, best first. */
  mediaIDs: string;
  eventID: string | null;
  eventStart: number;
  eventEnd: number;
  eventStartOffsetMin: number | null;
  eventEndOffsetMin: number | null;
  observationLevel: Observation["observationLevel"];
  observationType: ObservationType;
  cameraSetupType: NonNullable<Observation["cameraSetupType"]> | null;
  /** A camera says "" where it names none. */
  scientificName: string | null;
  /** A camera says 0 for a blank. */
  count: number | null;
  lifeStage: NonNullable<Observation["lifeStage"]> | null;
  sex: NonNullable<Observation["sex"]> | null;
  behavior: string | null;
  individualID: string | null;
  individualPositionRadius: number | null;
  individualPositionAngle: number | null;
  individualSpeed: number | null;
  bboxX: number | null;
  bboxY: number | null;
  bboxWidth: number | null;
  bboxHeight: number | null;
  /** Once it is "human", no machine changes it (store/reviews.ts). */
  classificationMethod: NonNullable<Observation["classificationMethod"]> | null;
  classifiedBy: string | null;
  classificationTimestamp: number | null;
  classificationTimestampOffsetMin: number | null;
  classificationProbability: number | null;
  observationTags: string | null;
  observationComments: string | null;
  receivedMs: number;
  /** Why somebody wants another look; null when nobody does. */
  flag: string | null;
  /** The observation that this one was merged into: it counts no more, but its row stays, so that nothing brings it back. */
  replacedBy: string | null;
}

/** When a deployment could not record: it counts for no effort. */
export interface FailurePeriodsTable {
  deploymentID: string;
  failureStart: number;
  /** Null while it lasts. */
  failureEnd: number | null;
  failureStartOffsetMin: number | null;
  failureEndOffsetMin: number | null;
  reason: string;
}

export interface IndividualsTable {
  individualID: string;
  projectID: string;
  scientificName: string | null;
  name: string | null;
  sex: string | null;
  lifeStage: string | null;
  comments: string | null;
  createdMs: number;
}

/** Every decision of a person about an observation. `before` and `after` are JSON of the fields that changed. */
export interface ReviewsTable {
  reviewID: string;
  observationID: string;
  reviewedBy: string;
  reviewedMs: number;
  before: string;
  after: string;
  /** Rows of one decision share it. */
  decisionID: Generated<string>;
  action: Generated<string>;
  /** The decision that this one takes back; "" for none. */
  undoes: Generated<string>;
  /** The reviewer's userID; "" for the holder of the operator token. */
  reviewedAs: Generated<string>;
}

/** What the picture of an observation looks like to a model. */
export interface EmbeddingsTable {
  observationID: string;
  model: string;
  /** JSON array of numbers. */
  vector: string;
}

/** How a project turns machine labels into answers; JSON of ProjectRules (review/project-rules.ts). */
export interface DecisionRulesTable {
  projectID: string;
  rules: string;
}

/** A view: what the observations of one event say together. */
export interface EventsView {
  deploymentID: string;
  eventID: string;
  observations: number;
  eventStart: number;
  eventEnd: number;
}

/** All observations of one key in 30 days (migration-sums.ts); the database keeps it, nobody writes to it. "" where a row has null. */
export interface ObservationSumsTable {
  deploymentID: string;
  scientificName: string;
  /** Number of 30 days since 1970. */
  period: number;
  observationLevel: Observation["observationLevel"];
  observationType: ObservationType;
  cameraSetupType: string;
  records: number;
  individuals: number;
  /** ` 17 86399x2`: seconds of the period, with the count where it is above 1. */
  moments: string;
}

/** Grows with every change of a deployment's observations. */
export interface ObservationVersionsTable {
  deploymentID: string;
  version: number;
}

export interface CamtrapTables {
  organisations: OrganisationsTable;
  projects: ProjectsTable;
  sites: SitesTable;
  locations: LocationsTable;
  deployments: DeploymentsTable;
  media: MediaTable;
  observations: ObservationsTable;
  observation_sums: ObservationSumsTable;
  observation_versions: ObservationVersionsTable;
  failure_periods: FailurePeriodsTable;
  individuals: IndividualsTable;
  reviews: ReviewsTable;
  embeddings: EmbeddingsTable;
  decision_rules: DecisionRulesTable;
  events: EventsView;
}

export type MediaRow = Selectable<MediaTable>;
export type DeploymentRow = Selectable<DeploymentsTable>;
export type ObservationRow = Selectable<ObservationsTable>;
export type ProjectRow = Selectable<ProjectsTable>;
