/** Puts the camera's parts together on a set of ports: the order of starting, and who knows whom. No logic. */
import { createAvailability, isAble } from "./deployment/availability.ts";
import { createConfig } from "./deployment/config.ts";
import { type CameraConsole, createConsole } from "./deployment/console.ts";
import { createDiagnosis, type Diagnosis } from "./deployment/diagnosis.ts";
import { createHealth, heartbeat } from "./deployment/health.ts";
import { afterContact, goOnWiping, type OrderParts } from "./deployment/orders.ts";
import { createOta } from "./deployment/ota.ts";
import { createProvisioning, type ProvisioningStore } from "./deployment/provisioning.ts";
import { createTimekeeping } from "./deployment/timekeeping.ts";
import { lineup } from "./lineup.ts";
import { createBackground } from "./monitoring/background.ts";
import { createRecorder, type Recorder } from "./monitoring/recorder.ts";
import { createShutter } from "./monitoring/shutter.ts";
import { createCheckIns } from "./network/checkin.ts";
import { CREDENTIAL_REFUSED } from "./network/exchange.ts";
import { createServerLink } from "./network/links.ts";
import { createOutbox } from "./network/outbox.ts";
import type { Ports } from "./ports.ts";
import { createProductionManager, type ProductionManager } from "./production.ts";
import type { Heartbeat } from "./protocol/check-in.ts";
import type { EnrolmentStatus } from "./protocol/provisioning.ts";
import { createSubsystems } from "./subsystems.ts";

export interface Assembly {
  production: ProductionManager;
  console: CameraConsole;
  provisioning: ProvisioningStore;
  /** Something threw where nobody caught it. */
  unexpected(error: unknown): void;
}

export function assemble(ports: Ports): Assembly {
  const { clock, vault, sensors } = ports;
  const availability = createAvailability(ports, () => isAble(health, subsystems));
  const health = createHealth(ports, availability);
  const config = createConfig({
    vault,
    clock,
    guard: (work) => subsystems.run("vault", work),
    log: ports.log,
  });
  const provisioning = createProvisioning(vault);
  const timekeeping = createTimekeeping(clock, health);
  const enrolment: EnrolmentStatus = { state: "none", problem: "" };
  const orders: OrderParts = { ports, provisioning, enrolment, wipeNumber: 0 };
  const outbox = createOutbox(vault, config, timekeeping);

  function startVault(): void {
    vault.start();
    health.start();
    config.start();
    provisioning.start();
    goOnWiping(orders);
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
      availability.tick();
    },
  );

  const recorder: Recorder = createRecorder({ ports, subsystems, health, config, outbox });
  const shutter = createShutter(ports, subsystems, health);
  const diagnosis: Diagnosis = createDiagnosis({
    ...{ ports, health, subsystems, shutter },
    noteFault: recorder.noteFault,
  });
  const background = createBackground(ports, subsystems, shutter, diagnosis);
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
    ...{ ports, config, health, timekeeping, outbox, orders, link, provisioning },
    heartbeat: beat,
    ota,
    subsystems,
    onRefusedConfig: (problem) => recorder.noteFault("config", problem, 1),
    onEnd: (problem) => {
      ports.log(problem ? "check-in failed: " + problem : "check-in done");
      if (afterContact(orders, problem, problem.indexOf(CREDENTIAL_REFUSED) === 0)) checkIns.now();
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

  return {
    production: production,
    provisioning: provisioning,
    console: createConsole({
      ports,
      provisioning,
      enrolment,
      timekeeping,
      config,
      subsystems,
      checkIns,
      production,
      heartbeat: beat,
      diagnosis,
    }),
    unexpected: diagnosis.crashed,
  };
}
