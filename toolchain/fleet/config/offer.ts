/**
 * What a camera is offered in the answer to a check-in: nothing, the keys that change, or all that is not at its
 * default. Pure functions, run by the server and by the simulation.
 */
import {
  CONFIG_ROWS,
  type ConfigOffer,
  type ConfigRefusal,
  type ConfigValues,
  configSum,
} from "../../../device/protocol/config.ts";

/** What the server wants, and what it knows of the camera's answer. */
export interface WantedConfig {
  wantedConfigVersion: number;
  /** configSum of it; null: not known, from a database older than sums. */
  wantedConfigSum: number | null;
  /** The version that the camera did not keep. */
  refusedConfigVersion: number | null;
  refusedConfigReason: string | null;
}

/** What a check-in says. */
export interface ReportedConfig {
  configVersion: number;
  configSum?: number;
  configRefused?: ConfigRefusal;
}

/** A refusal stays known until the camera says that it has the wanted version after all. */
export function heard(wanted: WantedConfig, reported: ReportedConfig): WantedConfig {
  const { configRefused } = reported;
  if (configRefused) {
    return {
      ...wanted,
      refusedConfigVersion: configRefused.version,
      refusedConfigReason: configRefused.reason,
    };
  }
  // The number alone is no proof: the camera may have gone back to other content under the same one.
  if (!isInForce(wanted, reported)) return wanted;
  return { ...wanted, refusedConfigVersion: null, refusedConfigReason: null };
}

export function isInForce(wanted: WantedConfig, reported: ReportedConfig): boolean {
  const { configVersion, configSum: sum } = reported;
  if (configVersion !== wanted.wantedConfigVersion) return false;
  return sum === undefined || wanted.wantedConfigSum === null || sum === wanted.wantedConfigSum;
}

export const needsOffer = (wanted: WantedConfig, reported: ReportedConfig): boolean =>
  !isInForce(wanted, reported) && wanted.refusedConfigVersion !== wanted.wantedConfigVersion;

/** "refused": the camera went back from the wanted version, or would not take it; configProblem says why. */
export type ConfigState = "inForce" | "waiting" | "refused";

/** Wanted against what the camera said last, as the API shows it. */
export function configStateOf(
  camera: WantedConfig & { configVersion: number; configSum: number | null },
): { configState: ConfigState; configProblem: string | null } {
  const { configVersion, configSum: sum, refusedConfigVersion, wantedConfigVersion } = camera;
  const reported = sum === null ? { configVersion } : { configVersion, configSum: sum };
  if (isInForce(camera, reported)) return { configState: "inForce", configProblem: null };
  if (refusedConfigVersion !== wantedConfigVersion)
    return { configState: "waiting", configProblem: null };
  return { configState: "refused", configProblem: camera.refusedConfigReason };
}

/**
 * @param values the wanted version's
 * @param base values of the version that the camera reports; undefined when the server has none such
 */
export function offerOf(
  version: number,
  values: ConfigValues,
  reported: ReportedConfig,
  base: ConfigValues | undefined,
): ConfigOffer {
  const whole: ConfigOffer = {
    version,
    values: pick(values, ({ key, fallback }) => values[key] !== fallback),
  };
  // The sum proves that both mean the same by the base's number.
  if (!base || reported.configSum !== configSum(base)) return whole;
  const change: ConfigOffer = {
    version,
    from: reported.configVersion,
    values: pick(values, ({ key }) => values[key] !== base[key]),
  };
  return JSON.stringify(change).length < JSON.stringify(whole).length ? change : whole;
}

function pick(
  values: ConfigValues,
  isWanted: (row: (typeof CONFIG_ROWS)[number]) => boolean,
): Partial<ConfigValues> {
  return Object.fromEntries(
    CONFIG_ROWS.filter(isWanted).map(({ key }) => [key, values[key]]),
  ) as Partial<ConfigValues>;
}
