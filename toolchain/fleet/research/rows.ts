/**
 * Between rows of the database and rows of a package, field by field along the tables of camtrap-dp.ts: a time is seconds and
 * offset, a truth value 0 or 1, exifData JSON, and what is absent null.
 */
import type { Field } from "./camtrap-dp.ts";
import { datetimeOf, momentOf } from "./times.ts";

type Values = Record<string, unknown>;

/** @param row with the columns that the fields name */
export function packageRow<T>(fields: readonly Field[], row: object): T {
  const values = row as Values;
  const made: Values = {};
  for (const { name, type } of fields) {
    const value = values[name];
    if (value === null || value === undefined) continue;
    if (type === "datetime") {
      made[name] = datetimeOf(value as number, values[`${name}OffsetMin`] as number | null);
    } else if (type === "boolean") made[name] = value === 1;
    else made[name] = type === "any" ? JSON.parse(value as string) : value;
  }
  return made as T;
}

/**
 * Every column of the fields, null where the row says nothing.
 * @returns the name of the field that is no time, instead
 */
export function databaseRow(fields: readonly Field[], row: object): Values | string {
  const values = row as Values;
  const made: Values = {};
  for (const { name, type } of fields) {
    const value = values[name];
    if (type === "datetime") {
      const moment = typeof value === "string" ? momentOf(value) : undefined;
      if (value !== undefined && !moment) return name;
      made[name] = moment?.seconds ?? null;
      made[`${name}OffsetMin`] = moment?.offsetMin ?? null;
    } else if (value === undefined) made[name] = null;
    else if (type === "boolean") made[name] = value ? 1 : 0;
    else made[name] = type === "any" ? JSON.stringify(value) : value;
  }
  return made;
}
