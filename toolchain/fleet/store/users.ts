/** Users, their role and their API tokens. Names are lower case, so that Ana and ana are one. */
import { randomUUID } from "node:crypto";
import { isoOfMs } from "../clock.ts";
import type { Db } from "../db/open.ts";
import { httpError } from "../http-errors.ts";
import { type Order, type Page, readPage } from "../pages.ts";
import { outOfReach, reachOf, wholeDb } from "../rights/limited-db.ts";
import { hashOfPassword } from "../rights/passwords.ts";
import { EVERYWHERE, NOWHERE, type Reach } from "../rights/reach.ts";
import { type Right, ROLE_RIGHTS, type Role, type RoleScope } from "../rights/rights.ts";
import { hashOfSecret, newSecret } from "../secrets.ts";

const DAY_MS = 24 * 3600 * 1000;

/** A role and where it holds; scopeID is "" on the server. */
export interface HeldRole {
  scope: RoleScope;
  scopeID: string;
  role: Role;
}

/** Who is asking, and what they may do. */
export interface Caller {
  /** Null for the holder of the operator token. */
  userID: string | null;
  name: string;
  /** Those held anywhere. */
  rights: ReadonlySet<Right>;
  /** Where a right is held. */
  reach(right: Right): Reach;
}

export const OPERATOR: Caller = {
  userID: null,
  name: "operator",
  rights: new Set(ROLE_RIGHTS.admin),
  reach: () => EVERYWHERE,
};

/** **Errors:** USER_EXISTS, FORBIDDEN for a role beyond the caller's reach */
export async function addUser(
  db: Db,
  { name, password, role }: { name: string; password?: string; role: HeldRole },
  nowMs: number,
): Promise<void> {
  await requireScope(db, role);
  const passwordHash = password === undefined ? null : await hashOfPassword(password);
  await db.transaction().execute(async (transaction) => {
    // A name is one person on the whole server.
    if (await findUser(wholeDb(transaction), name)) throw httpError("USER_EXISTS");
    const userID = randomUUID();
    await transaction
      .insertInto("users")
      .values({ userID, name: name.toLowerCase(), passwordHash, createdMs: nowMs })
      .execute();
    await transaction
      .insertInto("roles")
      .values({ userID, ...role })
      .execute();
  });
}

/** By name, with the newest first among a user's tokens; no secret is in it. **Errors:** BAD_CURSOR */
export async function listUsers(db: Db, page: Page) {
  const order: Order = { by: [["name", "text"]], direction: "asc" };
  const found = await readPage(db.selectFrom("users").selectAll(), order, page);
  const ids = found.rows.map(({ userID }) => userID);
  if (ids.length === 0) return { users: [], next: null };
  const roles = await db.selectFrom("roles").selectAll().where("userID", "in", ids).execute();
  const tokens = await db
    .selectFrom("tokens")
    .selectAll()
    .where("kind", "=", "api")
    .where("userID", "in", ids)
    .orderBy("createdMs", "desc")
    .execute();
  const users = found.rows.map(({ userID, name, createdMs, passwordHash }) => ({
    name,
    created: isoOfMs(createdMs),
    hasPassword: passwordHash !== null,
    /** On the server; null where every role holds at a place. */
    role: roles.find((row) => row.userID === userID && row.scope === "server")?.role ?? null,
    roles: roles
      .filter((row) => row.userID === userID)
      .map(({ scope, scopeID, role }) => ({ role, scope, scopeID })),
    tokens: tokens
      .filter((row) => row.userID === userID)
      .map((row) => ({
        tokenID: row.tokenID,
        name: row.name,
        scopes: scopesOf(row.scopes),
        created: isoOfMs(row.createdMs),
        expires: row.expiresMs === null ? null : isoOfMs(row.expiresMs),
      })),
  }));
  return { users, next: found.next };
}

/**
 * One role at each place. null takes it, and with it every right there; without a place, every role within the caller's reach.
 * **Errors:** USER_UNKNOWN, FORBIDDEN for a place beyond the caller's reach
 */
export async function setRole(
  db: Db,
  name: string,
  role: Role | null,
  where: Pick<HeldRole, "scope" | "scopeID"> | null,
): Promise<string> {
  return db.transaction().execute(async (transaction) => {
    if (where) await requireScope(transaction, where);
    // Whoever may give a role at a place may give it to anybody on the server.
    const { userID } = await userNamed(where && role ? wholeDb(transaction) : transaction, name);
    let old = transaction.deleteFrom("roles").where("userID", "=", userID);
    if (where) old = old.where("scope", "=", where.scope).where("scopeID", "=", where.scopeID);
    await old.execute();
    if (role !== null && where !== null) {
      await transaction
        .insertInto("roles")
        .values({ userID, ...where, role })
        .execute();
    }
    return userID;
  });
}

/** A role may be given where the giver's own reach covers all of it, and where there is such a place. */
async function requireScope(db: Db, { scope, scopeID }: Pick<HeldRole, "scope" | "scopeID">) {
  const reach = reachOf(db);
  const isThere = {
    server: async () => reach.isAll,
    organisation: async () =>
      (reach.isAll || reach.organisations.has(scopeID)) &&
      db.selectFrom("organisations").select("name").where("organisationID", "=", scopeID),
    project: async () =>
      (reach.isAll || reach.projects.has(scopeID)) &&
      db.selectFrom("projects").select("name").where("projectID", "=", scopeID),
    site: async () => db.selectFrom("sites").select("name").where("siteID", "=", scopeID),
  };
  const found = await isThere[scope]();
  const row = typeof found === "boolean" ? found : await found.executeTakeFirst();
  if (!row) throw outOfReach(scope === "server" ? "the whole server" : `${scope} ${scopeID}`);
}

