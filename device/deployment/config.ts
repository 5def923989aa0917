/**
 * The configuration in force, in one vault cell: replaced as a whole or not at all. A new one is on trial until the
 * server has answered a later contact, not the first ones; without one in time, or over too many boots, the one before
 * returns. Keys, ranges and the check itself are protocol/config.ts.
 */
import type { Clock, Vault } from "../ports.ts";
import {
  type ConfigOffer,
  type ConfigRefusal,
  type ConfigValues,
  configProblem,
  configSum,
  defaultConfig,
} from "../protocol/config.ts";
import { over, type State, stateOf, stored } from "./config-cell.ts";

const CELL = "config";
/** The confirmed configuration, while another is on trial. */
const CELL_BEFORE = "config-before";
/**
 * A trial ends after so many parts of its time. A boot counts as one: a camera that keeps falling over has no time.
 * A contact before the first is over proves nothing: the settings had no time to do harm.
 */
const TRIAL_PARTS = 8;

/** What a check-in says of the configuration. */
export interface ConfigReport {
  version: number;
  sum: number;
  /** Not yet heard by the server. */
  refused: ConfigRefusal | undefined;
}

export interface Config {
  /** Read the cell; what is missing or not valid there stays at its default. A boot during a trial counts. */
  start(): void;
  /** In force. Read it at the time of use: a check-in may change it. */
  values: ConfigValues;
  version: number;
  report(): ConfigReport;
  /** Check, store, then put in force. Returns "" or what is wrong; then nothing has changed. */
  apply(offer: ConfigOffer): string;
  /** The server has answered the check-in with this report. `isNewContact`: the first one since the network came up. */
  answered(report: ConfigReport, isNewContact: boolean): void;
}

export interface ConfigParts {
  vault: Vault;
  clock: Clock;
  /** Runs what a timer sets off, so that a vault that throws has an owner. */
  guard(work: () => void): void;
  log(line: string): void;
}

export function createConfig({ vault, clock, guard, log }: ConfigParts): Config {
  let state = stored(undefined);
  let sum = 0;
  let isHeard = false;
  let timer = 0;

  function adopt(next: State): void {
    state = next;
    sum = configSum(next.values);
    config.values = next.values;
    config.version = next.version;
    clock.cancel(timer);
    // Contact is missed from the first planned one on, which is spread (network/schedule.ts).
    const trialS = next.values.configTrialS + next.values.checkInIntervalS * 1.1;
    const partMs = Math.round((trialS * 1000) / TRIAL_PARTS);
    timer = next.trial < 0 ? 0 : clock.after(partMs, () => guard(spend));
  }

  function put(next: State): void {
    vault.write(CELL, JSON.stringify(next));
    adopt(next);
  }

  function refuse(next: State, version: number, reason: string): void {
    next.refused = version;
    next.reason = reason;
    put(next);
    isHeard = false;
    log("configuration " + version + " not kept: " + reason);
  }

  function spend(): void {
    // The timer goes on also when the vault throws.
    adopt(state);
    const { version, values, trial } = state;
    if (trial + 1 < TRIAL_PARTS) {
      put(stateOf(version, values, trial + 1));
      return;
    }
    const before = stored(vault.read(CELL_BEFORE));
    refuse(before, version, "no contact; back at version " + before.version);
  }

  const config: Config = {
    values: state.values,
    version: 0,
    start: () => {
      adopt(stored(vault.read(CELL)));
      if (state.trial >= 0) spend();
    },
    report: () => {
      const hasNews = state.refused >= 0 && !isHeard;
      const refused = hasNews ? { version: state.refused, reason: state.reason } : undefined;
      return { version: state.version, sum, refused };
    },
    apply: ({ version, from, values }) => {
      // Made for another base: the next check-in says which one this is.
      if (from !== undefined && from !== state.version) return "";
      if (version === state.refused) {
        // The server would not offer it if it knew.
        isHeard = false;
        return "";
      }
      const wanted = over(from === undefined ? defaultConfig() : state.values, values);
      const problem = configProblem(wanted as unknown as { [key: string]: unknown });
      if (problem) {
        refuse(stateOf(state.version, state.values, state.trial), version, problem);
        return problem;
      }
      // Said again: nothing to store, and the trial goes on.
      if (version === state.version && configSum(wanted) === sum) return "";
      if (state.trial < 0) vault.write(CELL_BEFORE, JSON.stringify(state));
      put(stateOf(version, wanted, 0));
      return "";
    },
    answered: (report, isNewContact) => {
      if (report.refused && report.refused.version === state.refused) isHeard = true;
      if (!isNewContact || state.trial < 1 || report.version !== state.version) return;
      put(stateOf(state.version, state.values, -1));
    },
  };
  return config;
}
