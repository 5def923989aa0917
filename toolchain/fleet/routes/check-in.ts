/** POST /device/v1/check-in: the one exchange of device/protocol/check-in.ts. */
import { CHECK_IN_PATH } from "../../../device/protocol/check-in.ts";
import { judgeCheckIn } from "../checkin/validate.ts";
import { httpError } from "../http-errors.ts";
import type { App, Services } from "./app.ts";

const BODY_BYTES_MAX = 128 * 1024;

export function checkInRoutes(app: App, { checkIns, onProblem }: Services): void {
  app.removeAllContentTypeParsers();
  // A small HTTP client may leave the content type out or guess it; the body is JSON or it is nothing.
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => {
    try {
      done(null, JSON.parse(String(body)));
    } catch {
      done(httpError("BAD_CHECK_IN", "the body is not JSON"));
    }
  });
  /** CheckIn -> CheckInReply, after its records are on the disk. **Errors:** BAD_CHECK_IN, STORAGE_FAILED */
  app.post(CHECK_IN_PATH, { bodyLimit: BODY_BYTES_MAX }, async ({ cameraID, body }) => {
    const judged = judgeCheckIn(body);
    if (typeof judged === "string") throw httpError("BAD_CHECK_IN", `not a check-in: ${judged}`);
    const { heartbeatProblem, refused } = judged;
    if (heartbeatProblem) onProblem(`${cameraID}: heartbeat not taken: ${heartbeatProblem}`);
    for (const { recordID, reason } of refused) {
      onProblem(`${cameraID}: record ${recordID || "?"} refused: ${reason}`);
    }
    return checkIns.submit({ cameraID, checkIn: judged });
  });
}
