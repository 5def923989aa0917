/** What a person checked when a camera was set up: one list for each deployment, replaced whole. */
import { isoOfMs } from "../clock.ts";
import type { Db } from "../db/open.ts";
import { httpError } from "../http-errors.ts";
import { type Secrets, secretsFrom, WITHHELD_TEXT } from "../research/withheld.ts";
import type { Reach } from "../rights/reach.ts";
import { openDeployment } from "./places.ts";

export interface Check {
  /** Name of the step, "aim". */
  step: string;
  state: "passed" | "skipped" | "failed";
  /** What was found, in words. */
  value: string;
  /** ISO 8601, when it was looked at; absent: when the list was stored. */
  time?: string;
}

export interface Checklist {
  deploymentID: string;
  /** Who set it up. */
  by: string;
  time: string;
  checks: Check[];
}

/** Keep the list with the camera's present deployment. **Errors:** CAMERA_UNKNOWN, CAMERA_RETIRED */
export function saveChecklist(
  db: Db,
  cameraID: string,
  { checks, by }: { checks: Check[]; by: string },
  nowMs: number,
): Promise<Checklist> {
  const time = isoOfMs(nowMs);
  const dated = checks.map((check) => ({ ...check, time: check.time ?? time }));
  return db.transaction().execute(async (transaction) => {
    const deployment = await deploymentOf(transaction, cameraID);
    if (!deployment) throw httpError("CAMERA_RETIRED");
    const { deploymentID } = deployment;
    const row = { checks: JSON.stringify(dated), doneBy: by, timeMs: nowMs };
    await transaction
      .insertInto("deployment_checklists")
      .values({ deploymentID, cameraID, ...row })
      .onConflict((conflict) => conflict.column("deploymentID").doUpdateSet(row))
      .execute();
    return { deploymentID, by, time, checks: dated };
  });
}

/**
 * Of the present deployment; null where nothing was checked. **Errors:** CAMERA_UNKNOWN
 * @param exact where who asks may see sensitive places exactly
 */
export async function checklistOf(
  db: Db,
  cameraID: string,
  exact: Reach,
): Promise<Checklist | null> {
  const deployment = await deploymentOf(db, cameraID);
  const secrets = await secretsFrom(db, exact, deployment ? [deployment.deploymentID] : []);
  const lists = await checklistsOf(db, cameraID, secrets);
  return (deployment && lists.get(deployment.deploymentID)) ?? null;
}

/** What the wizard writes where the camera stands. */
const POSITION = "position";

/** Of all of a camera's deployments, by deploymentID. @param secrets those whose position is not told */
export async function checklistsOf(
  db: Db,
  cameraID: string,
  secrets: Secrets,
): Promise<Map<string, Checklist>> {
  const toldOf = (deploymentID: string, checks: Check[]) =>
    checks.map((check) =>
      secrets.has(deploymentID) && check.step === POSITION
        ? { ...check, value: WITHHELD_TEXT }
        : check,
    );
  const rows = await db
    .selectFrom("deployment_checklists")
    .selectAll()
    .where("cameraID", "=", cameraID)
    .execute();
  return new Map(
    rows.map(({ deploymentID, doneBy, timeMs, checks }) => [
      deploymentID,
      {
        ...{ deploymentID, by: doneBy, time: isoOfMs(timeMs) },
        checks: toldOf(deploymentID, JSON.parse(checks) as Check[]),
      },
    ]),
  );
}

/** **Errors:** CAMERA_UNKNOWN */
async function deploymentOf(db: Db, cameraID: string) {
  const camera = await db
    .selectFrom("cameras")
    .select("cameraID")
    .where("cameraID", "=", cameraID)
    .executeTakeFirst();
  if (!camera) throw httpError("CAMERA_UNKNOWN");
  return openDeployment(db, cameraID);
}
