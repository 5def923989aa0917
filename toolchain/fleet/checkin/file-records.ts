/**
 * Puts the records of a batch into their tables: one insert per kind, then a look at those that were already there.
 * Each record ends with an outcome: "" (stored, now or before) or the reason why it never will be.
 */
import type { CameraRecord } from "../../../device/protocol/records.ts";
import type { Db } from "../db/open.ts";
import { cameraItemID } from "../ids.ts";
import type { NewChange } from "../store/changes.ts";
import type { Arrival } from "./ingest.ts";
import type { JudgedRecord } from "./validate.ts";

export interface Filed {
  outcomes: Map<JudgedRecord, string>;
  changes: NewChange[];
  /** Records that were not there before, for whoever acts on them in the same transaction. */
  fresh: { cameraID: string; record: CameraRecord }[];
  /** New rows per camera. */
  added: Map<string, { observations: number; media: number }>;
}

const REUSED = "this recordID was used before for another record";
const MEDIA_REUSED = "this mediaID was used before for another picture";

interface Item<Kind extends CameraRecord> {
  cameraID: string;
  judged: JudgedRecord<Kind>;
}

const keyOf = (cameraID: string, id: string): string => `${cameraID}/${id}`;

const itemKey = ({ cameraID, judged }: Item<CameraRecord>): string =>
  keyOf(cameraID, judged.record.recordID);

function countAdded(filed: Filed, cameraID: string, kind: "observations" | "media"): void {
  const counts = filed.added.get(cameraID) ?? { observations: 0, media: 0 };
  counts[kind]++;
  filed.added.set(cameraID, counts);
}

/** Records of one kind, each key once; a second one with the same key is settled against the first. */
function distinct<Kind extends CameraRecord>(
  items: Item<Kind>[],
  filed: Filed,
  idOf: (record: Kind) => string,
  reason: string,
): Item<Kind>[] {
  const first = new Map<string, Item<Kind>>();
  return items.filter((item) => {
    const key = keyOf(item.cameraID, idOf(item.judged.record));
    const before = first.get(key);
    if (!before) {
      first.set(key, item);
      return true;
    }
    filed.outcomes.set(item.judged, before.judged.hash === item.judged.hash ? "" : reason);
    return false;
  });
}

export async function fileObservations(
  db: Db,
  arrivals: Arrival[],
  receivedMs: number,
  filed: Filed,
  deploymentOf: (cameraID: string, timeS: number) => string,
): Promise<void> {
  const all = arrivals.flatMap(({ cameraID, checkIn }) =>
    checkIn.observations.map((judged) => ({ cameraID, judged })),
  );
  const items = distinct(all, filed, ({ recordID }) => recordID, REUSED);
  if (items.length === 0) return;
  const inserted = await db
    .insertInto("observations")
    .values(
      items.map(({ cameraID, judged: { record, hash } }) => {
        const { kind: _, mediaIDs, ...columns } = record;
        return {
          ...columns,
          observationID: cameraItemID(cameraID, record.recordID),
          cameraID,
          recordHash: hash,
          deploymentID: deploymentOf(cameraID, record.eventStart),
          mediaIDs: JSON.stringify(mediaIDs),
          observationLevel: "event" as const,
          classificationMethod: "machine" as const,
          receivedMs,
        };
      }),
    )
    .onConflict((conflict) => conflict.column("observationID").doNothing())
    .returning("observationID")
    .execute();
  const isNew = new Set(inserted.map(({ observationID }) => observationID));
  const added = await settle(items, filed, {
    isNew: ({ cameraID, judged }) => isNew.has(cameraItemID(cameraID, judged.record.recordID)),
    known: ({ cameraID, judged }) =>
      db
        .selectFrom("observations")
        .select("recordHash")
        .where("observationID", "=", cameraItemID(cameraID, judged.record.recordID))
        .executeTakeFirstOrThrow(),
  });
  for (const { cameraID, judged } of added) {
    countAdded(filed, cameraID, "observations");
    filed.fresh.push({ cameraID, record: judged.record });
    filed.changes.push({ kind: "observation", cameraID, itemID: judged.record.recordID });
  }
}

