/**
 * Bytes that a configuration adds to the answer of a check-in, as the server makes it: a change of one key against the
 * whole configuration; and random lives of test/simulate per second.
 */
import {
  CONFIG_ROWS,
  type ConfigOffer,
  configSum,
  defaultConfig,
} from "../../device/protocol/config.ts";
import { offerOf } from "../../toolchain/fleet/config/offer.ts";
import { liveConfig } from "../simulate/config-run.ts";
import type { Figure } from "./run.ts";

/** A camera with a long history. */
const VERSION = 9999;
const LIVES = 2000;

const bytesOf = (config: ConfigOffer): number => JSON.stringify({ config }).length - 1;

export async function figures(): Promise<Figure[]> {
  const base = Object.assign(
    defaultConfig(),
    ...CONFIG_ROWS.map(({ key, min, max }) => ({ [key]: max - (max > min ? 1 : 0) })),
  );
  const report = { configVersion: VERSION, configSum: configSum(base) };
  const changes = CONFIG_ROWS.map(({ key, max }) =>
    bytesOf(offerOf(VERSION + 1, { ...base, [key]: max }, report, base)),
  );
  const one = Math.max(...changes);
  const whole = bytesOf(offerOf(VERSION + 1, base, report, undefined));
  const startMs = performance.now();
  for (let seed = 1; seed <= LIVES; seed++) liveConfig(seed, 40);
  const perSecond = Math.round((LIVES * 1000) / (performance.now() - startMs));
  const vs = "every key";
  return [
    {
      ...{ name: "configuration change of one key on air, longest key", value: one, unit: "bytes" },
      ...{ vs, ratio: Number((whole / one).toPrecision(3)) },
    },
    { name: "simulated configuration lives", value: perSecond, unit: "1/s", vs: "", ratio: null },
  ];
}
