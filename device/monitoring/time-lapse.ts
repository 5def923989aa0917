/** Pictures at a fixed interval, whatever moves: the configuration's timeLapseS, 0 for none. */
import type { Config } from "../deployment/config.ts";
import type { Clock } from "../ports.ts";

export interface TimeLapse {
  /** Follow the configuration: begin, change or end. */
  follow(): void;
  stop(): void;
}

export function createTimeLapse(clock: Clock, config: Config, wake: () => void): TimeLapse {
  let timer = 0;
  let everyS = 0;

  function plan(): void {
    clock.cancel(timer);
    timer = everyS ? clock.after(everyS * 1000, lapse) : 0;
  }

  function lapse(): void {
    plan();
    wake();
  }

  return {
    follow: () => {
      if (everyS === config.values.timeLapseS) return;
      everyS = config.values.timeLapseS;
      plan();
    },
    stop: () => {
      everyS = 0;
      plan();
    },
  };
}
