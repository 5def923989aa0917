/** Counts what happens since boot, and writes the heartbeat that every check-in carries. */
import type { Ports } from "../ports.ts";
import type { CameraState, Heartbeat, LensState } from "../protocol/check-in.ts";
import { APP_VERSION } from "../version.ts";
import type { Availability } from "./availability.ts";
import { keepCrash } from "./crashes.ts";
import { newTimes, type Times, timeAt } from "./times.ts";

const CELL = "boot";

export interface Health {
  /** Count this boot; before it bootCount is 0. */
  start(): void;
  bootCount: number;
  bootReason: string;
  triggers: number;
  /** Events that were blank because only the light had changed. */
  suppressedTriggers: number;
  captures: number;
  captureFailures: number;
  inferences: number;
  clockDriftS: number;
  captureTimes: Times;
  inferenceTimes: Times;
  availability: Availability;
  lens: LensState;
  /** The last picture failed. */
  isBlind: boolean;
  /** What failed in the self-test; undefined before it. */
  selfTest: string | undefined;
  /** detailsMark of what the server has heard in this boot, and of what it is being told. */
  told: string;
  telling: string;
  /** The camera's last lines. */
  before: string;
}

export function createHealth(ports: Ports, availability: Availability): Health {
  const health: Health = {
    bootCount: 0,
    bootReason: "unknown",
    triggers: 0,
    suppressedTriggers: 0,
    captures: 0,
    captureFailures: 0,
    inferences: 0,
    clockDriftS: 0,
    captureTimes: newTimes(),
    inferenceTimes: newTimes(),
    availability: availability,
    lens: "unknown",
    isBlind: false,
    selfTest: undefined,
    told: "?",
    telling: "",
    before: "",
    start: function () {
      if (health.bootCount) return;
      health.bootCount = 1 + (parseInt(ports.vault.read(CELL) || "0", 10) || 0);
      // Written before any record of this boot is named: a name must never come twice.
      ports.vault.write(CELL, "" + health.bootCount);
      health.bootReason = availability.start();
      if (health.bootReason === "reset")
        keepCrash(ports, health, "restarted without an announced end", availability.lastUptimeS);
    },
  };
  return health;
}

/** What the other parts contribute to a heartbeat. */
export interface HeartbeatSources {
  state: CameraState;
  queuedRecords: number;
  queuedMedia: number;
  droppedRecords: number;
  checkInIntervalS: number;
  subsystems: Heartbeat["subsystems"];
}

export function heartbeat(ports: Ports, health: Health, sources: HeartbeatSources): Heartbeat {
  health.availability.tick();
  const model = sources.subsystems.filter((part) => part.name === "model")[0];
  return {
    state: sources.state,
    uptimeS: Math.round(ports.clock.uptime()),
    bootCount: health.bootCount,
    bootReason: health.bootCount ? health.bootReason : ports.power.bootReason(),
    appVersion: APP_VERSION,
    freeVars: ports.memory.freeVars(),
    totalVars: ports.memory.totalVars(),
    freeFlashBytes: ports.memory.freeFlashBytes(),
    batteryMv: ports.power.batteryMv(),
    tempC: ports.power.tempC(),
    rssiDbm: ports.links.rssiDbm(),
    queuedRecords: sources.queuedRecords,
    queuedMedia: sources.queuedMedia,
    droppedRecords: sources.droppedRecords,
    triggers: health.triggers,
    suppressedTriggers: health.suppressedTriggers,
    captures: health.captures,
    captureFailures: health.captureFailures,
    inferences: health.inferences,
    inferenceMs: ports.model.lastMs(),
    inferenceFailures: model ? model.failures : 0,
    captureMsP50: timeAt(health.captureTimes, 50),
    captureMsP95: timeAt(health.captureTimes, 95),
    inferenceMsP50: timeAt(health.inferenceTimes, 50),
    inferenceMsP95: timeAt(health.inferenceTimes, 95),
    lens: health.lens,
    poweredS: Math.round(health.availability.poweredS),
    unableS: Math.round(health.availability.unableS),
    clockDriftS: health.clockDriftS,
    checkInIntervalS: sources.checkInIntervalS,
    subsystems: sources.subsystems,
    selfTest: health.selfTest,
  };
}
