/** Which data a command works on: a server's by --server and --token, or a stopped server's folder by --data. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { CommandInput } from "../command-line.ts";
import { inputError } from "../errors.ts";
import type { FleetClient } from "../fleet/client.ts";
import { DATABASE_FILE, type Db, openDatabase } from "../fleet/db/open.ts";
import { type ObjectFolder, openObjects } from "../fleet/objects.ts";
import { fleetOf } from "./fleet-of.ts";

/** **Errors:** MISSING_OPTION, BAD_SERVER */
export const clientOf = (input: CommandInput, command: string): FleetClient =>
  fleetOf(input, `${command} needs --token, or --data DIR of a stopped server`);

/** **Errors:** NO_DATA, DATA_IN_USE, and what the database has to say */
export async function withDataFolder<T>(
  dataDir: string,
  body: (db: Db, objects: ObjectFolder) => Promise<T>,
): Promise<T> {
  if (!existsSync(join(dataDir, DATABASE_FILE))) {
    throw inputError(
      "NO_DATA",
      `${dataDir} is not the folder of a fleet server`,
      `it would hold ${DATABASE_FILE}`,
    );
  }
  const { db, close } = await openDatabase(dataDir, Date.now());
  try {
    return await body(db, openObjects(join(dataDir, "objects")));
  } finally {
    await close();
  }
}
