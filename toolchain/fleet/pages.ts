/**
 * Lists by pages. A cursor is a place in the order of the rows, never a number of them, so that a page neither repeats nor skips when
 * rows come and go; what is in it is nobody's business but ours. Every list that can grow without bound goes through here.
 */
import { type SelectQueryBuilder, type SqlBool, sql } from "kysely";
import Type from "typebox";
import { httpError } from "./http-errors.ts";

/** What a list's route takes beside its filters. `before` is an older name of `cursor`. */
export const PAGE_QUERY = {
  limit: Type.Optional(Type.String({ maxLength: 20 })),
  cursor: Type.Optional(Type.String({ maxLength: 1000 })),
};
export const PageQuery = Type.Object(PAGE_QUERY);

export interface Page {
  limit: number;
  /** `next` of the page before; undefined for the first. */
  cursor: string | undefined;
}

/** Columns that are never null, the last of them unique, all in one direction. */
export interface Order {
  by: readonly (readonly [column: string, kind: "number" | "text"])[];
  direction: "asc" | "desc";
}

/** Of a list that pages are usually shown of. */
const ROWS = { usual: 50, max: 200 };
/** Of a list that most readers want whole: a reader that knows of no pages sees no difference in a small fleet. */
export const WHOLE = { usual: 1000, max: 1000 };

/** **Errors:** BAD_REQUEST */
export function pageOf(
  query: { limit?: string; cursor?: string; before?: string },
  { usual, max } = ROWS,
): Page {
  const limit = Number(query.limit ?? usual);
  if (!Number.isInteger(limit) || limit < 1 || limit > max) {
    throw httpError("BAD_REQUEST", `limit must be a whole number from 1 to ${max}`);
  }
  return { limit, cursor: query.cursor ?? query.before };
}

/** One page of what a query finds. **Errors:** BAD_CURSOR */
export async function readPage<DB, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  order: Order,
  page: Page | undefined,
): Promise<{ rows: Row[]; next: string | null }> {
  let ordered = query;
  for (const [column] of order.by) ordered = ordered.orderBy(sql.ref(column), order.direction);
  if (!page) return { rows: await ordered.execute(), next: null };
  const place = placeOf(order, page);
  if (place) {
    const columns = sql.join(order.by.map(([column]) => sql.ref(column)));
    const beyond = order.direction === "asc" ? sql`>` : sql`<`;
    // Row values compare in the order of an index, on SQLite and PostgreSQL alike.
    ordered = ordered.where(sql<SqlBool>`(${columns}) ${beyond} (${sql.join(place.map(asValue))})`);
  }
  return cut(await ordered.limit(page.limit + 1).execute(), order, page);
}

/** One page of a list that is in memory, in its order. **Errors:** BAD_CURSOR */
export function pageIn<Row extends object>(rows: Row[], order: Order, page: Page) {
  const place = placeOf(order, page);
  const rest = place ? rows.filter((row) => isBeyond(row, order, place)) : rows;
  return cut(rest.slice(0, page.limit + 1), order, page);
}

/** The place that a cursor names; undefined for the first page. **Errors:** BAD_CURSOR */
export function placeOf({ by }: Order, { cursor }: Page): (number | string)[] | undefined {
  // An empty one was always the first page.
  if (!cursor) return undefined;
  try {
    const place = JSON.parse(Buffer.from(cursor, "base64url").toString()) as unknown[];
    const isOne = by.every(([, kind], index) => isKind(place[index], kind));
    if (place.length === by.length && isOne) return place as (number | string)[];
  } catch {
    // Falls through: whatever it was, it is not one of ours.
  }
  throw httpError("BAD_CURSOR");
}

/** @param rows one more than the page holds, when there are more */
export function cut<Row>(rows: Row[], order: Order, { limit }: Page) {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? cursorOf(last as object, order) : null;
  return { rows: shown, next };
}

/** Whatever a number came from, it may be larger than its column. */
const asValue = (value: number | string) =>
  typeof value === "number" ? sql`cast(${value} as bigint)` : sql`${value}`;

const isKind = (value: unknown, kind: "number" | "text"): boolean =>
  kind === "number"
    ? Number.isSafeInteger(value)
    : typeof value === "string" && !value.includes("\0");

const valuesOf = (row: object, { by }: Order): (number | string)[] =>
  by.map(([column, kind]) => {
    const value = row[column.split(".").at(-1) as keyof typeof row];
    return kind === "number" ? Number(value) : value;
  });

/** The place of a row, for the page after it. */
export const cursorOf = (row: object, order: Order): string =>
  Buffer.from(JSON.stringify(valuesOf(row, order))).toString("base64url");

function isBeyond(row: object, order: Order, place: (number | string)[]): boolean {
  const values = valuesOf(row, order);
  const at = values.findIndex((value, index) => value !== place[index]);
  if (at < 0) return false;
  const isLater = (values[at] as number) > (place[at] as number);
  return isLater === (order.direction === "asc");
}
