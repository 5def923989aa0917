/** Takes one picture at a time: exactly one answer for each request, whatever the camera does, and every frame given back. */
import type { Health } from "../deployment/health.ts";
import { addTime } from "../deployment/times.ts";
import type { Frame, Ports } from "../ports.ts";
import { E_CAMERA_TIMEOUT, errorName } from "../protocol/error-names.ts";
import type { Subsystems } from "../subsystems.ts";

const CAPTURE_MS_MAX = 5000;
/** A picture asked for while another is being taken is tried again after this. */
const TURN_MS = 100;

export interface Shutter {
  /** Calls back with a frame, or undefined when there is none; the camera's failure has then been counted. */
  take(done: (frame: Frame | undefined) => void): void;
  release(frame: Frame | undefined): void;
}

export function createShutter(ports: Ports, subsystems: Subsystems, health: Health): Shutter {
  let isTaking = false;

  function release(frame: Frame | undefined): void {
    if (!frame) return;
    try {
      ports.camera.release(frame);
    } catch (_closed) {
      // A camera that failed was closed, and with it its frames are gone.
    }
  }

  function take(done: (frame: Frame | undefined) => void): void {
    if (isTaking) {
      ports.clock.after(TURN_MS, () => take(done));
      return;
    }
    isTaking = true;
    let isOver = false;
    let timer = 0;
    const beganS = ports.clock.uptime();
    function finish(frame: Frame | undefined, problem: string): void {
      if (isOver) {
        release(frame);
        return;
      }
      isOver = true;
      isTaking = false;
      ports.clock.cancel(timer);
      health.isBlind = !frame;
      if (frame) {
        health.captures += 1;
        addTime(health.captureTimes, (ports.clock.uptime() - beganS) * 1000);
      } else health.captureFailures += 1;
      if (problem) subsystems.fail("camera", problem);
      done(frame);
    }
    timer = ports.clock.after(CAPTURE_MS_MAX, () => finish(undefined, errorName(E_CAMERA_TIMEOUT)));
    const hasBegun = subsystems.run("camera", () =>
      ports.camera.capture((frame, problem) =>
        finish(frame, frame ? "" : problem || "CAMERA_FRAME"),
      ),
    );
    // The failure, if there was one, has been counted where it was thrown.
    if (!hasBegun) finish(undefined, "");
  }

  return { take: take, release: release };
}
