/** What each camera runs, as it said last, and what that means to a roll-out. */
import type { ReleaseReport } from "../../../device/protocol/release-offers.ts";
import type { Db } from "../db/open.ts";
import type { CameraReleasesTable, ReleaseRow } from "../db/tables.ts";
import type { Report } from "./states.ts";

const REPORTED = ["counter", "pending", "failedCounter", "failedAttempt", "failedReason"] as const;

export async function storedReports(db: Db, cameraID: string): Promise<ReleaseReport[]> {
  const rows = await db
    .selectFrom("camera_releases")
    .selectAll()
    .where("cameraID", "=", cameraID)
    .execute();
  return rows.map(({ kind, counter, pending, failedCounter, failedAttempt, failedReason }) => ({
    kind,
    counter,
    pending,
    failed: { counter: failedCounter, attempt: failedAttempt, reason: failedReason },
  }));
}

/** Written only when something is new. */
export async function saveReports(
  db: Db,
  cameraID: string,
  reports: readonly ReleaseReport[],
  nowMs: number,
): Promise<void> {
  const before = new Map((await storedReports(db, cameraID)).map((row) => [row.kind, row]));
  for (const report of reports) {
    const row = rowOf(cameraID, report, nowMs);
    const known = before.get(report.kind);
    const old = known && rowOf(cameraID, known, nowMs);
    if (old && REPORTED.every((field) => old[field] === row[field])) continue;
    await db
      .insertInto("camera_releases")
      .values(row)
      .onConflict((conflict) => conflict.columns(["cameraID", "kind"]).doUpdateSet(row))
      .execute();
  }
}

const rowOf = (
  cameraID: string,
  { kind, counter, pending = 0, failed }: ReleaseReport,
  reportedMs: number,
): CameraReleasesTable => ({
  ...{ cameraID, kind, counter, pending, reportedMs },
  failedCounter: failed?.counter ?? 0,
  failedAttempt: failed?.attempt ?? 0,
  failedReason: failed?.reason ?? "",
});

/** @returns undefined for a camera that cannot take this kind, or not this file */
export function reportAbout(
  release: ReleaseRow,
  reports: readonly ReleaseReport[],
  hardware?: string,
): { report: Report; canTake: boolean } | undefined {
  const said = reports.find(({ kind }) => kind === release.kind);
  if (!said) return undefined;
  if (hardware && release.hardware && hardware !== release.hardware) {
    const reason = `it is for ${release.hardware}, this camera is ${hardware}`;
    return { report: { release: "unfit", reason }, canTake: false };
  }
  const { baseCounter } = release;
  return {
    report: meaningOf(release, said),
    canTake: baseCounter === null || baseCounter === said.counter,
  };
}

function meaningOf({ counter }: ReleaseRow, said: ReleaseReport): Report {
  if (said.counter === counter) return { release: "confirmed" };
  if (said.counter > counter) return { release: "newer", counter: said.counter };
  // Tried again: what it said of the attempt before is old.
  const { waiting } = said;
  if (said.pending === counter) return { release: "pending", waiting };
  if (said.failed?.counter !== counter) return { release: "other", waiting };
  const { attempt, reason } = said.failed;
  return { release: "failed", attempt, reason: reason || "no reason given" };
}
