/**
 * The events that need a person, newest first: those where the machine was not sure, where labels of one event disagree, where an
 * animal is rare or watched for, and those that somebody flagged.
 */
import { type Expression, type ExpressionBuilder, type SqlBool, sql } from "kysely";
import type { ObservationType } from "../../../device/protocol/records.ts";
import type { Db } from "../db/open.ts";
import type { Tables } from "../db/tables.ts";
import type { ObservationRow } from "../db/tables-camtrap.ts";
import { cursorOf, cut, type Order, type Page, placeOf } from "../pages.ts";
import { type EventJson, type EventKey, eventsJson } from "./event-json.ts";
import { readRules } from "./project-rules.ts";
import { THRESHOLDS } from "./rules.ts";

export const REASONS = ["flagged", "unsure", "disagreeing", "rare", "all"] as const;
export type Reason = (typeof REASONS)[number];

export interface QueueFilter {
  projectID: string;
  siteID?: string | undefined;
  cameraID?: string | undefined;
  observationType?: ObservationType | undefined;
  /** "all": every event that no person has decided; undefined: those with any other reason. */
  reason?: Reason | undefined;
  /** UTC seconds, from inclusive, to exclusive. */
  from?: number | undefined;
  to?: number | undefined;
}

/** Below it a machine's label is unsure. For people as for animals: the threshold for them is never raised. */
export const UNSURE_BELOW: Partial<Record<ObservationType, number>> = {
  animal: THRESHOLDS.animalClass,
  human: THRESHOLDS.animalClass,
  vehicle: THRESHOLDS.animalClass,
  blank: THRESHOLDS.blankClass,
};
/** A name is rare with at most so many records in its project, and at most this share of its animals. Ours. */
const RARE = { records: 3, share: 0.02 };

type Where = ExpressionBuilder<Tables & { o: Tables["observations"] }, "o">;

const isMachine = (eb: Where) => eb("o.classificationMethod", "=", "machine");

function isUnsure(eb: Where) {
  const low = Object.entries(UNSURE_BELOW).map(([type, below]) =>
    eb.and([
      eb("o.observationType", "=", type as ObservationType),
      eb(eb.fn.coalesce("o.classificationProbability", sql<number>`0`), "<", below),
    ]),
  );
  const nameless = eb("o.observationType", "in", ["unknown", "unclassified"]);
  return eb.and([isMachine(eb), eb.or([nameless, ...low])]);
}

/** Another row of the event says something else, and no person has decided this one. */
function isDisagreeing(eb: Where) {
  const other = eb
    .selectFrom("observations as other")
    .select("other.observationID")
    .whereRef("other.deploymentID", "=", "o.deploymentID")
    .whereRef("other.eventID", "=", "o.eventID")
    .where("other.replacedBy", "is", null)
    .where((inner) =>
      inner.or([
        inner("other.observationType", "!=", inner.ref("o.observationType")),
        inner(
          inner.fn.coalesce("other.scientificName", sql<string>`''`),
          "!=",
          inner.fn.coalesce("o.scientificName", sql<string>`''`),
        ),
      ]),
    );
  return eb.and([isMachine(eb), eb.exists(other)]);
}

const isRare = (eb: Where, names: ReadonlySet<string>) =>
  eb.and([
    isMachine(eb),
    names.size ? eb("o.scientificName", "in", [...names]) : sql<SqlBool>`1 = 0`,
  ]);

/** Names that few records carry, and those that the project watches for. */
export async function rareNames(db: Db, projectID: string): Promise<Set<string>> {
  const counted = await db
    .selectFrom("observation_sums")
    .select((row) => ["scientificName", row.fn.sum<number>("records").as("count")])
    .where("deploymentID", "in", (row) =>
      row.selectFrom("deployments").select("deploymentID").where("projectID", "=", projectID),
    )
    .where("observationType", "=", "animal")
    .groupBy("scientificName")
    .execute();
  const named = counted.flatMap(({ scientificName: name, count }) =>
    name ? [{ name, count: Number(count) }] : [],
  );
  const total = named.reduce((sum, { count }) => sum + count, 0);
  const { watch } = await readRules(db, projectID);
  const watched = new Set(watch.map((name) => name.toLowerCase()));
  const rare = named.filter(
    ({ name, count }) =>
      watched.has(name.toLowerCase()) || (count <= RARE.records && count <= RARE.share * total),
  );
  return new Set(rare.map(({ name }) => name));
}

/** An event lies where its newest row that needs a person lies. */
const NEWEST_FIRST: Order = {
  by: [
    ["start", "number"],
    ["deploymentID", "text"],
    ["event", "text"],
  ],
  direction: "desc",
};
/** Rows read at once. */
const WINDOW = 1000;
/** Rows looked at for one page: where little waits in a large archive, a page holds less than was asked for, and `next` goes on. */
const LOOKED_MAX = 50_000;
/** Events asked about in one statement. */
const ASKED_TOGETHER = 100;

