/**
 * What publishers leave with the server beside the images: deltas, a freshness note for each board, lists of trusted keys. Kept
 * and handed on as they came; only cameras judge them.
 */
import type { ReleaseOffer, ReleaseReport } from "../../../device/protocol/release-offers.ts";
import type { Db } from "../db/open.ts";
import type { ReleaseDeltaRow, ReleaseRow } from "../db/tables.ts";
import { httpError } from "../http-errors.ts";
import { sha256Of } from "../objects.ts";
import { dueMsOf, type RolloutPlan } from "./plan.ts";
import { offerOf, type ReleaseFolder, releaseOf } from "./releases.ts";

export async function saveNote(db: Db, hardware: string, note: string): Promise<void> {
  await db
    .insertInto("release_notes")
    .values({ hardware, note })
    .onConflict((conflict) => conflict.column("hardware").doUpdateSet({ note }))
    .execute();
}

export async function saveTrustList(db: Db, version: number, list: string): Promise<void> {
  await db
    .insertInto("trust_lists")
    .values({ version, list })
    .onConflict((conflict) => conflict.column("version").doUpdateSet({ list }))
    .execute();
}

/** The list that follows a camera's; undefined when there is none, or the camera has none to go on from. */
export async function nextTrustList(db: Db, version = 0): Promise<string | undefined> {
  if (version < 1) return undefined;
  const row = await db
    .selectFrom("trust_lists")
    .select("list")
    .where("version", "=", version + 1)
    .executeTakeFirst();
  return row?.list;
}

/** The newest list: what a camera without one is given when it is enrolled. */
export async function newestTrustList(db: Db): Promise<string | undefined> {
  const row = await db
    .selectFrom("trust_lists")
    .select("list")
    .orderBy("version", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.list;
}

/** **Errors:** RELEASE_UNKNOWN, RELEASE_EXISTS when the same base has another delta */
export async function saveDelta(
  db: Db,
  folder: ReleaseFolder,
  {
    releaseID,
    baseCounter,
    manifest,
  }: Pick<ReleaseDeltaRow, "releaseID" | "baseCounter" | "manifest">,
  file: Buffer,
): Promise<ReleaseDeltaRow> {
  await releaseOf(db, releaseID);
  const row = { releaseID, baseCounter, manifest, bytes: file.length, sha256: sha256Of(file) };
  await folder.store(file);
  await db
    .insertInto("release_deltas")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const stored = await deltaOf(db, releaseID, baseCounter);
  if (stored?.sha256 === row.sha256 && stored.manifest === manifest) return stored;
  throw httpError("RELEASE_EXISTS", `${releaseID} has another delta from ${baseCounter}`);
}

const deltaOf = (db: Db, releaseID: string, baseCounter: number) =>
  db
    .selectFrom("release_deltas")
    .selectAll()
    .where("releaseID", "=", releaseID)
    .where("baseCounter", "=", baseCounter)
    .executeTakeFirst();

/** A file that cameras fetch: a release's, or `<releaseID>.<baseCounter>` for a delta. **Errors:** RELEASE_UNKNOWN */
export async function releaseFile(
  db: Db,
  name: string,
): Promise<{ releaseID: string; bytes: number; sha256: string }> {
  const [releaseID = "", base] = name.split(".");
  if (base === undefined || !/^[0-9]{1,10}$/.test(base)) return releaseOf(db, name);
  const delta = await deltaOf(db, releaseID, Number(base));
  if (!delta) throw httpError("RELEASE_UNKNOWN", `no release file is named ${name}`);
  return delta;
}

export interface OfferTo {
  hardware?: string | undefined;
  attempt: number;
  /** What it said of this kind. */
  report: ReleaseReport | undefined;
  plan: RolloutPlan;
  createdMs: number;
}

/** Everything a camera needs to judge and take a release. */
export async function completeOffer(
  db: Db,
  release: ReleaseRow,
  to: OfferTo,
): Promise<ReleaseOffer> {
  const { plan, report } = to;
  const offer = offerOf(release, to.attempt);
  const delta =
    report && report.whole !== release.counter
      ? await deltaOf(db, release.releaseID, report.counter)
      : undefined;
  if (delta && delta.bytes < release.bytes) {
    const { baseCounter, bytes, sha256, manifest } = delta;
    const releaseID = `${release.releaseID}.${baseCounter}`;
    Object.assign(offer, { releaseID, baseCounter, bytes, sha256, manifest });
  }
  const note = await noteFor(db, to.hardware ?? release.hardware);
  const dueMs = dueMsOf(plan, to.createdMs);
  return {
    ...offer,
    ...(note && { note }),
    priority: plan.priority ?? "normal",
    ...(Number.isFinite(dueMs) && { dueS: Math.max(1, Math.floor(dueMs / 1000)) }),
    ...(plan.windows.length > 0 && { windows: plan.windows as [number, number][] }),
    ...(plan.budgetBytes && { budgetBytes: plan.budgetBytes }),
  };
}

async function noteFor(db: Db, hardware: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("release_notes")
    .select("note")
    .where("hardware", "=", hardware)
    .executeTakeFirst();
  return row?.note;
}
