/**
 * The health gate: a release that runs for the first time has to show that the camera is still one. All modules that the
 * program before had, memory, a picture, the model's answer to it, and a check-in that the server accepts.
 */
import type { Shutter } from "../monitoring/shutter.ts";
import type { Frame, Images, Ports } from "../ports.ts";
import type { Subsystems } from "../subsystems.ts";
import { type Job, openJobs } from "./ota-job.ts";

const MEMORY_PCT_MIN = 5;
const START_MS = 3000;
const CAPTURES = 3;
const CAPTURE_PAUSE_MS = 10000;
/** As long as the boot guard gives one start of a program. */
const PROOF_MS = 20 * 60000;
const WATCHDOG_S = 60;

export interface TrialParts {
  ports: Ports;
  subsystems: Subsystems;
  shutter: Shutter;
}

export interface Trial {
  /** "" or why the contact failed. */
  contactEnded(problem: string): void;
}

/** @param onEnd called once, with "" for proved, or the reason why not */
export function beginTrial(
  parts: TrialParts,
  images: Images,
  job: Job,
  onEnd: (reason: string) => void,
): Trial {
  const { ports, subsystems, shutter } = parts;
  const { clock, model, memory } = ports;
  let isOver = false;
  let hasLooked = false;
  let hasContact = job.kind === "model";
  let contactProblem = "none yet";

  function lacked(what: string): boolean {
    return job.lacks.split(" ").indexOf(what) >= 0;
  }

  function end(reason: string): void {
    if (isOver) return;
    isOver = true;
    clock.cancel(timer);
    onEnd(reason);
  }

  function later(ms: number, run: () => void): number {
    return clock.after(ms, () => {
      subsystems.run("ota", run);
    });
  }

  function prove(): void {
    if (hasLooked && hasContact) end("");
  }

  /** "" or what is wrong with the model. */
  function modelProblem(frame: Frame): string {
    if (job.kind !== "model" && lacked("model")) return "";
    let scores: number[] = [];
    subsystems.run("model", () => {
      ports.vision.crop(frame, undefined);
      scores = model.invoke();
    });
    const isSound = scores.length > 0 && scores.every((score) => score >= 0 && score <= 1.01);
    return isSound && scores.length === model.labels().length ? "" : "TRIAL_MODEL: no answer";
  }

  function look(attempt: number): void {
    if (isOver) return;
    shutter.take((frame) => {
      let problem = frame ? "" : "TRIAL_CAPTURE: no picture in " + CAPTURES + " tries";
      try {
        if (frame) problem = modelProblem(frame);
      } finally {
        shutter.release(frame);
      }
      hasLooked = !problem;
      if (!problem) prove();
      else if (attempt < CAPTURES) later(CAPTURE_PAUSE_MS, () => look(attempt + 1));
      else end(problem);
    });
  }

  function begin(): void {
    const lost = ports.missing.filter((name) => !lacked(name));
    const free = Math.floor((memory.freeVars() * 100) / memory.totalVars());
    if (lost.length) end("TRIAL_MODULES: no " + lost.join(" "));
    else if (free < MEMORY_PCT_MIN) end("TRIAL_MEMORY: " + free + " % free");
    else if (job.kind !== "model" && (lacked("capture") || lacked("camera"))) hasLooked = true;
    else look(1);
    prove();
  }

  images.watchdog(WATCHDOG_S);
  later(START_MS, begin);
  // Of a program the boot guard would restart the chip now, and again; of the others nobody.
  const timer =
    job.kind === "app" ? 0 : later(PROOF_MS, () => end("TRIAL_CHECKIN: " + contactProblem));
  return {
    contactEnded: (problem) => {
      if (isOver) return;
      contactProblem = problem;
      hasContact = hasContact || !problem;
      const why = problem ? "TRIAL_CHECKIN: " + problem : "";
      if (problem && why !== job.why) {
        // For whoever runs after three starts without proof.
        job.why = why;
        openJobs(ports.vault).save(job);
      }
      prove();
    },
  };
}
