/** Claims: made by an operator, shown once, used by one camera once, known by their hash. */
import { randomInt } from "node:crypto";
import type { Selectable } from "kysely";
import { isoOfMs } from "../clock.ts";
import type { Db } from "../db/open.ts";
import type { ClaimsTable } from "../db/tables-identity.ts";
import { httpError } from "../http-errors.ts";
import { type Order, type Page, readPage } from "../pages.ts";
import { outOfReach, reachOf } from "../rights/limited-db.ts";
import { hashOfSecret } from "../secrets.ts";
import { mayJoin, siteOf } from "./projects.ts";

/** Without letters and digits that look alike: claims are read off labels and typed on telephones. */
const ALPHABET = "23456789abcdefghjkmnpqrstvwxyz";
/** 30^20 possibilities, 98 bits. */
const CHARACTERS = 20;
const GROUP_CHARACTERS = 4;
const ID_CHARACTERS = 8;

export interface ClaimWish {
  site: string;
  group?: string | null;
  role?: string | null;
  name?: string | null;
  latitude?: number | null;
  longitude?: number | null;
}

export type ClaimRow = Selectable<ClaimsTable>;

const drawn = (characters: number): string =>
  Array.from({ length: characters }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");

/** How a claim is looked up: capitals, dashes and blanks do not count. */
export const hashOfClaim = (claim: string): string =>
  hashOfSecret(claim.toLowerCase().replace(/[^0-9a-z]/g, ""));

/** @returns each with the claim in clear, for the only time */
export async function createClaims(
  db: Db,
  wish: ClaimWish,
  { count, expiresMs, nowMs }: { count: number; expiresMs: number; nowMs: number },
) {
  const claims = Array.from({ length: count }, () => {
    const claim = drawn(CHARACTERS).replace(new RegExp(`.{${GROUP_CHARACTERS}}(?=.)`, "g"), "$&-");
    return { claimID: `clm-${drawn(ID_CHARACTERS)}`, claim };
  });
  const { group = null, role = null, name = null } = wish;
  const isLimited = !reachOf(db).isAll;
  // A site begins with its first camera; that of somebody with limited rights must be theirs now.
  const site = isLimited ? (await siteOf(db, wish.site, nowMs)).siteID : wish.site;
  if (isLimited && group !== null && !(await mayJoin(db, group)))
    throw outOfReach(`group ${group}`);
  const { latitude = null, longitude = null } = wish;
  const place = { site, groupName: group, role, name, latitude, longitude };
  await db
    .insertInto("claims")
    .values(
      claims.map(({ claimID, claim }) => ({
        ...{ claimID, hash: hashOfClaim(claim), ...place, createdMs: nowMs, expiresMs },
      })),
    )
    .execute();
  const expires = isoOfMs(expiresMs);
  return claims.map(({ claimID, claim }) => ({
    ...{ claimID, claim, site, group, role, name, expires },
  }));
}

const NEWEST_FIRST: Order = {
  by: [
    ["createdMs", "number"],
    ["claimID", "text"],
  ],
  direction: "desc",
};

/** Newest first. **Errors:** BAD_CURSOR */
export async function listClaims(db: Db, nowMs: number, page: Page) {
  const query = db.selectFrom("claims").selectAll();
  const { rows, next } = await readPage(query, NEWEST_FIRST, page);
  const claims = rows.map((row) => ({
    ...{ claimID: row.claimID, site: row.site, group: row.groupName, role: row.role },
    ...{ name: row.name, state: stateOf(row, nowMs), cameraID: row.cameraID },
    ...{ created: isoOfMs(row.createdMs), expires: isoOfMs(row.expiresMs) },
  }));
  return { claims, next };
}

export function stateOf(row: ClaimRow, nowMs: number): "used" | "revoked" | "expired" | "open" {
  if (row.usedMs !== null) return "used";
  if (row.revokedMs !== null) return "revoked";
  return row.expiresMs <= nowMs ? "expired" : "open";
}

/** **Errors:** CLAIM_UNKNOWN, CLAIM_USED */
export async function revokeClaim(db: Db, claimID: string, nowMs: number): Promise<void> {
  const row = await db
    .selectFrom("claims")
    .select("usedMs")
    .where("claimID", "=", claimID)
    .executeTakeFirst();
  if (!row) throw httpError("CLAIM_UNKNOWN");
  if (row.usedMs !== null) throw httpError("CLAIM_USED");
  await db
    .updateTable("claims")
    .set({ revokedMs: nowMs })
    .where("claimID", "=", claimID)
    .where("revokedMs", "is", null)
    .execute();
}

/** Undefined for a claim that never was. */
export function findClaim(db: Db, claim: string): Promise<ClaimRow | undefined> {
  return db
    .selectFrom("claims")
    .selectAll()
    .where("hash", "=", hashOfClaim(claim))
    .executeTakeFirst();
}
