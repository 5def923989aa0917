/** Health of one camera and of the fleet, and the same as numbers for Prometheus. */
import Type from "typebox";
import { IdSchema } from "../checkin/schemas.ts";
import { METRICS_TYPE, metricsText } from "../health/metrics.ts";
import { cameraHealth, fleetHealth } from "../health/report.ts";
import { type App, may, type OperatorServices } from "./app.ts";

const CameraParams = Type.Object({ cameraID: IdSchema });

export function cameraHealthRoutes(app: App, { clock, version }: OperatorServices): void {
  /** -> {score, reasons, forecast, anomalies, availability, selfTest, crashes, history}. **Errors:** CAMERA_UNKNOWN */
  app.get(
    "/api/v1/cameras/:cameraID/health",
    { ...may("read"), schema: { params: CameraParams } },
    (request) => cameraHealth(request.db, request.params.cameraID, clock.now()),
  );

  /** -> {now, availability, cameras: [{cameraID, score, reason, batteryEmpty, availability}]} */
  app.get("/api/v1/health/fleet", may("read"), ({ db }) => fleetHealth(db, clock.now()));

  /** -> text of Prometheus. A scraper sends the operator's token as a bearer token. */
  app.get("/metrics", may("read"), async ({ db }, reply) =>
    reply.type(METRICS_TYPE).send(await metricsText(db, version, clock.now())),
  );
}
