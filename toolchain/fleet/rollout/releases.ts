/**
 * Releases: files kept under their SHA-256 below `releases/`, and the rows that name them. What the manifest says is between
 * who signed it and the camera.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, rename, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TargetKind } from "../../../device/protocol/release.ts";
import type { ReleaseOffer } from "../../../device/protocol/release-offers.ts";
import { isoOfMs } from "../clock.ts";
import type { Db } from "../db/open.ts";
import type { ReleaseRow } from "../db/tables.ts";
import { httpError } from "../http-errors.ts";
import { flush, sha256Of } from "../objects.ts";
import { type Order, type Page, readPage } from "../pages.ts";

export interface NewRelease {
  kind: TargetKind;
  counter: number;
  version: string;
  manifest: string;
  baseCounter: number | null;
  hardware: string;
}

export interface ReleaseFolder {
  pathOf(release: Pick<ReleaseRow, "sha256">): string;
  /** After this resolves the file survives a power cut. */
  store(file: Buffer): Promise<void>;
}

export function openReleaseFolder(dataDir: string): ReleaseFolder {
  const folder = join(dataDir, "releases");
  const pathOf = ({ sha256 }: Pick<ReleaseRow, "sha256">) => join(folder, sha256);
  return {
    pathOf,
    async store(file) {
      if (await mkdir(folder, { recursive: true })) await flush(dataDir);
      const target = pathOf({ sha256: sha256Of(file) });
      if ((await stat(target).catch(() => undefined))?.size === file.length) return;
      const temporary = join(folder, `${randomUUID()}.part`);
      try {
        await writeFile(temporary, file);
        await flush(temporary);
        await rename(temporary, target);
      } catch (error) {
        await unlink(temporary).catch(() => {});
        throw error;
      }
      await flush(folder);
    },
  };
}

/**
 * Sent again, the same release is answered with the same row.
 * **Errors:** RELEASE_EXISTS when the counter names other bytes or another version
 */
export async function publishRelease(
  db: Db,
  folder: ReleaseFolder,
  release: NewRelease,
  file: Buffer,
  nowMs: number,
): Promise<ReleaseRow> {
  const digest = (algorithm: string) => createHash(algorithm).update(file).digest("hex");
  const row: ReleaseRow = {
    ...release,
    releaseID: `${release.kind}-${release.counter}`,
    bytes: file.length,
    sha256: sha256Of(file),
    sha1: digest("sha1"),
    md5: digest("md5"),
    createdMs: nowMs,
  };
  await folder.store(file);
  await db
    .insertInto("releases")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const stored = await releaseOf(db, row.releaseID);
  const isSame = (["version", "sha256", "manifest", "baseCounter", "hardware"] as const).every(
    (field) => stored[field] === row[field],
  );
  if (isSame) return stored;
  throw httpError("RELEASE_EXISTS", `${row.releaseID} is published already, and differs from this`);
}

/** **Errors:** RELEASE_UNKNOWN */
export async function releaseOf(db: Db, releaseID: string): Promise<ReleaseRow> {
  const row = await db
    .selectFrom("releases")
    .selectAll()
    .where("releaseID", "=", releaseID)
    .executeTakeFirst();
  if (!row) throw httpError("RELEASE_UNKNOWN", `no release is named ${releaseID}`);
  return row;
}

const NEWEST_FIRST: Order = {
  by: [
    ["createdMs", "number"],
    ["releaseID", "text"],
  ],
  direction: "desc",
};

/** Newest first. **Errors:** BAD_CURSOR */
export async function listReleases(db: Db, page: Page) {
  const query = db.selectFrom("releases").selectAll();
  const { rows, next } = await readPage(query, NEWEST_FIRST, page);
  return { releases: rows.map(releaseJson), next };
}

export const releaseJson = ({ createdMs, sha1, md5, manifest, ...row }: ReleaseRow) => ({
  ...row,
  isSigned: manifest !== "",
  created: isoOfMs(createdMs),
});

export const offerOf = (row: ReleaseRow, attempt: number): ReleaseOffer => ({
  releaseID: row.releaseID,
  kind: row.kind,
  counter: row.counter,
  version: row.version,
  bytes: row.bytes,
  sha256: row.sha256,
  manifest: row.manifest,
  ...(row.baseCounter === null ? {} : { baseCounter: row.baseCounter }),
  attempt,
});
