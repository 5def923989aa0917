/**
 * Reads a Camtrap DP folder row by row: CSV to typed rows, nothing held in memory. A bad cell is named by file, line and field.
 * What relations between tables say (foreign keys) is not checked here. Columns may come in any order; unknown ones are noted.
 * Source: https://camtrap-dp.tdwg.org/data; Table Schema's missing values and booleans.
 */
import { createReadStream, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream";
import { parse } from "csv-parse";
import { fileProblem, inputError } from "../../errors.ts";
import {
  DEPLOYMENT_FIELDS,
  type Deployment,
  type Field,
  MEDIA_FIELDS,
  type Media,
  OBSERVATION_FIELDS,
  type Observation,
} from "./camtrap-dp.ts";
import { cellValue } from "./cell-value.ts";

/** One thing wrong with one cell or row. */
export interface RowProblem {
  file: string;
  /** Line in the file, the header is 1. */
  line: number;
  field: string;
  message: string;
}

export interface ReadOptions {
  /** Called for each row that cannot be read, which is then passed over. Without it the first one is thrown. */
  onProblem?: (problem: RowProblem) => void;
  /** Called with the line of each row that is read, before the row is. */
  onLine?: (line: number) => void;
  /** Called once for a column that the standard does not know. Its values are not read. */
  onUnknownColumn?: (file: string, column: string) => void;
}

interface Resource {
  name: string;
  path: string;
}

export interface CamtrapPackage {
  folder: string;
  /** datapackage.json as it stands. */
  descriptor: Record<string, unknown>;
  deployments(options?: ReadOptions): AsyncIterable<Deployment>;
  media(options?: ReadOptions): AsyncIterable<Media>;
  observations(options?: ReadOptions): AsyncIterable<Observation>;
  /** Rows of a further table by its fields, or undefined where the package has none of that name. */
  table<T extends object>(
    name: string,
    fields: readonly Field<keyof T & string>[],
    options?: ReadOptions,
  ): AsyncIterable<T> | undefined;
}

const HINT =
  "a Camtrap DP package is a folder with datapackage.json, deployments, media, observations";

/**
 * @param path the folder, or its datapackage.json
 * **Errors:** PACKAGE_UNREADABLE, PACKAGE_INVALID; while reading PACKAGE_ROW
 */
export function openPackage(path: string): CamtrapPackage {
  const file = isFolder(path) ? join(path, "datapackage.json") : path;
  const folder = dirname(file);
  const descriptor = readDescriptor(file);
  const resources = resourcesOf(descriptor, file);
  const fileOf = (name: string): string => {
    const resource = resources.find((one) => one.name === name);
    if (!resource) throw inputError("PACKAGE_INVALID", `${file} has no resource "${name}"`, HINT);
    return join(folder, resource.path);
  };
  return {
    folder,
    descriptor,
    deployments: (options) => readTable(fileOf("deployments"), DEPLOYMENT_FIELDS, options),
    media: (options) => readTable(fileOf("media"), MEDIA_FIELDS, options),
    observations: (options) => readTable(fileOf("observations"), OBSERVATION_FIELDS, options),
    table: (name, fields, options) =>
      resources.some((one) => one.name === name)
        ? readTable(fileOf(name), fields, options)
        : undefined,
  };
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw inputError("PACKAGE_UNREADABLE", `cannot read ${path}: ${fileProblem(error)}`, HINT);
  }
}

function readDescriptor(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw inputError("PACKAGE_UNREADABLE", `cannot read ${file}: ${fileProblem(error)}`, HINT);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (value && typeof value === "object" && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below, as for any other text that is not a descriptor.
  }
  throw inputError("PACKAGE_INVALID", `${file} is not a JSON object`, HINT);
}

/** Resources in files of the folder. Inline data and addresses are none of ours; a path out of the folder is refused. */
function resourcesOf(descriptor: Record<string, unknown>, file: string): Resource[] {
  const { resources } = descriptor;
  if (!Array.isArray(resources)) {
    throw inputError("PACKAGE_INVALID", `${file} has no list of resources`, HINT);
  }
  return resources.flatMap((resource: Partial<Resource> | null) => {
    const { name, path } = resource ?? {};
    if (typeof name !== "string" || typeof path !== "string") return [];
    if (/^\w+:\/\//.test(path) || path.startsWith("/") || path.split(/[\\/]/).includes("..")) {
      throw inputError(
        "PACKAGE_INVALID",
        `${file}: resource "${name}" must be a file of the folder, not ${path}`,
        HINT,
      );
    }
    return [{ name, path }];
  });
}

