/**
 * What a person decides about observations, written with what was before and after. Nothing is deleted: a merged observation stays as
 * a row that counts no more, an undo is a decision of its own. Once decided, a label is a person's, and no machine changes it.
 */
import { randomUUID } from "node:crypto";
import type { Insertable, Updateable } from "kysely";
import type { Db } from "../db/open.ts";
import type { ObservationRow, ObservationsTable } from "../db/tables-camtrap.ts";
import { httpError } from "../http-errors.ts";
import { type Order, type Page, readPage } from "../pages.ts";
import { outOfReach, wholeDb } from "../rights/limited-db.ts";
import { type NewChange, recordChanges } from "../store/changes.ts";

/** What a person may say about what is in the pictures. */
export type Label = Partial<
  Pick<
    ObservationsTable,
    | ("observationType" | "scientificName" | "count" | "lifeStage" | "sex" | "behavior")
    | "observationComments"
  >
>;

export type ReviewAction =
  | { action: "accept" | "merge" | "unflag" }
  | { action: "correct"; label: Label }
  /** A second thing in the same pictures, or in some of them. */
  | { action: "split"; label: Label; mediaIDs?: string[] | undefined }
  | { action: "flag"; note: string }
  | { action: "assign"; individualID: string | null };

export type ReviewRequest = ReviewAction & { observationIDs: string[] };

export interface Reviewer {
  userID: string | null;
  name: string;
}

type Change = Updateable<ObservationsTable>;
type Changes = [row: ObservationRow, change: Change][];

/** Fields of a person's own label; the certainty is the person's, not a model's. */
const byPerson = ({ name }: Reviewer, nowMs: number): Change => ({
  ...{ classificationMethod: "human", classifiedBy: name, classificationProbability: null },
  ...{ classificationTimestamp: Math.floor(nowMs / 1000), classificationTimestampOffsetMin: null },
  flag: null,
});

/**
 * @returns the decisionID, for an undo, and the observations that are new or changed
 * **Errors:** OBSERVATION_UNKNOWN, INDIVIDUAL_UNKNOWN, BAD_REVIEW
 */
export async function review(db: Db, request: ReviewRequest, reviewer: Reviewer, nowMs: number) {
  return db.transaction().execute(async (transaction) => {
    const rows = await rowsOf(transaction, request.observationIDs);
    const decisionID = randomUUID();
    const changes = await changesFor(transaction, request, rows, byPerson(reviewer, nowMs), nowMs);
    const entry = { decisionID, action: request.action, undoes: "", reviewer, nowMs };
    await write(transaction, changes, entry);
    return { decisionID, observationIDs: changes.map(([row]) => row.observationID) };
  });
}

async function rowsOf(db: Db, observationIDs: string[]): Promise<ObservationRow[]> {
  const rows = await db
    .selectFrom("observations")
    .selectAll()
    .where("observationID", "in", observationIDs)
    .where("replacedBy", "is", null)
    .execute();
  const byID = new Map(rows.map((row) => [row.observationID, row]));
  return observationIDs.map((observationID) => {
    const row = byID.get(observationID);
    if (!row) throw httpError("OBSERVATION_UNKNOWN", `no observation is called ${observationID}`);
    return row;
  });
}

async function changesFor(
  db: Db,
  request: ReviewRequest,
  rows: ObservationRow[],
  decided: Change,
  nowMs: number,
): Promise<Changes> {
  const each = (change: Change): Changes => rows.map((row) => [row, change]);
  switch (request.action) {
    case "accept":
      return each(decided);
    case "correct":
      return rows.map((row) => [row, { ...decided, ...cleaned(request.label, row) }]);
    case "split":
      return [await splitOff(db, rows, request, decided, nowMs)];
    case "merge":
      return merged(rows, decided);
    case "flag":
      return each({ flag: request.note });
    case "unflag":
      return each({ flag: null });
    case "assign":
      await requireIndividual(db, rows, request.individualID);
      return each({ individualID: request.individualID });
  }
}

