/** GET /api/v1/media/<cameraID>/<mediaID>: one picture. It never changes, so browsers may keep it. */
import Type from "typebox";
import { IdSchema } from "../checkin/schemas.ts";
import { httpError } from "../http-errors.ts";
import { stripGps } from "../research/export/strip-gps.ts";
import { secretsFrom } from "../research/withheld.ts";
import { findMedia } from "../store/media.ts";
import { type App, may, type OperatorServices } from "./app.ts";

const MediaParams = Type.Object({
  cameraID: IdSchema,
  mediaID: IdSchema,
});

export function mediaRoutes(app: App, { objects, onProblem }: OperatorServices): void {
  /**
   * -> image/jpeg with ETag (SHA-256 of the file); 304 when the client has it. Who may not know where it was taken gets it without
   * what the camera wrote of that into the file. **Errors:** MEDIA_UNKNOWN
   */
  app.get(
    "/api/v1/media/:cameraID/:mediaID",
    { ...may("read"), schema: { params: MediaParams } },
    async (request, reply) => {
      const { cameraID, mediaID } = request.params;
      // The row comes first: only ids that are in the database ever become a path.
      const media = await findMedia(request.db, cameraID, mediaID);
      if (media?.storedMs == null) throw httpError("MEDIA_UNKNOWN");
      const { db, caller } = request;
      const secrets = await secretsFrom(db, caller.reach("locate"), [media.deploymentID]);
      const isSecret = secrets.size > 0;
      const etag = isSecret ? `"${media.sha256}-placeless"` : `"${media.sha256}"`;
      reply.header("etag", etag).header("cache-control", "private, max-age=31536000, immutable");
      const known = (request.headers["if-none-match"] ?? "").split(",").map((tag) => tag.trim());
      if (known.some((tag) => tag === etag || tag === `W/${etag}`)) {
        return reply.status(304).send();
      }
      const bytes = await objects.read(cameraID, mediaID);
      if (!bytes) {
        onProblem(`the picture ${objects.pathOf(cameraID, mediaID)} is gone from the disk`);
        reply.removeHeader("etag").header("cache-control", "no-store");
        throw httpError("MEDIA_UNKNOWN", "the picture is gone from the server's disk");
      }
      return reply.type("image/jpeg").send(isSecret ? stripGps(bytes) : bytes);
    },
  );
}
