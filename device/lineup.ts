/** The parts of the camera that are kept apart, in the order of starting: what each needs, and which module it is made of. */
import type { Ports } from "./ports.ts";
import type { Subsystem } from "./subsystems.ts";

const nothing = (): void => {};

export interface LineupParts {
  startVault(): void;
  startOutbox(): void;
  startOta(): void;
  checkIns(): { start(): void; stop(): void };
}

export function lineup(ports: Ports, parts: LineupParts): Subsystem[] {
  const { camera, model, links, sensors } = ports;

  const row = (
    name: string,
    needs: string[],
    start: () => void,
    stop: () => void,
    module: string,
  ): Subsystem => ({ name, needs, isMissing: ports.missing.indexOf(module) >= 0, start, stop });

  return [
    row("vault", [], parts.startVault, nothing, "vault"),
    row("outbox", ["vault"], parts.startOutbox, nothing, ""),
    row("recorder", ["outbox"], nothing, nothing, ""),
    row("camera", [], camera.start, camera.stop, "camera"),
    row("vision", [], nothing, nothing, "vision"),
    row("model", ["vision"], model.start, model.stop, "model"),
    row("links", [], links.start, links.stop, "http"),
    row(
      "checkin",
      ["outbox", "links"],
      () => parts.checkIns().start(),
      () => parts.checkIns().stop(),
      "",
    ),
    row("sensors", [], sensors.start, sensors.stop, ""),
    row("ota", ["vault"], parts.startOta, nothing, ""),
  ];
}
