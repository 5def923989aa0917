/** A camera's life, for operators: what became of each, moving, retiring, cutting off, a new credential. */
import type { FastifyRequest } from "fastify";
import Type from "typebox";
import { IdSchema } from "../checkin/schemas.ts";
import { PageQuery, pageOf, WHOLE } from "../pages.ts";
import { decommission, lifeOf, listLives, revoke, rotate, transfer } from "../store/lives.ts";
import { type App, may, type OperatorServices } from "./app.ts";
import { Label, Latitude, Longitude, Name } from "./place-schemas.ts";

const Params = Type.Object({ cameraID: IdSchema });
const TransferBody = Type.Object({
  site: Name,
  name: Type.Optional(Name),
  group: Type.Optional(Type.Union([Label, Type.Null()])),
  latitude: Type.Optional(Latitude),
  longitude: Type.Optional(Longitude),
});
const DecommissionBody = Type.Object({ force: Type.Optional(Type.Boolean()) });

type Asked = Pick<FastifyRequest, "db" | "caller">;

export function lifeRoutes(app: App, { clock, rollouts, streams }: OperatorServices): void {
  const life = async ({ db, caller }: Asked, cameraID: string, change: Promise<void>) => {
    await change;
    rollouts.forget();
    streams.wake();
    return lifeOf(db, cameraID, caller.reach("locate"));
  };

  /** -> {cameras: [...], next}, also those that are out of service, in the order they were created. **Errors:** BAD_CURSOR */
  app.get(
    "/api/v1/lives",
    { ...may("read"), schema: { querystring: PageQuery } },
    ({ db, query }) => listLives(db, pageOf(query, WHOLE)),
  );

  /** -> one camera with deployments, orders, events. **Errors:** CAMERA_UNKNOWN */
  app.get(
    "/api/v1/cameras/:cameraID/life",
    { ...may("read"), schema: { params: Params } },
    ({ db, caller, params }) => lifeOf(db, params.cameraID, caller.reach("locate")),
  );

  /** Ends the deployment and begins another. **Errors:** CAMERA_UNKNOWN, CAMERA_RETIRED, BAD_CONFIG */
  app.post(
    "/api/v1/cameras/:cameraID/transfer",
    { ...may("manage"), schema: { params: Params, body: TransferBody } },
    (request) => {
      const { db, params, body } = request;
      return life(request, params.cameraID, transfer(db, params.cameraID, body, clock.now()));
    },
  );

  /** Ends the deployment and orders a wipe; `force`: without telling the camera. **Errors:** CAMERA_UNKNOWN, CAMERA_RETIRED */
  app.post(
    "/api/v1/cameras/:cameraID/decommission",
    { ...may("manage"), schema: { params: Params, body: DecommissionBody } },
    (request) => {
      const { cameraID } = request.params;
      const isForced = request.body.force === true;
      return life(request, cameraID, decommission(request.db, cameraID, isForced, clock.now()));
    },
  );

  /** Takes its credential away now. **Errors:** CAMERA_UNKNOWN */
  app.post(
    "/api/v1/cameras/:cameraID/revoke",
    { ...may("manage"), schema: { params: Params } },
    (request) => {
      const { cameraID } = request.params;
      return life(request, cameraID, revoke(request.db, cameraID, clock.now()));
    },
  );

  /** Orders a new credential. **Errors:** CAMERA_UNKNOWN, CAMERA_RETIRED, CAMERA_WITHOUT_KEYS */
  app.post(
    "/api/v1/cameras/:cameraID/rotate",
    { ...may("manage"), schema: { params: Params } },
    (request) => {
      const { cameraID } = request.params;
      return life(request, cameraID, rotate(request.db, cameraID, clock.now()));
    },
  );
}
