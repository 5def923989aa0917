/** Roll-outs as the operator API shows them. */
import type { NotNull } from "kysely";
import { isoOfMs } from "../clock.ts";
import type { Db } from "../db/open.ts";
import type { RolloutRow } from "../db/tables.ts";
import { httpError } from "../http-errors.ts";
import { type Order, type Page, readPage } from "../pages.ts";
import { reachOf } from "../rights/limited-db.ts";
import { stopsAt } from "./judge.ts";
import type { RolloutPlan } from "./plan.ts";
import type { Rollouts } from "./service.ts";
import { type MemberState, noStates } from "./states.ts";
import type { Selection } from "./store.ts";

const TROUBLES_MAX = 200;
const TROUBLES: MemberState[] = ["failed", "silent", "rollingBack", "offered", "installed"];

/** A roll-out's own reason counts cameras of the whole server. Those who see only some hear what became of theirs. */
export const reasonFor = (db: Db, reason: string): string => (reachOf(db).isAll ? reason : "");

/** Newest first. **Errors:** BAD_CURSOR */
export async function listRollouts(db: Db, rollouts: Rollouts, page: Page) {
  const order: Order = { by: [["rolloutID", "number"]], direction: "desc" };
  const { rows, next } = await readPage(db.selectFrom("rollouts").selectAll(), order, page);
  return { rollouts: await Promise.all(rows.map((row) => rolloutJson(db, rollouts, row))), next };
}

/** One roll-out with its sites, its history and the cameras that are not yet through. **Errors:** ROLLOUT_UNKNOWN */
export async function rolloutDetail(db: Db, rollouts: Rollouts, rolloutID: number) {
  const row = await db
    .selectFrom("rollouts")
    .selectAll()
    .where("rolloutID", "=", rolloutID)
    .executeTakeFirst();
  if (!row) throw httpError("ROLLOUT_UNKNOWN", `there is no roll-out ${rolloutID}`);
  return {
    ...(await rolloutJson(db, rollouts, row)),
    sites: await statesBySite(db, rolloutID),
    cameras: await membersOf(db, rolloutID).where("state", "in", TROUBLES).execute(),
    events: (await eventsOf(db, rolloutID, "")).map((event) => ({
      ...{ ...event, reason: reasonFor(db, event.reason) },
    })),
  };
}

/** One camera's place in a roll-out and what became of it. **Errors:** CAMERA_UNKNOWN */
export async function memberDetail(db: Db, rolloutID: number, cameraID: string) {
  const member = await membersOf(db, rolloutID)
    .where("rollout_members.cameraID", "=", cameraID)
    .executeTakeFirst();
  if (!member) throw httpError("CAMERA_UNKNOWN", `${cameraID} is not in roll-out ${rolloutID}`);
  return { ...member, events: await eventsOf(db, rolloutID, cameraID) };
}

async function rolloutJson(db: Db, rollouts: Rollouts, row: RolloutRow) {
  const plan = JSON.parse(row.plan) as RolloutPlan;
  const live = (await rollouts.live(row.rolloutID))?.rollout;
  const byRing = await statesByRing(db, row.rolloutID, plan.rings.length);
  const isWhole = reachOf(db).isAll;
  const states = noStates();
  const rings = plan.rings.map((upTo, ring) => {
    const here = byRing[ring] ?? noStates();
    for (const state of Object.keys(states) as MemberState[]) states[state] += here[state];
    return {
      upTo,
      isOpen: live !== undefined && ring <= live.openRing,
      cameras: Object.values(here).reduce((sum, count) => sum + count, 0),
      states: here,
      evidence: isWhole ? round(live?.evidence[ring] ?? 0) : null,
    };
  });
  return {
    rolloutID: row.rolloutID,
    releaseID: row.releaseID,
    status: row.status,
    reason: reasonFor(db, row.reason),
    created: isoOfMs(row.createdMs),
    changed: isoOfMs(row.changedMs),
    states,
    rings,
    /** Evidence of harm in any one ring from which it stops. */
    stopsAt: round(stopsAt(plan)),
    plan,
    /** Its names are for those who see everything. */
    selection: isWhole ? (JSON.parse(row.selection) as Selection) : null,
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;

async function statesByRing(db: Db, rolloutID: number, rings: number) {
  const rows = await db
    .selectFrom("rollout_members")
    .select(({ fn }) => ["ring", "state", fn.countAll<number>().as("cameras")])
    .where("rolloutID", "=", rolloutID)
    .groupBy(["ring", "state"])
    .execute();
  const byRing = Array.from({ length: rings }, noStates);
  for (const { ring, state, cameras } of rows) {
    const states = byRing[ring];
    if (states) states[state] = Number(cameras);
  }
  return byRing;
}

async function statesBySite(db: Db, rolloutID: number) {
  const rows = await db
    .selectFrom("rollout_members")
    .innerJoin("deployments", (join) =>
      join
        .onRef("deployments.cameraID", "=", "rollout_members.cameraID")
        .on("deployments.deploymentEnd", "is", null),
    )
    .select(({ fn }) => ["siteID as site", "state", fn.countAll<number>().as("cameras")])
    .where("rolloutID", "=", rolloutID)
    .groupBy(["siteID", "state"])
    .orderBy("siteID")
    .$narrowType<{ site: NotNull }>()
    .execute();
  const sites = new Map<string, Record<MemberState, number>>();
  for (const { site, state, cameras } of rows) {
    const states = sites.get(site) ?? noStates();
    states[state] = Number(cameras);
    sites.set(site, states);
  }
  return [...sites].map(([site, states]) => ({ site, states }));
}

const membersOf = (db: Db, rolloutID: number) =>
  db
    .selectFrom("rollout_members")
    .innerJoin("cameras", "cameras.cameraID", "rollout_members.cameraID")
    .innerJoin("deployments", (join) =>
      join
        .onRef("deployments.cameraID", "=", "rollout_members.cameraID")
        .on("deployments.deploymentEnd", "is", null),
    )
    .select([
      ...(["rollout_members.cameraID", "cameras.name", "siteID as site"] as const),
      ...(["ring", "state", "reason", "attempt"] as const),
    ])
    .where("rolloutID", "=", rolloutID)
    .orderBy("rollout_members.changedMs", "desc")
    .limit(TROUBLES_MAX);

async function eventsOf(db: Db, rolloutID: number, cameraID: string) {
  const rows = await db
    .selectFrom("rollout_events")
    .select(["state", "reason", "timeMs"])
    .where("rolloutID", "=", rolloutID)
    .where("cameraID", "=", cameraID)
    .orderBy("sequence")
    .execute();
  return rows.map(({ timeMs, ...event }) => ({ ...event, time: isoOfMs(timeMs) }));
}
