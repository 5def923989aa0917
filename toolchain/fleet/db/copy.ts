/**
 * Moves an embedded database into an empty PostgreSQL: every table, the referred ones first, then rows and a checksum of each
 * table compared. The checksum is the sum of the rows' hashes, so that the order in which each database tells them is no matter.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { CompiledQuery } from "kysely";
import Libsql from "libsql";
import { inputError, integrityError } from "../../errors.ts";
import { DATABASE_FILE, type Db, openDatabase } from "./open.ts";
import { openPostgres } from "./postgres.ts";

/** 41 columns at most: below PostgreSQL's 65535 values in one statement. */
const PAGE = 1000;
/** The last two are made by the database that observations are copied into. */
const NOT_COPIED = ["schema_versions", "observation_sums", "observation_versions"];
/** Rows that migrations write into an empty database. */
const SEEDED: Record<string, number> = { organisations: 1, projects: 1 };

export interface CopiedTable {
  table: string;
  rows: number;
  checksum: string;
}

type Row = Record<string, unknown>;

/** **Errors:** as openDatabase and openPostgres; DATABASE_NOT_EMPTY (exit 3), COPY_DIFFERS (exit 7) */
export async function copyToPostgres(
  dataDir: string,
  url: string,
  nowMs: number,
): Promise<CopiedTable[]> {
  // The lock keeps servers away, and both ends come to the newest version.
  const source = await openDatabase(dataDir, nowMs);
  try {
    const target = await openPostgres(url, nowMs, () => {});
    const raw = new Libsql(join(dataDir, DATABASE_FILE), { readonly: true });
    try {
      const tables = tablesOf(raw);
      await target.db.transaction().execute(async (transaction) => {
        for (const table of tables) await requireEmpty(transaction, table);
        for (const table of Object.keys(SEEDED).reverse()) {
          await transaction.deleteFrom(table as never).execute();
        }
        for (const table of tables) {
          for (const rows of pages(raw, table)) {
            await transaction
              .insertInto(table as never)
              .values(rows as never)
              .execute();
          }
        }
        await advanceSequences(transaction);
      });
      return await compare(raw, target.db, tables);
    } finally {
      raw.close();
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** Tables that refer to others come after them. */
function tablesOf(raw: Libsql.Database): string[] {
  const names = raw
    .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
    .all()
    .map((row) => (row as { name: string }).name)
    .filter((name) => !NOT_COPIED.includes(name))
    .sort();
  const ordered: string[] = [];
  const visit = (name: string): void => {
    if (ordered.includes(name)) return;
    const references = raw.prepare(`select "table" from pragma_foreign_key_list(?)`).all(name);
    for (const { table } of references as { table: string }[]) if (table !== name) visit(table);
    ordered.push(name);
  };
  for (const name of names) visit(name);
  return ordered;
}

function* pages(raw: Libsql.Database, table: string): Generator<Row[]> {
  const next = raw.prepare(
    `select rowid as "rowid_", * from "${table}" where rowid > ? order by rowid limit ${PAGE}`,
  );
  for (let after = -1; ; ) {
    const rows = next.all(after) as (Row & { rowid_: number })[];
    if (rows.length === 0) return;
    after = rows.at(-1)?.rowid_ ?? after;
    yield rows.map(({ rowid_: _, ...row }) => row);
  }
}

async function requireEmpty(db: Db, table: string): Promise<void> {
  const row = (await db
    .selectFrom(table as "cameras")
    .select(({ fn }) => fn.countAll<number>().as("rows"))
    .executeTakeFirstOrThrow()) as { rows: number };
  if (row.rows <= (SEEDED[table] ?? 0)) return;
  const text = `the PostgreSQL database holds rows already (${table})`;
  throw inputError("DATABASE_NOT_EMPTY", text, "copy into a new, empty database");
}

/** Numbers go on after the highest that was copied. */
async function advanceSequences(db: Db): Promise<void> {
  const { rows } = await db.executeQuery<{ table: string; column: string }>(
    CompiledQuery.raw(
      `select table_name as "table", column_name as "column" from information_schema.columns
       where table_schema = current_schema() and column_default like 'nextval(%'`,
    ),
  );
  for (const { table, column } of rows) {
    const sequence = `pg_get_serial_sequence('"${table}"', '${column}')`;
    const highest = `(select max("${column}") from "${table}")`;
    await db.executeQuery(
      CompiledQuery.raw(
        `select setval(${sequence}, coalesce(${highest}, 1), ${highest} is not null)`,
      ),
    );
  }
}

async function compare(raw: Libsql.Database, db: Db, tables: string[]): Promise<CopiedTable[]> {
  const copied: CopiedTable[] = [];
  for (const table of tables) {
    const here = new Sum();
    for (const rows of pages(raw, table)) for (const row of rows) here.add(row);
    const there = await sumThere(db, table);
    if (here.rows !== there.rows || here.checksum !== there.checksum) {
      throw integrityError(
        "COPY_DIFFERS",
        `${table} has ${here.rows} rows here and ${there.rows} there, or other content`,
        "the PostgreSQL database is not to be used; the embedded one is unchanged",
      );
    }
    copied.push({ table, rows: here.rows, checksum: here.checksum });
  }
  return copied;
}

function sumThere(db: Db, table: string): Promise<Sum> {
  return db.transaction().execute(async (transaction) => {
    const sum = new Sum();
    const run = (text: string) => transaction.executeQuery<Row>(CompiledQuery.raw(text));
    await run(`declare every cursor for select * from "${table}"`);
    for (;;) {
      const { rows } = await run(`fetch ${PAGE} from every`);
      if (rows.length === 0) return sum;
      for (const row of rows) sum.add(row);
    }
  });
}

class Sum {
  rows = 0;
  #total = 0n;

  add(row: Row): void {
    const entries = Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1));
    const hash = createHash("sha256").update(JSON.stringify(entries)).digest("hex");
    this.#total = BigInt.asUintN(256, this.#total + BigInt(`0x${hash}`));
    this.rows++;
  }

  get checksum(): string {
    return this.#total.toString(16).padStart(64, "0");
  }
}
