/** One event as the camera saw it: what the detector hands to the recorder and the alerts. */
import type { Box, Frame } from "../ports.ts";
import type { ObservationType } from "../protocol/records.ts";

/** What set the camera off. A test shot ignores the background: it must work on a wall as on a savanna. */
export type Cause = "motion" | "timeLapse" | "test";

export interface Verdict {
  type: ObservationType;
  /** 0..1, mean over the pictures that agree; 0 where no model ran. */
  probability: number;
  /** A kind of animal the model is sure of, or "". */
  label: string;
}

export interface Sighting {
  cause: Cause;
  verdict: Verdict;
  /** Name of the model; "motion" where nothing moved; "" where nothing looked. */
  classifiedBy: string;
  /** Around what moved in the best picture. */
  box: Box | undefined;
  /** The best picture. Whoever gets the sighting releases it. */
  frame: Frame;
  /** Every picture of the burst was a blank. */
  isQuiet: boolean;
}
