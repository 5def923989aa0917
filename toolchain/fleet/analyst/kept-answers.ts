/** Answers kept until the rows change that they were made of; the oldest goes first. */
import type { Answer } from "../analytics/answer.ts";

const KEPT_MAX = 100;

interface Kept {
  version: string;
  /** Those who ask while it is computed wait for the same. */
  answers: Promise<Answer[]>;
}

/** @returns answers to a question on one version of the data, computed only when they are not known */
export function createKeptAnswers() {
  const kept = new Map<string, Kept>();
  return (key: string, version: string, compute: () => Promise<Answer[]>): Promise<Answer[]> => {
    const known = kept.get(key);
    if (known?.version === version) return known.answers;
    const answers = compute();
    const entry = { version, answers };
    kept.delete(key);
    kept.set(key, entry);
    const [oldest] = kept.keys();
    if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
    answers.catch(() => {
      if (kept.get(key) === entry) kept.delete(key);
    });
    return answers;
  };
}
