/** The picture files of an export, as far as the server has them: none with people in it, none that says where a sensitive place is. */
import type { Db } from "../../db/open.ts";
import { projectItemID } from "../../ids.ts";
import type { ObjectFolder } from "../../objects.ts";
import { photographIn, photographsOf } from "../import/database-target.ts";
import type { PackageOutput } from "./output.ts";
import type { ExportReport } from "./report.ts";
import { stripGps } from "./strip-gps.ts";
import type { ExportMedia, ExportView } from "./view.ts";

const BATCH = 200;

export async function writePictures(
  db: Db,
  objects: ObjectFolder,
  view: ExportView,
  output: PackageOutput,
  report: ExportReport,
): Promise<void> {
  let batch: ExportMedia[] = [];
  const flush = async () => {
    const stored = await storedFiles(db, view.projectID, batch);
    for (const media of batch) {
      const file = stored.get(media.mediaID);
      if (!file) continue;
      if (media.hasPeople) {
        report.peopleHidden += 1;
        continue;
      }
      const bytes = await objects.read(...file);
      if (!bytes) continue;
      const shown = view.isGeneralised(media.deploymentID) ? stripGps(bytes) : bytes;
      await output.write(media.filePath, one(shown));
      report.files += 1;
    }
    batch = [];
  };
  for await (const media of view.media()) {
    // An address is where the file is already.
    if (/^\w+:\/\//.test(media.filePath)) continue;
    batch.push(media);
    if (batch.length >= BATCH) await flush();
  }
  await flush();
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Where the object folder has it. */
async function storedFiles(
  db: Db,
  projectID: string,
  batch: ExportMedia[],
): Promise<Map<string, [folder: string, name: string]>> {
  const found = new Map<string, [string, string]>();
  if (batch.length === 0) return found;
  const names = new Map(
    batch.flatMap(({ mediaID }) => [
      [mediaID, mediaID],
      [projectItemID(projectID, mediaID), mediaID],
    ]),
  );
  const rows = await db
    .selectFrom("media")
    .select(["mediaID", "cameraID", "sourceID", "storedMs", "filePath"])
    .where("mediaID", "in", [...names.keys()])
    .execute();
  for (const { mediaID, cameraID, sourceID, storedMs, filePath } of rows) {
    const name = names.get(mediaID) as string;
    const sha256 = photographIn(filePath ?? "");
    if (cameraID !== null && storedMs !== null) found.set(name, [cameraID, sourceID]);
    else if (cameraID === null && sha256) found.set(name, [photographsOf(projectID), sha256]);
  }
  return found;
}
