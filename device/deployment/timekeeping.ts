/**
 * The camera's clock against the server's. A chip without power starts in 1970: what is recorded before the time is
 * known gets its right date when it is. What an earlier boot recorded without a clock cannot be dated any more.
 */
import type { Clock } from "../ports.ts";
import type { CameraRecord } from "../protocol/records.ts";
import type { Health } from "./health.ts";

/** Before this the clock has never been set. */
const SET_AFTER_S = 1700000000;

export interface Timekeeping {
  isSet(): boolean;
  set(utcSeconds: number): void;
  /** The right time for a moment that the record or picture of this ID was given. */
  dated(id: string, seconds: number): number;
  /** The JSON text of a record, with its times put right. */
  datedText(id: string, text: string): string;
}

export function createTimekeeping(clock: Clock, health: Health): Timekeeping {
  /** What the clock was behind when it was first set in this boot. */
  let behindS = 0;

  function dated(id: string, seconds: number): number {
    const isOfThisBoot = id.indexOf(health.bootCount + "-") === 0;
    return isOfThisBoot && seconds < SET_AFTER_S ? Math.round(seconds + behindS) : seconds;
  }

  return {
    isSet: () => clock.now() > SET_AFTER_S,
    set: (utcSeconds) => {
      if (clock.now() < SET_AFTER_S) behindS = utcSeconds - clock.now();
      clock.set(utcSeconds);
    },
    dated: dated,
    datedText: (id, text) => {
      if (!behindS) return text;
      const record = JSON.parse(text) as CameraRecord;
      if (record.kind === "observation") {
        record.eventStart = dated(id, record.eventStart);
        record.eventEnd = dated(id, record.eventEnd);
      } else record.timestamp = dated(id, record.timestamp);
      return JSON.stringify(record);
    },
  };
}
