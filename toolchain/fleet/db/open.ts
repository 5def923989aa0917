/**
 * Opens the embedded database: libsql through its better-sqlite3-like interface under Kysely, WAL, synchronous=FULL
 * (a commit is on the disk before anybody hears of it). One process per data folder, held by a lock that dies with it.
 */
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { Kysely, type SqliteDatabase, SqliteDialect, type SqliteStatement } from "kysely";
import Libsql from "libsql";
import { type AppError, inputError, integrityError, isAppError } from "../../errors.ts";
import { migrate } from "./migrate.ts";
import type { AnyDatabase, Dialect } from "./migrations.ts";
import type { Tables } from "./tables.ts";

export type Db = Kysely<Tables>;

export const DATABASE_FILE = "thicket.sqlite";
const LOCK_FILE = "lock.sqlite";
/** Statements are kept compiled: preparing one costs as much as running it. */
const STATEMENTS_MAX = 256;
/** Up to this size every page is checked before use; it takes about 2 s per GB. */
const CHECK_BYTES_MAX = 256 * 1024 * 1024;

export interface OpenDatabase {
  db: Db;
  /** PostgreSQL may be shared with other servers; the embedded database never is. */
  dialect: Dialect;
  /** Schema versions applied by this start. */
  applied: number[];
  /** Rejects while the database does not answer. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** **Errors:** DATA_IN_USE, DATABASE_DAMAGED, DATABASE_NEWER, DATA_UNWRITABLE */
export async function openDatabase(dataDir: string, nowMs: number): Promise<OpenDatabase> {
  const lock = takeLock(dataDir);
  const file = join(dataDir, DATABASE_FILE);
  let raw: Libsql.Database | undefined;
  try {
    raw = new Libsql(file);
    raw.pragma("journal_mode = WAL");
    raw.pragma("synchronous = FULL");
    raw.pragma("foreign_keys = ON");
    if (statSync(file).size <= CHECK_BYTES_MAX) quickCheck(raw, file);
    const db = new Kysely<Tables>({
      dialect: new SqliteDialect({ database: cachingDatabase(raw) }),
    });
    const applied = await migrate(db as unknown as AnyDatabase, "sqlite", nowMs);
    const opened = raw;
    const close = async () => {
      // libsql closes for good only when its statements are collected: the log is emptied now, by ourselves.
      opened.pragma("wal_checkpoint(TRUNCATE)");
      await db.destroy();
      lock.close();
    };
    // In the same process: it answers as long as we do.
    return { db, dialect: "sqlite", applied, check: async () => {}, close };
  } catch (error) {
    raw?.close();
    lock.close();
    throw asAppError(error, file);
  }
}

/**
 * An SQLite lock, because the system drops it when the process dies, however it dies.
 * The database itself stays readable for other tools.
 */
function takeLock(dataDir: string): Libsql.Database {
  const file = join(dataDir, LOCK_FILE);
  let lock: Libsql.Database | undefined;
  try {
    lock = new Libsql(file);
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock?.close();
    throw asAppError(error, file);
  }
}

function quickCheck(raw: Libsql.Database, file: string): void {
  const [row] = raw.prepare("PRAGMA quick_check(1)").all() as { quick_check: string }[];
  if (row?.quick_check !== "ok") throw damaged(file, row?.quick_check ?? "no answer");
}

const damaged = (file: string, what: string): AppError =>
  integrityError(
    "DATABASE_DAMAGED",
    `the database ${file} is damaged (${what})`,
    "restore a backup, or move the file away to start with an empty database",
  );

function asAppError(error: unknown, file: string): unknown {
  if (isAppError(error)) return error;
  const { code = "", message = "" } = error as { code?: string; message?: string };
  if (code === "SQLITE_BUSY") {
    return inputError(
      "DATA_IN_USE",
      `another fleet server is using ${dirname(file)}`,
      "stop it, or choose another folder with --data",
    );
  }
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return damaged(file, message);
  if (/^SQLITE_(CANTOPEN|READONLY|FULL|IOERR|PERM)/.test(code) || /Unable to open/.test(message)) {
    return inputError(
      "DATA_UNWRITABLE",
      `cannot write the database ${file} (${code || "cannot open it"})`,
      "check the folder's rights and free space, or choose another with --data",
    );
  }
  return error;
}

/** What Kysely needs of a driver, with compiled statements kept and values checked before they reach native code. */
function cachingDatabase(raw: Libsql.Database): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => raw.close(),
    prepare(text) {
      const known = statements.get(text);
      if (known) {
        // Back to the end: the first key of the map is the one unused for longest.
        statements.delete(text);
        statements.set(text, known);
        return known;
      }
      // What a compiled `select *` has for columns may be others now.
      if (/^\s*(alter|drop|create)\b/i.test(text)) statements.clear();
      const statement = guarded(raw.prepare(text));
      statements.set(text, statement);
      const oldest = statements.size > STATEMENTS_MAX ? statements.keys().next().value : undefined;
      if (oldest !== undefined) statements.delete(oldest);
      return statement;
    },
  };
}

/**
 * Rows come as lists and are named here: libsql takes almost twice as long to make objects. All rows of a statement then have
 * one shape, too, which is what makes reading them quick.
 */
function guarded(statement: Libsql.Statement): SqliteStatement {
  const { reader } = statement as unknown as SqliteStatement;
  const names = reader ? statement.columns().map(({ name }) => name) : [];
  if (reader) statement.raw(true);
  const named = (row: unknown): Record<string, unknown> => {
    const values = row as unknown[];
    const made: Record<string, unknown> = {};
    for (let index = 0; index < names.length; index++) made[names[index]!] = values[index];
    return made;
  };
  return {
    reader,
    all: (values) => statement.all(checked(values)).map(named),
    run: (values) => {
      const { changes, lastInsertRowid } = statement.run(checked(values));
      return { changes, lastInsertRowid };
    },
    *iterate(values) {
      for (const row of statement.iterate(checked(values))) yield named(row);
    },
  };
}

/** libsql 0.5 aborts the process on a boolean and cuts a text at its first NUL: both are bugs of ours if they get here. */
function checked(values: readonly unknown[]): readonly unknown[] {
  for (const value of values) {
    const isFine =
      value === null ||
      (typeof value === "number" && Number.isFinite(value)) ||
      (typeof value === "string" && !value.includes("\0"));
    if (!isFine) throw new TypeError(`cannot store ${typeof value} ${String(value).slice(0, 40)}`);
  }
  return values;
}
