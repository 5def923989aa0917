/** GET /api/v1/observations: what the cameras saw, newest first, page by page. */
import Type from "typebox";
import { IdSchema } from "../checkin/schemas.ts";
import { PAGE_QUERY, pageOf } from "../pages.ts";
import { listObservations } from "../store/observations.ts";
import { type App, may } from "./app.ts";

const ObservationsQuery = Type.Object({
  ...PAGE_QUERY,
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
    ({ db, query }) => listObservations(db, query, pageOf(query)),
  );
}
