/**
 * How well a camera did on labelled photographs: accuracy, recall of each group, and who was taken for whom.
 * Labels are a CSV with a header that has the columns `file` and `group` (animal, human, vehicle, blank).
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inputError } from "../errors.ts";

export interface PhotographScore {
  /** Photographs with a label, and of them right. */
  labelled: number;
  right: number;
  accuracy: number;
  /** Mean recall of the groups present. */
  balanced: number;
  recall: Record<string, { labelled: number; right: number; recall: number }>;
  /** confusion[group][observationType] = how many. */
  confusion: Record<string, Record<string, number>>;
}

/**
 * Labels of a folder, by file name, or undefined when it has no labels.csv.
 *
 * **Errors:** BAD_LABELS when the columns are missing.
 */
export function readLabels(folder: string): Map<string, string> | undefined {
  const file = join(folder, "labels.csv");
  if (!existsSync(file)) return undefined;
  const rows = parseCsv(readFileSync(file, "utf8"));
  const header = rows.shift() ?? [];
  const [name, group] = [header.indexOf("file"), header.indexOf("group")];
  if (name < 0 || group < 0)
    throw inputError("BAD_LABELS", `${file} has no columns named file and group`);
  return new Map(rows.map((row) => [row[name] ?? "", row[group] ?? ""]));
}

export function scorePhotographs(
  results: { frame: string; observationType: string }[],
  labels: Map<string, string>,
): PhotographScore {
  const confusion: PhotographScore["confusion"] = {};
  for (const { frame, observationType } of results) {
    const group = labels.get(frame);
    if (!group) continue;
    confusion[group] ??= {};
    const row = confusion[group];
    row[observationType] = (row[observationType] ?? 0) + 1;
  }
  const recall: PhotographScore["recall"] = {};
  let labelled = 0;
  let right = 0;
  for (const [group, row] of Object.entries(confusion)) {
    const count = Object.values(row).reduce((sum, n) => sum + n, 0);
    recall[group] = { labelled: count, right: row[group] ?? 0, recall: (row[group] ?? 0) / count };
    labelled += count;
    right += row[group] ?? 0;
  }
  const groups = Object.values(recall);
  return {
    labelled,
    right,
    accuracy: labelled ? right / labelled : 0,
    balanced: groups.length
      ? groups.reduce((sum, { recall }) => sum + recall, 0) / groups.length
      : 0,
    recall,
    confusion,
  };
}

/** The score as lines for a terminal. */
export function scoreLines(score: PhotographScore): string[] {
  const { labelled, right, accuracy, balanced, recall, confusion } = score;
  if (!labelled) return ["none of these photographs is in labels.csv"];
  const types = [...new Set(Object.values(confusion).flatMap((row) => Object.keys(row)))].sort();
  const row = (cells: string[]) =>
    cells.map((cell, i) => (i ? cell.padStart(12) : cell.padEnd(16))).join("");
  return [
    `accuracy ${accuracy.toFixed(3)} (${right} of ${labelled}), balanced ${balanced.toFixed(2)}`,
    row(["true \\ seen as", ...types, "recall"]),
    ...Object.keys(confusion)
      .sort()
      .map((group) =>
        row([
          group,
          ...types.map((type) => String(confusion[group]?.[type] ?? 0)),
          (recall[group]?.recall ?? 0).toFixed(2),
        ]),
      ),
  ];
}

/** Rows of a CSV text: commas, double quotes doubled inside quotes, any line ends. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const match of text.matchAll(/("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/g)) {
    const [all, cell = "", end] = match;
    if (all === "") break;
    const isQuoted = cell.startsWith('"');
    rows[rows.length - 1]?.push(isQuoted ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end !== ",") rows.push([]);
  }
  return rows.filter((row) => row.some((cell) => cell !== ""));
}
