/** Clock, power and motion sensor of the board, on Espruino's own functions; which pin is what is in board.ts. */
import type { Clock, Power, Sensors } from "../ports.ts";
import type { Board } from "./board.ts";
import { guarded } from "./program.ts";

const DEBOUNCE_MS = 50;
/** esp_sleep_get_wakeup_cause; 0 is everything that is not a wake-up. */
const WAKE_CAUSES = ["powerOn", "", "motion", "motion", "timer", "touch"];

export function createClock(): Clock {
  let bootedAt = getTime();
  // Espruino gives the number of a timer that has gone to a new one, so that a number kept too long would cancel what
  // belongs to somebody else. Ours are never used twice.
  const waiting: { [timer: number]: number } = {};
  let newest = 0;
  return {
    now: getTime,
    set: (utcSeconds) => {
      const before = getTime();
      setTime(utcSeconds);
      // Read back: uptime must not jump, also where the clock cannot be set.
      bootedAt += getTime() - before;
    },
    uptime: () => getTime() - bootedAt,
    after: (ms, run) => {
      const timer = ++newest;
      waiting[timer] = setTimeout(
        guarded(() => {
          delete waiting[timer];
          run();
        }),
        ms,
      );
      return timer;
    },
    cancel: (timer) => {
      const id = waiting[timer];
      // clearTimeout with nothing would clear every timer there is.
      if (id) clearTimeout(id);
      delete waiting[timer];
    },
  };
}

export function createPower(board: Board): Power {
  function hasAnalog(pin: Pin): boolean {
    const info = pin.getInfo();
    return !!info && !!info.analog;
  }

  const pin = board.batteryPin ? new Pin(board.batteryPin) : undefined;
  const canMeasure = !!pin && hasAnalog(pin);
  return {
    batteryMv: () => (pin && canMeasure ? Math.round(analogRead(pin) * board.batteryMvMax) : 0),
    tempC: () => {
      const tempC = E.getTemperature();
      // NaN where the chip has no sensor.
      return tempC > -273 ? tempC : null;
    },
    bootReason: () => {
      if (typeof ESP32 === "undefined") return "unknown";
      return WAKE_CAUSES[ESP32.getWakeupCause()] || "other";
    },
    // The interpreter waits for the next timer or edge by itself. Its light sleep wakes for timers only and cuts the
    // console, so a deeper sleep is the native extension's to offer.
    sleep: () => {},
  };
}

export function createSensors(board: Board): Sensors {
  let watch = 0;
  let onMotion = (): void => {};
  return {
    start: () => {
      if (!board.motionPin) return;
      const pin = new Pin(board.motionPin);
      pinMode(pin, "input_pulldown");
      watch = setWatch(
        guarded(() => onMotion()),
        pin,
        {
          repeat: true,
          edge: "rising",
          debounce: DEBOUNCE_MS,
        },
      );
    },
    onMotion: (run) => {
      onMotion = run;
    },
    stop: () => {
      if (watch) clearWatch(watch);
      watch = 0;
    },
  };
}
