/** The one text of a JSON value that is signed: sorted keys, no spaces, whole numbers (OLPC Canonical JSON, as TUF uses it). */
import { inputError } from "../errors.ts";

/** **Errors:** NOT_CANONICAL for what has no such form: fractions, undefined, functions. */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return `"${value.replace(/["\\]/g, "\\$&")}"`;
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value === "object") {
    const entries = Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${canonicalJson(key)}:${canonicalJson(item)}`).join(",")}}`;
  }
  throw inputError(
    "NOT_CANONICAL",
    `${String(value)} cannot be signed: only text and whole numbers`,
  );
}
