/** What states of a roll-out, and of a camera in it, are called; the dashboard knows them by the same names. */
export type RolloutStatus =
  | "running"
  | "paused"
  | "stopped"
  | "finished"
  | "cancelled"
  | "rolledBack"
  | "superseded";

/** Where a camera stands in a roll-out. */
export type MemberState =
  | "waiting"
  | "offered"
  | "installed"
  | "proved"
  | "failed"
  | "silent"
  | "skipped"
  | "rollingBack"
  | "rolledBack";
