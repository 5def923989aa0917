/**
 * The events that need a person, newest first: those where the machine was not sure, where labels of one event disagree, where an
 * animal is rare or watched for, and those that somebody flagged.
 */
import { type SqlBool, sql } from "kysely";
import type { ObservationType } from "../../../device/protocol/records.ts";
import type { Db } from "../db/open.ts";
import { cursorOf, cut, type Order, type Page, placeOf } from "../pages.ts";
import { type EventJson, type EventKey, eventsJson } from "./event-json.ts";
import { needsPerson, type Reason, rareNames, reasonsOf, type Where } from "./queue-reasons.ts";

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

/** What the queue is made of. */
function rowsOf(db: Db, filter: QueueFilter) {
  const { projectID, siteID, cameraID, observationType, from, to } = filter;
  let query = db
    .selectFrom("observations as o")
    // As in store/placed-observations.ts.
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
