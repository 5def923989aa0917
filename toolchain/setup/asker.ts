/**
 * Where answers come from: the file of answers, --yes, or the terminal, in this order. What was answered once and did
 * not help is asked again on a terminal.
 */
import { usageError } from "../errors.ts";
import type { Answers } from "./answers.ts";
import { type Answer, answerOf, QUESTIONS, type QuestionKey, rightOf } from "./questions.ts";

/** A person's line; `isSecret`: not shown. **Errors:** INTERRUPTED */
export type Line = (prompt: string, isSecret: boolean) => Promise<string>;

export interface Asker {
  /** A person is there and answers. */
  readonly isAttended: boolean;
  /** Was it answered beforehand? */
  has(key: QuestionKey): boolean;
  /** **Errors:** NO_ANSWER, INTERRUPTED */
  text(key: QuestionKey, fallback?: string): Promise<string>;
  number(key: QuestionKey, fallback?: number): Promise<number>;
  yes(key: QuestionKey, fallback?: boolean): Promise<boolean>;
  /** One of these letters; Enter takes the first. Of a person only. */
  letter(prompt: string, letters: string): Promise<string>;
}

export function createAsker(
  answers: Answers,
  { takesDefaults, line }: { takesDefaults: boolean; line?: Line },
): Asker {
  const isAttended = line !== undefined && !takesDefaults;
  const spent = new Set<QuestionKey>();

  async function ask(key: QuestionKey, fallback: Answer | undefined): Promise<Answer> {
    const question = QUESTIONS[key];
    const given = answers[key];
    if (given !== undefined && !(isAttended && spent.has(key))) {
      spent.add(key);
      return given;
    }
    if (takesDefaults && fallback !== undefined) return fallback;
    if (!line) {
      throw usageError(
        "NO_ANSWER",
        `nobody is there to answer "${key}" (${question.words})`,
        `add "${key}" to the file of --answers, or run it in a terminal`,
      );
    }
    const prompt = `${question.words}${shownOf(fallback, question.choices)}: `;
    let problem = "";
    for (;;) {
      const typed = await line(problem + prompt, question.kind === "secret");
      if (typed.trim() === "" && fallback !== undefined) return fallback;
      const answer = answerOf(question, typed);
      if (answer !== undefined) return answer;
      problem = `that must be ${rightOf(question)}\n`;
    }
  }

  return {
    isAttended,
    has: (key) => answers[key] !== undefined,
    text: async (key, fallback) => String(await ask(key, fallback)),
    number: async (key, fallback) => Number(await ask(key, fallback)),
    yes: async (key, fallback) => (await ask(key, fallback)) === true,
    letter: async (prompt, letters) => {
      for (;;) {
        const typed = (await line?.(`${prompt}: `, false))?.trim().toLowerCase() ?? "";
        if (typed === "") return letters.charAt(0);
        if (typed.length === 1 && letters.includes(typed)) return typed;
      }
    },
  };
}

function shownOf(fallback: Answer | undefined, choices: readonly string[] | undefined): string {
  const among = choices ? ` (${choices.join(", ")})` : "";
  if (fallback === undefined || fallback === "" || Number.isNaN(fallback)) return among;
  if (typeof fallback === "boolean") return fallback ? " [Y/n]" : " [y/N]";
  return `${among} [${fallback}]`;
}
