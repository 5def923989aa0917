/** Where an import goes: the sink of a database here, or the same over a server's API. */
import type { ResearchSink, Written } from "../sink.ts";

/** What is known of a picture that was imported before. */
export interface Judged {
  observationType: string;
  scientificName?: string;
  classificationProbability?: number;
}

export interface ImportTarget extends ResearchSink {
  /** Observations at the level of media, by mediaID, of those that are there. */
  judged(mediaIDs: string[]): Promise<Map<string, Judged>>;
  /** Keep a photograph, named by the SHA-256 of its bytes. */
  keepPhotograph(sha256: string, bytes: Uint8Array): Promise<void>;
}

/** One thing in the input that could not be taken. */
export interface ImportProblem {
  file: string;
  /** Line in the file; 0 where it is about the file. */
  line: number;
  field: string;
  message: string;
}

export interface ImportReport {
  deployments: number;
  media: number;
  observations: number;
  /** Rows left as they were: a camera's own, or decided by a person here. */
  kept: number;
  /** Rows and files that were not taken, the first of them named. */
  problems: ImportProblem[];
  problemCount: number;
  /** What the input has that is not kept here. */
  notes: string[];
}

export const newImportReport = (): ImportReport => ({
  ...{ deployments: 0, media: 0, observations: 0, kept: 0, problems: [], problemCount: 0 },
  notes: [],
});

/** Named in the report; beyond it only counted. */
const PROBLEMS_MAX = 100;

export function addProblem(report: ImportReport, problem: ImportProblem): void {
  report.problemCount += 1;
  if (report.problems.length < PROBLEMS_MAX) report.problems.push(problem);
}

export const problemLine = ({ file, line, field, message }: ImportProblem): string =>
  `${file}${line ? ` line ${line}` : ""}${field ? `, ${field}` : ""}: ${message}`;

export type Progress = (text: string) => void;

/** Rows a few hundred at a time: what the sink writes in one transaction, and a server takes in one request. */
export const ROWS_PER_BATCH = 500;

/** @param count which number of the report the written rows go to */
export async function inBatches<T>(
  rows: AsyncIterable<T> | Iterable<T>,
  write: (rows: T[]) => Promise<Written>,
  report: ImportReport,
  count: "deployments" | "media" | "observations" | undefined,
  onProgress: Progress = () => {},
): Promise<void> {
  let batch: T[] = [];
  const flush = async () => {
    if (batch.length === 0) return;
    const { written, kept } = await write(batch);
    if (count) {
      report[count] += written;
      onProgress(`${report[count]} ${count}`);
    }
    report.kept += kept;
    batch = [];
  };
  for await (const row of rows) {
    batch.push(row);
    if (batch.length >= ROWS_PER_BATCH) await flush();
  }
  await flush();
}
