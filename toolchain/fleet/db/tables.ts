/**
 * The tables as Kysely sees them: cameras, their configuration, releases and roll-outs. What they saw is in tables-camtrap.ts, who
 * may look at it in tables-people.ts. Times a camera measured are UTC seconds, as on the wire; times of the server are
 * UTC milliseconds and end in Ms.
 */
import type { Generated, Selectable } from "kysely";
import type { TargetKind } from "../../../device/protocol/release.ts";
import type { Scope } from "../config/layers.ts";
import type { MemberState, RolloutStatus } from "../rollout/states.ts";
import type { AlertTables } from "./tables-alerts.ts";
import type { CamtrapTables } from "./tables-camtrap.ts";
import type { IdentityTables } from "./tables-identity.ts";
import type { PeopleTables } from "./tables-people.ts";

export interface CamerasTable {
  cameraID: string;
  name: string;
  createdMs: number;
  lastSeenMs: number | null;
  /** JSON of the newest Heartbeat. */
  heartbeat: string | null;
  /** Why the newest heartbeat was not taken; null when it was. */
  problem: string | null;
  /** In force on the camera, as it said last. */
  configVersion: number;
  wantedConfigVersion: number;
  /** configSum that the camera said last; null for a camera that says none. */
  configSum: number | null;
  /** configSum of the wanted version; null when it was written before sums. */
  wantedConfigSum: number | null;
  /** The version that the camera did not keep, and why. */
  refusedConfigVersion: number | null;
  refusedConfigReason: string | null;
  /** Kept in the same transaction as the rows they count. */
  observationCount: number;
  mediaCount: number;
}

/** Every configuration a camera was ever asked to take, whole. */
export interface ConfigVersionsTable {
  cameraID: string;
  version: number;
  /** JSON of ConfigValues. */
  values: string;
  createdMs: number;
}

/** Every version of every layer; the newest is in force. `values` is JSON of the keys that the layer names. */
export interface ConfigLayersTable {
  scope: Scope;
  name: string;
  version: number;
  values: string;
  /** What was done: "set", "rollback to 3", "profile survey". */
  note: string;
  createdMs: number;
}

export interface CameraGroupsTable {
  cameraID: string;
  groupName: string;
}

export interface CheckInsTable {
  cameraID: string;
  sequence: number;
  time: number;
  receivedMs: number;
  configVersion: number;
  heartbeat: string | null;
}

export interface FaultsTable {
  cameraID: string;
  recordID: string;
  recordHash: string;
  timestamp: number;
  subsystem: string;
  code: string;
  count: number;
  receivedMs: number;
  /** Of a crash: seconds since boot, and the camera's last lines before it. */
  uptimeS: number | null;
  before: string | null;
}

/** What the heartbeats of a camera added on one day of the server's clock, UTC. */
export interface HealthDaysTable {
  cameraID: string;
  /** Since 1970. */
  day: number;
  contacts: number;
  boots: number;
  /** Boots that nobody announced. */
  resets: number;
  triggers: number;
  captures: number;
  captureFailures: number;
  poweredS: number;
  unableS: number;
  /** Sum and number of the heartbeats that measured it. */
  batteryMvSum: number;
  batteryCount: number;
  rssiDbmSum: number;
  rssiCount: number;
  tempCMin: number | null;
  tempCMax: number | null;
  /** Heartbeats that called the lens covered or blurred. */
  lensUnclear: number;
}

export type ChangeKind = "camera" | "observation" | "media" | "rollout" | "alert";

/** What happened, in order: the source of the event stream. Old rows are removed. */
export interface ChangesTable {
  sequence: Generated<number>;
  kind: ChangeKind;
  /** "" for a roll-out or an alert. */
  cameraID: string;
  /** recordID of an observation, mediaID of a picture, rolloutID, alertID, "" for a camera. */
  itemID: string;
}

export interface ReleasesTable {
  /** `<kind>-<counter>` */
  releaseID: string;
  kind: TargetKind;
  counter: number;
  version: string;
  bytes: number;
  /** Hexadecimal; the name of the stored file. */
  sha256: string;
  /** hawkBit's clients check this one. */
  sha1: string;
  md5: string;
  /** Signed manifest as it was published, base64; "" without one. */
  manifest: string;
  baseCounter: number | null;
  createdMs: number;
  /** Board that it is for; "" when its publisher did not say. */
  hardware: string;
}

/** What is sent to cameras that run a certain release, instead of the whole file. */
export interface ReleaseDeltasTable {
  releaseID: string;
  baseCounter: number;
  bytes: number;
  sha256: string;
  /** Signed manifest, base64. */
  manifest: string;
}

/** The newest freshness note of each board, base64. */
export interface ReleaseNotesTable {
  hardware: string;
  note: string;
}

/** Lists of trusted keys, base64. */
export interface TrustListsTable {
  version: number;
  list: string;
}

export interface RolloutsTable {
  rolloutID: Generated<number>;
  releaseID: string;
  status: RolloutStatus;
  reason: string;
  /** JSON of RolloutPlan. */
  plan: string;
  /** JSON of Selection. */
  selection: string;
  /** JSON of the tallies a person has let pass. */
  forgiven: string;
  createdMs: number;
  changedMs: number;
}

export interface RolloutMembersTable {
  rolloutID: number;
  cameraID: string;
  ring: number;
  state: MemberState;
  reason: string;
  attempt: number;
  installedMs: number;
  changedMs: number;
}

/** Every step of a roll-out (cameraID "") and of each camera in it. */
export interface RolloutEventsTable {
  sequence: Generated<number>;
  rolloutID: number;
  cameraID: string;
  /** MemberState or RolloutStatus. */
  state: string;
  reason: string;
  timeMs: number;
}

/** What each camera runs, as it said last. */
export interface CameraReleasesTable {
  cameraID: string;
  kind: TargetKind;
  counter: number;
  /** 0 for none. */
  pending: number;
  failedCounter: number;
  failedAttempt: number;
  failedReason: string;
  reportedMs: number;
}

/** The action a hawkBit client was shown and has not closed. */
export interface DdiActionsTable {
  cameraID: string;
  actionID: number;
}

export interface Tables extends CamtrapTables, IdentityTables, PeopleTables, AlertTables {
  releases: ReleasesTable;
  release_deltas: ReleaseDeltasTable;
  release_notes: ReleaseNotesTable;
  trust_lists: TrustListsTable;
  rollouts: RolloutsTable;
  rollout_members: RolloutMembersTable;
  rollout_events: RolloutEventsTable;
  camera_releases: CameraReleasesTable;
  ddi_actions: DdiActionsTable;
  cameras: CamerasTable;
  config_versions: ConfigVersionsTable;
  config_layers: ConfigLayersTable;
  camera_groups: CameraGroupsTable;
  check_ins: CheckInsTable;
  faults: FaultsTable;
  health_days: HealthDaysTable;
  changes: ChangesTable;
}

export type ReleaseRow = Selectable<ReleasesTable>;
export type ReleaseDeltaRow = Selectable<ReleaseDeltasTable>;
export type RolloutRow = Selectable<RolloutsTable>;
