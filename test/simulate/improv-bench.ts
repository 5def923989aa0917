/** Cameras for improv-run.ts: the device core on fakes, and the whole program on the emulator. */
import { join } from "node:path";
import { NETWORK_CELL, type Network } from "../../device/deployment/setup.ts";
import { openDoor } from "../../device/deployment/setup-door.ts";
import { bundle } from "../../toolchain/bundle/bundle.ts";
import { Emulator, SimulatedNetwork } from "../../toolchain/emulator/emulator.ts";
import { bootCamera, PROVISIONING } from "../device/camera.ts";
import { fakeSetup } from "../device/setup-fakes.ts";
import type { Dice } from "../fuzz/dice.ts";
import { ROOT } from "../support/skip.ts";
import { FaultyWire } from "./faulty-wire.ts";
import { type Bench, NETWORK } from "./improv-run.ts";

const BOOT_MS = 4000;

export async function fakeBench(dice: Dice): Promise<Bench> {
  const camera = bootCamera();
  const { clock, vault } = camera.ports;
  const given = fakeSetup(clock);
  camera.ports.setup = () => given;
  const wire = new FaultyWire(dice, (bytes) => given.line.send(bytes));
  given.line.onSaid = (bytes) => wire.said(bytes);
  openDoor(camera.ports, camera.provisioning, ({ claim }, done) => {
    clock.after(300, () => {
      if (claim !== "good") return done("the claim is not known", "");
      camera.provisioning.set(PROVISIONING);
      done("", PROVISIONING.cameraID);
    });
  });
  return {
    wire,
    pass: async (ms) => clock.pass(ms / 1000),
    cameraID: () => camera.provisioning.current()?.cameraID ?? "",
    isOpen: () => given.line.isOpen,
    ssid: () => (JSON.parse(vault.read(NETWORK_CELL) ?? "{}") as Partial<Network>).ssid ?? "",
    close: () => {},
  };
}

let built: Promise<string> | undefined;

/** The program with a server that knows one claim; built once per process. */
export function setupProgram(): Promise<string> {
  // No program to ship: its names are not shortened, so it has no budget.
  const entry = join(ROOT, "test/fixtures/device/setup-main.ts");
  built ??= bundle({ entry, profile: false }).then(({ code }) => code);
  return built;
}

export interface Field {
  emulator: Emulator;
  network: SimulatedNetwork;
}

/** A camera just switched on, with one network in reach. */
export async function bootField(seed: number, onConsole?: (bytes: string) => void): Promise<Field> {
  const network = new SimulatedNetwork({ seed });
  network.accessPoint(NETWORK);
  const app = await setupProgram();
  const emulator = Emulator.boot({
    ...{ app, board: "esp32s3", extension: true, network, seed },
    onConsole: (bytes) => onConsole?.(bytes),
  });
  await emulator.run({ ms: BOOT_MS });
  return { emulator, network };
}

export async function emulatorBench(dice: Dice): Promise<Bench> {
  let wire: FaultyWire | undefined;
  const { emulator } = await bootField(dice.below(1000), (bytes) => wire?.said(bytes));
  wire = new FaultyWire(dice, (bytes) => emulator.console.write(bytes));
  const vault = "require('vault')";
  return {
    wire,
    pass: async (ms) => {
      await emulator.run({ ms });
    },
    cameraID: () => emulator.evaluate("thicket.status().cameraID") as string,
    isOpen: () => emulator.evaluate("thicket.status().cameraID") === "",
    ssid: () => {
      const read = `JSON.parse(${vault}.read('${NETWORK_CELL}')||'{}').ssid||''`;
      return emulator.evaluate(read) as string;
    },
    close: () => emulator.close(),
  };
}
