/**
 * One CSV cell as a typed value, or what is wrong with it. No file, no row: importers of any shape can use it.
 * Source: https://camtrap-dp.tdwg.org/data (missingValues, datetime format %Y-%m-%dT%H:%M:%S%z); Table Schema booleans.
 */
import type { Field } from "./camtrap-dp.ts";

export interface CellResult {
  /** Absent where the cell is empty. */
  value?: unknown;
  problem?: string;
}

const MISSING = new Set(["", "NA", "NaN", "nan"]);
const BOOLEANS = new Map<string, boolean>(
  [true, false].flatMap((value) => {
    const word = String(value);
    const capital = word[0]!.toUpperCase() + word.slice(1);
    return [word, capital, word.toUpperCase(), value ? "1" : "0"].map((text) => [text, value]);
  }),
);
const DATETIME = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(Z|[+-]\d\d:?\d\d)$/;

type Reader = (text: string) => CellResult;

const READERS: Record<Field["type"], Reader> = {
  string: (text) => ({ value: text }),
  any: (text) => ({ value: parsedJson(text) }),
  number: (text) => numberOf(text, "a number", Number.isFinite),
  integer: (text) => numberOf(text, "a whole number", Number.isInteger),
  boolean: (text) =>
    BOOLEANS.has(text) ? { value: BOOLEANS.get(text) } : wrong(text, "true or false"),
  datetime,
};

/**
 * @param field type and range of the column
 * @param text the cell as it stands in the file
 */
export function cellValue(field: Field, text: string): CellResult {
  if (MISSING.has(text)) return field.isRequired ? { problem: "must not be empty" } : {};
  const result = READERS[field.type](text);
  return result.problem ? result : { ...result, ...outOfRange(field, text, result.value) };
}

function outOfRange(field: Field, text: string, value: unknown): CellResult {
  const { minimum, maximum, oneOf, pattern } = field;
  if (oneOf && !oneOf.includes(text)) return wrong(text, `one of ${oneOf.join(", ")}`);
  if (pattern && !pattern.test(text)) return wrong(text, `like ${pattern.source}`);
  if (minimum !== undefined && (value as number) < minimum)
    return wrong(text, `${minimum} or more`);
  if (maximum !== undefined && (value as number) > maximum)
    return wrong(text, `${maximum} or less`);
  return {};
}

const wrong = (text: string, wanted: string): CellResult => ({
  problem: `must be ${wanted}, not "${text.length > 60 ? `${text.slice(0, 57)}...` : text}"`,
});

function numberOf(text: string, what: string, isFit: (value: number) => boolean): CellResult {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return isFit(value) ? { value } : wrong(text, what);
}

/** Seconds and an offset, as the standard wants; +0200 becomes +02:00. */
function datetime(text: string): CellResult {
  const [, date, time, offset = ""] = DATETIME.exec(text) ?? [];
  const iso = `${date}T${time}${offset.replace(/(\d\d):?(\d\d)$/, "$1:$2")}`;
  const isDay = date !== undefined && isCalendarDay(date);
  if (!isDay || Number.isNaN(Date.parse(iso))) {
    return wrong(text, "a time like 2024-05-17T06:30:00Z or ...+02:00");
  }
  return { value: iso };
}

/** 30 February parses, as 1 March. */
function isCalendarDay(date: string): boolean {
  const ms = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
}

/** exifData is a JSON text; what is not JSON stays text. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
