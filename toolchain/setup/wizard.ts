/**
 * Goes through the steps: says what is done, lets a person try a failed one again, leave it out or go on later, and keeps
 * what was found with the camera's deployment on the server after each step. A second run so finds what is done.
 */
import pc from "picocolors";
import { deviceError, EXIT, interruptedError, isAppError } from "../errors.ts";
import type { Check, Checklist } from "../fleet/store/checklists.ts";
import { MARKS } from "./check-lines.ts";
import { failed, type Outcome, type Place, type Setup, type Step, skipped } from "./step.ts";
import { STEPS } from "./steps.ts";

const VALUE_MAX = 200;

export interface Result {
  cameraID: string;
  name: string;
  site: string;
  server: string;
  fingerprint: string;
  position: Place | null;
  /** Who did it, as the server knows them; "" when nothing could be stored. */
  by: string;
  /** A check of this run failed. */
  isFailed: boolean;
  /** Of this run and, where it left them out, of the runs before. */
  checks: Check[];
  pictures: string[];
}

/**
 * @param isAsked a step was named by the user: it is done again although it passed before
 * **Errors:** INTERRUPTED; unattended also those of a step without which nothing works
 */
export async function runWizard(setup: Setup, steps: Step[], isAsked: boolean): Promise<Result> {
  const done = new Map<string, Check>();
  const book = checklistBook(setup);
  for (const [index, step] of steps.entries()) {
    setup.say(pc.bold(`${index + 1} of ${steps.length}  ${step.name}: ${step.title}`));
    const earlier = step.isKept ? await book.earlier(step.name) : undefined;
    const isOver =
      earlier?.state === "passed" && !isAsked && !(await askAgain(setup, earlier.value));
    const outcome = isOver ? undefined : await untilSettled(setup, step);
    if (outcome) {
      const { state, value } = outcome;
      const time = new Date().toISOString();
      done.set(step.name, { step: step.name, state, value: value.slice(0, VALUE_MAX), time });
      if (outcome.hint === QUIT) break;
    } else setup.say(`${MARKS.passed} ${earlier?.value} (${earlier?.time?.slice(0, 10)})`);
    await book.store([...done.values()]).catch((error) => {
      // Said at the end, when it is tried for the last time.
      if (!isAppError(error)) throw error;
    });
  }
  return endOf(setup, [...done.values()], book);
}

/** Takes the place of a hint: the person goes on later. */
const QUIT = "\0quit";

async function askAgain(setup: Setup, value: string): Promise<boolean> {
  setup.say(`  it passed before: ${value}`);
  return setup.ask.yes("again", false);
}

/** Run a step until it does not fail, or until the person has enough of it. */
async function untilSettled(setup: Setup, step: Step): Promise<Outcome> {
  const { ask } = setup;
  for (;;) {
    const { outcome, error } = await attempt(setup, step);
    setup.say(`${MARKS[outcome.state]} ${outcome.value}`);
    if (outcome.state !== "failed") return outcome;
    if (outcome.hint) setup.say(`  ${outcome.hint}`);
    if (!ask.isAttended) {
      if (!step.isNeeded) return outcome;
      throw error ?? deviceError("SETUP_FAILED", `${step.name}: ${outcome.value}`, outcome.hint);
    }
    const [words, letters] = step.isNeeded
      ? ["r retry, q quit and go on later [r]", "rq"]
      : ["r retry, s skip, q quit and go on later [r]", "rsq"];
    const letter = await ask.letter(words, letters);
    if (letter === "s") return skipped(outcome.value);
    if (letter === "q") return { ...outcome, hint: QUIT };
    // What went wrong may have left the line in the middle of something.
    await setup.closeConsole();
  }
}

async function attempt(setup: Setup, step: Step): Promise<{ outcome: Outcome; error?: Error }> {
  const { signal } = setup.io;
  const stop = () =>
    interruptedError("INTERRUPTED", `stopped at ${step.name}`, "run it again to go on");
  let onAbort = () => {};
  const interrupted = new Promise<never>((_, reject) => {
    onAbort = () => reject(stop());
    if (!step.isWhole) signal.addEventListener("abort", onAbort);
  });
  interrupted.catch(() => {});
  const running = step.run(setup);
  // One that was left behind ends with the console that is closed.
  running.catch(() => {});
  try {
    return { outcome: await Promise.race([running, interrupted]) };
  } catch (error) {
    if (signal.aborted) throw stop();
    const isOfStep =
      isAppError(error) && error.exitCode !== EXIT.interrupted && error.exitCode !== EXIT.usage;
    // What a person typed wrong can be typed again.
    const mayRetry = isAppError(error) && error.exitCode === EXIT.usage && setup.ask.isAttended;
    if (!isOfStep && !mayRetry) throw error;
    return { outcome: failed(error.message, error.hint), error };
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** The list on the server; nothing is read or stored while the camera does not belong to it. */
function checklistBook(setup: Setup) {
  let before: Check[] | undefined;
  const path = async () => {
    const { provisioned, server, cameraID } = await setup.status();
    if (!provisioned || server !== setup.fleet.server) return undefined;
    return `/api/v1/cameras/${cameraID}/checklist`;
  };
  const load = async (at: string) => {
    before ??= (await setup.fleet.get<{ checklist: Checklist | null }>(at)).checklist?.checks ?? [];
    return before;
  };
  return {
    async earlier(step: string): Promise<Check | undefined> {
      const at = await path().catch(() => undefined);
      return at ? (await load(at)).find((check) => check.step === step) : undefined;
    },
    /** These, and of those stored before the ones that are not among them. */
    async store(checks: Check[]): Promise<Checklist | undefined> {
      const at = await path();
      if (!at || checks.length === 0) return undefined;
      const isNew = (check: Check) => checks.some(({ step }) => step === check.step);
      const kept = (await load(at)).filter((check) => !isNew(check));
      const body = { checks: [...kept, ...checks].sort((a, b) => placeOf(a) - placeOf(b)) };
      return (await setup.fleet.send<{ checklist: Checklist }>("PUT", at, body)).checklist;
    },
  };
}

const placeOf = (check: Check): number => STEPS.findIndex(({ name }) => name === check.step);

async function endOf(
  setup: Setup,
  done: Check[],
  book: ReturnType<typeof checklistBook>,
): Promise<Result> {
  const status = await setup.status().catch(() => undefined);
  const stored = status && (await book.store(done));
  const { cameraID = "", name = "", site = "", fingerprint = "" } = status ?? {};
  return {
    ...{ cameraID, name, site, fingerprint, server: setup.fleet.server },
    position: setup.position ?? null,
    by: stored?.by ?? "",
    isFailed: done.some(({ state }) => state === "failed"),
    checks: stored?.checks ?? done,
    pictures: setup.pictures,
  };
}
