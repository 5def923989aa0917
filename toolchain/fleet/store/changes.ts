/**
 * The log of changes behind the event stream: written in the transaction of the change itself, read by sequence, so a
 * client resumes after a broken line or a restarted server without missing one.
 */
import type { Db } from "../db/open.ts";
import type { ChangeKind } from "../db/tables.ts";

export interface NewChange {
  kind: ChangeKind;
  cameraID: string;
  itemID: string;
}

export interface Change extends NewChange {
  sequence: number;
}

/** Changes kept for resuming; a client further behind is told to read the lists again. */
export const CHANGES_KEPT = 20_000;

export async function recordChanges(db: Db, changes: NewChange[]): Promise<void> {
  if (changes.length > 0) await db.insertInto("changes").values(changes).execute();
}

export async function changesAfter(db: Db, sequence: number, limit: number): Promise<Change[]> {
  return db
    .selectFrom("changes")
    .selectAll()
    .where("sequence", ">", sequence)
    .orderBy("sequence")
    .limit(limit)
    .execute();
}

/** Oldest and newest sequence; both 0 in an empty log. */
export async function changeRange(db: Db): Promise<{ oldest: number; newest: number }> {
  const row = await db
    .selectFrom("changes")
    .select((change) => [
      change.fn.min("sequence").as("oldest"),
      change.fn.max("sequence").as("newest"),
    ])
    .executeTakeFirst();
  return { oldest: row?.oldest ?? 0, newest: row?.newest ?? 0 };
}

export async function trimChanges(db: Db): Promise<void> {
  const { newest } = await changeRange(db);
  await db
    .deleteFrom("changes")
    .where("sequence", "<=", newest - CHANGES_KEPT)
    .execute();
}
