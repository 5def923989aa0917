/** A file of answers: JSON, a key for each question. Everything wrong with it is said before a camera is touched. */
import { inputError } from "../errors.ts";
import { readInput } from "../files.ts";
import { type Answer, answerOf, QUESTIONS, type QuestionKey, rightOf } from "./questions.ts";

export type Answers = Partial<Record<QuestionKey, Answer>>;

/** **Errors:** FILE_UNREADABLE, BAD_ANSWERS with the key and what is right */
export function readAnswers(file: string): Answers {
  const given = parse(file);
  const keys = Object.entries(QUESTIONS).flatMap(([key, row]) => (row.isTerminalOnly ? [] : [key]));
  const answers: Answers = {};
  for (const [key, value] of Object.entries(given)) {
    if (!keys.includes(key)) {
      throw bad(file, `no question has the key "${key}"`, `keys: ${keys.join(", ")}`);
    }
    const question = QUESTIONS[key as QuestionKey];
    const answer = answerOf(question, value);
    if (answer === undefined) {
      throw bad(file, `"${key}" must be ${rightOf(question)}, not ${JSON.stringify(value)}`);
    }
    answers[key as QuestionKey] = answer;
  }
  return answers;
}

function parse(file: string): Record<string, unknown> {
  let given: unknown;
  try {
    given = JSON.parse(readInput(file).toString("utf8"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw bad(file, `not JSON: ${error.message}`);
  }
  if (typeof given === "object" && given !== null && !Array.isArray(given)) {
    return given as Record<string, unknown>;
  }
  throw bad(file, "not an object", '{"site": "ridge", "name": "cam-1"}');
}

const bad = (file: string, what: string, hint?: string) =>
  inputError("BAD_ANSWERS", `${file}: ${what}`, hint);
