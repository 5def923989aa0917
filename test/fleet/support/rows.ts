/** Cameras and check-ins put into a database directly, without a server. */
import type { CheckIn } from "../../../device/protocol/check-in.ts";
import { ingest } from "../../../toolchain/fleet/checkin/ingest.ts";
import { judgeCheckIn } from "../../../toolchain/fleet/checkin/validate.ts";
import type { Db } from "../../../toolchain/fleet/db/open.ts";
import { createCamera } from "../../../toolchain/fleet/store/cameras.ts";

export async function newCameraHere(db: Db, site = "north", nowMs = 0): Promise<string> {
  const { cameraID } = await createCamera(db, { name: "ridge", site }, nowMs);
  return cameraID;
}

export async function checkInHere(db: Db, cameraID: string, body: CheckIn): Promise<void> {
  const judged = judgeCheckIn(body);
  if (typeof judged === "string") throw new Error(judged);
  await ingest(db, [{ cameraID, checkIn: judged }], 1_700_000_000_000);
}
