/**
 * Emulated cameras of the demo: each boots the built bundle in its own world and is provisioned over its serial
 * console by the code that provisions a real board.
 */
import type { Heartbeat } from "../../device/protocol/check-in.ts";
import { Emulator } from "../emulator/emulator.ts";
import { withClaim } from "../fleet/claim-client.ts";
import type { FleetClient } from "../fleet/client.ts";
import { openConsole } from "../link/console.ts";
import { openEmulated } from "../link/emulated.ts";
import { cameraStatus, enrolCamera } from "../link/provision.ts";
import type { Ledger } from "./ledger.ts";
import type { Place } from "./places.ts";
import type { Scene } from "./scenes.ts";

/** From power-on until the program has greeted. */
const BOOT_MS = 5000;

export interface DemoCamera {
  cameraID: string;
  name: string;
  site: string;
  emulator: Emulator;
  scene: Scene;
  /** What the camera says of itself on its console. */
  heartbeat(): Promise<Heartbeat>;
}

/** Boot one camera and provision it over its console. */
export async function startCamera(options: {
  place: Place;
  scene: Scene;
  code: string;
  seed: number;
  startMs: number;
  fleet: FleetClient;
  ledger: Ledger;
  setServerClock: (nowMs: number) => Promise<void>;
}): Promise<DemoCamera> {
  const { place, scene, fleet, ledger } = options;
  const server = new URL(fleet.server);
  const emulator: Emulator = Emulator.boot({
    seed: options.seed,
    startMs: options.startMs,
    app: options.code,
    camera: scene.frameSource,
    analog: scene.analog,
    network: {
      allow: (host, port) => host === server.hostname && port === Number(server.port),
      before: () => options.setServerClock(emulator.nowMs),
    },
  });
  scene.drive(emulator);
  await emulator.run({ ms: BOOT_MS });
  // What the camera says before it is known is the ledger's as well.
  let early = "";
  let listen = (bytes: string): void => {
    early += bytes;
  };
  emulator.console.onData((bytes) => listen(bytes));
  const console = await openConsole(openEmulated(emulator));
  const { name, site, latitude, longitude } = place;
  const { cameraID } = await withClaim(fleet, { site, name }, (claim) =>
    enrolCamera(
      console,
      {
        ...{ server: fleet.server, claim, name, latitude, longitude },
        time: Math.round(emulator.nowMs / 1000),
        wifiSsid: "thicket-demo",
        wifiPassword: "demo-password",
      },
      { pause: async (ms) => void (await emulator.run({ ms })) },
    ),
  );
  listen = ledger.hear(cameraID);
  listen(early);
  return {
    cameraID,
    name: place.name,
    site: place.site,
    emulator,
    scene,
    heartbeat: async () => (await cameraStatus(console)).heartbeat,
  };
}
