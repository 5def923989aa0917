/**
 * How long the camera has had power, and how much of that it could not have taken and kept a picture; over all boots, in
 * one vault cell. The same cell tells the next boot how this one ended. Time since the last write is lost with the power.
 */
import type { Ports } from "../ports.ts";
import type { SubsystemHealth } from "../protocol/check-in.ts";
import type { Subsystems } from "../subsystems.ts";
import type { Health } from "./health.ts";

const CELL = "powered";
/** Between two writes of the cell: six a day. */
const SAVE_EVERY_S = 14400;

export interface Availability {
  poweredS: number;
  unableS: number;
  /** Of the boot before, as far as it was written down. */
  lastUptimeS: number;
  /** Read the cell. @returns why the camera started, as well as that can be told */
  start(): string;
  /** The time since the last call counts as what the camera could do at that call. */
  tick(): void;
  /** The end has been announced. */
  end(): void;
}

/** Could a picture be taken and kept? */
export function isAble(health: Health, subsystems: Subsystems): boolean {
  const isLensGood = health.lens === "clear" || health.lens === "unknown";
  const isRunning = (part: SubsystemHealth): boolean =>
    part.state === "running" || (part.name !== "vault" && part.name !== "camera");
  return !health.isBlind && isLensGood && subsystems.health().every(isRunning);
}

/** @param canCapture asked at each tick */
export function createAvailability(
  { vault, clock, power }: Ports,
  canCapture: () => boolean,
): Availability {
  let isStarted = false;
  let wasAble = false;
  let atS = 0;
  let savedS = 0;

  function save(isEnd: boolean): void {
    savedS = clock.uptime();
    const numbers = [self.poweredS, self.unableS, savedS].map(Math.round);
    vault.write(CELL, numbers.concat(isEnd ? 1 : 0).join(" "));
  }

  const self: Availability = {
    poweredS: 0,
    unableS: 0,
    lastUptimeS: 0,
    start: () => {
      const reason = power.bootReason();
      if (isStarted) return reason;
      isStarted = true;
      const text = vault.read(CELL);
      // Powered, unable, uptime, and 1 for an announced end.
      const numbers = (text || "0 0 0 0").split(" ").map((word) => parseInt(word, 10) || 0);
      const hasEnded = numbers[3];
      self.poweredS += numbers[0] as number;
      self.unableS += numbers[1] as number;
      self.lastUptimeS = numbers[2] as number;
      // So that this boot does not end as the one before did.
      if (!text || hasEnded) save(false);
      if (!text || reason !== "powerOn") return reason;
      if (hasEnded) return "software";
      // The chip forgets the time without power only; before this it has never been set.
      return clock.now() > 1700000000 ? "reset" : reason;
    },
    tick: () => {
      const now = clock.uptime();
      self.poweredS += now - atS;
      if (!wasAble) self.unableS += now - atS;
      atS = now;
      wasAble = canCapture();
      if (isStarted && now - savedS >= SAVE_EVERY_S) save(false);
    },
    end: () => {
      self.tick();
      if (isStarted) save(true);
    },
  };
  return self;
}
