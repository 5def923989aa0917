/**
 * Rows of a Camtrap DP 1.0.2 package as the server holds them in memory: import, export and analytics meet here. Names, enums and
 * ranges are the standard's. Times are ISO 8601 with an explicit offset. What is absent is left out, never "".
 * Source: https://camtrap-dp.tdwg.org/data
 */
import type { CaptureMethod, ObservationType } from "../../../device/protocol/records.ts";

export type FieldType = "string" | "number" | "integer" | "boolean" | "datetime" | "any";

/** One column, in the order of the standard. Ranges are inclusive. */
export interface Field<Name extends string = string> {
  name: Name;
  type: FieldType;
  isRequired?: true;
  isUnique?: true;
  minimum?: number;
  maximum?: number;
  oneOf?: readonly string[];
  pattern?: RegExp;
}

export interface Deployment {
  deploymentID: string;
  locationID?: string;
  locationName?: string;
  latitude: number;
  longitude: number;
  coordinateUncertainty?: number;
  deploymentStart: string;
  deploymentEnd: string;
  setupBy?: string;
  cameraID?: string;
  cameraModel?: string;
  cameraDelay?: number;
  cameraHeight?: number;
  cameraDepth?: number;
  cameraTilt?: number;
  cameraHeading?: number;
  detectionDistance?: number;
  timestampIssues?: boolean;
  baitUse?: boolean;
  featureType?:
    | "roadPaved"
    | "roadDirt"
    | "trailHiking"
    | "trailGame"
    | "roadUnderpass"
    | "roadOverpass"
    | "roadBridge"
    | "culvert"
    | "burrow"
    | "nestSite"
    | "carcass"
    | "waterSource"
    | "fruitingTree";
  habitat?: string;
  deploymentGroups?: string;
  deploymentTags?: string;
  deploymentComments?: string;
}

export interface Media {
  mediaID: string;
  deploymentID: string;
  captureMethod?: CaptureMethod;
  timestamp: string;
  filePath: string;
  filePublic: boolean;
  fileName?: string;
  fileMediatype: string;
  exifData?: unknown;
  favorite?: boolean;
  mediaComments?: string;
}

export interface Observation {
  observationID: string;
  deploymentID: string;
  mediaID?: string;
  eventID?: string;
  eventStart: string;
  eventEnd: string;
  observationLevel: "media" | "event";
  observationType: ObservationType;
  cameraSetupType?: "setup" | "calibration";
  scientificName?: string;
  count?: number;
  lifeStage?: "adult" | "subadult" | "juvenile";
  sex?: "female" | "male";
  behavior?: string;
  individualID?: string;
  individualPositionRadius?: number;
  individualPositionAngle?: number;
  individualSpeed?: number;
  bboxX?: number;
  bboxY?: number;
  bboxWidth?: number;
  bboxHeight?: number;
  classificationMethod?: "human" | "machine";
  classifiedBy?: string;
  classificationTimestamp?: string;
  classificationProbability?: number;
  observationTags?: string;
  observationComments?: string;
}

