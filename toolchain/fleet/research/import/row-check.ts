/** Rows that came as JSON, against the tables of the standard: what a reader of CSV files checks on the way. */
import type { Field } from "../camtrap-dp.ts";
import { cellValue } from "../cell-value.ts";
import { cellText } from "../export/csv.ts";

const JSON_TYPES: Record<Field["type"], string | undefined> = {
  ...{ string: "string", datetime: "string", number: "number", integer: "number" },
  ...{ boolean: "boolean", any: undefined },
};

/** @returns what is wrong with the first row that is, in words */
export function rowsProblem(fields: readonly Field[], rows: unknown[]): string | undefined {
  for (const [index, row] of rows.entries()) {
    if (typeof row !== "object" || row === null) return `row ${index}: not an object`;
    for (const field of fields) {
      const problem = valueProblem(field, (row as Record<string, unknown>)[field.name]);
      if (problem) return `row ${index}, ${field.name}: ${problem}`;
    }
  }
  return undefined;
}

function valueProblem(field: Field, value: unknown): string | undefined {
  if (value === undefined) return field.isRequired ? "must be there" : undefined;
  const wanted = JSON_TYPES[field.type];
  if (wanted === undefined) return undefined;
  if (typeof value !== wanted) return `must be a ${wanted}`;
  if (typeof value === "string" && value.includes("\0")) return "must be text";
  return cellValue(field, cellText(value)).problem;
}
