/** Rows as CSV text, a batch at a time: quoting by csv-stringify, lines end in "\n", an absent value is an empty cell. */
import { stringify } from "csv-stringify/sync";
import type { Field } from "../camtrap-dp.ts";

const BATCH = 1000;

export type Cells = readonly unknown[];

export async function* csvChunks(
  header: readonly string[],
  rows: AsyncIterable<Cells>,
): AsyncGenerator<string> {
  yield stringify([[...header]]);
  let batch: string[][] = [];
  for await (const row of rows) {
    batch.push(row.map(cellText));
    if (batch.length < BATCH) continue;
    yield stringify(batch);
    batch = [];
  }
  if (batch.length) yield stringify(batch);
}

/** Columns in the order of the fields. @param onRow sees each row as it passes */
export async function* tableChunks<T extends object>(
  fields: readonly Field[],
  rows: AsyncIterable<T> | Iterable<T>,
  onRow: (row: T) => void = () => {},
): AsyncGenerator<string> {
  const names = fields.map(({ name }) => name);
  yield stringify([names]);
  let batch: string[][] = [];
  for await (const row of rows) {
    onRow(row);
    batch.push(names.map((name) => cellText(row[name as keyof T])));
    if (batch.length < BATCH) continue;
    yield stringify(batch);
    batch = [];
  }
  if (batch.length) yield stringify(batch);
}

/** csv-stringify would write 1 for true. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number") return Number.isNaN(value) ? "" : String(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