/** A blank holds nothing: no name, no count, no animal's properties. */
function cleaned(label: Label, row: ObservationRow): Label & Change {
  const type = label.observationType ?? row.observationType;
  const none = { lifeStage: null, sex: null, behavior: null, individualID: null };
  if (type === "blank") return { ...label, ...none, scientificName: null, count: null };
  if (type !== "animal") return { ...label, ...none };
  return label;
}

async function splitOff(
  db: Db,
  [source, ...others]: ObservationRow[],
  { label, mediaIDs }: { label: Label; mediaIDs?: string[] | undefined },
  decided: Change,
  nowMs: number,
): Promise<Changes[number]> {
  if (!source || others.length > 0)
    throw httpError("BAD_REVIEW", "split one observation at a time");
  const known = JSON.parse(source.mediaIDs) as string[];
  const stranger = mediaIDs?.find((mediaID) => !known.includes(mediaID));
  if (stranger !== undefined) throw httpError("BAD_REVIEW", `it has no picture ${stranger}`);
  const suffix = `~${randomUUID().slice(0, 8)}`;
  const noBox = { bboxX: null, bboxY: null, bboxWidth: null, bboxHeight: null };
  const row: Insertable<ObservationsTable> = {
    ...source,
    ...noBox,
    ...decided,
    ...{ lifeStage: null, sex: null, behavior: null, individualID: null, count: 1 },
    ...cleaned(label, source),
    observationID: source.observationID + suffix,
    sourceID: source.sourceID === null ? null : source.sourceID + suffix,
    ...{ recordID: null, recordHash: null, receivedMs: nowMs },
    mediaIDs: JSON.stringify(mediaIDs ?? known),
    // As it is before the decision, and again after its undo.
    replacedBy: source.observationID,
  };
  await db.insertInto("observations").values(row).execute();
  return [row as ObservationRow, { replacedBy: null }];
}

function merged(rows: ObservationRow[], decided: Change): Changes {
  const [kept, ...others] = rows;
  if (!kept || others.length === 0 || new Set(rows).size < rows.length) {
    throw httpError("BAD_REVIEW", "merge two observations or more");
  }
  if (others.some(({ deploymentID }) => deploymentID !== kept.deploymentID)) {
    throw httpError("BAD_REVIEW", "only observations of one deployment can be merged");
  }
  const counts = rows.flatMap(({ count }) => (count === null ? [] : [count]));
  const union: Change = {
    ...decided,
    eventStart: Math.min(...rows.map(({ eventStart }) => eventStart)),
    eventEnd: Math.max(...rows.map(({ eventEnd }) => eventEnd)),
    count: counts.length ? Math.max(...counts) : null,
    mediaIDs: JSON.stringify([
      ...new Set(rows.flatMap(({ mediaIDs }) => JSON.parse(mediaIDs) as string[])),
    ]),
  };
  return [
    [kept, union],
    ...others.map((row): Changes[number] => [row, { replacedBy: kept.observationID }]),
  ];
}

async function requireIndividual(db: Db, rows: ObservationRow[], individualID: string | null) {
  if (individualID === null) return;
  const animal = await db
    .selectFrom("individuals")
    .select("projectID")
    .where("individualID", "=", individualID)
    .executeTakeFirst();
  if (!animal) throw httpError("INDIVIDUAL_UNKNOWN");
  const projects = await db
    .selectFrom("deployments")
    .select("projectID")
    .where(
      "deploymentID",
      "in",
      rows.map(({ deploymentID }) => deploymentID),
    )
    .where("projectID", "!=", animal.projectID)
    .execute();
  if (projects.length > 0) throw httpError("BAD_REVIEW", "the individual is of another project");
  const other = rows.find(({ observationType }) => observationType !== "animal");
  if (other) throw httpError("BAD_REVIEW", `${other.observationID} is no animal`);
}

interface Entry {
  decisionID: string;
  action: string;
  undoes: string;
  reviewer: Reviewer;
  nowMs: number;
}

