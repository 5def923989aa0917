/**
 * Keeps the background against which motion is seen up to date: one picture when the scene has been quiet for a
 * while after an event, then one every few minutes, so that slow changes of light are followed and no animal is. The same
 * pictures tell whether the lens is covered or blurred.
 */
import type { Diagnosis } from "../deployment/diagnosis.ts";
import type { Ports } from "../ports.ts";
import type { Subsystems } from "../subsystems.ts";
import type { Shutter } from "./shutter.ts";

const QUIET_MS = 60000;
const EVERY_MS = 600000;
/** Pictures in a row before a lens is reported: one may show somebody close by. */
const LENS_LOOKS = 3;

export interface Background {
  /** Something moved: what the camera sees now is not background. Also begins the whole. */
  disturbed(): void;
  stop(): void;
}

export function createBackground(
  ports: Ports,
  subsystems: Subsystems,
  shutter: Shutter,
  diagnosis: Pick<Diagnosis, "looked" | "lens">,
): Background {
  let timer = 0;
  /** Pictures in a row whose lens was not clear. */
  let unclear = 0;

  function plan(afterMs: number): void {
    ports.clock.cancel(timer);
    timer = ports.clock.after(afterMs, learn);
  }

  function learn(): void {
    plan(EVERY_MS);
    const turn = timer;
    shutter.take((frame) => {
      // Something moved while the picture was taken: then the timer is another one by now.
      if (frame && turn === timer)
        subsystems.run("vision", () => {
          ports.vision.learn(frame);
          examine(ports.vision.lens(frame));
        });
      diagnosis.looked(frame);
      shutter.release(frame);
    });
  }

  function examine(problem: string): void {
    unclear = problem ? unclear + 1 : 0;
    if (!problem) diagnosis.lens("", 0);
    if (unclear >= LENS_LOOKS) diagnosis.lens(problem, unclear - LENS_LOOKS + 1);
  }

  return {
    disturbed: () => plan(QUIET_MS),
    stop: () => {
      ports.clock.cancel(timer);
      timer = 0;
    },
  };
}
