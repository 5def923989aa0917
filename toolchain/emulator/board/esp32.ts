/** The ESP32 object: state, restarts and sleep; and the same for E, with the watchdog. Source: jswrap_esp32.c. */
import type { EspObject, Value } from "../engine/engine.ts";
import { EspPin } from "../engine/value.ts";
import { WAKEUP } from "./chip.ts";
import { notModelled } from "./interactive.ts";
import { pinNumber } from "./io.ts";
import { callListeners } from "./listeners.ts";
import type { Machine } from "./machine.ts";
import { addMembers, type Functions, library } from "./natives.ts";
import { PowerDown } from "./power-down.ts";

const NOT_MODELLED = ["setAtten", "setBLE_Debug", "enableBLE", "enableWifi", "setOTAValid"];
const SDK_VERSION = "v4.4.7";

export function makeEsp32(machine: Machine): EspObject {
  const { engine, chip } = machine;
  const functions: Functions = {
    getState: () =>
      engine.object({
        sdkVersion: SDK_VERSION,
        freeHeap: machine.board.heapReserveBytes,
        BLE: true,
        Wifi: true,
        minHeap: machine.board.heapReserveBytes,
      }),
    reboot: () => {
      throw new PowerDown("software");
    },
    deepSleep: (_self, [us]) => {
      const sleepUs = engine.int(us);
      // A negative time is an enormous one to the chip.
      chip.armedTimerUs = sleepUs < 0 ? Number.POSITIVE_INFINITY : sleepUs;
      throw deepSleep(machine, [], true, false, WAKEUP.none);
    },
    deepSleepExt0: (_self, [pin, level]) => {
      const isHigh = engine.int(level) !== 0;
      const cause = machine.board.hasExtWakeup ? WAKEUP.ext0 : WAKEUP.gpio;
      throw deepSleep(machine, [wakePin(machine, pin)], isHigh, false, cause);
    },
    deepSleepExt1: (_self, [pins, mode]) => {
      const list = engine.isArray(pins) ? engine.arrayValues(pins) : [pins];
      const numbers = list.map((pin) => wakePin(machine, pin));
      const level = engine.int(mode);
      if (level < 0 || level > 1) throw machine.error(`Invalid mode (${level})!`);
      const { hasExtWakeup } = machine.board;
      const cause = hasExtWakeup ? WAKEUP.ext1 : WAKEUP.gpio;
      throw deepSleep(machine, numbers, level === 1, hasExtWakeup && level === 0, cause);
    },
    lightSleep: (_self, [ms]) => {
      const sleepMs = engine.int(ms);
      if (sleepMs > 0) chip.lightSleep(sleepMs);
      return undefined;
    },
    getWakeupCause: () => chip.wakeupCause,
    getWakeupPin: () => (chip.wakeupPin === undefined ? undefined : new EspPin(chip.wakeupPin)),
  };
  for (const name of NOT_MODELLED) functions[name] = () => notModelled(machine, `ESP32.${name}()`);
  return library("ESP32", functions);
}

/** What ends the program when it goes to sleep; pins besides the timer that may still be armed. */
function deepSleep(
  { clock, chip }: Machine,
  pins: number[],
  isHigh: boolean,
  needsAll: boolean,
  pinCause: number,
): PowerDown {
  const atUs = clock.upUs + (chip.armedTimerUs ?? Number.POSITIVE_INFINITY);
  return new PowerDown("deep-sleep", { atUs, pins, isHigh, needsAll, pinCause });
}

/** Only pins of the low-power domain wake the chip. */
function wakePin(machine: Machine, value: Value): number {
  const pin = pinNumber(machine, value);
  if (!machine.board.wakePins.includes(pin)) throw machine.error("Invalid pin");
  return pin;
}

/** E.reboot and the watchdog. */
export function installResets(machine: Machine): void {
  const { engine, chip } = machine;
  addMembers(engine, "E", {
    reboot: () => {
      callListeners(machine, machine.touchedGlobal("E"), "kill", []);
      throw new PowerDown("software");
    },
    enableWatchdog: (_self, [time, isAutomatic]) => {
      const wanted = engine.number(time);
      // The chip counts whole seconds.
      const seconds = Math.trunc((wanted < 0 || Number.isNaN(wanted) ? 1 : wanted) + 0.5);
      if (seconds < 1) notModelled(machine, "E.enableWatchdog() of less than half a second");
      chip.enableWatchdog(seconds, isAutomatic === undefined || engine.truthy(isAutomatic));
      return undefined;
    },
    kickWatchdog: () => {
      chip.kickWatchdog();
      return undefined;
    },
  });
}
