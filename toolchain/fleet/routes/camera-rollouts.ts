/** GET /api/v1/cameras/:cameraID/rollouts: the roll-outs that a camera is or was in, newest first. */
import Type from "typebox";
import { IdSchema } from "../checkin/schemas.ts";
import { isoOfMs } from "../clock.ts";
import { type App, may } from "./app.ts";

const ROLLOUTS_MAX = 20;
const CameraParams = Type.Object({ cameraID: IdSchema });

export function cameraRolloutRoutes(app: App): void {
  /** -> {rollouts: [{rolloutID, releaseID, version, status, ring, state, reason, changed}], runs: [{kind, counter, pending}]} */
  app.get(
    "/api/v1/cameras/:cameraID/rollouts",
    { ...may("read"), schema: { params: CameraParams } },
    async ({ db, params: { cameraID } }) => {
      const rows = await db
        .selectFrom("rollout_members")
        .innerJoin("rollouts", "rollouts.rolloutID", "rollout_members.rolloutID")
        .innerJoin("releases", "releases.releaseID", "rollouts.releaseID")
        .select(["rollouts.rolloutID", "rollouts.releaseID", "releases.version"])
        .select(["rollouts.status", "ring", "state", "rollout_members.reason"])
        .select("rollout_members.changedMs")
        .where("rollout_members.cameraID", "=", cameraID)
        .orderBy("rollouts.rolloutID", "desc")
        .limit(ROLLOUTS_MAX)
        .execute();
      const runs = await db
        .selectFrom("camera_releases")
        .select(["kind", "counter", "pending"])
        .where("cameraID", "=", cameraID)
        .orderBy("kind")
        .execute();
      const rollouts = rows.map(({ changedMs, ...row }) => ({
        ...row,
        changed: isoOfMs(changedMs),
      }));
      return { rollouts, runs };
    },
  );
}
