/** The ESP32 object: state, reboot, light sleep. Deep sleep is not modelled. Source: targets/esp32/jswrap_esp32.c. */
import type { EspObject } from "../engine/engine.ts";
import { notModelled } from "./interactive.ts";
import type { Machine } from "./machine.ts";
import { type Functions, library } from "./natives.ts";

const NOT_MODELLED = [
  "deepSleep",
  "deepSleepExt0",
  "deepSleepExt1",
  "setAtten",
  "setBLE_Debug",
  "enableBLE",
  "enableWifi",
  "setOTAValid",
];
const SDK_VERSION = "v4.4.7";
/** Free system heap: what the firmware keeps outside its JsVars, ESP_HEAP_SIZE of the port. */
const FREE_HEAP_BYTES = 40000;

export function makeEsp32(machine: Machine): EspObject {
  const { engine, clock } = machine;
  const functions: Functions = {
    getState: () =>
      engine.object({
        sdkVersion: SDK_VERSION,
        freeHeap: FREE_HEAP_BYTES,
        BLE: true,
        Wifi: true,
        minHeap: FREE_HEAP_BYTES,
      }),
    reboot: () => {
      machine.todo = { kind: "reboot" };
      return undefined;
    },
    lightSleep: (_self, [ms]) => {
      const sleepMs = engine.int(ms);
      if (sleepMs <= 0) return undefined;
      const fromUs = clock.upUs;
      clock.jumpTo(fromUs + sleepMs * 1000);
      // The firmware moves its idle time along, so that timers do not burst after the sleep.
      for (const timer of machine.timers.all) timer.dueUs += clock.upUs - fromUs;
      return undefined;
    },
    getWakeupCause: () => 0,
    getWakeupPin: () => undefined,
  };
  for (const name of NOT_MODELLED) functions[name] = () => notModelled(machine, `ESP32.${name}()`);
  return library("ESP32", functions);
}
