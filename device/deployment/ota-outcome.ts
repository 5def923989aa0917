/**
 * What becomes of a release once its image lies in its place: staged, started, confirmed after the health gate or rolled
 * back with a reason, recalled. Each step is one write, and `start` finds out after any cut how far it had come.
 */
import type { Images } from "../ports.ts";
import type { TargetKind } from "../protocol/release.ts";
import type { ReleaseOffer, ReleaseRecall } from "../protocol/release-offers.ts";
import type { Health } from "./health.ts";
import { type Job, openJobs } from "./ota-job.ts";
import { beginTrial, type Trial, type TrialParts } from "./ota-trial.ts";

const RESTART_LOOK_MS = 5000;

export interface OutcomeParts extends TrialParts {
  health: Health;
  /** No picture is being taken and no contact is under way. */
  isIdle(): boolean;
  /** Contact the server now, or after the contact that is under way. */
  checkIn(): void;
}

/** What is kept between contacts. */
export interface OtaState {
  offer: ReleaseOffer | undefined;
  trial: Trial | undefined;
  /** Why the last offer was not followed, though it will be. */
  waiting: string;
  isRestarting: boolean;
}

export interface Outcome {
  /** The vault runs: find out what became of what was tried. */
  start(): void;
  activate(images: Images, job: Job): void;
  fail(about: { kind: TargetKind; counter: number; attempt: number }, why: string): void;
  recall(images: Images, wanted: ReleaseRecall): void;
}

/** Made when it is needed, and let go: an idle camera holds none of these functions. */
export function createOutcome(parts: OutcomeParts, state: OtaState): Outcome {
  const { ports, subsystems } = parts;
  const { clock } = ports;
  const jobs = openJobs(ports.vault);

  function restart(images: Images): void {
    if (state.isRestarting) return;
    state.isRestarting = true;
    const look = (): void => {
      if (parts.isIdle()) images.restart();
      else clock.after(RESTART_LOOK_MS, look);
    };
    clock.after(RESTART_LOOK_MS, look);
  }

  function fail(about: { kind: TargetKind; counter: number; attempt: number }, why: string): void {
    const { kind, counter, attempt } = about;
    jobs.end(kind, { counter, attempt, reason: why });
    ports.log("release " + counter + " not kept: " + why);
    parts.checkIn();
  }

  function settle(kind: TargetKind): void {
    state.trial = undefined;
    jobs.end(kind, undefined);
    parts.checkIn();
  }

  function endTrial(images: Images, job: Job, reason: string): void {
    const { kind, counter } = job;
    ports.log("release " + counter + ": " + (reason || "confirmed"));
    if (!reason) {
      images.confirm(kind, counter);
      settle(kind);
      return;
    }
    job.why = reason;
    jobs.save(job);
    images.rollBack(kind, counter);
    restart(images);
  }

  /** Why the boot guard went back, by the number of starts that the image was given; ESP-IDF's bootloader gives one. */
  function guardReason(kind: TargetKind, tries: number): string {
    if (kind === "firmware") return "TRIAL_START: restarted before it was proved";
    if (!tries) return "IMAGE_DAMAGED";
    return tries < 3 ? "TRIAL_START: it threw while it started" : "TRIAL_START: three, no proof";
  }

  return {
    start: () => {
      const job = state.trial ? undefined : jobs.load();
      const images = job && ports.images();
      if (!job || !images) return;
      const found = images.state(job.kind, job.counter);
      const is = found.state;
      const failed = jobs.failed()[job.kind];
      if (is === "pending")
        state.trial = beginTrial(parts, images, job, (reason) => endTrial(images, job, reason));
      else if (is === "unstarted") endTrial(images, job, "TRIAL_START: another image runs");
      else if (is === "confirmed") settle(job.kind);
      else if (is === "rolledBack") fail(job, job.why || guardReason(job.kind, found.tries));
      else if (failed && failed.counter === job.counter && failed.attempt >= job.attempt)
        // The power went between the two writes of `fail`.
        jobs.forget();
      else if (job.kind === "firmware") {
        // What was written of it is not begun any more.
        job.at = 0;
        jobs.save(job);
      }
    },
    fail: fail,
    activate: (images, job) => {
      const { captures, captureFailures } = parts.health;
      job.lacks = ports.missing.join(" ");
      if (!captures && captureFailures) job.lacks += " capture";
      if (!subsystems.run("model", () => {})) job.lacks += " model";
      job.why = "";
      jobs.save(job);
      images.activate(job.kind, job.counter);
      ports.log("release " + job.counter + " staged");
      restart(images);
    },
    recall: (images, { kind, counter }) => {
      const job = jobs.load();
      if (job && job.kind === kind && job.counter === counter) {
        if (state.trial) endTrial(images, job, "RECALLED");
        else jobs.forget();
      } else if (!state.isRestarting && images.installed(kind).counter === counter) {
        images.recall(kind);
        ports.log("release " + counter + " recalled");
        restart(images);
      }
    },
  };
}
