/** GET /api/v1/observations: what the cameras saw, newest first, page by page. */
import Type from "typebox";
import { IdSchema } from "../checkin/schemas.ts";
import { httpError } from "../http-errors.ts";
import { listObservations } from "../store/observations.ts";
import { type App, may } from "./app.ts";

const LIMIT_MAX = 200;

const ObservationsQuery = Type.Object({
  limit: Type.Optional(Type.String({ maxLength: 20 })),
  before: Type.Optional(Type.String({ maxLength: 300 })),
  cameraID: Type.Optional(IdSchema),
  observationType: Type.Optional(
    Type.Enum(["animal", "human", "vehicle", "blank", "unknown", "unclassified"] as const),
  ),
});

export function observationRoutes(app: App): void {
  /** -> {observations: [...], next: cursor or null}. **Errors:** BAD_REQUEST, BAD_CURSOR */
  app.get(
    "/api/v1/observations",
    { ...may("read"), schema: { querystring: ObservationsQuery } },
    (request) => {
      const { limit: limitText = "50", ...filter } = request.query;
      const limit = Number(limitText);
      if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) {
        throw httpError("BAD_REQUEST", `limit must be a whole number from 1 to ${LIMIT_MAX}`);
      }
      return listObservations(request.db, { ...filter, limit });
    },
  );
}
