/**
 * Keeps the background against which motion is seen up to date: one picture when the scene has been quiet for a
 * while after an event, then one every few minutes, so that slow changes of light are followed and no animal is.
 */
import type { Ports } from "../ports.ts";
import type { Subsystems } from "../subsystems.ts";
import type { Shutter } from "./shutter.ts";

const QUIET_MS = 60000;
const EVERY_MS = 600000;

export interface Background {
  /** Something moved: what the camera sees now is not background. Also begins the whole. */
  disturbed(): void;
  stop(): void;
}

export function createBackground(
  ports: Ports,
  subsystems: Subsystems,
  shutter: Shutter,
): Background {
  let timer = 0;

  function plan(afterMs: number): void {
    ports.clock.cancel(timer);
    timer = ports.clock.after(afterMs, learn);
  }

  function learn(): void {
    plan(EVERY_MS);
    const turn = timer;
    shutter.take((frame) => {
      // Something moved while the picture was taken: then the timer is another one by now.
      if (frame && turn === timer) subsystems.run("vision", () => ports.vision.learn(frame));
      shutter.release(frame);
    });
  }

  return {
    disturbed: () => plan(QUIET_MS),
    stop: () => {
      ports.clock.cancel(timer);
      timer = 0;
    },
  };
}