async function write(db: Db, changes: Changes, entry: Entry): Promise<void> {
  const { decisionID, action, undoes, reviewer, nowMs } = entry;
  const told: NewChange[] = [];
  for (const [row, change] of changes) {
    const names = Object.keys(change) as (keyof Change)[];
    const differing = names.filter((name) => change[name] !== row[name as keyof ObservationRow]);
    const of = (values: object) =>
      JSON.stringify(Object.fromEntries(differing.map((name) => [name, values[name as never]])));
    if (differing.length > 0) {
      await db
        .updateTable("observations")
        .set(change)
        .where("observationID", "=", row.observationID)
        .execute();
    }
    await db
      .insertInto("reviews")
      .values({
        ...{ reviewID: randomUUID(), observationID: row.observationID, decisionID, action, undoes },
        ...{ reviewedBy: reviewer.name, reviewedAs: reviewer.userID ?? "", reviewedMs: nowMs },
        ...{ before: of(row), after: of(change) },
      })
      .execute();
    if (row.cameraID !== null) {
      const itemID = row.observationID.slice(row.cameraID.length + 1);
      told.push({ kind: "observation", cameraID: row.cameraID, itemID });
    }
  }
  await recordChanges(db, told);
}

/**
 * Take a decision back: what it changed becomes what it was, unless somebody has decided again since.
 * **Errors:** REVIEW_UNKNOWN, REVIEW_UNDONE, REVIEW_OVERTAKEN
 */
export async function undo(db: Db, undoes: string, reviewer: Reviewer, nowMs: number) {
  return db.transaction().execute(async (transaction) => {
    const entries = await transaction
      .selectFrom("reviews")
      .selectAll()
      .where("decisionID", "=", undoes)
      .execute();
    if (undoes === "" || entries.length === 0) throw httpError("REVIEW_UNKNOWN");
    const { all } = await wholeDb(transaction)
      .selectFrom("reviews")
      .select((row) => row.fn.countAll().as("all"))
      .where("decisionID", "=", undoes)
      .executeTakeFirstOrThrow();
    // Half of it would leave a decision that nobody has made.
    if (Number(all) > entries.length) throw outOfReach("all of this decision");
    const before = await transaction
      .selectFrom("reviews")
      .select("reviewID")
      .where("undoes", "=", undoes)
      .executeTakeFirst();
    if (before) throw httpError("REVIEW_UNDONE");
    const changes: Changes = [];
    for (const entry of entries) {
      const row = await transaction
        .selectFrom("observations")
        .selectAll()
        .where("observationID", "=", entry.observationID)
        .executeTakeFirstOrThrow();
      const after = Object.entries(JSON.parse(entry.after) as Change);
      const isAsLeft = after.every(([name, value]) => row[name as keyof ObservationRow] === value);
      if (!isAsLeft) throw httpError("REVIEW_OVERTAKEN");
      changes.push([row, JSON.parse(entry.before) as Change]);
    }
    const decisionID = randomUUID();
    await write(transaction, changes, { decisionID, action: "undo", undoes, reviewer, nowMs });
    return { decisionID, observationIDs: changes.map(([row]) => row.observationID) };
  });
}

const NEWEST_FIRST: Order = {
  by: [
    ["reviewedMs", "number"],
    ["reviewID", "text"],
  ],
  direction: "desc",
};

/** Every decision about one observation, newest first. **Errors:** BAD_CURSOR */
export async function historyOf(db: Db, observationID: string, page: Page) {
  const query = db.selectFrom("reviews").selectAll().where("observationID", "=", observationID);
  const { rows, next } = await readPage(query, NEWEST_FIRST, page);
  const history = rows.map(({ before, after, reviewedMs, reviewedAs: _, ...row }) => ({
    ...row,
    reviewed: new Date(reviewedMs).toISOString(),
    before: JSON.parse(before) as Change,
    after: JSON.parse(after) as Change,
  }));
  return { history, next };
}