export const DEPLOYMENT_FIELDS: readonly Field<keyof Deployment>[] = [
  { name: "deploymentID", type: "string", isRequired: true, isUnique: true },
  { name: "locationID", type: "string" },
  { name: "locationName", type: "string" },
  { name: "latitude", type: "number", isRequired: true, minimum: -90, maximum: 90 },
  { name: "longitude", type: "number", isRequired: true, minimum: -180, maximum: 180 },
  { name: "coordinateUncertainty", type: "integer", minimum: 1 },
  { name: "deploymentStart", type: "datetime", isRequired: true },
  { name: "deploymentEnd", type: "datetime", isRequired: true },
  { name: "setupBy", type: "string" },
  { name: "cameraID", type: "string" },
  { name: "cameraModel", type: "string" },
  { name: "cameraDelay", type: "integer", minimum: 0 },
  { name: "cameraHeight", type: "number", minimum: 0 },
  { name: "cameraDepth", type: "number", minimum: 0 },
  { name: "cameraTilt", type: "integer", minimum: -90, maximum: 90 },
  { name: "cameraHeading", type: "integer", minimum: 0, maximum: 360 },
  { name: "detectionDistance", type: "number", minimum: 0 },
  { name: "timestampIssues", type: "boolean" },
  { name: "baitUse", type: "boolean" },
  {
    name: "featureType",
    type: "string",
    oneOf: [
      "roadPaved",
      "roadDirt",
      "trailHiking",
      "trailGame",
      "roadUnderpass",
      "roadOverpass",
      "roadBridge",
      "culvert",
      "burrow",
      "nestSite",
      "carcass",
      "waterSource",
      "fruitingTree",
    ],
  },
  { name: "habitat", type: "string" },
  { name: "deploymentGroups", type: "string" },
  { name: "deploymentTags", type: "string" },
  { name: "deploymentComments", type: "string" },
];

export const MEDIA_FIELDS: readonly Field<keyof Media>[] = [
  { name: "mediaID", type: "string", isRequired: true, isUnique: true },
  { name: "deploymentID", type: "string", isRequired: true },
  { name: "captureMethod", type: "string", oneOf: ["activityDetection", "timeLapse"] },
  { name: "timestamp", type: "datetime", isRequired: true },
  {
    name: "filePath",
    type: "string",
    isRequired: true,
    pattern: /^(?=^[^./~])(^((?!\.{2}).)*$).*$/,
  },
  { name: "filePublic", type: "boolean", isRequired: true },
  { name: "fileName", type: "string" },
  { name: "fileMediatype", type: "string", isRequired: true, pattern: /^(image|video|audio)\/.*$/ },
  { name: "exifData", type: "any" },
  { name: "favorite", type: "boolean" },
  { name: "mediaComments", type: "string" },
];

export const OBSERVATION_FIELDS: readonly Field<keyof Observation>[] = [
  { name: "observationID", type: "string", isRequired: true, isUnique: true },
  { name: "deploymentID", type: "string", isRequired: true },
  { name: "mediaID", type: "string" },
  { name: "eventID", type: "string" },
  { name: "eventStart", type: "datetime", isRequired: true },
  { name: "eventEnd", type: "datetime", isRequired: true },
  { name: "observationLevel", type: "string", isRequired: true, oneOf: ["media", "event"] },
  {
    name: "observationType",
    type: "string",
    isRequired: true,
    oneOf: ["animal", "human", "vehicle", "blank", "unknown", "unclassified"],
  },
  { name: "cameraSetupType", type: "string", oneOf: ["setup", "calibration"] },
  { name: "scientificName", type: "string" },
  { name: "count", type: "integer", minimum: 1 },
  { name: "lifeStage", type: "string", oneOf: ["adult", "subadult", "juvenile"] },
  { name: "sex", type: "string", oneOf: ["female", "male"] },
  { name: "behavior", type: "string" },
  { name: "individualID", type: "string" },
  { name: "individualPositionRadius", type: "number", minimum: 0 },
  { name: "individualPositionAngle", type: "number", minimum: -90, maximum: 90 },
  { name: "individualSpeed", type: "number", minimum: 0 },
  { name: "bboxX", type: "number", minimum: 0, maximum: 1 },
  { name: "bboxY", type: "number", minimum: 0, maximum: 1 },
  { name: "bboxWidth", type: "number", minimum: 1e-15, maximum: 1 },
  { name: "bboxHeight", type: "number", minimum: 1e-15, maximum: 1 },
  { name: "classificationMethod", type: "string", oneOf: ["human", "machine"] },
  { name: "classifiedBy", type: "string" },
  { name: "classificationTimestamp", type: "datetime" },
  { name: "classificationProbability", type: "number", minimum: 0, maximum: 1 },
  { name: "observationTags", type: "string" },
  { name: "observationComments", type: "string" },
];
