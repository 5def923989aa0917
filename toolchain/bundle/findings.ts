/**
 * What a check reports: one problem at one place, and how it is written as a line.
 */

export interface Finding {
  /** Source file as the user would type it, or the name given to the bundle when there is no source map. */
  file: string;
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
  /** Short name of the rule, for machines. */
  rule: string;
  /** What is wrong and what to write instead. */
  message: string;
}

export const findingLine = ({ file, line, column, message }: Finding): string =>
  `${file}:${line}:${column}: ${message}`;

const SHOWN_MAX = 20;

/** All findings as text, one line each; the rest is counted. */
export function findingText(findings: readonly Finding[]): string {
  const lines = findings.slice(0, SHOWN_MAX).map(findingLine);
  if (findings.length > SHOWN_MAX) lines.push(`... and ${findings.length - SHOWN_MAX} more`);
  return lines.join("\n");
}

/** In reading order, without repetition (two rules may see the same thing). */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const sorted = [...findings].sort(
    (a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column,
  );
  return sorted.filter((finding, index) => {
    const before = sorted[index - 1];
    return !before || findingLine(before) !== findingLine(finding);
  });
}
