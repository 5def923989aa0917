/**
 * Independent records: of one species at one station, those that come late enough after another.
 * Two meanings are in use and give different counts: the gap is taken from the last *record* (a troop that passes for two hours
 * is one), or from the last *independent* record (it is one every half hour).
 * Source: O'Brien et al. 2003 (30 min), Tobler et al. 2008 (60 min); camtrapR `deltaTimeComparedTo`; wiutils remove_duplicates,
 * which means the last record.
 */

export type ComparedTo = "lastRecord" | "lastIndependentRecord";

interface Timed {
  deploymentID: string;
  taxon: string;
  timeMs: number;
}

/**
 * Which records are independent.
 * @param records in any order, not changed
 * @param intervalMs records after at least this long are independent; 0 keeps all
 * @param comparedTo what the gap is taken from
 * @returns indices into records, ascending. Of records at one instant the first in the input is kept.
 */
export function independent(
  records: readonly Timed[],
  intervalMs: number,
  comparedTo: ComparedTo = "lastRecord",
): number[] {
  if (intervalMs <= 0) return records.map((_, i) => i);
  const order = records.map((_, i) => i).sort((a, b) => records[a]!.timeMs - records[b]!.timeMs);
  const lastMs = new Map<string, number>();
  const kept: number[] = [];
  for (const i of order) {
    const { deploymentID, taxon, timeMs } = records[i]!;
    const key = `${deploymentID}\n${taxon}`;
    const before = lastMs.get(key);
    const isIndependent = before === undefined || timeMs - before >= intervalMs;
    if (isIndependent) kept.push(i);
    if (isIndependent || comparedTo === "lastRecord") lastMs.set(key, timeMs);
  }
  return kept.sort((a, b) => a - b);
}
