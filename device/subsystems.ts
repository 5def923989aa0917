/**
 * Keeps the parts of the camera apart: each is started in dependency order, used only while it runs, and when it
 * throws it is counted, stopped, and started again with growing pauses, while the others go on.
 */
import type { Clock } from "./ports.ts";
import type { SubsystemHealth } from "./protocol/check-in.ts";
import { faultText } from "./protocol/error-names.ts";

/** First pause, doubled at each further failure. */
const RETRY_S_MIN = 5;
const RETRY_S_MAX = 600;
/** Failures in a row after which a part is called stopped and tried only rarely. */
const GIVE_UP_AFTER = 6;
const GIVEN_UP_RETRY_S = 21600;

export interface Subsystem {
  name: string;
  /** Subsystems that must run first. */
  needs: string[];
  /** The firmware lacks what it is made of: never started, never counted as a failure. */
  isMissing: boolean;
  start(): void;
  stop(): void;
}

interface Entry {
  part: Subsystem;
  state: SubsystemHealth["state"];
  failures: number;
  /** Failures without a long good run between them. */
  streak: number;
  startedAtS: number;
  /** Uptime in seconds from which it may be started again. */
  retryAtS: number;
}

export interface Subsystems {
  startAll(): void;
  stopAll(): void;
  /** Do some work of a part. Returns false, and does nothing more, when it does not run or throws. */
  run(name: string, work: () => void): boolean;
  fail(name: string, problem: unknown): void;
  /** Nothing is missing, and everything runs. */
  isWhole(): boolean;
  health(): SubsystemHealth[];
}

interface Ward {
  clock: Clock;
  entries: Entry[];
  onFault: (name: string, text: string, count: number) => void;
}

function newEntry(part: Subsystem): Entry {
  return {
    part: part,
    state: part.isMissing ? "missing" : "waiting",
    failures: 0,
    streak: 0,
    startedAtS: 0,
    retryAtS: 0,
  };
}

function find(ward: Ward, name: string): Entry | undefined {
  return ward.entries.filter((entry) => entry.part.name === name)[0];
}

function stop(entry: Entry, state: Entry["state"], retryAtS: number): void {
  entry.state = state;
  entry.retryAtS = retryAtS;
  try {
    entry.part.stop();
  } catch (_givenUpAnyway) {}
}

function fail(ward: Ward, entry: Entry, problem: unknown): void {
  const now = ward.clock.uptime();
  if (entry.state === "running" && now - entry.startedAtS > RETRY_S_MAX) entry.streak = 0;
  const pauseS = Math.min(RETRY_S_MAX, RETRY_S_MIN << entry.streak);
  entry.failures += 1;
  entry.streak += 1;
  if (entry.streak < GIVE_UP_AFTER) stop(entry, "waiting", now + pauseS);
  else stop(entry, "stopped", now + GIVEN_UP_RETRY_S);
  ward.onFault(entry.part.name, faultText(problem), entry.failures);
}

/** Do some work. False when it throws: the failure has then been counted. */
function attempt(ward: Ward, entry: Entry, work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    fail(ward, entry, error);
    return false;
  }
}

/** True when it runs, starting it if it is its turn. */
function isReady(ward: Ward, entry: Entry): boolean {
  if (entry.state === "running") return true;
  if (entry.state === "missing" || ward.clock.uptime() < entry.retryAtS) return false;
  const lacksNothing = entry.part.needs.every((name) => {
    const needed = find(ward, name);
    return !!needed && needed.state === "running";
  });
  if (!lacksNothing || !attempt(ward, entry, entry.part.start)) return false;
  entry.state = "running";
  entry.startedAtS = ward.clock.uptime();
  return true;
}

/**
 * @param parts in dependency order
 * @param onFault called for each failure with the part, one line about it, and its number since boot
 */
export function createSubsystems(
  clock: Clock,
  parts: Subsystem[],
  onFault: (name: string, text: string, count: number) => void,
): Subsystems {
  const entries = parts.map(newEntry);
  const ward = { clock, entries, onFault };
  return {
    startAll: () => {
      entries.forEach((entry) => {
        isReady(ward, entry);
      });
    },
    stopAll: () => {
      entries
        .slice()
        .reverse()
        .forEach((entry) => {
          if (entry.state === "running") stop(entry, "stopped", Infinity);
        });
    },
    run: (name, work) => {
      const entry = find(ward, name);
      return !!entry && isReady(ward, entry) && attempt(ward, entry, work);
    },
    fail: (name, problem) => {
      const entry = find(ward, name);
      if (entry) fail(ward, entry, problem);
    },
    isWhole: () => entries.every((entry) => entry.state === "running"),
    health: () =>
      entries.map(({ part, state, failures }) => ({ name: part.name, state, failures })),
  };
}
