/** The states of a roll-out and of the cameras in it, and what passes between it and a camera. */
import type { Tally } from "./judge.ts";
import type { MemberState, RolloutStatus } from "./state-names.ts";

export type { MemberState, RolloutStatus };

export interface Member {
  cameraID: string;
  site: string;
  ring: number;
  state: MemberState;
  /** Why it failed, was skipped or offered; "" otherwise. */
  reason: string;
  /** How often a person forced it; a camera's report of an earlier attempt does not count. */
  attempt: number;
  /** Promised interval between check-ins, ms. */
  intervalMs: number;
  lastSeenMs: number;
  /** When it confirmed the release, 0 before. */
  installedMs: number;
}

/** What a camera says about the release when it checks in. */
export type Report =
  /** `waiting`: why it does not follow an offer now. */
  | { release: "other"; waiting?: string | undefined }
  /** It is being fetched or on trial. */
  | { release: "pending"; waiting?: string | undefined }
  /** Not made for this camera. */
  | { release: "unfit"; reason: string }
  | { release: "confirmed" }
  | { release: "newer"; counter: number }
  | { release: "failed"; attempt: number; reason: string };

/** What a camera hears: take the release, or leave it again. */
export type Order = "install" | "rollBack" | undefined;

export const noStates = (): Record<MemberState, number> => ({
  ...{ waiting: 0, offered: 0, installed: 0, proved: 0, failed: 0, silent: 0 },
  ...{ skipped: 0, rollingBack: 0, rolledBack: 0 },
});

export interface RolloutMemory {
  status: RolloutStatus;
  /** Why it stopped, for people. */
  reason: string;
  /** Outcomes in each ring that a person has seen and let pass by resuming. */
  forgiven: Tally[];
  /** When it began, UTC milliseconds. */
  createdMs: number;
}
