/**
 * One roll-out in memory: who may update now, what has become of those that did, when it stops. Times come from outside, so
 * that the same code runs behind the server and in the simulation. The caller stores what `onChange` tells it.
 *
 *     waiting -> offered -> installed -> proved
 *                   |           |-> failed (rolled back, with the camera's reason)
 *                   |-----------|-> silent (missed its own intervals); a later check-in brings it back
 */
import { isHarmful, type Tally } from "./judge.ts";
import { isInWindow, placeOf, type RolloutPlan, ringOf } from "./plan.ts";

export type RolloutStatus = "running" | "paused" | "stopped" | "cancelled" | "finished";
export type MemberState = "waiting" | "offered" | "installed" | "proved" | "failed" | "silent";

export interface Member {
  cameraID: string;
  site: string;
  ring: number;
  state: MemberState;
  /** Why it failed, was skipped or forced; "" otherwise. */
  reason: string;
  /** Promised interval between check-ins, ms. */
  intervalMs: number;
  lastSeenMs: number;
  /** When it confirmed the release, 0 before. */
  installedMs: number;
}

/** What a camera says about the release when it checks in. */
export type Report =
  | { release: "other" }
  | { release: "confirmed" }
  | { release: "rolledBack"; reason: string };

/** States in which a camera may be unable to watch. */
const UNAVAILABLE: readonly MemberState[] = ["offered", "installed", "failed", "silent"];
const UNPROVEN: readonly MemberState[] = ["offered", "installed"];

export class Rollout {
  status: RolloutStatus = "running";
  /** Why it stopped, for people. */
  reason = "";
  readonly plan: RolloutPlan;
  readonly members = new Map<string, Member>();
  private readonly onChange: (member: Member) => void;
  private readonly unavailable = new Map<string, number>();
  private readonly unproven = new Set<Member>();
  private readonly ringSizes: number[];
  private readonly ringProved: number[];
  private readonly counts: Record<MemberState, number> = {
    waiting: 0,
    offered: 0,
    installed: 0,
    proved: 0,
    failed: 0,
    silent: 0,
  };

  constructor(plan: RolloutPlan, onChange: (member: Member) => void = () => {}) {
    this.plan = plan;
    this.onChange = onChange;
    this.ringSizes = plan.rings.map(() => 0);
    this.ringProved = plan.rings.map(() => 0);
  }

  get tally(): Tally {
    return { proved: this.counts.proved, failed: this.counts.failed + this.counts.silent };
  }

  /** Members by state. */
  get states(): Readonly<Record<MemberState, number>> {
    return this.counts;
  }

  /** A camera belongs to the roll-out from now on; also how stored members come back. */
  join(
    camera: { cameraID: string; site: string; intervalMs: number },
    stored: Partial<Member> = {},
  ): Member {
    const known = this.members.get(camera.cameraID);
    if (known) return known;
    const member: Member = {
      ...camera,
      ring: ringOf(this.plan, placeOf(camera.cameraID)),
      state: "waiting",
      reason: "",
      lastSeenMs: 0,
      installedMs: 0,
      ...stored,
    };
    this.members.set(member.cameraID, member);
    this.ringSizes[member.ring] = (this.ringSizes[member.ring] ?? 0) + 1;
    this.count(member, 1);
    return member;
  }

  /** Rings up to this one may update. */
  get openRing(): number {
    const isDone = (ring: number) =>
      (this.ringProved[ring] ?? 0) >= this.plan.successThreshold * (this.ringSizes[ring] ?? 0);
    let ring = 0;
    while (ring < this.plan.rings.length - 1 && isDone(ring)) ring++;
    return ring;
  }

  /**
   * A camera has checked in.
   * @returns whether to offer it the release now
   */
  checkIn(cameraID: string, report: Report, nowMs: number): boolean {
    const member = this.members.get(cameraID);
    if (!member) return false;
    member.lastSeenMs = nowMs;
    this.learn(member, report, nowMs);
    this.judge();
    if (this.status !== "running") return false;
    if (member.state === "offered") return true;
    if (member.state !== "waiting" || !this.mayStart(member, nowMs)) return false;
    this.move(member, "offered");
    return true;
  }

  /** Find cameras that have missed their own intervals. Call it now and then. */
  lookForSilence(nowMs: number): void {
    for (const member of [...this.unproven]) {
      const limitMs = this.plan.silentIntervals * member.intervalMs;
      if (nowMs - member.lastSeenMs > limitMs) {
        this.move(member, "silent", `no check-in for ${Math.round(limitMs / 3600_000)} h`);
      }
    }
    this.judge();
  }

  pause(): void {
    if (this.status === "running") this.status = "paused";
  }

  /** Also after a stop: a person has looked at it. The evidence so far stays, so it stops again at the next failure. */
  resume(): void {
    if (this.status === "paused" || this.status === "stopped") this.status = "running";
  }

  cancel(): void {
    this.status = "cancelled";
    for (const member of this.members.values()) {
      if (member.state === "offered") this.move(member, "waiting", "cancelled");
    }
  }

  /** A person wants this camera updated whatever ring, window and site say. */
  force(cameraID: string): boolean {
    const member = this.members.get(cameraID);
    if (!member || !["waiting", "failed", "silent"].includes(member.state)) return false;
    this.move(member, "offered", "forced");
    return true;
  }

  private learn(member: Member, report: Report, nowMs: number): void {
    if (report.release === "rolledBack") {
      if (UNPROVEN.includes(member.state) || member.state === "silent")
        this.move(member, "failed", report.reason);
      return;
    }
    if (report.release === "confirmed") {
      if (member.state === "proved") return;
      if (!member.installedMs) member.installedMs = nowMs;
      const hasSoaked = nowMs - member.installedMs >= this.plan.soakMs;
      this.move(member, hasSoaked ? "proved" : "installed");
      return;
    }
    // It lives and runs something else: what was offered has not been taken yet.
    if (member.state === "silent") this.move(member, "offered");
  }

  private judge(): void {
    if (this.status !== "running") return;
    const { tally } = this;
    if (isHarmful(this.plan, tally)) {
      this.status = "stopped";
      this.reason = `${tally.failed} of ${tally.proved + tally.failed} cameras failed or fell silent`;
    } else if (this.members.size > 0 && this.counts.proved === this.members.size) {
      this.status = "finished";
    }
  }

  private mayStart(member: Member, nowMs: number): boolean {
    if (!isInWindow(this.plan, nowMs) || member.ring > this.openRing) return false;
    if ((this.unavailable.get(member.site) ?? 0) >= this.plan.maxUnavailable) return false;
    return this.unproven.size < this.plan.firstBatch + this.counts.proved / this.plan.growth;
  }

  private move(member: Member, state: MemberState, reason = ""): void {
    if (member.state === state && member.reason === reason) return;
    this.count(member, -1);
    member.state = state;
    member.reason = reason;
    this.count(member, 1);
    this.onChange(member);
  }

  private count(member: Member, by: 1 | -1): void {
    this.counts[member.state] += by;
    if (by > 0 && UNPROVEN.includes(member.state)) this.unproven.add(member);
    else this.unproven.delete(member);
    if (member.state === "proved")
      this.ringProved[member.ring] = (this.ringProved[member.ring] ?? 0) + by;
    if (!UNAVAILABLE.includes(member.state)) return;
    this.unavailable.set(member.site, (this.unavailable.get(member.site) ?? 0) + by);
  }
}
