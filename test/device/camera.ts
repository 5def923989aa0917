/** A whole camera on fakes, with a fleet it can reach. */
import { type Assembly, assemble } from "../../device/assembly.ts";
import type { Provisioning } from "../../device/protocol/provisioning.ts";
import { type FakePorts, type FakeVault, fakePorts } from "./fakes.ts";
import { FleetFake } from "./fleet-fake.ts";

export interface TestCamera extends Assembly {
  ports: FakePorts;
  fleet: FleetFake;
  /** A rising edge, and time for the cycle it sets off. */
  event(): void;
}

export const PROVISIONING: Provisioning = {
  cameraID: "cam-1",
  name: "waterhole",
  site: "Lowveld",
  server: "http://127.0.0.1:8700",
  credential: "secret-secret-secret-secret",
  latitude: -24.99,
  longitude: 31.55,
  time: 1757750400,
  wifiSsid: "net",
  wifiPassword: "password",
};

/** Boot a camera. `prepare` sees the ports before the program does. */
export function bootCamera(
  options: { vault?: FakeVault; fleet?: FleetFake; prepare?: (ports: FakePorts) => void } = {},
): TestCamera {
  const ports = fakePorts(options.vault);
  const fleet = options.fleet ?? new FleetFake(() => ports.clock.now());
  ports.links.answer = fleet.answer;
  options.prepare?.(ports);
  const camera = assemble(ports);
  camera.production.start();
  return {
    ...camera,
    ports,
    fleet,
    event: () => {
      ports.move();
      ports.clock.pass(5);
    },
  };
}

/** Boot a camera that knows its server, and let the first check-in pass. */
export function bootProvisioned(options: Parameters<typeof bootCamera>[0] = {}): TestCamera {
  const camera = bootCamera(options);
  camera.console.provision({ ...PROVISIONING, time: Math.round(camera.ports.clock.now()) });
  camera.ports.clock.pass(5);
  return camera;
}
