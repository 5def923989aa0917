/**
 * Who may do what: one table of roles and rights. A role holds on the server, or at a site, a project or an organisation and for all
 * that is in it (reach.ts).
 * Every route names the right it needs (routes/app.ts).
 */
export const ROLES = ["viewer", "operator", "researcher", "manager", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** Where a role holds; "server" is everything. */
export const ROLE_SCOPES = ["server", "organisation", "project", "site"] as const;
export type RoleScope = (typeof ROLE_SCOPES)[number];

/** What a route may need. */
export const RIGHTS = {
  read: "see cameras, observations, pictures and their configuration",
  operate: "change configuration and groups, try again what a camera refused",
  review: "correct observations, and import and export research data",
  locate: "see the exact coordinates of sensitive places",
  manage: "add and remove cameras, publish releases, run roll-outs",
  administer: "users, roles, tokens, gateways and the server itself",
} as const;
export type Right = keyof typeof RIGHTS;

/** One row per role. */
export const ROLE_RIGHTS: Record<Role, readonly Right[]> = {
  viewer: ["read"],
  operator: ["read", "operate"],
  researcher: ["read", "review", "locate"],
  manager: ["read", "operate", "review", "locate", "manage"],
  admin: ["read", "operate", "review", "locate", "manage", "administer"],
};
