/** An emulated camera with the built bundle in its slot, provisioned with a list of trusted keys, against a real fleet server. */
import * as assert from "uvu/assert";
import { Emulator, type EmulatorOptions } from "../../toolchain/emulator/emulator.ts";
import { createWorld } from "../../toolchain/emulator/world/world.ts";
import { addCamera, getJson, type TestFleet } from "../fleet/support/fleet.ts";
import { PROVISIONING } from "./camera.ts";
import { program } from "./interpreters.ts";
import { NOW_S, TRUST_TEXT } from "./release-documents.ts";

const PLACE = { latitude: -24.99, longitude: 31.55 };
export const HOUR_MS = 3_600_000;
export const base64 = (text: string): string => Buffer.from(text, "latin1").toString("base64");

export interface Camera {
  emulator: Emulator;
  cameraID: string;
  /** Connections from now on that are refused; the last stays. */
  refuses: boolean[];
  said(): string;
}

/** @param trust the list of keys, base64 */
export async function openCamera(
  fleet: TestFleet,
  trust = base64(TRUST_TEXT),
  more: EmulatorOptions = {},
): Promise<Camera> {
  const world = createWorld({ ...PLACE, seed: 1, startMs: NOW_S * 1000, hours: 24 });
  const { cameraID, credential } = await addCamera(fleet);
  let text = "";
  const camera: Camera = {
    cameraID,
    refuses: [false],
    said: () => text,
    emulator: Emulator.boot({
      ...{ app: Buffer.from(await program()).toString("latin1"), world },
      ...more,
      startMs: NOW_S * 1000,
      network: {
        allow: () => {
          const [isRefused] = camera.refuses;
          if (camera.refuses.length > 1) camera.refuses.shift();
          return !isRefused;
        },
      },
      onConsole: (bytes) => {
        text += bytes;
      },
    }),
  };
  await camera.emulator.run({ ms: 12_000 });
  const given = { ...PROVISIONING, cameraID, credential, server: fleet.url, time: NOW_S };
  const trusting = { ...given, wifiSsid: "", trust };
  camera.emulator.console.write(`thicket.provision(${JSON.stringify(trusting)})\n`);
  await until(camera, /check-in done/);
  return camera;
}

/** Let it live until the console has said something new. */
export async function until(camera: Camera, wanted: RegExp, ms = HOUR_MS): Promise<void> {
  const from = camera.said().length;
  const isThere = () => wanted.test(camera.said().slice(from));
  await camera.emulator.run({ ms, until: isThere });
  assert.ok(isThere(), `${wanted} did not come: ${camera.said().slice(from).slice(-1500)}`);
}

export const memberOf = (fleet: TestFleet, rolloutID: number, { cameraID }: Camera) =>
  getJson(fleet, `/api/v1/rollouts/${rolloutID}/cameras/${cameraID}`);

export const checkIn = ({ emulator }: Camera) => emulator.console.write("thicket.checkIn()\n");
