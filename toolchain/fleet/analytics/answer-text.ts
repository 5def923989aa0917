/** Answers as lines for a terminal: figures first, then the table, then what they rest on. Text said by every answer is said once. */
import type { Answer, Cell, Estimate } from "./answer.ts";

export function answersText(answers: readonly Answer[]): string[] {
  const common = answers.length > 1 ? sharedBy(answers) : [];
  const lines = answers.flatMap((one, i) => [...(i > 0 ? [""] : []), ...answerText(one, common)]);
  return common.length > 0 ? [...lines, "", "for all of them:", ...listed(common)] : lines;
}

const sharedBy = ([first, ...rest]: readonly Answer[]): string[] =>
  first?.assumptions.filter((text) => rest.every((one) => one.assumptions.includes(text))) ?? [];

const listed = (texts: readonly string[]): string[] => texts.map((text) => `  - ${text}`);

function answerText(one: Answer, common: readonly string[]): string[] {
  const own = one.assumptions.filter((text) => !common.includes(text));
  const figures = Object.entries(one.estimates);
  const observed = Object.entries(one.observed ?? {});
  const width = Math.max(0, ...[...observed, ...figures].map(([name]) => name.length));
  return [
    `${one.analysis}${one.of ? `: ${one.of}` : ""} (n = ${one.n} ${one.nOf}, ${number(one.effortDays)} trap-nights)`,
    ...(one.refusal === undefined ? [] : [`  no figure: ${one.refusal}`]),
    ...observed.map(([name, value]) => `  ${name.padEnd(width)}  ${number(value)} observed`),
    ...figures.map(([name, estimate]) => `  ${name.padEnd(width)}  ${estimateText(estimate)}`),
    ...(one.table && one.table.rows.length > 0 ? tableText(one.table) : []),
    ...listed(own),
  ];
}

function estimateText({ value, unit, standardError, interval }: Estimate): string {
  return [
    number(value),
    ...(unit ? [unit] : []),
    ...(standardError === undefined ? [] : [`± ${number(standardError)}`]),
    ...(interval
      ? [
          `(${number(interval.low)} to ${number(interval.high)}, ${Math.round(interval.level * 100)} %, ${interval.method})`,
        ]
      : []),
  ].join(" ");
}

function tableText({ columns, rows }: { columns: string[]; rows: Cell[][] }): string[] {
  const cells = [columns, ...rows.map((row) => row.map(cellText))];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  return cells.map((row) =>
    `    ${row.map((cell, i) => cell.padEnd(widths[i]!)).join("  ")}`.trimEnd(),
  );
}

const cellText = (cell: Cell): string =>
  cell === null ? "-" : typeof cell === "number" ? number(cell) : String(cell);

/** Whole numbers as they are, others with five significant digits. */
export const number = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)));
