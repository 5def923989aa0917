/**
 * Reads a source map (version 3, https://tc39.es/ecma426/): where a place of the bundle comes from, and how many
 * bytes of the bundle each source file caused.
 */

export interface RawSourceMap {
  mappings: string;
  sources: readonly (string | null)[];
  /** Names as the source has them, where the bundle has others. */
  names?: readonly string[];
}

export interface Place {
  file: string;
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
}

interface Segment {
  column: number;
  /** Index into sources, or -1 for generated text without a source. */
  source: number;
  line: number;
  sourceColumn: number;
  /** Index into names, or -1. */
  name: number;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

export class SourceLocator {
  private readonly code: string;
  private readonly fallback: string;
  private readonly sources: readonly (string | null)[];
  private readonly names: readonly string[];
  private readonly lineStarts: number[];
  private readonly lines: Segment[][];

  constructor(code: string, map: RawSourceMap | undefined, fallback: string) {
    this.code = code;
    this.fallback = fallback;
    this.sources = map?.sources ?? [];
    this.names = map?.names ?? [];
    this.lineStarts = [0];
    for (let at = code.indexOf("\n"); at >= 0; at = code.indexOf("\n", at + 1)) {
      this.lineStarts.push(at + 1);
    }
    this.lines = map ? decode(map.mappings) : [];
  }

  /** Source of the character at this offset of the bundle. */
  place(offset: number): Place {
    const { row, column } = this.rowAndColumn(offset);
    const best = this.segments(row, column)
      .filter(({ source }) => source >= 0)
      .at(-1);
    if (!best) return { file: this.fallback, line: row + 1, column: column + 1 };
    return {
      file: this.sources[best.source] ?? this.fallback,
      line: best.line + 1,
      column: best.sourceColumn + 1,
    };
  }

  /** What the source calls the thing whose name stands at this offset; undefined when the map does not say. */
  name(offset: number): string | undefined {
    const { row, column } = this.rowAndColumn(offset);
    const here = this.segments(row, column).at(-1);
    return here?.column === column ? this.names[here.name] : undefined;
  }

  private rowAndColumn(offset: number): { row: number; column: number } {
    let row = this.lineStarts.length - 1;
    while ((this.lineStarts[row] as number) > offset) row -= 1;
    return { row, column: offset - (this.lineStarts[row] as number) };
  }

  /** Of a row, up to a column. */
  private segments(row: number, column: number): Segment[] {
    const all = this.lines[row] ?? [];
    const after = all.findIndex((segment) => segment.column > column);
    return after < 0 ? all : all.slice(0, after);
  }

  /** Bytes of the (ASCII) bundle by source file, largest first. Text without a source counts for `other`. */
  bytesBySource(other: string): { name: string; bytes: number }[] {
    const bytes = new Map<string, number>();
    const add = (source: number, count: number) => {
      const name = this.sources[source] ?? other;
      if (count > 0) bytes.set(name, (bytes.get(name) ?? 0) + count);
    };
    this.lineStarts.forEach((start, row) => {
      const end = this.lineStarts[row + 1] ?? this.code.length;
      const segments = this.lines[row] ?? [];
      add(-1, (segments[0]?.column ?? end - start) - 0);
      segments.forEach(({ column, source }, index) => {
        add(source, (segments[index + 1]?.column ?? end - start) - column);
      });
    });
    return [...bytes]
      .map(([name, count]) => ({ name, bytes: count }))
      .sort((a, b) => b.bytes - a.bytes || a.name.localeCompare(b.name));
  }
}

function decode(mappings: string): Segment[][] {
  let source = 0;
  let line = 0;
  let sourceColumn = 0;
  let name = 0;
  return mappings.split(";").map((row) => {
    let column = 0;
    return row
      .split(",")
      .filter(Boolean)
      .map((text) => {
        const [columnStep = 0, sourceStep, lineStep = 0, sourceColumnStep = 0, nameStep] =
          numbers(text);
        column += columnStep;
        if (sourceStep === undefined) {
          return { column, source: -1, line: 0, sourceColumn: 0, name: -1 };
        }
        source += sourceStep;
        line += lineStep;
        sourceColumn += sourceColumnStep;
        name += nameStep ?? 0;
        return { column, source, line, sourceColumn, name: nameStep === undefined ? -1 : name };
      });
  });
}

/** Base-64 variable-length quantities: 5 bits a digit, the sixth says "more follows", the lowest is the sign. */
function numbers(text: string): number[] {
  const found: number[] = [];
  let value = 0;
  let shift = 0;
  for (const char of text) {
    const digit = DIGITS.indexOf(char);
    value += (digit & 31) * 2 ** shift;
    shift += 5;
    if (digit & 32) continue;
    found.push(value % 2 ? -Math.floor(value / 2) : value / 2);
    value = 0;
    shift = 0;
  }
  return found;
}
