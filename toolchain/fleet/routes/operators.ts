/** Every route of people: one row a file. server.ts guards them all, each by the right that it names. */
import { alertRuleRoutes } from "./alert-rules.ts";
import { alertRoutes } from "./alerts.ts";
import { analyticsRoutes } from "./analytics.ts";
import type { App, OperatorServices } from "./app.ts";
import { cameraHealthRoutes } from "./camera-health.ts";
import { cameraRoutes } from "./cameras.ts";
import { checklistRoutes } from "./checklists.ts";
import { claimRoutes } from "./claims.ts";
import { clockRoutes } from "./clock.ts";
import { configRoutes } from "./config.ts";
import { gatewayRoutes } from "./ddi.ts";
import { exportRoutes } from "./exports.ts";
import { importRoutes } from "./imports.ts";
import { individualRoutes } from "./individuals.ts";
import { lifeRoutes } from "./lives.ts";
import { mediaRoutes } from "./media.ts";
import { observationRoutes } from "./observations.ts";
import { openApiRoutes } from "./openapi.ts";
import { placeRoutes } from "./places.ts";
import { releaseRoutes } from "./releases.ts";
import { reviewRoutes } from "./reviews.ts";
import { rolloutRoutes } from "./rollouts.ts";
import { logoutRoute } from "./session.ts";
import { streamRoutes } from "./stream.ts";
import { summaryRoutes } from "./summary.ts";
import { userRoutes } from "./users.ts";

export const OPERATOR_ROUTES: ((app: App, services: OperatorServices) => void)[] = [
  logoutRoute,
  cameraRoutes,
  claimRoutes,
  lifeRoutes,
  checklistRoutes,
  observationRoutes,
  mediaRoutes,
  gatewayRoutes,
  releaseRoutes,
  rolloutRoutes,
  streamRoutes,
  summaryRoutes,
  clockRoutes,
  configRoutes,
  cameraHealthRoutes,
  exportRoutes,
  importRoutes,
  alertRoutes,
  alertRuleRoutes,
  userRoutes,
  reviewRoutes,
  individualRoutes,
  analyticsRoutes,
  placeRoutes,
  openApiRoutes,
];
