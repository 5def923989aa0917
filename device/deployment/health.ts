/** Counts what happens since boot, and writes the heartbeat that every check-in carries. */
import type { Ports } from "../ports.ts";
import type { CameraState, Heartbeat } from "../protocol/check-in.ts";
import { APP_VERSION } from "../version.ts";

const CELL = "boot";

export interface Health {
  /** Count this boot; before it bootCount is 0. */
  start(): void;
  bootCount: number;
  triggers: number;
  /** Events that were blank because only the light had changed. */
  suppressedTriggers: number;
  captures: number;
  captureFailures: number;
  inferences: number;
  clockDriftS: number;
}

export function createHealth(ports: Ports): Health {
  const health: Health = {
    bootCount: 0,
    triggers: 0,
    suppressedTriggers: 0,
    captures: 0,
    captureFailures: 0,
    inferences: 0,
    clockDriftS: 0,
    start: function () {
      if (health.bootCount) return;
      health.bootCount = 1 + (parseInt(ports.vault.read(CELL) || "0", 10) || 0);
      // Written before any record of this boot is named: a name must never come twice.
      ports.vault.write(CELL, "" + health.bootCount);
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
  return {
    state: sources.state,
    uptimeS: Math.round(ports.clock.uptime()),
    bootCount: health.bootCount,
    bootReason: ports.power.bootReason(),
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
    clockDriftS: health.clockDriftS,
    checkInIntervalS: sources.checkInIntervalS,
    subsystems: sources.subsystems,
  };
}
