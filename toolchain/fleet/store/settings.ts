/**
 * What an administrator says of the server: its name, the time zone in which its days begin, map tiles. One row, the same for
 * everybody, so nothing of one owner belongs in it.
 */
import type { Db } from "../db/open.ts";

export interface ServerSettings {
  /** "" where nobody gave it one. */
  name: string;
  /** IANA name, or "": that of whoever looks. */
  timeZone: string;
  /** Null: maps are drawn without, and no other server is asked for anything. */
  tiles: MapTiles | null;
}

export interface MapTiles {
  /** With {z}, {x} and {y}. */
  url: string;
  /** Whose map it is; plain text. */
  attribution: string;
}

const NONE: ServerSettings = { name: "", timeZone: "", tiles: null };
const ROW = "server";

export async function serverSettings(db: Db): Promise<ServerSettings> {
  const row = await db
    .selectFrom("settings")
    .select("settings")
    .where("name", "=", ROW)
    .executeTakeFirst();
  return row ? { ...NONE, ...(JSON.parse(row.settings) as Partial<ServerSettings>) } : NONE;
}

export async function saveServerSettings(
  db: Db,
  settings: ServerSettings,
  nowMs: number,
): Promise<void> {
  const row = { settings: JSON.stringify(settings), changedMs: nowMs };
  await db
    .insertInto("settings")
    .values({ name: ROW, ...row })
    .onConflict((conflict) => conflict.column("name").doUpdateSet(row))
    .execute();
}

/** "" or what is wrong with the settings. */
export function settingsProblem({ timeZone, tiles }: ServerSettings): string {
  if (timeZone && !isTimeZone(timeZone)) return zoneProblem(timeZone);
  if (!tiles) return "";
  if (!tileOrigin(tiles)) return `tiles.url: "${tiles.url}" is no http or https address`;
  for (const part of ["{z}", "{x}", "{y}"]) {
    if (!tiles.url.includes(part)) return `tiles.url: ${part} is missing`;
  }
  if (/\{(?![zxy]\})/.test(tiles.url)) return "tiles.url: only {z}, {x} and {y} are filled in";
  return "";
}

export const zoneProblem = (timeZone: string): string =>
  `timeZone: "${timeZone}" is no time zone; write one such as Africa/Johannesburg`;

export function isTimeZone(name: string): boolean {
  try {
    // Offsets such as +02:00 are understood too, but they know no summer time.
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat("en", { timeZone: name }) !== null;
  } catch {
    return false;
  }
}

/** Where tiles come from, "" for nowhere: what the page's Content-Security-Policy lets in beside the server itself. */
export function tileOrigin(tiles: MapTiles | null): string {
  if (!tiles) return "";
  // Braces may stand in the path only: one host, the one that was named.
  const [, origin = ""] = tiles.url.match(/^(https?:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?)\//) ?? [];
  return URL.canParse(origin) ? origin : "";
}
