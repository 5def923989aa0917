/** GET /api/v1/summary: the fleet in numbers, at the server's clock. */
import { isoOfMs } from "../clock.ts";
import { fleetSummary } from "../store/summary.ts";
import { type App, may, type OperatorServices } from "./app.ts";

export function summaryRoutes(app: App, { clock }: OperatorServices): void {
  app.get("/api/v1/summary", may("read"), async ({ db }) => ({
    now: isoOfMs(clock.now()),
    ...(await fleetSummary(db)),
  }));
}
