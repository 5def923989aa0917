/** The tables of claims and of cameras' lives as Kysely sees them; the others are tables.ts. */
import type { Generated } from "kysely";
import type { OrderKind } from "../../../device/protocol/orders.ts";

/** What makes a camera part of the fleet, once. */
export interface ClaimsTable {
  /** Names the claim where it is listed; the claim itself is kept as a hash only. */
  claimID: string;
  hash: string;
  site: string;
  groupName: string | null;
  /** What the camera is there for, in the operator's words. */
  role: string | null;
  name: string | null;
  latitude: number | null;
  longitude: number | null;
  createdMs: number;
  expiresMs: number;
  revokedMs: number | null;
  usedMs: number | null;
  /** Who used it and what it was answered, so that the same question gets the same answer. Keys are base64. */
  cameraID: string | null;
  publicKey: string | null;
  serverKey: string | null;
  /** Of the credential that came out of it. */
  tokenHash: string | null;
}

export type LifeState =
  | "active"
  /** Told to wipe itself; not yet heard. */
  | "leaving"
  /** It has said that it wiped itself. */
  | "wiped"
  /** Taken out of service without having been told. */
  | "lost"
  /** Its credential was taken away; its place is kept. */
  | "revoked";

/** Absent for a camera whose credential the server made itself: that one is active and has no keys. */
export interface CameraIdentitiesTable {
  cameraID: string;
  /** 65 bytes, base64; null for a camera without keys. */
  publicKey: string | null;
  hardware: string | null;
  role: string | null;
  /** Proves orders, base64; never travels. */
  orderKey: string | null;
  state: LifeState;
  changedMs: number;
}

export interface CameraOrdersTable {
  cameraID: string;
  number: number;
  kind: OrderKind;
  text: string;
  /** Of a rotation: what is in force when the camera has done it. */
  orderKey: string | null;
  tokenHash: string | null;
  createdMs: number;
  doneMs: number | null;
}

/** What happened to a camera, in order. */
export interface CameraEventsTable {
  sequence: Generated<number>;
  cameraID: string;
  event: string;
  detail: string;
  timeMs: number;
}

/** What a person checked when the camera was set up. */
export interface DeploymentChecklistsTable {
  deploymentID: string;
  cameraID: string;
  /** JSON of Check[]. */
  checks: string;
  doneBy: string;
  timeMs: number;
}

export interface IdentityTables {
  deployment_checklists: DeploymentChecklistsTable;
  claims: ClaimsTable;
  camera_identities: CameraIdentitiesTable;
  camera_orders: CameraOrdersTable;
  camera_events: CameraEventsTable;
}
