/** PUT /api/v1/clock: moves a simulated clock. Exists only on a server that was started with one. */
import Type from "typebox";
import { isoOfMs, isSimulated } from "../clock.ts";
import { httpError } from "../http-errors.ts";
import { type App, mayEverywhere, type OperatorServices } from "./app.ts";

const ClockBody = Type.Object({ now: Type.String({ maxLength: 40 }) });

export function clockRoutes(app: App, { clock }: OperatorServices): void {
  if (!isSimulated(clock)) return;
  /** {now: ISO 8601} -> {now}. **Errors:** BAD_REQUEST */
  app.put(
    "/api/v1/clock",
    { ...mayEverywhere("administer"), schema: { body: ClockBody } },
    (request) => {
      const ms = Date.parse(request.body.now);
      if (Number.isNaN(ms) || ms < 0)
        throw httpError("BAD_REQUEST", "now must be an ISO 8601 time");
      clock.set(ms);
      return { now: isoOfMs(ms) };
    },
  );
}
