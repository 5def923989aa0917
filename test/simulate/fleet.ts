/**
 * A fleet of sleeping cameras and one roll-out over weeks, driven by events in virtual time: check-ins every hour to every 30
 * days, cameras that die, links that are down. Seeded; the roll-out's own code decides.
 */
import type { RolloutPlan } from "../../toolchain/fleet/rollout/plan.ts";
import { Rollout } from "../../toolchain/fleet/rollout/rollout.ts";
import type { Member, Report } from "../../toolchain/fleet/rollout/states.ts";

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;
/** How much longer a stopped roll-out is watched. */
const AFTER_STOP_DAYS = 1;

export interface FleetOptions {
  cameras: number;
  camerasPerSite: number;
  days: number;
  /** Of the release: the share of cameras it kills, and how long after it was installed. */
  killShare: number;
  killAfterMs: number;
  /** Share of updates that fail whatever the release: half of those cameras go back, half fall silent. */
  backgroundFailure: number;
  plan: RolloutPlan;
  seed: number;
}

export interface FleetOutcome {
  status: string;
  reason: string;
  /** When it stopped, days from the start; undefined when it did not. */
  stoppedDay: number | undefined;
  installed: number;
  killed: number;
  proved: number;
  /** Most cameras of one site that were updating or newly lost to the update at once. */
  mostAtOneSite: number;
  events: number;
}

/** xorshift32: 0 up to 1. */
function generator(seed: number): () => number {
  let state = seed * 2654435761 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
}

interface Camera {
  cameraID: string;
  site: string;
  intervalMs: number;
  hasRelease: boolean;
  hasGoneBack: boolean;
  diesMs: number;
  isAffected: boolean;
}

function reportOf({ hasRelease, hasGoneBack }: Camera): Report {
  if (hasGoneBack) return { release: "failed", attempt: 0, reason: "health gate: no capture" };
  return { release: hasRelease ? "confirmed" : "other" };
}

export function simulateFleet(options: FleetOptions): FleetOutcome {
  const { plan } = options;
  const random = generator(options.seed);
  const rollout = new Rollout(plan);
  const cameras: Camera[] = [];
  const queue = new CheckIns();
  for (let i = 0; i < options.cameras; i++) {
    // Intervals spread evenly on a logarithmic scale, an hour to 30 days.
    const intervalMs = HOUR_MS * (30 * 24) ** random();
    const camera: Camera = {
      cameraID: `camera-${options.seed}-${i}`,
      site: `site-${Math.floor(i / options.camerasPerSite)}`,
      intervalMs,
      hasRelease: false,
      hasGoneBack: false,
      diesMs: Number.POSITIVE_INFINITY,
      isAffected: random() < options.killShare,
    };
    cameras.push(camera);
    rollout.join(camera);
    queue.add(random() * intervalMs, i);
  }
  const atSite = new Map<string, number>();
  const outcome: FleetOutcome = {
    status: "",
    reason: "",
    stoppedDay: undefined,
    installed: 0,
    killed: 0,
    proved: 0,
    mostAtOneSite: 0,
    events: 0,
  };
  let nextLookMs = HOUR_MS;
  for (let next = queue.take(); next && next.ms < options.days * DAY_MS; next = queue.take()) {
    const { ms: nowMs, camera: index } = next;
    while (nextLookMs < nowMs) {
      rollout.lookForSilence(nextLookMs);
      if (rollout.status === "stopped") outcome.stoppedDay ??= nextLookMs / DAY_MS;
      nextLookMs += HOUR_MS;
    }
    const camera = cameras[index] as Camera;
    if (nowMs >= camera.diesMs) continue;
    outcome.events++;
    const isProvedBefore = rollout.members.get(camera.cameraID)?.state === "proved";
    const order = rollout.checkIn(camera.cameraID, reportOf(camera), nowMs);
    if (rollout.status === "stopped") outcome.stoppedDay ??= nowMs / DAY_MS;
    const { state } = rollout.members.get(camera.cameraID) as Member;
    const isProved = state === "proved";
    if (isProved && !isProvedBefore) atSite.set(camera.site, (atSite.get(camera.site) ?? 0) - 1);
    if (order === "install" && !camera.hasRelease) {
      camera.hasRelease = true;
      outcome.installed++;
      const there = (atSite.get(camera.site) ?? 0) + 1;
      atSite.set(camera.site, there);
      outcome.mostAtOneSite = Math.max(outcome.mostAtOneSite, there);
      if (camera.isAffected) {
        camera.diesMs = Math.min(camera.diesMs, nowMs + options.killAfterMs);
        outcome.killed++;
      }
      if (random() < options.backgroundFailure) {
        if (random() < 0.5) camera.hasGoneBack = true;
        else camera.diesMs = Math.min(camera.diesMs, nowMs + random() * plan.soakMs);
      }
      // It checks in once more after the restart, then keeps its interval.
      if (nowMs + 60_000 < camera.diesMs) {
        rollout.checkIn(camera.cameraID, reportOf(camera), nowMs + 60_000);
      }
    }
    // One that proved the release or went back from it has nothing more to say.
    if (!isProved && state !== "failed")
      queue.add(nowMs + camera.intervalMs * (0.95 + 0.1 * random()), index);
    if (outcome.stoppedDay !== undefined && nowMs > (outcome.stoppedDay + AFTER_STOP_DAYS) * DAY_MS)
      break;
  }
  outcome.status = rollout.status;
  outcome.reason = rollout.reason;
  outcome.proved = rollout.states.proved;
  return outcome;
}

/** A binary heap by time. */
class CheckIns {
  private readonly heap: { ms: number; camera: number }[] = [];

  add(ms: number, camera: number): void {
    const { heap } = this;
    let i = heap.push({ ms, camera }) - 1;
    for (let up = (i - 1) >> 1; i > 0 && this.at(up).ms > this.at(i).ms; up = (i - 1) >> 1) {
      this.swap(i, up);
      i = up;
    }
  }

  take(): { ms: number; camera: number } | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    heap[0] = last;
    for (let i = 0; ; ) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2])
        if (child < heap.length && this.at(child).ms < this.at(least).ms) least = child;
      if (least === i) return first;
      this.swap(i, least);
      i = least;
    }
  }

  private at(i: number) {
    return this.heap[i] as { ms: number; camera: number };
  }

  private swap(a: number, b: number): void {
    const kept = this.at(a);
    this.heap[a] = this.at(b);
    this.heap[b] = kept;
  }
}
