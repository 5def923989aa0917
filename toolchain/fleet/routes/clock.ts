/** PUT /api/v1/clock: moves a simulated clock. Exists only on a server that was started with one. */
import Type from "typebox";
import { isoOfMs, isSimulated } from "../clock.ts";
import { httpError } from "../http-errors.ts";
import { type App, mayEverywhere, type OperatorServices } from "./app.ts";

const ClockBody = Type.Object({ now: Type.String({ maxLength: 40 }) });

/** A server looks for silent cameras once a minute, by whatever clock it goes. */
const SILENCE_MS = 60_000;

export function clockRoutes(app: App, { clock, rollouts }: OperatorServices): void {
  if (!isSimulated(clock)) return;
  let lookedMs = 0;
  /** {now: ISO 8601} -> {now}. **Errors:** BAD_REQUEST */
  app.put(
    "/api/v1/clock",
    { ...mayEverywhere("administer"), schema: { body: ClockBody } },
    async (request) => {
      const ms = Date.parse(request.body.now);
      if (Number.isNaN(ms) || ms < 0)
        throw httpError("BAD_REQUEST", "now must be an ISO 8601 time");
      clock.set(ms);
      if (ms - lookedMs >= SILENCE_MS) {
        lookedMs = ms;
        await rollouts.lookForSilence(ms);
      }
      return { now: isoOfMs(ms) };
    },
  );
}
