/**
 * Pictures as rows: announced by a record, stored by an upload, in either order.
 */
import type { Db } from "../db/open.ts";
import type { MediaRow } from "../db/tables-camtrap.ts";
import { cameraItemID } from "../ids.ts";
import { recordChanges } from "./changes.ts";

export interface MediaJson {
  mediaID: string;
  url: string;
  /** Pixels; 0 while only the upload is known. */
  width: number;
  height: number;
  /** True when the picture is on the server. */
  stored: boolean;
}

export const mediaUrl = (cameraID: string, mediaID: string): string =>
  `/api/v1/media/${cameraID}/${mediaID}`;

type Shown = Pick<MediaRow, "sourceID" | "width" | "height" | "storedMs">;

const mediaJson = (cameraID: string, { sourceID, width, height, storedMs }: Shown): MediaJson => ({
  mediaID: sourceID,
  url: mediaUrl(cameraID, sourceID),
  width,
  height,
  stored: storedMs !== null,
});

/**
 * The pictures of several events with one query.
 * @returns one list per event, in the order asked; a picture nobody has announced yet is listed as not stored
 */
export async function mediaOf(
  db: Db,
  wanted: { cameraID: string; mediaIDs: string[] }[],
): Promise<MediaJson[][]> {
  const ids = [...new Set(wanted.flatMap(idsOf))];
  const rows = ids.length
    ? await db
        .selectFrom("media")
        .select(["mediaID", "sourceID", "width", "height", "storedMs"])
        .where("mediaID", "in", ids)
        .execute()
    : [];
  const known = new Map(rows.map((row) => [row.mediaID, row]));
  return wanted.map(({ cameraID, mediaIDs }) =>
    mediaIDs.map((sourceID) =>
      mediaJson(
        cameraID,
        known.get(cameraItemID(cameraID, sourceID)) ?? {
          ...{ sourceID, width: 0, height: 0, storedMs: null },
        },
      ),
    ),
  );
}

const idsOf = ({ cameraID, mediaIDs }: { cameraID: string; mediaIDs: string[] }): string[] =>
  mediaIDs.map((mediaID) => cameraItemID(cameraID, mediaID));

/** As in the event stream: a picture with the camera and event it belongs to. */
export async function mediaByID(db: Db, cameraID: string, mediaIDs: string[]) {
  if (mediaIDs.length === 0) return [];
  const rows = await db
    .selectFrom("media")
    .selectAll()
    .where("mediaID", "in", idsOf({ cameraID, mediaIDs }))
    .execute();
  return rows.map((row) => ({ ...mediaJson(cameraID, row), cameraID, eventID: row.eventID }));
}

export async function findMedia(
  db: Db,
  cameraID: string,
  mediaID: string,
): Promise<MediaRow | undefined> {
  return db
    .selectFrom("media")
    .selectAll()
    .where("mediaID", "=", cameraItemID(cameraID, mediaID))
    .executeTakeFirst();
}

export interface StoredPicture {
  cameraID: string;
  mediaID: string;
  /** From the upload's metadata; used when no record has announced the picture. */
  eventID: string;
  timestamp: number;
  sha256: string;
  storedBytes: number;
}

/** Mark a picture stored. Doing it again changes nothing. */
export async function markStored(db: Db, picture: StoredPicture, nowMs: number): Promise<void> {
  const { cameraID, mediaID, eventID, timestamp, sha256, storedBytes } = picture;
  await db.transaction().execute(async (transaction) => {
    const known = await findMedia(transaction, cameraID, mediaID);
    if (known?.storedMs != null) return;
    if (known) {
      await transaction
        .updateTable("media")
        .set({ sha256, storedBytes, storedMs: nowMs })
        .where("mediaID", "=", cameraItemID(cameraID, mediaID))
        .execute();
    } else {
      const { deploymentID } = await transaction
        .selectFrom("deployments")
        .select("deploymentID")
        .where("cameraID", "=", cameraID)
        .where("deploymentEnd", "is", null)
        .executeTakeFirstOrThrow();
      await transaction
        .insertInto("media")
        .values({
          ...{
            mediaID: cameraItemID(cameraID, mediaID),
            sourceID: mediaID,
            cameraID,
            deploymentID,
          },
          ...{ eventID, timestamp, sha256, storedBytes, storedMs: nowMs },
          ...{ fileBytes: 0, width: 0, height: 0, receivedMs: nowMs },
        })
        .execute();
      await transaction
        .updateTable("cameras")
        .set((row) => ({ mediaCount: row("mediaCount", "+", 1) }))
        .where("cameraID", "=", cameraID)
        .execute();
    }
    await recordChanges(transaction, [{ kind: "media", cameraID, itemID: mediaID }]);
  });
}
