/** GET /api/v1/observations: what the cameras saw, newest first, page by page. */
import Type from "typebox";
import { IdSchema } from "../checkin/schemas.ts";
import { PAGE_QUERY, pageOf } from "../pages.ts";
import { listObservations } from "../store/observations.ts";
import { type App, may } from "./app.ts";

const Seconds = Type.String({ pattern: "^\\d{1,10}$" });
const ObservationsQuery = Type.Object({
  ...PAGE_QUERY,
  before: Type.Optional(Type.String({ maxLength: 300 })),
  cameraID: Type.Optional(IdSchema),
  site: Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: "^[^\\u0000]+$" })),
  scientificName: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, pattern: "^[^\\u0000]+$" }),
  ),
  reviewed: Type.Optional(Type.Enum(["true", "false"] as const)),
  from: Type.Optional(Seconds),
  to: Type.Optional(Seconds),
  observationType: Type.Optional(
    Type.Enum(["animal", "human", "vehicle", "blank", "unknown", "unclassified"] as const),
  ),
});

export function observationRoutes(app: App): void {
  /** -> {observations: [...], next: cursor or null}. **Errors:** BAD_REQUEST, BAD_CURSOR */
  app.get(
    "/api/v1/observations",
    { ...may("read"), schema: { querystring: ObservationsQuery } },
    ({ db, query }) => {
      const { reviewed, from, to, ...filter } = query;
      return listObservations(
        db,
        {
          ...filter,
          ...(reviewed !== undefined && { isReviewed: reviewed === "true" }),
          ...(from !== undefined && { from: Number(from) }),
          ...(to !== undefined && { to: Number(to) }),
        },
        pageOf(query),
      );
    },
  );
}
