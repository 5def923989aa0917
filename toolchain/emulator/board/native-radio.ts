/** Plugs require("radio") of the extension into a board: its address, its clock, its place on the air. */
import { Air } from "../native/air.ts";
import { radioModule } from "../native/radio-module.ts";
import type { Machine } from "./machine.ts";

/** @returns what the next program forgets */
export function installRadio(machine: Machine): () => void {
  const { clock, options, chip, network } = machine;
  const { station } = network.wifi;
  const radio = radioModule(machine.engine, {
    air: options.radio?.air ?? new Air(),
    place: options.radio?.place ?? { x: 0, y: 0 },
    address: network.wifi.mac(),
    nowMs: () => clock.trueMs,
    isPowered: () => chip.isPowered(),
    wifiChannel: () => (station.accessPoint ?? station.own)?.channel,
    later: (delayMs, run) =>
      machine.schedule.at(clock.upUs + Math.round(delayMs * 1000), () => {
        machine.faults.protectEvent(() => machine.runCode(run));
      }),
  });
  machine.modules.define("radio", radio.make);
  return radio.reset;
}
