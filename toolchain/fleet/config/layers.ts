/**
 * Layers of configuration, global > site > group > device: what a camera should have, and which layer says so. A later
 * layer wins key by key; what none names is the default of device/protocol. Pure functions.
 */
import {
  CONFIG_ROWS,
  type ConfigKey,
  type ConfigValues,
  defaultConfig,
} from "../../../device/protocol/config.ts";
import { CONFIG_KINDS, type ConfigGroup } from "../../../device/protocol/config-groups.ts";

export const SCOPES = ["global", "site", "group", "device"] as const;
export type Scope = (typeof SCOPES)[number];
/** The global layer has no name of its own. */
export const GLOBAL_NAME = "all";

export type LayerValues = Partial<ConfigValues>;

export interface Layer {
  scope: Scope;
  /** Name of the site or group, cameraID of a device, GLOBAL_NAME. */
  name: string;
  /** 0 while nothing was ever set. */
  version: number;
  values: LayerValues;
}

export interface Place {
  cameraID: string;
  site: string;
  group: string | null;
}

export interface ExplainedKey {
  key: ConfigKey;
  value: number;
  unit: string;
  group: ConfigGroup;
  isSecurity: boolean;
  /** The layer whose value it is; scope "default" when none names the key. */
  origin: { scope: Scope | "default"; name: string; version: number };
  /** What it would be without that layer and so on, down to the default. */
  hidden: { scope: Scope | "default"; name: string; value: number }[];
}

export type Changes = Partial<Record<ConfigKey, [before: number | null, after: number | null]>>;

export const layerKey = (scope: Scope, name: string): string => `${scope}:${name}`;

/** The layers of a camera, weakest first. */
export function layersOf({ cameraID, site, group }: Place, layers: Map<string, Layer>): Layer[] {
  const names = [GLOBAL_NAME, site, group, cameraID];
  return SCOPES.flatMap((scope, index) => {
    const name = names[index];
    const layer =
      name === null || name === undefined ? undefined : layers.get(layerKey(scope, name));
    return layer ? [layer] : [];
  });
}

export const resolve = (layers: Layer[]): ConfigValues =>
  Object.assign(defaultConfig(), ...layers.map(({ values }) => values));

export function explain(layers: Layer[]): ExplainedKey[] {
  return CONFIG_ROWS.map(({ key, unit, fallback }) => {
    const stack = [
      { scope: "default" as const, name: "", version: 0, value: fallback },
      ...layers.flatMap(({ scope, name, version, values }) => {
        const value = values[key];
        return value === undefined ? [] : [{ scope, name, version, value }];
      }),
    ].reverse();
    const [top, ...below] = stack as [(typeof stack)[number], ...typeof stack];
    return {
      key,
      value: top.value,
      unit,
      ...CONFIG_KINDS[key],
      origin: { scope: top.scope, name: top.name, version: top.version },
      hidden: below.map(({ scope, name, value }) => ({ scope, name, value })),
    };
  });
}

/** What differs; null where a layer does not name the key. In the order of the table. */
export function changesBetween(before: LayerValues, after: LayerValues): Changes {
  const changes: Changes = {};
  for (const { key } of CONFIG_ROWS) {
    if (before[key] !== after[key]) changes[key] = [before[key] ?? null, after[key] ?? null];
  }
  return changes;
}

/** A layer's values after an edit: null takes a key out of the layer. */
export function edited(values: LayerValues, edit: Record<string, number | null>): LayerValues {
  const all: Record<string, number | null | undefined> = { ...values, ...edit };
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== null),
  ) as LayerValues;
}
