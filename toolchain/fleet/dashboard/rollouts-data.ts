/** Roll-outs as the dashboard reads them: types, requests, words. */
import type { MemberState, RolloutStatus } from "../rollout/state-names.ts";
import { request } from "./api.ts";
import { plural } from "./words.ts";

export type { MemberState, RolloutStatus };

export type States = Record<MemberState, number>;

export interface Rollout {
  rolloutID: number;
  releaseID: string;
  status: RolloutStatus;
  reason: string;
  created: string;
  changed: string;
  states: States;
  rings: { upTo: number; isOpen: boolean; cameras: number; states: States; evidence: number }[];
  /** Evidence of harm in any one ring from which it stops. */
  stopsAt: number;
  plan: Plan;
  selection: { sites?: string[]; groups?: string[]; cameraIDs?: string[] };
}

/** As much of a plan as the form knows; what is not given is the server's. */
export interface Plan {
  rings?: number[];
  maxUnavailable?: number;
  soakMs?: number;
  windows?: [number, number][];
  priority?: string;
  [field: string]: unknown;
}

export interface Member {
  cameraID: string;
  name: string;
  site: string;
  ring: number;
  state: MemberState;
  reason: string;
  attempt: number;
}

export interface RolloutDetail extends Rollout {
  sites: { site: string; states: States }[];
  /** Cameras that are not yet through, at most 200. */
  cameras: Member[];
  events: { state: string; reason: string; time: string }[];
}

export interface Release {
  releaseID: string;
  kind: string;
  counter: number;
  version: string;
  bytes: number;
  hardware: string;
  isSigned: boolean;
  created: string;
}

export type RolloutAction = "pause" | "resume" | "cancel" | "rollback";

export interface NewRollout {
  releaseID: string;
  plan: Plan;
  sites?: string[];
  groups?: string[];
}

export const actOnRollout = (rolloutID: number, action: RolloutAction): Promise<RolloutDetail> =>
  request("POST", `rollouts/${rolloutID}/${action}`);

export const forceCamera = (rolloutID: number, cameraID: string): Promise<unknown> =>
  request("POST", `rollouts/${rolloutID}/cameras/${encodeURIComponent(cameraID)}/force`);

export const beginRollout = (rollout: NewRollout): Promise<RolloutDetail> =>
  request("POST", "rollouts", rollout);

export const STATUS_WORDS: Record<RolloutStatus, string> = {
  running: "Running",
  paused: "Paused",
  stopped: "Stopped by itself",
  finished: "Finished",
  cancelled: "Cancelled",
  rolledBack: "Rolled back",
  superseded: "Replaced by a newer one",
};

export const MEMBER_WORDS: Record<MemberState, string> = {
  waiting: "waiting",
  offered: "offered",
  installed: "installed, on trial",
  proved: "proved",
  failed: "failed",
  silent: "silent",
  skipped: "skipped",
  rollingBack: "rolling back",
  rolledBack: "rolled back",
};

/** What the server lists one by one; the others are only counted. */
export const LISTED: MemberState[] = ["failed", "silent", "rollingBack", "offered", "installed"];

/** "12 proved, 3 offered, 1 failed": what is, in the order of what matters. */
export function statesSentence(states: States): string {
  const order = ["failed", "silent", "proved", "installed", "offered", "rollingBack"] as const;
  const rest = ["rolledBack", "skipped", "waiting"] as const;
  const parts = [...order, ...rest]
    .filter((state) => states[state] > 0)
    .map((state) => `${states[state].toLocaleString("en-GB")} ${MEMBER_WORDS[state]}`);
  return parts.join(", ") || "no cameras";
}

export const total = (states: States): number =>
  Object.values(states).reduce((sum, count) => sum + count, 0);

/** Does forcing a camera change anything? */
export const isForcible = (state: MemberState, status: RolloutStatus): boolean =>
  ["waiting", "offered", "failed", "silent"].includes(state) &&
  !["cancelled", "rolledBack", "superseded"].includes(status);

/** What a person may do now, and what it means. */
export function actionsOf({ status }: Rollout): { action: RolloutAction; word: string }[] {
  const undo = { action: "rollback", word: "Roll back" } as const;
  const end = { action: "cancel", word: "Cancel" } as const;
  if (status === "running") return [{ action: "pause", word: "Pause" }, end, undo];
  if (status === "paused" || status === "stopped")
    return [{ action: "resume", word: "Resume" }, end, undo];
  return status === "finished" || status === "cancelled" ? [undo] : [];
}

export const CONFIRMATIONS: Record<RolloutAction, (one: Rollout) => string> = {
  pause: () => "",
  resume: ({ status }) =>
    status === "stopped"
      ? "It stopped because cameras came to harm. Resumed, it counts their harm as seen and goes on."
      : "",
  cancel: () =>
    "No further camera gets this release. Those that have it keep it. This cannot be taken back.",
  rollback: ({ states }) =>
    `Every camera that has this release is told to leave it: ${plural(
      states.installed + states.proved,
      "camera",
    )}. This cannot be taken back.`,
};
