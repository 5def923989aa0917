/** Alerts: what was raised, what becomes of it, and the messages about it. */
import Type from "typebox";
import { ALERT_ACTIONS, act } from "../alerts/life.ts";
import { SEVERITIES } from "../alerts/rule.ts";
import { alertDetail, listAlerts, listDeliveries, retryDelivery } from "../alerts/views.ts";
import { IdSchema } from "../checkin/schemas.ts";
import { httpError } from "../http-errors.ts";
import { DEFAULT_PROJECT } from "../ids.ts";
import { PAGE_QUERY, pageOf } from "../pages.ts";
import { type App, may, type OperatorServices } from "./app.ts";
import { AnyID } from "./reviews.ts";

const STATES = [
  ...(["raised", "escalated", "acknowledged", "resolved", "muted", "allowed"] as const),
];

const Number_ = Type.String({ pattern: "^[0-9]{1,15}$" });
export const ProjectQuery = Type.Object({ projectID: Type.Optional(IdSchema) });
const AlertParams = Type.Object({ alertID: Number_ });
const AlertsQuery = Type.Object({
  projectID: Type.Optional(IdSchema),
  ...PAGE_QUERY,
  before: Type.Optional(Type.String({ maxLength: 1000 })),
  /** One or several by commas; "open" is all that somebody may have to do with. */
  state: Type.Optional(Type.String({ maxLength: 80 })),
  severity: Type.Optional(Type.Enum(SEVERITIES)),
  cameraID: Type.Optional(IdSchema),
  ruleID: Type.Optional(IdSchema),
});
const ActionBody = Type.Object(
  {
    note: Type.Optional(Type.String({ maxLength: 500, pattern: "^[^\\u0000-\\u001f\\u007f]*$" })),
    minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 43_200 })),
  },
  { additionalProperties: false },
);
/** As many as there were before there were pages. */
const WHOLE_ROWS = { usual: 200, max: 200 };
const DeliveriesQuery = Type.Object({
  ...PAGE_QUERY,
  projectID: Type.Optional(IdSchema),
  channelID: Type.Optional(IdSchema),
  state: Type.Optional(
    Type.Enum(["waiting", "sending", "sent", "digested", "dead", "cancelled"] as const),
  ),
});
const DeliveryParams = Type.Object({ deliveryID: AnyID });

export const projectOf = ({ projectID = DEFAULT_PROJECT }: { projectID?: string }): string =>
  projectID;

export function alertRoutes(app: App, { clock, alerts, streams }: OperatorServices): void {
  /** -> {alerts: [...], next: cursor or null}, newest first. **Errors:** BAD_REQUEST, BAD_CURSOR */
  app.get(
    "/api/v1/alerts",
    { ...may("read"), schema: { querystring: AlertsQuery } },
    ({ db, query }) => {
      const { state, severity, cameraID, ruleID } = query;
      const filter = {
        ...{ projectID: projectOf(query), severity, cameraID, ruleID },
        ...(state !== undefined && { states: statesOf(state) }),
      };
      return listAlerts(db, filter, pageOf(query));
    },
  );

  /** -> one alert with its steps and messages. **Errors:** ALERT_UNKNOWN */
  app.get(
    "/api/v1/alerts/:alertID",
    { ...may("read"), schema: { params: AlertParams, querystring: ProjectQuery } },
    ({ db, params, query }) => alertDetail(db, projectOf(query), Number(params.alertID)),
  );

  for (const action of ALERT_ACTIONS) {
    /** {note?, minutes? of mute} -> the alert. Done twice it is done once. **Errors:** ALERT_UNKNOWN, ALERT_OVER */
    app.post(
      `/api/v1/alerts/:alertID/${action}`,
      {
        ...may("operate"),
        schema: {
          params: AlertParams,
          querystring: ProjectQuery,
          body: Type.Union([ActionBody, Type.Null()]),
        },
      },
      async ({ db, params, query, body, caller }) => {
        const projectID = projectOf(query);
        const alertID = Number(params.alertID);
        await act(db, { projectID, alertID, action, who: caller.name, ...body }, clock.now());
        streams.wake();
        return alertDetail(db, projectID, alertID);
      },
    );
  }

  /** -> {deliveries: [...], next}, newest first. **Errors:** BAD_REQUEST, BAD_CURSOR */
  app.get(
    "/api/v1/alert-deliveries",
    { ...may("read"), schema: { querystring: DeliveriesQuery } },
    ({ db, query }) => listDeliveries(db, projectOf(query), query, pageOf(query, WHOLE_ROWS)),
  );

  /** A message that was given up goes out once more. -> 204. **Errors:** DELIVERY_UNKNOWN */
  app.post(
    "/api/v1/alert-deliveries/:deliveryID/retry",
    { ...may("operate"), schema: { params: DeliveryParams, querystring: ProjectQuery } },
    async ({ db, params, query }, reply) => {
      await retryDelivery(db, projectOf(query), params.deliveryID, clock.now());
      alerts.wake();
      return reply.status(204).send();
    },
  );
}

const OPEN = ["raised", "escalated", "acknowledged", "muted"] as const;

function statesOf(text: string): (typeof STATES)[number][] {
  return text.split(",").flatMap((name) => {
    if (name === "open") return [...OPEN];
    const state = STATES.find((known) => known === name);
    if (!state) throw httpError("BAD_REQUEST", `state: one of open, ${STATES.join(", ")}`);
    return [state];
  });
}