/**
 * Rows of one CSV file.
 * @param fields columns of the standard, with types and ranges
 * **Errors:** PACKAGE_UNREADABLE, PACKAGE_ROW
 */
export async function* readTable<T extends object>(
  file: string,
  fields: readonly Field<keyof T & string>[],
  { onProblem, onLine, onUnknownColumn }: ReadOptions = {},
): AsyncGenerator<T> {
  const report = (problem: Omit<RowProblem, "file">) => {
    if (!onProblem) throw rowError({ file, ...problem });
    onProblem({ file, ...problem });
  };
  let columns: (Field | undefined)[] | undefined;
  let width = 0;
  const seen = new Set<unknown>();
  for await (const { record, info } of records(file)) {
    if (!columns) {
      width = record.length;
      columns = columnsOf(file, fields, record, onUnknownColumn);
      continue;
    }
    if (record.length !== width) {
      const message = `has ${record.length} values for ${width} columns`;
      report({ line: info.lines, field: "", message });
      continue;
    }
    const row: Record<string, unknown> = {};
    const problem = fillRow(row, columns, record, seen);
    if (problem) report({ line: info.lines, ...problem });
    else {
      onLine?.(info.lines);
      yield row as T;
    }
  }
  if (!columns) report({ line: 1, field: "", message: "has no header" });
}

export const rowError = ({ file, line, field, message }: RowProblem) =>
  inputError(
    "PACKAGE_ROW",
    `${basename(file)} line ${line}${field ? `, ${field}` : ""}: ${message}`,
    `in ${dirname(file)}`,
  );

interface ParsedRecord {
  record: string[];
  info: { lines: number };
}

async function* records(file: string): AsyncGenerator<ParsedRecord> {
  const parser = parse({
    ...{ bom: true, info: true, relax_column_count: true, skip_empty_lines: true },
  });
  pipeline(createReadStream(file), parser, () => {
    // An error also ends the iteration below, where it is told.
  });
  try {
    yield* parser as AsyncIterable<ParsedRecord>;
  } catch (error) {
    const {
      code = "",
      lines,
      message,
    } = error as { code?: string; lines?: number; message: string };
    if (!code.startsWith("CSV_")) {
      throw inputError("PACKAGE_UNREADABLE", `cannot read ${file}: ${fileProblem(error)}`, HINT);
    }
    throw rowError({ file, line: lines ?? 0, field: "", message: `not CSV: ${message}` });
  }
}

/** Fields by position of the file's columns. A column that is required and absent cannot be passed over. */
function columnsOf(
  file: string,
  fields: readonly Field[],
  header: string[],
  onUnknownColumn: ReadOptions["onUnknownColumn"],
): (Field | undefined)[] {
  const byName = new Map(fields.map((field) => [field.name, field]));
  for (const { name, isRequired } of fields) {
    if (isRequired && !header.includes(name)) {
      throw rowError({ file, line: 1, field: name, message: "column is missing" });
    }
  }
  const twice = header.find((name, i) => byName.has(name) && header.indexOf(name) !== i);
  if (twice) throw rowError({ file, line: 1, field: twice, message: "column is there twice" });
  return header.map((name) => {
    const field = byName.get(name);
    if (!field) onUnknownColumn?.(file, name);
    return field;
  });
}

/** Puts values into row; the first problem, if any. */
function fillRow(
  row: Record<string, unknown>,
  columns: (Field | undefined)[],
  record: string[],
  seen: Set<unknown>,
): { field: string; message: string } | undefined {
  for (const [i, field] of columns.entries()) {
    if (!field) continue;
    const { value, problem } = cellValue(field, record[i] ?? "");
    if (problem) return { field: field.name, message: problem };
    if (value === undefined) continue;
    if (field.isUnique) {
      if (seen.has(value)) return { field: field.name, message: `"${value}" is there twice` };
      seen.add(value);
    }
    row[field.name] = value;
  }
  return undefined;
}
