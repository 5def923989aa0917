/**
 * One roll-out in memory: who may update now, what has become of those that did, when it stops. Times come from outside, so
 * that the same code runs behind the server and in the simulation. The caller stores what `onChange` tells it.
 *
 *     waiting -> offered -> installed -> proved -------> rollingBack -> rolledBack   (the last two when a person
 *                   |           |          |                                         rolls the whole release back)
 *                   |-----------|----------|-> failed (went back by itself, with the camera's reason)
 *                   |-----------|-> silent (missed its own intervals); a later check-in brings it back
 */
import { evidence, stopsAt, type Tally } from "./judge.ts";
import { dueMsOf, isInWindow, placeOf, type RolloutPlan, ringOf } from "./plan.ts";
import {
  type Member,
  type MemberState,
  noStates,
  type Order,
  type Report,
  type RolloutMemory,
  type RolloutStatus,
} from "./states.ts";

/** States in which a camera may be unable to watch. */
const UNAVAILABLE: readonly MemberState[] = ["offered", "installed", "failed", "silent"];
const UNPROVEN: readonly MemberState[] = ["offered", "installed"];
/** Nothing more is expected of these, whatever comes of them. */
const SETTLED: readonly MemberState[] = ["proved", "failed", "silent", "skipped", "rolledBack"];

export class Rollout {
  status: RolloutStatus;
  reason: string;
  forgiven: Tally[];
  readonly plan: RolloutPlan;
  readonly members = new Map<string, Member>();
  /** Members by ring and state. */
  readonly rings: readonly Record<MemberState, number>[];
  private readonly dueMs: number;
  private readonly onChange: (member: Member) => void;
  private readonly unavailable = new Map<string, number>();
  private readonly unproven = new Set<Member>();
  /** Kept as members move, since every check-in asks. */
  private openTo: number | undefined;
  private isJudged = false;

  constructor(
    plan: RolloutPlan,
    onChange: (member: Member) => void = () => {},
    stored: Partial<RolloutMemory> = {},
  ) {
    this.plan = plan;
    this.onChange = onChange;
    this.rings = plan.rings.map(noStates);
    this.dueMs = dueMsOf(plan, stored.createdMs ?? Number.POSITIVE_INFINITY);
    this.status = stored.status ?? "running";
    this.reason = stored.reason ?? "";
    this.forgiven = stored.forgiven ?? plan.rings.map(() => ({ unharmed: 0, failed: 0 }));
  }

  /** Members by state. */
  get states(): Record<MemberState, number> {
    const sum = noStates();
    for (const ring of this.rings)
      for (const state of Object.keys(sum) as MemberState[]) sum[state] += ring[state];
    return sum;
  }

  /** Evidence of harm in each ring, since a person last resumed. */
  get evidence(): number[] {
    return this.rings.map((_, ring) => {
      const { unharmed, failed } = this.tallyOf(ring);
      const seen = this.forgiven[ring] ?? { unharmed: 0, failed: 0 };
      return evidence(this.plan, {
        unharmed: unharmed - seen.unharmed,
        failed: failed - seen.failed,
      });
    });
  }

  /** A camera belongs to the roll-out from now on; also how stored members come back. */
  join(
    camera: { cameraID: string; site: string; intervalMs: number },
    stored: Partial<Member> = {},
  ): Member {
    const known = this.members.get(camera.cameraID);
    if (known) return known;
    const member: Member = {
      ...{ ring: ringOf(this.plan, placeOf(camera.cameraID)), state: "waiting", reason: "" },
      ...{ attempt: 0, lastSeenMs: 0, installedMs: 0 },
      ...camera,
      ...stored,
    };
    this.members.set(member.cameraID, member);
    this.count(member, 1);
    return member;
  }

  /** A camera has been moved to another site. */
  relocate(member: Member, site: string): void {
    this.count(member, -1);
    member.site = site;
    this.count(member, 1);
  }

  /** Rings up to this one may update. */
  get openRing(): number {
    this.openTo ??= this.findOpenRing();
    return this.openTo;
  }

  private findOpenRing(): number {
    const isDone = (states: Record<MemberState, number>) => {
      const { skipped, ...others } = states;
      const size = Object.values(others).reduce((sum, count) => sum + count, 0);
      return states.proved >= this.plan.successThreshold * size;
    };
    const first = this.rings.findIndex((states) => !isDone(states));
    return first < 0 ? this.rings.length - 1 : first;
  }

