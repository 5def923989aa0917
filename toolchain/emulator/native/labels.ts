/** What photographs really show, from a labels.csv beside them, and how often the camera agreed. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inputError } from "../../errors.ts";

/** Group (animal, human, vehicle, blank) by file name. */
export type Labels = Map<string, string>;

/** Read `labels.csv` of a folder; undefined when there is none. Errors: BAD_LABELS. */
export function readLabels(folder: string): Labels | undefined {
  const file = join(folder, "labels.csv");
  if (!existsSync(file)) return undefined;
  const [head = "", ...rows] = readFileSync(file, "utf8").trim().split(/\r?\n/);
  const names = head.split(",");
  const fileColumn = names.indexOf("file");
  const groupColumn = names.indexOf("group");
  if (fileColumn < 0 || groupColumn < 0) {
    throw inputError("BAD_LABELS", `${file} has no columns "file" and "group"`);
  }
  return new Map(
    rows.map((row) => [row.split(",")[fileColumn] ?? "", row.split(",")[groupColumn] ?? ""]),
  );
}

/** Accuracy as lines of text: overall, and for each group. Empty without labels. */
export function accuracyLines(
  detections: { frame: string; observationType: string }[],
  labels: Labels | undefined,
): string[] {
  const known = detections.flatMap(({ frame, observationType }) => {
    const group = labels?.get(frame);
    return group === undefined ? [] : [{ group, isRight: group === observationType }];
  });
  if (known.length === 0) return [];
  const line = (name: string, rows: typeof known) =>
    `${name}: ${rows.filter(({ isRight }) => isRight).length} of ${rows.length} right`;
  const groups = [...new Set(known.map(({ group }) => group))].sort();
  return [
    line("accuracy against labels.csv", known),
    ...groups.map((group) =>
      line(
        `  ${group}`,
        known.filter((row) => row.group === group),
      ),
    ),
  ];
}
