/**
 * When the camera talks to its server: at the promised interval, at once when something urgent happened, later and
 * later while it fails. One contact at a time; what is said is in exchange.ts.
 */
import type { ProvisioningStore } from "../deployment/provisioning.ts";
import { type ExchangeParts, exchange } from "./exchange.ts";
import { pauseS, RETRY_S_MIN } from "./schedule.ts";

/** Check-ins of one contact have consecutive numbers; this many are set aside for each. */
const NUMBERS_PER_CONTACT = 100;

export interface CheckInParts extends ExchangeParts {
  provisioning: ProvisioningStore;
  /** A contact has ended; "" or why it failed. */
  onEnd(problem: string): void;
}

export interface CheckIns {
  start(): void;
  /** Contact the server now, or right after the contact that is under way. */
  now(): void;
  isBusy(): boolean;
  stop(): void;
}

export function createCheckIns(parts: CheckInParts): CheckIns {
  const { clock } = parts.ports;
  let timer = 0;
  let contacts = 0;
  let failures = 0;
  let endedAtS = 0;
  let isBusy = false;
  let isWanted = false;
  let isStopped = true;

  function plan(afterS: number): void {
    clock.cancel(timer);
    timer = isStopped ? 0 : clock.after(Math.round(afterS * 1000), contact);
  }

  function end(problem: string): void {
    const wanted = parts.provisioning.current();
    const intervalS = parts.config.values.checkInIntervalS;
    isBusy = false;
    endedAtS = clock.uptime();
    failures = problem ? failures + 1 : 0;
    parts.link.close();
    if (isWanted && !problem) plan(0);
    else plan(pauseS(intervalS, failures, (wanted ? wanted.cameraID : "") + contacts));
    isWanted = false;
    parts.onEnd(problem);
  }

  function contact(): void {
    if (isBusy || isStopped || !parts.provisioning.current()) return;
    isBusy = true;
    const first = contacts * NUMBERS_PER_CONTACT + 1;
    contacts += 1;
    parts.link.open((problem) => {
      if (problem) end(problem);
      else exchange(parts, 1, first, end);
    });
  }

  return {
    start: () => {
      isStopped = false;
      plan(1);
    },
    now: () => {
      isWanted = isBusy;
      // Urgent or not, a server that does not answer is not asked more often than this.
      const waitS = failures ? Math.max(0, endedAtS + RETRY_S_MIN - clock.uptime()) : 0;
      if (!isBusy) plan(waitS);
    },
    isBusy: () => isBusy,
    stop: () => {
      isStopped = true;
      if (isBusy) parts.link.close();
      isBusy = false;
      clock.cancel(timer);
    },
  };
}
