/** Number. */
import { asNumber, toInt, toNumber } from "../convert.ts";
import type { Engine } from "../engine.ts";
import { formatDouble } from "../format.ts";
import { EspArray, EspObject, PLAIN, type Value } from "../value.ts";
import { classOf, methods } from "./define.ts";

const DIGITS_MAX = 20;

export function installNumber(e: Engine): void {
  methods(e, "Number", {
    toFixed: (self, [digits]) => {
      const count = Math.max(0, Math.min(DIGITS_MAX, toInt(e, digits)));
      return formatDouble(toNumber(e, self), 10, count);
    },
  });
  classOf(e, "Number", (_self, args) => (args.length === 0 ? 0 : numberOf(e, args[0])), {
    NaN: { get: () => Number.NaN },
    MAX_VALUE: { get: () => Number.MAX_VALUE },
    MIN_VALUE: { get: () => 2.2250738585072014e-308 },
    NEGATIVE_INFINITY: { get: () => Number.NEGATIVE_INFINITY },
    POSITIVE_INFINITY: { get: () => Number.POSITIVE_INFINITY },
  });
}

function numberOf(e: Engine, value: Value): number {
  if (value instanceof EspArray) {
    if (value.items.length === 0) return 0;
    const [only] = value.items;
    if (value.items.length > 1 || typeof only === "boolean") return Number.NaN;
    return only === "" ? 0 : asNumber(e, only);
  }
  if (value === undefined || (value instanceof EspObject && value.kind === PLAIN))
    return Number.NaN;
  return value === "" ? 0 : asNumber(e, value);
}
