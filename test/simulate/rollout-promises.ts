/** What the roll-out server promises (docs/updates.md) and how a simulated fleet measures it; two seeds or hundreds. */
import { DEFAULT_PLAN } from "../../toolchain/fleet/rollout/plan.ts";
import { type FleetOptions, simulateFleet } from "./fleet.ts";

const BASE: Omit<FleetOptions, "cameras" | "days" | "seed"> = {
  camerasPerSite: 10,
  killShare: 0,
  killAfterMs: 2 * 3600_000,
  backgroundFailure: 0.02,
  plan: DEFAULT_PLAN,
};
const DAYS = 60;

export interface Row {
  name: string;
  measured: string;
  promised: string;
  isKept: boolean;
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

/** One release that kills 30 % of its cameras two hours after they installed it. */
export function harmfulRows(cameras: number, seed: number): Row[] {
  const outcome = simulateFleet({ ...BASE, cameras, seed, days: DAYS, killShare: 0.3 });
  const { installed, killed, mostAtOneSite, stoppedDay } = outcome;
  const share = installed / cameras;
  const most = DEFAULT_PLAN.maxUnavailable;
  return [
    {
      name: "harmful release: cameras that ever install it",
      measured: `${installed} of ${cameras} (${percent(share)}), ${killed} killed`,
      promised: "at most 0.50 %",
      isKept: installed > 0 && share <= 0.005,
    },
    {
      name: "harmful release: most cameras of a site at once",
      measured: String(mostAtOneSite),
      promised: `at most ${most}`,
      isKept: mostAtOneSite > 0 && mostAtOneSite <= most,
    },
    {
      name: "harmful release: stops without a person",
      measured: stoppedDay === undefined ? outcome.status : `on day ${stoppedDay.toFixed(1)}`,
      promised: "stopped",
      isKept: outcome.status === "stopped",
    },
  ];
}

/** A good release on the whole fleet: how far it gets. */
export function goodRow(cameras: number, seed: number): Row {
  const { status, proved, mostAtOneSite } = simulateFleet({ ...BASE, cameras, seed, days: DAYS });
  const share = proved / cameras;
  return {
    name: `good release: cameras that proved it in ${DAYS} days`,
    measured: `${percent(share)}, ${status}, ${mostAtOneSite} of a site at once`,
    promised: "at least 75 %, not stopped",
    isKept: share >= 0.75 && status === "running" && mostAtOneSite <= DEFAULT_PLAN.maxUnavailable,
  };
}

/** Good releases, 2 % of whose updates fail anyway, on many small fleets. */
export function falseStopRow(runs: number, cameras: number): Row {
  let stops = 0;
  for (let seed = 1; seed <= runs; seed++) {
    if (simulateFleet({ ...BASE, cameras, seed, days: DAYS }).status === "stopped") stops++;
  }
  return {
    name: "good release: stopped by mistake",
    measured: `${stops} of ${runs} (${percent(stops / runs)})`,
    promised: "below 1.00 %",
    isKept: stops / runs < 0.01,
  };
}
