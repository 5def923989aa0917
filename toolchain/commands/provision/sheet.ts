/** The list of cameras to provision (CSV) and the list of what is done, kept beside it. */
import { existsSync } from "node:fs";
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { inputError } from "../../errors.ts";
import { readInput, writeWhole } from "../../files.ts";

const COLUMNS = ["name", "site", "group", "latitude", "longitude"];
const NEEDED = ["name", "site"];
const DONE_COLUMNS = ["name", "site", "cameraID", "fingerprint", "server", "time"];
/** What a camera keeps of a name. */
const NAME_BYTES_MAX = 40;

export interface SheetRow {
  name: string;
  site: string;
  group?: string;
  latitude?: number;
  longitude?: number;
}

export interface DoneRow {
  name: string;
  site: string;
  cameraID: string;
  fingerprint: string;
  server: string;
  time: string;
}

/** **Errors:** FILE_UNREADABLE, BAD_SHEET with the line */
export function readSheet(file: string): SheetRow[] {
  const rows = records(file);
  const [first] = rows;
  if (!first) throw bad(file, "it has no cameras", `first line: ${COLUMNS.join(",")}`);
  const strange = Object.keys(first).find((column) => !COLUMNS.includes(column));
  const missing = NEEDED.find((column) => !(column in first));
  if (strange || missing) {
    const what = missing ? `column ${missing} is missing` : `no column is called "${strange}"`;
    throw bad(file, what, `columns: ${COLUMNS.join(", ")}`);
  }
  const seen = new Set<string>();
  return rows.map((row, index) => {
    const at = `line ${index + 2}`;
    const { name = "", site = "", group = "", latitude = "", longitude = "" } = row;
    for (const [column, text] of Object.entries({ name, site })) {
      if (text === "" || Buffer.byteLength(text) > NAME_BYTES_MAX) {
        throw bad(file, `${at}: ${column} must have 1 to ${NAME_BYTES_MAX} bytes`);
      }
    }
    if (seen.has(name)) throw bad(file, `${at}: "${name}" is there twice`);
    seen.add(name);
    if ((latitude === "") !== (longitude === "")) {
      throw bad(file, `${at}: give latitude and longitude, or neither`);
    }
    return {
      ...{ name, site },
      ...(group && { group }),
      ...(latitude && {
        latitude: degrees(file, at, "latitude", latitude, 90),
        longitude: degrees(file, at, "longitude", longitude, 180),
      }),
    };
  });
}

/** [] where nothing was done yet. **Errors:** FILE_UNREADABLE, BAD_SHEET */
export function readDone(file: string): DoneRow[] {
  if (!existsSync(file)) return [];
  const rows = records(file);
  if (rows.some((row) => DONE_COLUMNS.some((column) => !(column in row)))) {
    throw bad(file, "not a list of provisioned cameras", `columns: ${DONE_COLUMNS.join(", ")}`);
  }
  return rows as unknown as DoneRow[];
}

export function writeDone(file: string, rows: DoneRow[]): void {
  writeWhole(file, Buffer.from(stringify(rows, { header: true, columns: DONE_COLUMNS })));
}

function records(file: string): Record<string, string>[] {
  try {
    return parse(readInput(file), { columns: true, trim: true, bom: true, skip_empty_lines: true });
  } catch (error) {
    const { code = "", message } = error as Error & { code?: string };
    if (!code.startsWith("CSV_")) throw error;
    throw bad(file, message);
  }
}

function degrees(file: string, at: string, column: string, text: string, limit: number): number {
  const value = Number(text);
  if (Math.abs(value) <= limit) return value;
  throw bad(file, `${at}: ${column} must be decimal degrees, -${limit} to ${limit}, not "${text}"`);
}

const bad = (file: string, what: string, hint?: string) =>
  inputError("BAD_SHEET", `${file}: ${what}`, hint);
