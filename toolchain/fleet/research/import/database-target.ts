/** An import straight into a database: a stopped server's, or the server's own behind its API. */
import { open, rename } from "node:fs/promises";
import type { Db } from "../../db/open.ts";
import { DEFAULT_PROJECT, projectItemID } from "../../ids.ts";
import { type ObjectFolder, sha256Of } from "../../objects.ts";
import { findProject } from "../../store/projects.ts";
import { openSink } from "../sink.ts";
import type { ImportTarget, Judged } from "./target.ts";

/**
 * Imported photographs of a project share one folder, which no camera can be called; each is named by its bytes. Not one folder for
 * all: whoever knows the SHA-256 of another owner's photograph would get it by a row that names it.
 */
export const photographsOf = (projectID: string): string =>
  `_photographs-${sha256Of(Buffer.from(projectID)).slice(0, 32)}`;

/** filePath of an imported photograph: the row names the file that is kept. */
export const photographPath = (sha256: string): string => `photographs/${sha256}.jpg`;

export const photographIn = (filePath: string): string | undefined =>
  filePath.match(/^photographs\/([0-9a-f]{64})\.jpg$/)?.[1];

export function databaseTarget(db: Db, objects: ObjectFolder, projectID: string): ImportTarget {
  return {
    ...openSink(db, projectID),
    judged: (mediaIDs) => judged(db, projectID, mediaIDs),
    async keepPhotograph(sha256, bytes) {
      const folder = photographsOf(projectID);
      if (await objects.read(folder, sha256)) return;
      const target = objects.pathOf(folder, sha256);
      const partial = `${target}.${process.pid}.part`;
      await objects.prepare(folder);
      const file = await open(partial, "w", 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(partial, target);
    },
  };
}

async function judged(db: Db, projectID: string, mediaIDs: string[]): Promise<Map<string, Judged>> {
  const found = new Map<string, Judged>();
  if (mediaIDs.length === 0) return found;
  const wanted = new Map(mediaIDs.map((id) => [projectItemID(projectID, id), id]));
  const rows = await db
    .selectFrom("observations")
    .select(["mediaID", "observationType", "scientificName", "classificationProbability"])
    .where("mediaID", "in", [...wanted.keys()])
    .execute();
  for (const { mediaID, observationType, scientificName, classificationProbability } of rows) {
    found.set(wanted.get(mediaID ?? "") ?? "", {
      observationType,
      scientificName: scientificName || undefined,
      classificationProbability: classificationProbability ?? undefined,
    });
  }
  return found;
}

/** A project by its ID; one that is not there is made, with that name. */
export async function ensureProject(db: Db, projectID: string, nowMs: number): Promise<void> {
  if (await findProject(db, projectID)) return;
  const home = await findProject(db, DEFAULT_PROJECT);
  const organisationID = home?.organisationID ?? DEFAULT_PROJECT;
  await db
    .insertInto("projects")
    .values({ projectID, organisationID, name: projectID, sensitivity: 0, createdMs: nowMs })
    .onConflict((conflict) => conflict.column("projectID").doNothing())
    .execute();
}
