/** Users, their role and their API tokens. Names are lower case, so that Ana and ana are one. */
import { randomUUID } from "node:crypto";
import { isoOfMs } from "../clock.ts";
import type { Db } from "../db/open.ts";
import { httpError } from "../http-errors.ts";
import { DEFAULT_PROJECT } from "../ids.ts";
import { hashOfPassword } from "../rights/passwords.ts";
import { type Right, ROLE_RIGHTS, type Role } from "../rights/rights.ts";
import { hashOfSecret, newSecret } from "../secrets.ts";

const DAY_MS = 24 * 3600 * 1000;
/** Roles hold for the whole server so far: for its one organisation. */
const EVERYTHING = { scope: "organisation", scopeID: DEFAULT_PROJECT } as const;

/** Who is asking, and what they may do. */
export interface Caller {
  /** Null for the holder of the operator token. */
  userID: string | null;
  name: string;
  rights: ReadonlySet<Right>;
}

export const OPERATOR: Caller = {
  userID: null,
  name: "operator",
  rights: new Set(ROLE_RIGHTS.admin),
};

/** **Errors:** USER_EXISTS */
export async function addUser(
  db: Db,
  { name, password, role }: { name: string; password?: string; role: Role },
  nowMs: number,
): Promise<void> {
  const passwordHash = password === undefined ? null : await hashOfPassword(password);
  await db.transaction().execute(async (transaction) => {
    if (await findUser(transaction, name)) throw httpError("USER_EXISTS");
    const userID = randomUUID();
    await transaction
      .insertInto("users")
      .values({ userID, name: name.toLowerCase(), passwordHash, createdMs: nowMs })
      .execute();
    await transaction
      .insertInto("roles")
      .values({ userID, ...EVERYTHING, role })
      .execute();
  });
}

/** With the newest first among a user's tokens; no secret is in it. */
export async function listUsers(db: Db) {
  const users = await db.selectFrom("users").selectAll().orderBy("name").execute();
  const roles = await db.selectFrom("roles").selectAll().execute();
  const tokens = await db
    .selectFrom("tokens")
    .selectAll()
    .where("kind", "=", "api")
    .orderBy("createdMs", "desc")
    .execute();
  return users.map(({ userID, name, createdMs, passwordHash }) => ({
    name,
    created: isoOfMs(createdMs),
    hasPassword: passwordHash !== null,
    role: roles.find((row) => row.userID === userID)?.role ?? null,
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
}

/** null takes the role, and with it every right. **Errors:** USER_UNKNOWN */
export async function setRole(db: Db, name: string, role: Role | null): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const { userID } = await userNamed(transaction, name);
    await transaction.deleteFrom("roles").where("userID", "=", userID).execute();
    if (role === null) return;
    await transaction
      .insertInto("roles")
      .values({ userID, ...EVERYTHING, role })
      .execute();
  });
}

/**
 * @param scopes the most that the token may do; null: whatever its user may
 * @returns the token in clear, for the only time
 * **Errors:** USER_UNKNOWN
 */
export async function addToken(
  db: Db,
  user: string,
  { name, scopes, days }: { name: string; scopes: Right[] | null; days: number },
  nowMs: number,
): Promise<{ tokenID: string; token: string; expires: string }> {
  const { userID } = await userNamed(db, user);
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
  const held = await rightsOf(db, token.userID);
  const scopes = scopesOf(token.scopes);
  const rights = scopes ? held.filter((right) => scopes.includes(right)) : held;
  return { userID: token.userID, name: token.name ?? "", rights: new Set(rights) };
}

async function rightsOf(db: Db, userID: string): Promise<Right[]> {
  const rows = await db
    .selectFrom("roles")
    .select("role")
    .where("userID", "=", userID)
    .where("scope", "=", EVERYTHING.scope)
    .where("scopeID", "=", EVERYTHING.scopeID)
    .execute();
  return rows.flatMap(({ role }) => [...ROLE_RIGHTS[role]]);
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