  /**
   * A camera has checked in.
   * @param canTake false when it cannot be offered this release now
   * @returns what it is to do
   */
  checkIn(cameraID: string, report: Report, nowMs: number, canTake = true): Order {
    const member = this.members.get(cameraID);
    if (!member) return undefined;
    member.lastSeenMs = nowMs;
    if (this.status === "rolledBack") return this.bringBack(member, report);
    this.learn(member, report, nowMs);
    this.judge();
    return canTake && this.mayInstall(member, nowMs) ? "install" : undefined;
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

  /** @returns false when it is over */
  pause(): boolean {
    if (this.status !== "running") return this.status === "paused";
    this.status = "paused";
    return true;
  }

  /** Also after a stop: a person has looked, so what has happened so far does not count against it any more. */
  resume(): boolean {
    if (this.status === "stopped") this.forgiven = this.rings.map((_, ring) => this.tallyOf(ring));
    else if (this.status !== "paused") return this.status === "running";
    this.status = "running";
    this.reason = "";
    this.isJudged = false;
    this.judge();
    return true;
  }

  /** Offer it to nobody any more; what has installed it keeps it. */
  cancel(): boolean {
    if (this.isOver) return this.status === "cancelled";
    this.status = "cancelled";
    return true;
  }

  /** Every camera that runs the release is told to leave it when it next checks in. */
  rollBack(reason: string): boolean {
    if (this.isOver && this.status !== "cancelled") return this.status === "rolledBack";
    this.status = "rolledBack";
    this.reason = reason;
    return true;
  }

  /** A person wants this camera updated whatever ring, window, site and evidence say. */
  force(cameraID: string): boolean {
    const member = this.members.get(cameraID);
    const isOpen = ["waiting", "offered", "failed", "silent"].includes(member?.state ?? "");
    if (!member || !isOpen || this.isOver) return false;
    member.attempt++;
    this.move(member, "offered", `forced (${member.attempt})`);
    return true;
  }

  /** Whether a camera that has been offered it should go on fetching it. */
  isWanted(cameraID: string): boolean {
    const isForced = (this.members.get(cameraID)?.attempt ?? 0) > 0 && !this.isOver;
    return isForced || this.status === "running" || this.status === "finished";
  }

  private get isOver(): boolean {
    return ["cancelled", "rolledBack", "superseded"].includes(this.status);
  }

  private tallyOf(ring: number): Tally {
    const { offered, installed, proved, failed, silent } = this.rings[ring] ?? noStates();
    return { unharmed: offered + installed + proved, failed: failed + silent };
  }

  private learn(member: Member, report: Report, nowMs: number): void {
    if (report.release === "failed") {
      if (report.attempt >= member.attempt) this.move(member, "failed", report.reason);
    } else if (report.release === "confirmed") {
      if (member.state === "proved") return;
      if (!member.installedMs) member.installedMs = nowMs;
      const hasSoaked = nowMs - member.installedMs >= this.plan.soakMs;
      this.move(member, hasSoaked ? "proved" : "installed");
    } else if (report.release === "unfit") {
      this.move(member, "skipped", report.reason);
    } else if (report.release === "newer") {
      this.move(member, "skipped", `runs release ${report.counter} already`);
    } else if (member.state === "silent" || member.state === "installed") {
      // It lives and does not run the release: silent too early, or installed by hand over it.
      member.installedMs = 0;
      this.move(member, "offered");
    } else if (member.state === "offered" && this.status === "cancelled") {
      this.move(member, "waiting", "cancelled");
    } else if (member.state === "offered" && member.attempt === 0) {
      this.move(member, "offered", report.waiting);
    }
  }

  /** Why a camera that waits is not even asked. */
  remark(member: Member, reason: string): void {
    if (member.state === "waiting") this.move(member, "waiting", reason);
  }

  private bringBack(member: Member, report: Report): Order {
    if (report.release === "confirmed" || report.release === "pending") {
      this.move(member, "rollingBack");
      return "rollBack";
    }
    const wasTouched = !["waiting", "failed", "skipped", "rolledBack"].includes(member.state);
    if (wasTouched) this.move(member, "rolledBack");
    return undefined;
  }

  private judge(): void {
    if (this.isJudged) return;
    this.isJudged = true;
    if (this.status !== "running" && this.status !== "finished") return;
    const ring = this.evidence.findIndex((value) => value >= stopsAt(this.plan));
    if (ring >= 0) {
      const { unharmed, failed } = this.tallyOf(ring);
      this.status = "stopped";
      this.reason = `${failed} of ${unharmed + failed} cameras of ring ${ring + 1} failed or fell silent`;
      return;
    }
    // Cameras may still join, and a camera given up for silent may come back: then it goes on.
    const { states } = this;
    const settled = SETTLED.reduce((sum, state) => sum + states[state], 0);
    this.status = settled > 0 && settled === this.members.size ? "finished" : "running";
  }

  private mayInstall(member: Member, nowMs: number): boolean {
    if (this.isOver) return false;
    if (member.state === "offered" && member.attempt > 0) return true;
    if (this.status !== "running") return false;
    if (nowMs < this.dueMs && !isInWindow(this.plan, nowMs)) return false;
    if (member.state === "offered") return true;
    if (member.state !== "waiting" || !this.hasRoomFor(member)) return false;
    this.move(member, "offered");
    return true;
  }

  private hasRoomFor(member: Member): boolean {
    if (member.ring > this.openRing) return false;
    if ((this.unavailable.get(member.site) ?? 0) >= this.plan.maxUnavailable) return false;
    const { offered, installed, proved } = this.rings[member.ring] ?? noStates();
    return offered + installed < this.plan.firstBatch + proved / this.plan.growth;
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
    this.openTo = undefined;
    this.isJudged = false;
    const states = this.rings[member.ring];
    if (states) states[member.state] += by;
    if (by > 0 && UNPROVEN.includes(member.state)) this.unproven.add(member);
    else this.unproven.delete(member);
    if (!UNAVAILABLE.includes(member.state)) return;
    this.unavailable.set(member.site, (this.unavailable.get(member.site) ?? 0) + by);
  }
}
