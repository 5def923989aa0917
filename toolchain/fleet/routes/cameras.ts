/** The fleet's cameras: list, one, create, take back, and the configuration each should have. */
import Type from "typebox";
import { IdSchema } from "../checkin/schemas.ts";
import { PageQuery, pageOf, WHOLE } from "../pages.ts";
import { cameraDetail, createCamera, pageOfCameras, removeCamera } from "../store/cameras.ts";
import { changeConfig } from "../store/config-layers.ts";
import type { Caller } from "../store/users.ts";
import { type App, may, type OperatorServices } from "./app.ts";

const Name = (maxLength: number) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern: "^(?=.*\\S)[^\\u0000-\\u001f\\u007f]+$",
  });

const NewCameraBody = Type.Object({
  name: Name(40),
  site: Name(60),
  latitude: Type.Optional(Type.Union([Type.Number({ minimum: -90, maximum: 90 }), Type.Null()])),
  longitude: Type.Optional(Type.Union([Type.Number({ minimum: -180, maximum: 180 }), Type.Null()])),
});
const CameraParams = Type.Object({ cameraID: IdSchema });

export function cameraRoutes(app: App, { clock, streams, rollouts }: OperatorServices): void {
  const view = ({ caller }: { caller: Caller }) => ({
    ...{ nowMs: clock.now(), exact: caller.reach("locate") },
  });

  /** -> {cameras: [...], next}, in the order they were created. **Errors:** BAD_REQUEST, BAD_CURSOR */
  app.get("/api/v1/cameras", { ...may("read"), schema: { querystring: PageQuery } }, (request) =>
    pageOfCameras(request.db, view(request), pageOf(request.query, WHOLE)),
  );

  /** -> one camera plus config {version, values}. **Errors:** CAMERA_UNKNOWN */
  app.get(
    "/api/v1/cameras/:cameraID",
    { ...may("read"), schema: { params: CameraParams } },
    (request) => cameraDetail(request.db, request.params.cameraID, view(request)),
  );

  /** -> 201 {cameraID, credential}; the credential is shown this once. **Errors:** BAD_REQUEST */
  app.post(
    "/api/v1/cameras",
    { ...may("manage"), schema: { body: NewCameraBody } },
    async (request, reply) => {
      const created = await createCamera(request.db, request.body, clock.now());
      streams.wake();
      return reply.status(201).send(created);
    },
  );

  /** -> 204. **Errors:** CAMERA_UNKNOWN, CAMERA_IN_USE for a camera that has made contact */
  app.delete(
    "/api/v1/cameras/:cameraID",
    { ...may("manage"), schema: { params: CameraParams } },
    async (request, reply) => {
      await removeCamera(request.db, request.params.cameraID);
      rollouts.forget();
      streams.wake();
      return reply.status(204).send();
    },
  );

  /** {key: value, ...} -> {version, values}. **Errors:** CAMERA_UNKNOWN, BAD_CONFIG */
  app.patch(
    "/api/v1/cameras/:cameraID/config",
    {
      ...may("operate"),
      schema: { params: CameraParams, body: Type.Record(Type.String(), Type.Unknown()) },
    },
    async (request) => {
      const { cameraID } = request.params;
      const config = await changeConfig(request.db, cameraID, request.body, clock.now());
      streams.wake();
      return config;
    },
  );
}
