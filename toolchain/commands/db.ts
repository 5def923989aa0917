/** `toolchain db`: back up and restore a server's data, bring a database up to date, move it to PostgreSQL. */
import { resolve } from "node:path";
import { type CommandFunction, type CommandInput, textOption, verbOf } from "../command-line.ts";
import { EXIT, usageError } from "../errors.ts";
import { backUp, restoreBackup } from "../fleet/db/backup.ts";
import { copyToPostgres } from "../fleet/db/copy.ts";
import { openDatabase } from "../fleet/db/open.ts";
import { openPostgres } from "../fleet/db/postgres.ts";
import type { Io } from "../log.ts";

interface Call {
  input: CommandInput;
  /** Words after the verb. */
  words: string[];
  dataDir: string;
  databaseUrl: string | undefined;
  io: Io;
}

const VERBS: Record<string, (call: Call) => Promise<void>> = { backup, restore, migrate, copy };

export const run: CommandFunction = async (input, io) => {
  const { action, words } = verbOf(input, "db", VERBS);
  // What is written is for the one who runs the server.
  process.umask(0o077);
  const dataDir = resolve(textOption(input, "data") ?? "thicket-data");
  const databaseUrl = textOption(input, "database-url") ?? process.env.THICKET_DATABASE_URL;
  await action({ input, words, dataDir, databaseUrl, io });
  return EXIT.ok;
};

async function backup({ input, words, dataDir, io }: Call): Promise<void> {
  const folder = folderIn(words, "backup");
  const { files, bytes } = await backUp(dataDir, folder, Date.now());
  say(input, io, { folder, files, bytes }, `${folder}: ${files} files, ${bytes} bytes`);
}

async function restore({ input, words, dataDir, io }: Call): Promise<void> {
  const { files, bytes } = await restoreBackup(folderIn(words, "restore"), dataDir);
  const text = `${dataDir}: ${files} files, ${bytes} bytes, every hash as in the manifest`;
  say(input, io, { dataDir, files, bytes }, text);
}

async function migrate({ input, dataDir, databaseUrl, io }: Call): Promise<void> {
  const { applied, close } = databaseUrl
    ? await openPostgres(databaseUrl, Date.now(), () => {})
    : await openDatabase(dataDir, Date.now());
  await close();
  const text = applied.length ? `now at version ${applied.at(-1)}` : "it is up to date";
  say(input, io, { applied }, text);
}

async function copy({ input, dataDir, databaseUrl, io }: Call): Promise<void> {
  if (!databaseUrl) {
    const hint = "example: --database-url postgres://user:password@localhost/thicket";
    throw usageError("MISSING_OPTION", "db copy needs --database-url", hint);
  }
  const tables = await copyToPostgres(dataDir, databaseUrl, Date.now());
  if (input.options.json) return io.out(JSON.stringify({ tables }));
  for (const { table, rows, checksum } of tables) {
    io.out(`${table.padEnd(20)} ${String(rows).padStart(9)} rows  ${checksum.slice(0, 16)}`);
  }
  io.out("Rows and checksums agree. Pictures and releases stay in the data folder.");
}

function say({ options }: CommandInput, io: Io, result: object, text: string): void {
  io.out(options.json ? JSON.stringify(result) : text);
}

function folderIn([folder]: string[], verb: string): string {
  if (folder) return resolve(folder);
  throw usageError("MISSING_ARGUMENT", `db ${verb} needs a folder`, "toolchain db --help");
}
