/** GET /api/v1/today: what happened since midnight, by the clocks of each site. */
import Type from "typebox";
import { httpError } from "../http-errors.ts";
import { isTimeZone, serverSettings, zoneProblem } from "../store/settings.ts";
import { today } from "../store/today.ts";
import { type App, may, type OperatorServices } from "./app.ts";

const TodayQuery = Type.Object({ timeZone: Type.Optional(Type.String({ maxLength: 60 })) });

export function todayRoutes(app: App, { clock }: OperatorServices): void {
  /**
   * ?timeZone: where neither the site nor the server has one -> {zones, seen, cameras, alertsRaised, alertsAcknowledged, best}.
   * **Errors:** BAD_REQUEST
   */
  app.get(
    "/api/v1/today",
    { ...may("read"), schema: { querystring: TodayQuery } },
    async ({ db, query: { timeZone = "UTC" } }) => {
      if (!isTimeZone(timeZone)) throw httpError("BAD_REQUEST", zoneProblem(timeZone));
      const settings = await serverSettings(db);
      return today(db, settings.timeZone || timeZone, clock.now());
    },
  );
}
