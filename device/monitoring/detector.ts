/**
 * Looks at what set the camera off: takes a burst, reads each picture (motion first, then the model where something
 * moved, or seven views where nothing is known of the scene) and lets the pictures vote.
 */
import type { Config } from "../deployment/config.ts";
import type { Health } from "../deployment/health.ts";
import { addTime } from "../deployment/times.ts";
import type { Box, Frame, Motion, Ports } from "../ports.ts";
import type { Subsystems } from "../subsystems.ts";
import { addView, decide, groupsOf, newReading, type Reading, vote } from "./classifier.ts";
import type { Shutter } from "./shutter.ts";
import type { Cause, Sighting } from "./sighting.ts";
import { tilesOf } from "./views.ts";

/** A box over more of the frame than this says nothing about where to look: lamp on, camera moved, animal in front. */
const BOX_PERMILLE_MAX = 600;

export interface DetectorParts {
  ports: Ports;
  subsystems: Subsystems;
  shutter: Shutter;
  health: Health;
  config: Config;
}

/** A burst while it is being taken. */
interface Burst {
  cause: Cause;
  shots: number;
  readings: Reading[];
  /** Pictures that would have counted as motion, had not only the light changed. */
  suppressed: number;
  /** The best picture so far: all others have been released. */
  best: Frame | undefined;
  bestBox: Box | undefined;
  bestValue: number;
}

function motionIn(parts: DetectorParts, frame: Frame): Motion | undefined {
  let motion: Motion | undefined;
  parts.subsystems.run("vision", () => {
    motion = parts.ports.vision.motion(frame);
  });
  if (!motion || !motion.box) return motion;
  const area = motion.box[2] * motion.box[3] * 1000;
  return area > BOX_PERMILLE_MAX * frame.width * frame.height ? undefined : motion;
}

/** Run the model on what moved, or on seven views of a frame of which nothing is known. */
function classify(
  parts: DetectorParts,
  reading: Reading,
  frame: Frame,
  box: Box | undefined,
): void {
  const { vision, model } = parts.ports;
  const groupOfLabel = groupsOf(model.labels());
  function view(): void {
    addView(reading, groupOfLabel, model.invoke());
    parts.health.inferences += 1;
    addTime(parts.health.inferenceTimes, model.lastMs());
  }
  const isDone = parts.subsystems.run("model", () => {
    if (box) {
      vision.cropAround(frame, box);
      view();
      return;
    }
    vision.crop(frame, undefined);
    view();
    tilesOf(frame.width, frame.height).forEach((tile) => {
      vision.crop(frame, tile);
      view();
    });
  });
  // Half a set of views is no answer.
  if (!isDone) reading.groups = [];
  decide(reading, parts.config.values);
}

/** Read one picture, and keep it if it is the best of the burst. */
function keep(parts: DetectorParts, burst: Burst, frame: Frame): void {
  const reading = newReading();
  const motion = burst.cause === "test" ? undefined : motionIn(parts, frame);
  const box = motion ? motion.box : undefined;
  const least = parts.config.values.motionMinPermille;
  if (motion && motion.changedPermille < least) {
    reading.type = "blank";
    if (motion.suppressedPermille >= least) burst.suppressed += 1;
  } else classify(parts, reading, frame, box);
  burst.readings.push(reading);
  const value = reading.type === "blank" ? 0 : 1 + reading.probability;
  if (value <= burst.bestValue) {
    parts.shutter.release(frame);
    return;
  }
  parts.shutter.release(burst.best);
  burst.best = frame;
  burst.bestBox = box;
  burst.bestValue = value;
}

function sightingOf(parts: DetectorParts, burst: Burst, frame: Frame): Sighting {
  const model = parts.ports.model;
  const verdict = vote(burst.readings, model.labels(), parts.config.values);
  const isBlank = verdict.type === "blank";
  const hasModelRun = burst.readings.some((reading) => reading.groups.length > 0);
  return {
    cause: burst.cause,
    verdict: verdict,
    classifiedBy: hasModelRun ? model.name() : isBlank ? "motion" : "",
    box: isBlank ? undefined : burst.bestBox,
    frame: frame,
    isQuiet: burst.bestValue <= 0,
  };
}

/**
 * Take a burst and judge it.
 * @param done called once; with undefined when no picture could be taken. It releases the sighting's frame.
 */
export function look(
  parts: DetectorParts,
  cause: Cause,
  done: (sighting: Sighting | undefined) => void,
): void {
  const config = parts.config.values;
  const wanted = cause === "timeLapse" ? 1 : config.burstCount;
  const burst: Burst = {
    cause: cause,
    shots: 0,
    readings: [],
    suppressed: 0,
    best: undefined,
    bestBox: undefined,
    bestValue: -1,
  };
  function shoot(): void {
    parts.shutter.take((frame) => {
      burst.shots += 1;
      if (frame) keep(parts, burst, frame);
      if (burst.shots < wanted) parts.ports.clock.after(config.burstGapMs, shoot);
      else {
        if (burst.suppressed && burst.bestValue <= 0) parts.health.suppressedTriggers += 1;
        done(burst.best && sightingOf(parts, burst, burst.best));
      }
    });
  }
  shoot();
}