/** Rows of imports may name no event: each is one of its own. */
const EVENT = sql<string>`coalesce(${sql.ref("o.eventID")}, ${sql.ref("o.observationID")})`;

type Place = readonly (number | string)[];

/** Events of a project that need a person; an empty page with `next` means that none was found yet. **Errors:** BAD_CURSOR */
export async function reviewQueue(
  db: Db,
  filter: QueueFilter,
  page: Page,
): Promise<{ events: EventJson[]; next: string | null }> {
  const rare = await rareNames(db, filter.projectID);
  const place = placeOf(NEWEST_FIRST, page);
  const found: EventKey[] = [];
  const seen = new Set<string>();
  let after: Place | undefined = place;
  let looked = 0;
  let isEnd = false;
  while (found.length <= page.limit && looked < LOOKED_MAX && !isEnd) {
    const rows = await newestRows(db, filter, rare, after);
    const fresh: EventKey[] = [];
    for (const { isOpen, ...row } of rows) {
      const key = `${row.deploymentID}\n${row.event}`;
      if (!isOpen || seen.has(key)) continue;
      seen.add(key);
      fresh.push(row);
    }
    for (let at = 0; at < fresh.length && found.length <= page.limit; at += ASKED_TOGETHER) {
      const some = fresh.slice(at, at + ASKED_TOGETHER);
      found.push(...(place ? await notBefore(db, filter, rare, { place, some }) : some));
    }
    const last = rows.at(-1);
    if (last) after = [last.start, last.deploymentID, last.event];
    looked += rows.length;
    isEnd = rows.length < WINDOW;
  }
  const { rows, next } = cut(found, NEWEST_FIRST, page);
  const events = await eventsJson(db, filter.projectID, rows, (row, others) =>
    reasonsOf(row, others, rare),
  );
  const goOn = isEnd || !after ? null : cursorAt(after);
  return { events, next: next ?? goOn };
}

const cursorAt = ([start, deploymentID, event]: Place): string =>
  cursorOf({ start, deploymentID, event }, NEWEST_FIRST);

/** The next rows in the order of time, and whether each needs a person. */
async function newestRows(
  db: Db,
  filter: QueueFilter,
  rare: ReadonlySet<string>,
  after: Place | undefined,
): Promise<(EventKey & { isOpen: boolean })[]> {
  let query = rowsOf(db, filter)
    .select(["o.deploymentID", EVENT.as("event"), "o.eventStart as start"])
    .select((row) =>
      row
        .case()
        .when(needsPerson(row as unknown as Where, filter.reason, rare))
        .then(sql.lit(1))
        .else(sql.lit(0))
        .end()
        .as("isOpen"),
    )
    .orderBy("o.eventStart", "desc")
    .orderBy("o.deploymentID", "desc")
    .orderBy(EVENT, "desc")
    .limit(WINDOW);
  if (after) {
    const [start, deploymentID, event] = after;
    query = query
      // Said once more, so that it is found by the index.
      .where("o.eventStart", "<=", start as number)
      .where(
        sql<SqlBool>`(${sql.ref("o.eventStart")}, ${sql.ref("o.deploymentID")}, ${EVENT}) < (cast(${start} as bigint), ${deploymentID}, ${event})`,
      );
  }
  const rows = await query.execute();
  return rows.map(({ isOpen, ...row }) => ({ ...row, isOpen: Number(isOpen) === 1 }));
}

/** Without the events that an earlier page has shown: those with a newer row that needs a person. */
async function notBefore(
  db: Db,
  filter: QueueFilter,
  rare: ReadonlySet<string>,
  { place, some }: { place: Place; some: EventKey[] },
): Promise<EventKey[]> {
  const [start, deploymentID, event] = place;
  const shown = await rowsOf(db, filter)
    .select(["o.deploymentID", EVENT.as("event")])
    .where((row) => needsPerson(row as unknown as Where, filter.reason, rare))
    .where((row) =>
      row.or(
        some.map((one) =>
          row.and([row("o.deploymentID", "=", one.deploymentID), row("o.eventID", "=", one.event)]),
        ),
      ),
    )
    .where(
      sql<SqlBool>`(${sql.ref("o.eventStart")}, ${sql.ref("o.deploymentID")}, ${EVENT}) >= (cast(${start} as bigint), ${deploymentID}, ${event})`,
    )
    .execute();
  const keys = new Set(shown.map((row) => `${row.deploymentID}\n${row.event}`));
  return some.filter((one) => !keys.has(`${one.deploymentID}\n${one.event}`));
}

/** Rows that the counts look at, the newest: the first page asks for them, and whoever has more of them waiting knows it. */
const COUNTED_ROWS_MAX = 10_000;

/**
 * How many events wait, by reason; for the first page of the dashboard. One pass over the events, not one for each reason: an
 * event disagrees when its labels are not all the same and one of them is the machine's.
 * @returns also `isPartial`: there are older rows that were not looked at
 */
