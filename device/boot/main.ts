/**
 * The boot guard on Espruino. The firmware runs it before every automatic start: with `boot.isFirst` set when the chip itself
 * has started (and not load()), and then does what `boot` says. `bootSlot` stays for the program: where it was started from.
 */
import type { VaultModule } from "../espruino/native-modules.ts";
import { guard } from "./guard.ts";

/** esp_sleep_get_wakeup_cause: 0 is everything that is not a wake-up. */
const POWER_ON = 0;

const boot = guard({
  vault: require("vault") as VaultModule,
  isPowerOn:
    (global.boot as { isFirst: boolean }).isFirst &&
    (typeof ESP32 === "undefined" || ESP32.getWakeupCause() === POWER_ON),
  hasOwnProgram: require("Storage").read(".bootcde") !== undefined,
  now: getTime,
  after: (ms, run) => {
    setTimeout(run, ms);
  },
  watchdog: (seconds) => E.enableWatchdog(seconds, true),
  restart: () => E.reboot(),
  log: print,
});
global.boot = boot;
global.bootSlot = boot.slot;
