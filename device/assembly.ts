/** Puts the camera's parts together on a set of ports: the order of starting, and who knows whom. No logic. */
import { createConfig } from "./deployment/config.ts";
import { type CameraConsole, createConsole } from "./deployment/console.ts";
import { createHealth, heartbeat } from "./deployment/health.ts";
import { createOta } from "./deployment/ota.ts";
import { createProvisioning } from "./deployment/provisioning.ts";
import { createTimekeeping } from "./deployment/timekeeping.ts";
import { lineup } from "./lineup.ts";
import { createBackground } from "./monitoring/background.ts";
import { createRecorder, type Recorder } from "./monitoring/recorder.ts";
import { createShutter } from "./monitoring/shutter.ts";
import { createCheckIns } from "./network/checkin.ts";
import { createServerLink } from "./network/links.ts";
import { createOutbox } from "./network/outbox.ts";
import type { Ports } from "./ports.ts";
import { createProductionManager, type ProductionManager } from "./production.ts";
import type { Heartbeat } from "./protocol/check-in.ts";
import { faultText } from "./protocol/error-names.ts";
import { createSubsystems } from "./subsystems.ts";

export interface Assembly {
  production: ProductionManager;
  console: CameraConsole;
  /** Something threw where nobody caught it. */
  unexpected(error: unknown): void;
}

export function assemble(ports: Ports): Assembly {
  const { clock, vault, sensors } = ports;
  const health = createHealth(ports);
  const config = createConfig({
    vault,
    clock,
    guard: (work) => subsystems.run("vault", work),
    log: ports.log,
  });
  const provisioning = createProvisioning(vault);
  const timekeeping = createTimekeeping(clock, health);
  const outbox = createOutbox(vault, config, timekeeping);

  function startVault(): void {
    vault.start();
    health.start();
    config.start();
    provisioning.start();
  }

  const subsystems = createSubsystems(
    clock,
    lineup(ports, {
      startVault,
      startOutbox: outbox.start,
      startOta: () => ota.start(),
      checkIns: () => checkIns,
    }),
    (name, text, count) => {
      ports.log(name + " failed: " + text);
      recorder.noteFault(name, text, count);
    },
  );

  const recorder: Recorder = createRecorder({ ports, subsystems, health, config, outbox });
  const shutter = createShutter(ports, subsystems, health);
  const background = createBackground(ports, subsystems, shutter, (problem, count) => {
    ports.log("camera: " + problem);
    recorder.noteFault("camera", problem, count);
  });
  const link = createServerLink(ports, provisioning, (work) => subsystems.run("checkin", work));

  const beat = (): Heartbeat =>
    heartbeat(ports, health, {
      state: production.state(),
      queuedRecords: outbox.records(),
      queuedMedia: outbox.media(),
      droppedRecords: outbox.dropped(),
      checkInIntervalS: config.values.checkInIntervalS,
      subsystems: subsystems.health(),
    });

  const ota = createOta({
    ...{ ports, subsystems, shutter, health, outbox, link },
    isIdle: () => !checkIns.isBusy() && !production.isAwake(),
    checkIn: () => checkIns.now(),
  });
  const checkIns = createCheckIns({
    ports,
    config,
    health,
    timekeeping,
    outbox,
    link,
    provisioning,
    heartbeat: beat,
    ota,
    subsystems,
    onRefusedConfig: (problem) => recorder.noteFault("config", problem, 1),
    onEnd: (problem) => {
      ports.log(problem ? "check-in failed: " + problem : "check-in done");
      subsystems.run("ota", () => ota.contactEnded(problem));
      production.rest();
    },
  });
  const production: ProductionManager = createProductionManager({
    ports,
    subsystems,
    shutter,
    health,
    config,
    outbox,
    recorder,
    background,
    checkIns,
  });
  sensors.onMotion(() => production.wake("motion"));

  let surprises = 0;
  return {
    production: production,
    console: createConsole({
      ports,
      provisioning,
      timekeeping,
      config,
      subsystems,
      checkIns,
      production,
      heartbeat: beat,
    }),
    unexpected: (error) => {
      surprises += 1;
      ports.log("unexpected: " + faultText(error));
      recorder.noteFault("program", faultText(error), surprises);
    },
  };
}