export async function queueCounts(db: Db, projectID: string) {
  const rare = await rareNames(db, projectID);
  const newest = db
    .selectFrom("observations")
    .crossJoin("deployments")
    .whereRef("deployments.deploymentID", "=", "observations.deploymentID")
    .where("deployments.projectID", "=", projectID)
    .where("observations.replacedBy", "is", null)
    .orderBy("observations.eventStart", "desc")
    .orderBy("observations.observationID", "desc")
    .selectAll("observations")
    .limit(COUNTED_ROWS_MAX);
  const label = sql<string>`${sql.ref("o.observationType")} || '/' || coalesce(${sql.ref("o.scientificName")}, '')`;
  const events = db
    .selectFrom(newest.as("o"))
    .groupBy([
      "o.deploymentID",
      sql`coalesce(${sql.ref("o.eventID")}, ${sql.ref("o.observationID")})`,
    ])
    .select((row) => {
      const eb = row as unknown as Where;
      const any = (condition: Expression<SqlBool>, name: string) =>
        eb.fn
          .max<number>(
            eb
              .case()
              .when(eb.and([condition, eb("o.cameraSetupType", "is", null)]))
              .then(sql.lit(1))
              .else(sql.lit(0))
              .end(),
          )
          .as(name);
      return [
        any(eb("o.flag", "is not", null), "flagged"),
        any(isUnsure(eb), "unsure"),
        any(isRare(eb, rare), "rare"),
        any(isMachine(eb), "machine"),
        sql<number>`case when min(${label}) = max(${label}) then 0 else 1 end`.as("mixed"),
        eb.fn.countAll<number>().as("rows"),
      ];
    });
  const sumOf = (condition: string) =>
    sql<number>`coalesce(sum(case when ${sql.raw(condition)} then 1 else 0 end), 0)`;
  const row = await db
    .selectFrom(events.as("events"))
    .select([
      sumOf("flagged = 1 or unsure = 1 or rare = 1 or (mixed = 1 and machine = 1)").as("any"),
      sumOf("flagged = 1").as("flagged"),
      sumOf("unsure = 1").as("unsure"),
      sumOf("mixed = 1 and machine = 1").as("disagreeing"),
      sumOf("rare = 1").as("rare"),
      sumOf("flagged = 1 or machine = 1").as("all"),
      sql<number>`coalesce(sum("rows"), 0)`.as("looked"),
    ])
    .executeTakeFirstOrThrow();
  const [any, flagged, unsure, disagreeing] = [row.any, row.flagged, row.unsure, row.disagreeing];
  const counts = { any, flagged, unsure, disagreeing, rare: row.rare, all: row.all };
  for (const name of Object.keys(counts) as (keyof typeof counts)[]) {
    counts[name] = Number(counts[name]);
  }
  return { ...counts, isPartial: Number(row.looked) >= COUNTED_ROWS_MAX };
}

/** What the queue is made of. */
function rowsOf(db: Db, filter: QueueFilter) {
  const { projectID, siteID, cameraID, observationType, from, to } = filter;
  let query = db
    .selectFrom("observations as o")
    // So written SQLite goes through them in the order of time, and does not begin with the deployments.
    .crossJoin("deployments")
    .whereRef("deployments.deploymentID", "=", "o.deploymentID")
    .where("deployments.projectID", "=", projectID)
    .where("o.replacedBy", "is", null)
    .where("o.cameraSetupType", "is", null);
  if (siteID !== undefined) query = query.where("deployments.siteID", "=", siteID);
  if (cameraID !== undefined) query = query.where("o.cameraID", "=", cameraID);
  if (observationType) query = query.where("o.observationType", "=", observationType);
  if (from !== undefined) query = query.where("o.eventStart", ">=", from);
  if (to !== undefined) query = query.where("o.eventStart", "<", to);
  return query;
}

function needsPerson(eb: Where, reason: Reason | undefined, rare: ReadonlySet<string>) {
  const isFlagged = eb("o.flag", "is not", null);
  if (reason === "all") return eb.or([isFlagged, isMachine(eb)]);
  if (reason === "flagged") return isFlagged;
  if (reason === "unsure") return isUnsure(eb);
  if (reason === "disagreeing") return isDisagreeing(eb);
  if (reason === "rare") return isRare(eb, rare);
  return eb.or([isFlagged, isUnsure(eb), isDisagreeing(eb), isRare(eb, rare)]);
}

/** The same for a row that was read. */
export function reasonsOf(
  row: ObservationRow,
  others: readonly ObservationRow[],
  rare: ReadonlySet<string>,
): Reason[] {
  const reasons: Reason[] = row.flag === null ? [] : ["flagged"];
  if (row.classificationMethod !== "machine") return reasons;
  const below = UNSURE_BELOW[row.observationType];
  if (below === undefined || (row.classificationProbability ?? 0) < below) reasons.push("unsure");
  const isOther = (other: ObservationRow) =>
    other.observationType !== row.observationType ||
    (other.scientificName ?? "") !== (row.scientificName ?? "");
  if (row.eventID !== null && others.some(isOther)) reasons.push("disagreeing");
  if (rare.has(row.scientificName ?? "")) reasons.push("rare");
  return reasons;
}
