/** What the camera finds out about itself: self-test, lens, crashes, unexpected restarts. What is found is kept, said and noted. */
import type { Shutter } from "../monitoring/shutter.ts";
import type { Frame, Ports } from "../ports.ts";
import type { LensState } from "../protocol/check-in.ts";
import { faultText } from "../protocol/error-names.ts";
import type { Subsystems } from "../subsystems.ts";
import { keepCrash, overhear } from "./crashes.ts";
import type { Health } from "./health.ts";
import { selfTest } from "./self-test.ts";

export interface DiagnosisParts {
  ports: Ports;
  health: Health;
  subsystems: Subsystems;
  shutter: Shutter;
  noteFault(subsystem: string, text: string, count: number, before?: string): void;
}

export interface Diagnosis {
  /** A picture of the background was taken, or could not be. The first one serves the self-test. */
  looked(frame: Frame | undefined): void;
  /** "" or what is wrong with the lens, and how often that has been seen. */
  lens(problem: string, count: number): void;
  /** Something threw where nobody caught it. */
  crashed(error: unknown): void;
  /** Run the self-test on a new picture; what failed comes as a line. */
  test(): void;
}

/** Listens to what the camera says from now on. */
export function createDiagnosis(parts: DiagnosisParts): Diagnosis {
  const { ports, health, subsystems, shutter } = parts;
  let surprises = 0;
  overhear(ports, health);

  function examine(frame: Frame | undefined): void {
    health.selfTest = selfTest(ports, subsystems, frame);
    ports.log("self-test: " + (health.selfTest || "all is well"));
  }

  return {
    looked: (frame) => {
      if (health.selfTest === undefined) examine(frame);
    },
    lens: (problem, count) => {
      // Without its "LENS_".
      health.lens = (problem.substr(5).toLowerCase() || "clear") as LensState;
      health.availability.tick();
      if (!problem) return;
      ports.log("camera: " + problem);
      parts.noteFault("camera", problem, count);
    },
    crashed: (error) => {
      surprises += 1;
      const before = health.before;
      const text = faultText(error);
      // As often as it is noted.
      if ((surprises & (surprises - 1)) === 0)
        subsystems.run("vault", () => keepCrash(ports, health, text, 0));
      ports.log("unexpected: " + text);
      parts.noteFault("program", text, surprises, before);
    },
    test: () =>
      shutter.take((frame) => {
        examine(frame);
        shutter.release(frame);
      }),
  };
}
