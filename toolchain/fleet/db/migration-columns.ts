/** A short way to write the columns of wide tables in migrations: name to type, "!" for one that is never null. */
import type { CreateTableBuilder } from "kysely";

type ColumnType = "text" | "integer" | "bigint" | "double precision";

/** Columns in the order given. */
export function withColumns(
  table: CreateTableBuilder<string>,
  columns: Record<string, ColumnType | `${ColumnType}!`>,
): CreateTableBuilder<string> {
  let builder = table;
  for (const [name, type] of Object.entries(columns)) {
    builder = builder.addColumn(name, type.replace("!", "") as ColumnType, (column) =>
      type.endsWith("!") ? column.notNull() : column,
    );
  }
  return builder;
}
