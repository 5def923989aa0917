/** Rows as CSV text, a batch at a time: quoting by csv-stringify, lines end in "\n", an absent value is an empty cell. */
import { stringify } from "csv-stringify/sync";
import type { Field } from "../camtrap-dp.ts";

const BATCH = 1000;
export type Cells = readonly unknown[];

/** What makes a cell need quotes. */
const SPECIAL = /[",\n\r]/;

export async function* csvChunks(
  header: readonly string[],
  rows: AsyncIterable<Cells>,
): AsyncGenerator<string> {
  yield csvLine(header);
  let text = "";
  let lines = 0;
  for await (const row of rows) {
    text += csvLine(row.map(cellText));
    if (++lines % BATCH > 0) continue;
    yield text;
    text = "";
  }
  if (text) yield text;
}

/** Columns in the order of the fields. @param onRow sees each row as it passes */
export async function* tableChunks<T extends object>(
  fields: readonly Field[],
  rows: AsyncIterable<T> | Iterable<T>,
  onRow: (row: T) => void = () => {},
): AsyncGenerator<string> {
  const names = fields.map(({ name }) => name);
  yield csvLine(names);
  let text = "";
  let lines = 0;
  for await (const row of rows) {
    onRow(row);
    text += csvLine(names.map((name) => cellText(row[name as keyof T])));
    if (++lines % BATCH > 0) continue;
    yield text;
    text = "";
  }
  if (text) yield text;
}

/** Few rows need the library, which looks at each sign of each cell. */
function csvLine(cells: readonly string[]): string {
  for (const cell of cells) if (SPECIAL.test(cell)) return stringify([[...cells]]);
  return `${cells.join(",")}\n`;
}

/** csv-stringify would write 1 for true. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number") return Number.isNaN(value) ? "" : String(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
