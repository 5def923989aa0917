/** Users, their roles, and hashes of what opens a door. Roles and rights are in rights/rights.ts. */
import type { Role, RoleScope } from "../rights/rights.ts";

export interface UsersTable {
  userID: string;
  /** What they log in with; unique, lower case. */
  name: string;
  /** scrypt, with its parameters; null for one who only has tokens. */
  passwordHash: string | null;
  createdMs: number;
  disabledMs: number | null;
}

export interface RolesTable {
  userID: string;
  scope: RoleScope;
  /** organisationID, projectID or siteID; "" on the server. */
  scopeID: string;
  role: Role;
}

/** Hashes of what opens a door: sessions and API tokens of people, credentials of cameras and gateways. */
export interface TokensTable {
  hash: string;
  kind: "session" | "camera" | "gateway" | "api";
  cameraID: string | null;
  createdMs: number;
  expiresMs: number | null;
  /** Whose session or API token; null for the first administrator's session. */
  userID: string | null;
  /** Names an API token without opening anything. */
  tokenID: string | null;
  name: string | null;
  /** JSON array of rights, the most that an API token may do; null: whatever its user may. */
  scopes: string | null;
  lastUsedMs: number | null;
}

/** What a POST with an Idempotency-Key was answered (idempotency.ts). */
export interface IdempotentAnswersTable {
  keyHash: string;
  requestHash: string;
  status: number;
  sealed: string;
  createdMs: number;
}

export interface PeopleTables {
  idempotent_answers: IdempotentAnswersTable;
  users: UsersTable;
  roles: RolesTable;
  tokens: TokensTable;
}
