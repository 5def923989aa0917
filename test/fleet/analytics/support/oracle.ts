/** Answers of other people's tools beside the checkout, and comparison of numbers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { SHARED_DATA, skip } from "../../../support/skip.ts";

/** A file of ../shared/data/domain, or undefined after saying so. */
export function oracle<T>(name: string): T | undefined {
  if (!SHARED_DATA) {
    skip(`${name}: no ../shared/data`);
    return undefined;
  }
  return JSON.parse(readFileSync(join(SHARED_DATA, "domain", name), "utf8"));
}

/** Equal within a share of the expected value (absolute where that is below 1). */
export function near(actual: number, expected: number, tolerance: number, what = ""): void {
  const error = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
  assert.ok(error <= tolerance, `${what}: ${actual} instead of ${expected} (off by ${error})`);
}

/** Equal to every printed digit. */
export function digits(actual: number, printed: string, what = ""): void {
  assert.is(actual.toFixed(printed.split(".")[1]?.length ?? 0), printed, what);
}
