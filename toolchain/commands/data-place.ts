/** Which data a command works on: a server's by --server and --token, or a stopped server's folder by --data. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type CommandInput, textOption } from "../command-line.ts";
import { inputError, usageError } from "../errors.ts";
import { type FleetClient, fleetClient } from "../fleet/client.ts";
import { DATABASE_FILE, type Db, openDatabase } from "../fleet/db/open.ts";
import { type ObjectFolder, openObjects } from "../fleet/objects.ts";

/** **Errors:** MISSING_OPTION, BAD_SERVER */
export function clientOf(input: CommandInput, command: string): FleetClient {
  const token = textOption(input, "token") ?? process.env.THICKET_TOKEN;
  if (!token) {
    throw usageError(
      "MISSING_OPTION",
      `${command} needs --token, or --data DIR of a stopped server`,
      "the token is what `toolchain serve` printed on its first start; THICKET_TOKEN works too",
    );
  }
  return fleetClient(textOption(input, "server") ?? "http://127.0.0.1:8700", token);
}

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
