/** What an export says about itself when it is done: counts, what it had to assume, what it could not carry. */
export interface ExportReport {
  deployments: number;
  media: number;
  observations: number;
  /** Deployments of which nobody said where they are, in a format that needs a place: they and their rows are left out. */
  withoutPlace: string[];
  /** Required statements that the project does not make. */
  assumed: string[];
  /** Observations that the format has no place for, by reason. */
  leftOut: Record<string, number>;
  /** Picture files in the package. */
  files: number;
  /** Pictures of people whose files were left out. */
  peopleHidden: number;
}

export const newReport = (): ExportReport => ({
  ...{ deployments: 0, media: 0, observations: 0, withoutPlace: [], assumed: [], leftOut: {} },
  ...{ files: 0, peopleHidden: 0 },
});

export function leaveOut(report: ExportReport, reason: string, count = 1): void {
  if (count > 0) report.leftOut[reason] = (report.leftOut[reason] ?? 0) + count;
}

/** Lines for a person, on what the package does not say itself. */
export function reportLines(report: ExportReport): string[] {
  const lines: string[] = [];
  const { withoutPlace, assumed, leftOut, peopleHidden } = report;
  if (withoutPlace.length) {
    const some = withoutPlace.slice(0, 5).join(", ");
    const more = withoutPlace.length > 5 ? `, and ${withoutPlace.length - 5} more` : "";
    lines.push(`left out, because nobody said where they stand: deployments ${some}${more}`);
  }
  if (assumed.length) lines.push(`not stated by the project, so assumed: ${assumed.join(", ")}`);
  for (const [reason, count] of Object.entries(leftOut)) {
    lines.push(`${count} observations left out: ${reason}`);
  }
  if (peopleHidden) lines.push(`${peopleHidden} pictures of people left out`);
  return lines;
}
