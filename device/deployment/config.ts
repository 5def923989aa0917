/**
 * The configuration in force: kept in one vault cell, replaced as a whole or not at all.
 * Keys, ranges and the check itself are protocol/config.ts.
 */
import type { Vault } from "../ports.ts";
import { type ConfigValues, configProblem, defaultConfig } from "../protocol/config.ts";

const CELL = "config";

export interface Config {
  /** Read the cell; what is missing or not valid there stays at its default. */
  start(): void;
  /** In force. Read it at the time of use: a check-in may change it. */
  values: ConfigValues;
  version: number;
  /** The version refused last, -1 for none: it need not be tried, or complained about, again. */
  refused: number;
  /** Check, store, then put in force. Returns "" or what is wrong; then nothing has changed. */
  apply(version: number, values: { [key: string]: unknown }): string;
}

export function createConfig(vault: Vault): Config {
  function adopt(values: { [key: string]: unknown }): ConfigValues {
    const all = defaultConfig() as unknown as { [key: string]: unknown };
    Object.keys(values).forEach(function (key) {
      all[key] = values[key];
    });
    return all as unknown as ConfigValues;
  }

  const config: Config = {
    values: defaultConfig(),
    version: 0,
    refused: -1,
    start: function () {
      const text = vault.read(CELL);
      if (text === undefined) return;
      const stored = JSON.parse(text);
      // A newer or older program may have other keys and ranges: then the defaults are safer than a mixture.
      if (configProblem(stored.values)) return;
      config.values = adopt(stored.values);
      config.version = stored.version;
    },
    apply: function (version, values) {
      const problem = configProblem(values);
      if (problem) config.refused = version;
      if (problem) return problem;
      const wanted = adopt(values);
      vault.write(CELL, JSON.stringify({ version: version, values: wanted }));
      config.values = wanted;
      config.version = version;
      return "";
    },
  };
  return config;
}
