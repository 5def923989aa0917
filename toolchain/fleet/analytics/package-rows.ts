/** Rows for analyses out of a Camtrap DP package. Media are not read: no analysis needs them. */
import type { Field } from "../research/camtrap-dp.ts";
import type { CamtrapPackage, ReadOptions } from "../research/read-package.ts";
import type { Failure, Rows } from "./rows.ts";

const FAILURE_FIELDS: readonly Field<keyof Failure>[] = [
  { name: "deploymentID", type: "string", isRequired: true },
  { name: "failureStart", type: "datetime", isRequired: true },
  { name: "failureEnd", type: "datetime", isRequired: true },
];

interface Note {
  note(line: string): void;
}

/** @param notes told about columns that are not read */
export async function packageRows(source: CamtrapPackage, notes: Note): Promise<Rows> {
  const options: ReadOptions = {
    onUnknownColumn: (file, column) => notes.note(`${file}: column "${column}" is not read`),
  };
  const failures = source.table<Failure>("failures", FAILURE_FIELDS, options);
  return {
    deployments: await all(source.deployments(options)),
    observations: await all(source.observations(options)),
    ...(failures && { failures: await all(failures) }),
  };
}

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const row of rows) list.push(row);
  return list;
}
