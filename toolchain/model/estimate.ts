/**
 * How long a model may take on the chips. Not measured: multiply-adds scaled from the one figure ESP-NN publishes for whole
 * models, person_detect (README of espressif/esp-nn, commit d45b843c: 380 ms on ESP32, 54 ms on ESP32-S3, 240 MHz).
 */

/** Multiply-adds of person_detect. */
const REFERENCE_MACS = 7_160_000;

const REFERENCE_MS = { esp32: 380, esp32s3: 54 } as const;

export interface Estimate {
  board: keyof typeof REFERENCE_MS;
  ms: number;
}

export const ESTIMATE_BASIS =
  "estimate: multiply-adds scaled from ESP-NN's published person_detect (380 ms on ESP32, 54 ms on ESP32-S3), not measured";

/** Milliseconds per inference on each board, to two digits: more would claim too much. */
export const estimates = (macs: number): Estimate[] =>
  Object.entries(REFERENCE_MS).map(([board, ms]) => ({
    board: board as Estimate["board"],
    ms: Number(((ms * macs) / REFERENCE_MACS).toPrecision(2)),
  }));
