/** A camera's life, for operators: what became of each, moving, retiring, cutting off, a new credential. */
import Type from "typebox";
import { IdSchema } from "../checkin/schemas.ts";
import { decommission, lifeOf, listLives, revoke, rotate, transfer } from "../store/lives.ts";
import type { Caller } from "../store/users.ts";
import { type App, may, type Services } from "./app.ts";
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

export function lifeRoutes(app: App, { db, clock, rollouts, streams }: Services): void {
  const life = async (
    { rights }: Pick<Caller, "rights">,
    cameraID: string,
    change: Promise<void>,
  ) => {
    await change;
    rollouts.forget();
    streams.wake();
    return lifeOf(db, cameraID, rights.has("locate"));
  };

  /** -> {cameras: [...]}, also those that are out of service, in the order they were created. */
  app.get("/api/v1/lives", may("read"), async () => ({ cameras: await listLives(db) }));

  /** -> one camera with deployments, orders, events. **Errors:** CAMERA_UNKNOWN */
  app.get(
    "/api/v1/cameras/:cameraID/life",
    { ...may("read"), schema: { params: Params } },
    ({ params, caller }) => lifeOf(db, params.cameraID, caller.rights.has("locate")),
  );

  /** Ends the deployment and begins another. **Errors:** CAMERA_UNKNOWN, CAMERA_RETIRED, BAD_CONFIG */
  app.post(
    "/api/v1/cameras/:cameraID/transfer",
    { ...may("manage"), schema: { params: Params, body: TransferBody } },
    ({ params, body, caller }) =>
      life(caller, params.cameraID, transfer(db, params.cameraID, body, clock.now())),
  );

  /** Ends the deployment and orders a wipe; `force`: without telling the camera. **Errors:** CAMERA_UNKNOWN, CAMERA_RETIRED */
  app.post(
    "/api/v1/cameras/:cameraID/decommission",
    { ...may("manage"), schema: { params: Params, body: DecommissionBody } },
    ({ params: { cameraID }, body, caller }) =>
      life(caller, cameraID, decommission(db, cameraID, body.force === true, clock.now())),
  );

  /** Takes its credential away now. **Errors:** CAMERA_UNKNOWN */
  app.post(
    "/api/v1/cameras/:cameraID/revoke",
    { ...may("manage"), schema: { params: Params } },
    ({ params: { cameraID }, caller }) => life(caller, cameraID, revoke(db, cameraID, clock.now())),
  );

  /** Orders a new credential. **Errors:** CAMERA_UNKNOWN, CAMERA_RETIRED, CAMERA_WITHOUT_KEYS */
  app.post(
    "/api/v1/cameras/:cameraID/rotate",
    { ...may("manage"), schema: { params: Params } },
    ({ params: { cameraID }, caller }) => life(caller, cameraID, rotate(db, cameraID, clock.now())),
  );
}
