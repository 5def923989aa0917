/** What the configuration's vault cell holds, and how it is read when another program may have written it. */
import { type ConfigValues, configProblem, defaultConfig } from "../protocol/config.ts";

export interface State {
  version: number;
  values: ConfigValues;
  /** Parts of the trial that are over; -1: confirmed. */
  trial: number;
  /** Version that was not kept, -1 for none: it need not be tried again. */
  refused: number;
  reason: string;
}

/** A new whole configuration: `base` with `values` in place. */
export function over(base: ConfigValues, values: { [key: string]: unknown }): ConfigValues {
  const all = {} as { [key: string]: unknown };
  Object.keys(base).forEach((key) => {
    all[key] = base[key as keyof ConfigValues];
  });
  Object.keys(values).forEach((key) => {
    all[key] = values[key];
  });
  return all as unknown as ConfigValues;
}

export function stateOf(version: number, values: ConfigValues, trial: number): State {
  return { version, values, trial, refused: -1, reason: "" };
}

/** The state in a cell's text, with defaults where it is missing. Another program's keys and ranges may not be ours. */
export function stored(text: string | undefined): State {
  const found = text === undefined ? { values: {} } : JSON.parse(text);
  const isOurs = !configProblem(found.values);
  const state = stateOf(0, over(defaultConfig(), isOurs ? found.values : {}), -1);
  if (isOurs && found.version) state.version = found.version;
  if (isOurs && found.trial >= 0) state.trial = found.trial;
  if (found.refused >= 0) {
    state.refused = found.refused;
    state.reason = found.reason;
  }
  return state;
}
