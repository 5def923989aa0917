/** A CSV file with a header as objects of texts, row by row, with the line of each. */
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { pipeline } from "node:stream";
import { parse } from "csv-parse";
import { fileProblem, inputError } from "../../../errors.ts";

export interface CsvRow {
  line: number;
  cells: Record<string, string>;
}

/**
 * @param columns that must be there
 * **Errors:** FILE_UNREADABLE, BAD_CSV
 */
export async function* csvRows(file: string, columns: readonly string[]): AsyncGenerator<CsvRow> {
  const parser = parse({
    ...{ bom: true, info: true, columns: true, relax_column_count: false, skip_empty_lines: true },
  });
  pipeline(createReadStream(file), parser, () => {
    // An error also ends the iteration below, where it is told.
  });
  let isFirst = true;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: Record<string, string>;
      info: { lines: number };
    }>) {
      const missing = isFirst ? columns.find((name) => !(name in record)) : undefined;
      if (missing) throw inputError("BAD_CSV", `${basename(file)} line 1: no column ${missing}`);
      isFirst = false;
      yield { line: info.lines, cells: record };
    }
  } catch (error) {
    const {
      code = "",
      lines,
      message,
    } = error as { code?: string; lines?: number; message: string };
    if (code.startsWith("CSV_")) {
      throw inputError("BAD_CSV", `${basename(file)} line ${lines ?? 0}: ${message}`);
    }
    if (code.startsWith("E")) {
      throw inputError("FILE_UNREADABLE", `cannot read ${file}: ${fileProblem(error)}`);
    }
    throw error;
  }
}
