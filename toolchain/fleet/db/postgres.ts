/**
 * Opens PostgreSQL instead of the embedded database. Several servers may share it. Writing transactions take turns under one
 * advisory lock, as they do in SQLite: what is decided from rows that were read (roll-outs, layers of configuration) cannot be
 * overtaken, and changes are numbered in the order in which they become visible.
 */
import {
  CompiledQuery,
  type DatabaseConnection,
  HandleEmptyInListsPlugin,
  Kysely,
  PostgresDialect,
  PostgresDriver,
  replaceWithNoncontingentExpression,
} from "kysely";
import pg from "pg";
import { type AppError, inputError, isAppError, networkError } from "../../errors.ts";
import { migrate } from "./migrate.ts";
import type { AnyDatabase } from "./migrations.ts";
import type { OpenDatabase } from "./open.ts";
import type { Tables } from "./tables.ts";

const CONNECTIONS_MAX = 10;
const CONNECT_MS_MAX = 5000;
/** Any number that nobody else uses in this database: "thic". */
const LOCK = 0x74686963;
const BIGINT = 20;
const NUMERIC = 1700;

/**
 * @param url postgres://user:password@host:port/database
 * @param onProblem a connection that broke while nobody used it
 * **Errors:** BAD_DATABASE_URL (exit 3), DATABASE_NEWER (exit 7), DATABASE_UNREACHABLE, DATABASE_REFUSED (exit 8)
 */
export async function openPostgres(
  url: string,
  nowMs: number,
  onProblem: (message: string) => void,
): Promise<OpenDatabase> {
  const place = placeOf(url);
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    keepAlive: true,
    application_name: "thicket",
    types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
  });
  pool.on("error", (error) => onProblem(`database ${place}: ${error.message}`));
  // One that breaks between two statements of a transaction: the next statement fails, and that is where it is dealt with.
  pool.on("connect", (client) => client.on("error", () => {}));
  const db = new Kysely<Tables>({
    dialect: new TurnTakingDialect({ pool }),
    // An empty list is a question without rows in SQLite, a syntax error here.
    plugins: [new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression })],
  });
  try {
    const applied = await migrate(db as unknown as AnyDatabase, "postgres", nowMs);
    return {
      db,
      dialect: "postgres",
      applied,
      check: async () => {
        await db.executeQuery(CompiledQuery.raw("select 1"));
      },
      close: () => db.destroy(),
    };
  } catch (error) {
    await db.destroy();
    throw asAppError(error, place);
  }
}

/** Counts, times and sequences stay below 2^53: numbers, not the texts that pg makes of them. */
const parserOf = (oid: number, format?: "text" | "binary") =>
  (oid === BIGINT || oid === NUMERIC) && format !== "binary"
    ? Number
    : pg.types.getTypeParser(oid, format as "text");

class TurnTakingDialect extends PostgresDialect {
  readonly #config: ConstructorParameters<typeof PostgresDialect>[0];

  constructor(config: ConstructorParameters<typeof PostgresDialect>[0]) {
    super(config);
    this.#config = config;
  }

  override createDriver(): PostgresDriver {
    return new TurnTakingDriver(this.#config);
  }
}

class TurnTakingDriver extends PostgresDriver {
  override async beginTransaction(
    connection: DatabaseConnection,
    settings: Parameters<PostgresDriver["beginTransaction"]>[1],
  ): Promise<void> {
    await super.beginTransaction(connection, settings);
    if (settings.accessMode === "read only") return;
    await connection.executeQuery(CompiledQuery.raw(`select pg_advisory_xact_lock(${LOCK})`));
  }
}

/** What may be shown: no password. */
function placeOf(url: string): string {
  const parsed = /^postgres(ql)?:\/\//.test(url) && URL.canParse(url) ? new URL(url) : undefined;
  if (parsed) return `${parsed.host || "localhost"}${parsed.pathname}`;
  throw inputError(
    "BAD_DATABASE_URL",
    "the database's address is not understood",
    "example: postgres://user:password@localhost:5432/thicket",
  );
}

function asAppError(error: unknown, place: string): unknown {
  if (isAppError(error)) return error;
  const { code = "", message = "" } = error as { code?: string; message?: string };
  const known = REFUSALS.find(([codes]) => codes.test(code || message));
  if (!known) return error;
  const [, name, what, hint] = known;
  return networkError(name, `${what} ${place} (${message || code})`, hint) satisfies AppError;
}

const REFUSALS: [codes: RegExp, name: string, what: string, hint: string][] = [
  [/^28/, "DATABASE_REFUSED", "the database does not let us in:", "check user and password"],
  [/^3D000/, "DATABASE_REFUSED", "there is no such database:", "create it with createdb"],
  [
    /^42501/,
    "DATABASE_REFUSED",
    "the user may not make tables in",
    "grant it create on the schema",
  ],
  [
    /^(ECONN|ENOTFOUND|EAI_|EHOST|ENET|ETIMEDOUT|ENOENT|08|53|57P0)|timeout|terminated/,
    ...(["DATABASE_UNREACHABLE", "the database does not answer:"] as const),
    "is PostgreSQL running there, and does it take connections from here?",
  ],
];
