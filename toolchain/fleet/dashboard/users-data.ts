/** Users as the dashboard reads them. A role holds for the whole server, or at a place where the server knows that. */

export const ROLES = {
  viewer: "sees everything but exact sensitive places",
  operator: "also changes settings of cameras and takes alerts",
  researcher: "sees exact places, reviews, imports and exports",
  manager: "all of that; cameras, updates, rules",
  admin: "everything, users too",
} as const;
export type Role = keyof typeof ROLES;

/** The rights that a token may be held to. */
export const RIGHTS = ["read", "operate", "review", "locate", "manage", "administer"] as const;

export interface Token {
  tokenID: string;
  name: string;
  scopes: string[] | null;
  created: string;
  expires: string | null;
}

export interface User {
  name: string;
  created: string;
  hasPassword: boolean;
  /** Of the whole server; a server with roles at places has `roles` instead. */
  role?: Role | null;
  roles?: { role: Role; scope: string; scopeID: string }[];
  tokens: Token[];
}

export interface HeldRole {
  role: Role;
  /** "on the whole server", "at site Mara" */
  words: string;
  /** What takes it away, beside `role: null`. */
  where: { scope?: string; scopeID?: string };
}

export function heldRoles({ role, roles }: User): HeldRole[] {
  if (!roles) return role ? [{ role, words: "on the whole server", where: {} }] : [];
  return roles.map(({ scopeID, scope, role: held }) =>
    scope === "server"
      ? { role: held, words: "on the whole server", where: { scope, scopeID: "" } }
      : { role: held, words: `in ${scope} ${scopeID}`, where: { scope, scopeID } },
  );
}
