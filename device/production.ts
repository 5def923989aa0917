/**
 * ProductionManager: the camera's day. Something moves, the camera wakes, looks, records, raises an alert if it must,
 * reports, and sleeps. A part that fails is set aside by subsystems.ts while the day goes on; no failure skips sleep.
 */

import { alert, record, report } from "./event.ts";
import type { Background } from "./monitoring/background.ts";
import { type DetectorParts, look } from "./monitoring/detector.ts";
import type { Recorder } from "./monitoring/recorder.ts";
import type { Cause } from "./monitoring/sighting.ts";
import { createTimeLapse } from "./monitoring/time-lapse.ts";
import type { CheckIns } from "./network/checkin.ts";
import type { Outbox } from "./network/outbox.ts";
import type { CameraState } from "./protocol/check-in.ts";
import type { ObservationRecord } from "./protocol/records.ts";

const CYCLE_MS_MAX = 240000;
const UPKEEP_MS = 60000;

export interface ProductionParts extends DetectorParts {
  outbox: Outbox;
  recorder: Recorder;
  background: Background;
  checkIns: CheckIns;
}

export interface ProductionManager {
  start(): void;
  /** Begin a cycle, or count the trigger when one is under way. */
  wake(cause: Cause): void;
  /** A contact with the server has ended. */
  rest(): void;
  stop(): void;
  /** A cycle is under way. */
  isAwake(): boolean;
  state(): CameraState;
  last(): ObservationRecord | undefined;
}

export function createProductionManager(parts: ProductionParts): ProductionManager {
  const { ports, subsystems, health, background, checkIns, shutter } = parts;
  const { clock } = ports;
  const timeLapse = createTimeLapse(clock, parts.config, () => wake("timeLapse"));
  let phase: CameraState = "initialising";
  let isAwake = false;
  let alarm = 0;
  let upkeepTimer = 0;
  let last: ObservationRecord | undefined;
  let quietUntilS = 0;

  function wake(cause: Cause): void {
    if (cause !== "timeLapse") health.triggers += 1;
    if (isAwake || phase === "shutdown") return;
    if (cause === "motion" && clock.uptime() < quietUntilS) return;
    isAwake = true;
    if (cause === "motion") background.disturbed();
    const startS = Math.round(clock.now());
    let isOver = false;
    alarm = clock.after(CYCLE_MS_MAX, () => {
      isOver = true;
      sleep();
    });
    look(parts, cause, (sighting) => {
      try {
        if (!sighting) ports.log("no picture could be taken");
        else if (!isOver) {
          last = record(parts, sighting, startS) || last;
          alert(parts, sighting);
          report(parts);
        }
      } finally {
        shutter.release(sighting && sighting.frame);
        if (!isOver) sleep();
      }
    });
  }

  function sleep(): void {
    clock.cancel(alarm);
    isAwake = false;
    quietUntilS = clock.uptime() + parts.config.values.quietS;
    rest();
  }

  /** When nothing is under way: power down until the next trigger or timer. */
  function rest(): void {
    if (isAwake || checkIns.isBusy() || phase !== "operational") return;
    ports.power.sleep();
  }

  /** Start again what may be started again, and follow a changed configuration. */
  function upkeep(): void {
    upkeepTimer = clock.after(UPKEEP_MS, upkeep);
    subsystems.startAll();
    health.availability.tick();
    timeLapse.follow();
  }

  return {
    start: () => {
      upkeep();
      background.disturbed();
      phase = "operational";
    },
    wake: wake,
    rest: rest,
    stop: () => {
      phase = "shutdown";
      clock.cancel(upkeepTimer);
      clock.cancel(alarm);
      timeLapse.stop();
      background.stop();
      subsystems.run("vault", health.availability.end);
      subsystems.stopAll();
    },
    isAwake: () => isAwake,
    state: () => (phase === "operational" && !subsystems.isWhole() ? "degraded" : phase),
    last: () => last,
  };
}