/**
 * @param scopes the most that the token may do; null: whatever its user may
 * @returns the token in clear, for the only time
 * **Errors:** USER_UNKNOWN, FORBIDDEN for a user who has roles beyond the caller's reach
 */
export async function addToken(
  db: Db,
  user: string,
  { name, scopes, days }: { name: string; scopes: Right[] | null; days: number },
  nowMs: number,
): Promise<{ tokenID: string; token: string; expires: string }> {
  const { userID } = await userNamed(db, user);
  // A token opens all that its user may.
  await requireAllRoles(db, userID, user);
  const [token, tokenID] = [newSecret(), randomUUID()];
  const expiresMs = nowMs + days * DAY_MS;
  await db
    .insertInto("tokens")
    .values({
      ...{ hash: hashOfSecret(token), kind: "api" as const, userID, tokenID, name },
      ...{ scopes: scopes && JSON.stringify(scopes), createdMs: nowMs, expiresMs },
    })
    .execute();
  return { tokenID, token, expires: isoOfMs(expiresMs) };
}

/** **Errors:** FORBIDDEN for a user who has roles beyond the caller's reach */
async function requireAllRoles(db: Db, userID: string, user: string): Promise<void> {
  const held = (of: Db) =>
    of.selectFrom("roles").select("scopeID").where("userID", "=", userID).execute();
  if ((await held(db)).length < (await held(wholeDb(db))).length) {
    throw outOfReach(`all that ${user} may`);
  }
}

/**
 * With roles, tokens and sessions. What the person decided keeps their name.
 * @returns the userID. **Errors:** USER_UNKNOWN, FORBIDDEN for a user who has roles beyond the caller's reach
 */
export async function removeUser(db: Db, user: string): Promise<string> {
  return db.transaction().execute(async (transaction) => {
    const { userID } = await userNamed(transaction, user);
    await requireAllRoles(transaction, userID, user);
    const whole = wholeDb(transaction);
    await whole.deleteFrom("tokens").where("userID", "=", userID).execute();
    await whole.deleteFrom("roles").where("userID", "=", userID).execute();
    await whole.deleteFrom("users").where("userID", "=", userID).execute();
    return userID;
  });
}

/** **Errors:** USER_UNKNOWN, TOKEN_UNKNOWN */
export async function removeToken(db: Db, user: string, tokenID: string): Promise<void> {
  const { userID } = await userNamed(db, user);
  const removed = await db
    .deleteFrom("tokens")
    .where("userID", "=", userID)
    .where("tokenID", "=", tokenID)
    .returning("tokenID")
    .execute();
  if (removed.length === 0) throw httpError("TOKEN_UNKNOWN");
}

/** The caller behind a session or an API token that is in force; undefined for none. */
export async function callerOf(
  db: Db,
  kind: "session" | "api",
  secret: string,
  nowMs: number,
): Promise<Caller | undefined> {
  const token = await db
    .selectFrom("tokens")
    .leftJoin("users", "users.userID", "tokens.userID")
    .select(["tokens.userID", "tokens.expiresMs", "tokens.scopes"])
    .select(["users.name", "users.disabledMs"])
    .where("hash", "=", hashOfSecret(secret))
    .where("kind", "=", kind)
    .executeTakeFirst();
  if (!token || token.expiresMs === null || token.expiresMs <= nowMs) return undefined;
  // Sessions of the operator token belong to nobody else.
  if (token.userID === null) return kind === "session" ? OPERATOR : undefined;
  if (token.disabledMs !== null) return undefined;
  const reaches = await reachesOf(db, token.userID, scopesOf(token.scopes));
  return {
    ...{ userID: token.userID, name: token.name ?? "", rights: new Set(reaches.keys()) },
    reach: (right) => reaches.get(right) ?? NOWHERE,
  };
}

async function reachesOf(
  db: Db,
  userID: string,
  scopes: Right[] | null,
): Promise<Map<Right, Reach>> {
  const held = await db.selectFrom("roles").selectAll().where("userID", "=", userID).execute();
  const organisations = held.filter(({ scope }) => scope === "organisation");
  const projects = organisations.length
    ? await db
        .selectFrom("projects")
        .select(["projectID", "organisationID"])
        .where(
          "organisationID",
          "in",
          organisations.map(({ scopeID }) => scopeID),
        )
        .execute()
    : [];
  const rights = [...new Set(held.flatMap(({ role }) => ROLE_RIGHTS[role]))];
  return new Map(
    rights
      .filter((right) => scopes?.includes(right) ?? true)
      .map((right) => {
        const rows = held.filter(({ role }) => ROLE_RIGHTS[role].includes(right));
        const at = (wanted: RoleScope) =>
          new Set(rows.filter(({ scope }) => scope === wanted).map(({ scopeID }) => scopeID));
        const whole = projects.filter((row) => at("organisation").has(row.organisationID));
        return [
          right,
          {
            isAll: at("server").size > 0,
            organisations: at("organisation"),
            projects: new Set([...at("project"), ...whole.map(({ projectID }) => projectID)]),
            sites: at("site"),
          },
        ];
      }),
  );
}

const scopesOf = (text: string | null): Right[] | null =>
  text === null ? null : (JSON.parse(text) as Right[]);

export const findUser = (db: Db, name: string) =>
  db.selectFrom("users").selectAll().where("name", "=", name.toLowerCase()).executeTakeFirst();

async function userNamed(db: Db, name: string) {
  const user = await findUser(db, name);
  if (!user) throw httpError("USER_UNKNOWN", `there is no user ${name}`);
  return user;
}