export async function fileFaults(
  db: Db,
  arrivals: Arrival[],
  receivedMs: number,
  filed: Filed,
): Promise<void> {
  const all = arrivals.flatMap(({ cameraID, checkIn }) =>
    checkIn.faults.map((judged) => ({ cameraID, judged })),
  );
  const items = distinct(all, filed, ({ recordID }) => recordID, REUSED);
  if (items.length === 0) return;
  const inserted = await db
    .insertInto("faults")
    .values(
      items.map(({ cameraID, judged: { record, hash } }) => {
        const { kind: _, ...columns } = record;
        const { uptimeS = null, before = null } = record;
        return { ...columns, uptimeS, before, cameraID, recordHash: hash, receivedMs };
      }),
    )
    .onConflict((conflict) => conflict.columns(["cameraID", "recordID"]).doNothing())
    .returning(["cameraID", "recordID"])
    .execute();
  const isNew = new Set(inserted.map(({ cameraID, recordID }) => keyOf(cameraID, recordID)));
  const added = await settle(items, filed, {
    isNew: (item) => isNew.has(itemKey(item)),
    known: ({ cameraID, judged }) =>
      db
        .selectFrom("faults")
        .select("recordHash")
        .where("cameraID", "=", cameraID)
        .where("recordID", "=", judged.record.recordID)
        .executeTakeFirstOrThrow(),
  });
  for (const { cameraID, judged } of added) filed.fresh.push({ cameraID, record: judged.record });
}

/**
 * Say what became of each item: taken when it was inserted just now. One whose key was there before is acknowledged when
 * it is the same, refused when it is not.
 * @returns the items that were inserted
 */
async function settle<T extends Item<CameraRecord>>(
  items: T[],
  filed: Filed,
  table: { isNew(item: T): boolean; known(item: T): Promise<{ recordHash: string | null }> },
): Promise<T[]> {
  const added = items.filter((item) => table.isNew(item));
  for (const { judged } of added) filed.outcomes.set(judged, "");
  for (const item of items) {
    if (table.isNew(item)) continue;
    const { recordHash } = await table.known(item);
    filed.outcomes.set(item.judged, recordHash === item.judged.hash ? "" : REUSED);
  }
  return added;
}

/** Pictures can be known from their upload before their record comes. */
export async function fileMedia(
  db: Db,
  arrivals: Arrival[],
  receivedMs: number,
  filed: Filed,
  deploymentOf: (cameraID: string, timeS: number) => string,
): Promise<void> {
  const all = arrivals.flatMap(({ cameraID, checkIn }) =>
    checkIn.media.map((judged) => ({ cameraID, judged })),
  );
  const byRecord = distinct(all, filed, ({ recordID }) => recordID, REUSED);
  const items = distinct(byRecord, filed, ({ mediaID }) => mediaID, MEDIA_REUSED);
  if (items.length === 0) return;
  const inserted = await db
    .insertInto("media")
    .values(
      items.map(({ cameraID, judged: { record, hash } }) => {
        const { kind: _, mediaID: sourceID, ...columns } = record;
        const mediaID = cameraItemID(cameraID, sourceID);
        const deploymentID = deploymentOf(cameraID, record.timestamp);
        return {
          ...{ ...columns, mediaID, sourceID, cameraID, deploymentID },
          ...{ recordHash: hash, receivedMs },
        };
      }),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning("mediaID")
    .execute();
  const isNew = new Set(inserted.map(({ mediaID }) => mediaID));
  for (const { cameraID, judged } of items) {
    const { mediaID } = judged.record;
    if (isNew.has(cameraItemID(cameraID, mediaID))) {
      filed.outcomes.set(judged, "");
      countAdded(filed, cameraID, "media");
    } else {
      filed.outcomes.set(judged, await joinKnownMedia(db, cameraID, judged));
    }
    if (!filed.outcomes.get(judged))
      filed.changes.push({ kind: "media", cameraID, itemID: mediaID });
  }
}

async function joinKnownMedia(
  db: Db,
  cameraID: string,
  { record, hash }: Item<Extract<CameraRecord, { kind: "media" }>>["judged"],
): Promise<string> {
  const mediaID = cameraItemID(cameraID, record.mediaID);
  const rows = await db
    .selectFrom("media")
    .select(["mediaID", "recordID", "recordHash"])
    .where((row) =>
      row.or([
        row("mediaID", "=", mediaID),
        row.and([row("cameraID", "=", cameraID), row("recordID", "=", record.recordID)]),
      ]),
    )
    .execute();
  if (rows.some(({ recordHash }) => recordHash === hash)) return "";
  if (rows.some(({ recordID }) => recordID === record.recordID)) return REUSED;
  const known = rows.find((row) => row.mediaID === mediaID);
  if (known?.recordID !== null) return MEDIA_REUSED;
  const { kind: _, mediaID: __, ...columns } = record;
  await db
    .updateTable("media")
    .set({ ...columns, recordHash: hash })
    .where("mediaID", "=", mediaID)
    .execute();
  return "";
}
