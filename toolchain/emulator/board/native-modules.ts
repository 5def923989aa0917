/** Plugs the extension's modules (camera, vision, model, crypto) into a board that has a camera. */
import { loadThicket, type Thicket } from "../../../native/port/wasm/thicket.ts";
import type { FrameSource } from "../native/frame-source.ts";
import { installNativeModules, type NativeModules } from "../native/install.ts";
import type { Machine } from "./machine.ts";

interface Extension {
  wasm: Thicket;
  /** Of the running program. */
  modules: NativeModules;
}

/** Native memory outlives a program; what a program had opened in it does not. */
const extensions = new WeakMap<Machine, Extension>();

export function installNative(machine: Machine, source: FrameSource): void {
  const before = extensions.get(machine);
  before?.modules.reset();
  const wasm = before?.wasm ?? loadThicket();
  const { clock } = machine;
  const modules = installNativeModules(machine.engine, {
    // The world goes by true time, whatever the board's clock says.
    source: { next: (_nowMs, limit) => source.next(clock.trueMs, limit) },
    wasm,
    chip: chipOf(machine),
    define: (name, create) => machine.modules.extend(name, create),
    random: () => machine.random.next(),
    spend: (ms) => clock.jumpTo(clock.upUs + ms * 1000),
    schedule: {
      pending: (promise, latencyMs, deliver) =>
        machine.hostOperations.pending(promise, latencyMs, (outcome) => {
          machine.faults.protectEvent(() => machine.runCode(() => deliver(outcome)));
        }),
    },
  });
  extensions.set(machine, { wasm, modules });
}

/** The model's cost is known for the chips that can hold a camera. */
function chipOf(machine: Machine): "esp32s3" | "esp32" {
  const { name } = machine.board;
  if (name === "esp32c3") throw new Error("the ESP32-C3 has no camera interface");
  return name;
}
