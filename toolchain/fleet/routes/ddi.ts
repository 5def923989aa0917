/** hawkBit DDI v1 (JSON) at /DEFAULT/controller/v1/<cameraID>: what a stock client polls, fetches and reports. */
import Type from "typebox";
import { IdSchema } from "../checkin/schemas.ts";
import { httpError } from "../http-errors.ts";
import { createFailureLimit } from "../rate-limit.ts";
import * as ddi from "../rollout/ddi.ts";
import { releaseOf } from "../rollout/releases.ts";
import { storedReports } from "../rollout/reports.ts";
import { fleetCameras } from "../rollout/store.ts";
import { sendFile } from "../send-file.ts";
import { type App, mayEverywhere, type OperatorServices, type Services } from "./app.ts";

const BASE = "/DEFAULT/controller/v1/:controllerID";
const Device = Type.Object({ controllerID: IdSchema });
const Action = Type.Object({
  controllerID: IdSchema,
  actionID: Type.String({ pattern: "^[0-9]{1,15}$" }),
});
const Artifact = Type.Object({ controllerID: IdSchema, releaseID: IdSchema, name: IdSchema });
const FeedbackBody = Type.Object({
  status: Type.Object({
    execution: Type.String({ maxLength: 20 }),
    result: Type.Optional(Type.Object({ finished: Type.String({ maxLength: 20 }) })),
    details: Type.Optional(Type.Array(Type.String({ maxLength: 1000 }), { maxItems: 50 })),
  }),
});

/** For operators. */
export function gatewayRoutes(app: App, { clock }: OperatorServices): void {
  /** -> 201 {token}, shown this once; the one before counts no more. */
  app.post("/api/v1/gateway-token", mayEverywhere("administer"), async ({ db }, reply) =>
    reply.status(201).send({ token: await ddi.newGatewayToken(db, clock.now()) }),
  );
}

export function ddiRoutes(app: App, services: Services): void {
  const { db, clock, rollouts, releaseFolder } = services;
  const failures = createFailureLimit({ failuresMax: 100 });
  app.addHook("onRequest", async (request) => {
    const { controllerID = "" } = request.params as { controllerID?: string };
    const authorization = request.headers.authorization ?? "";
    const isId = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(controllerID);
    if (isId && (await ddi.isAllowed(db, authorization, controllerID, clock.now()))) return;
    const waitS = authorization ? failures.failed(request.ip) : 0;
    if (waitS > 0) {
      throw httpError("TOO_MANY_ATTEMPTS", undefined, { "retry-after": String(waitS) });
    }
    throw httpError(authorization ? "CREDENTIAL_REFUSED" : "UNAUTHORISED");
  });

  /** What it runs now; a device that has reported nothing runs what it was flashed with. */
  async function visit(cameraID: string) {
    const known = (await storedReports(db, cameraID)).some(({ kind }) => kind === ddi.DDI_KIND);
    const news = known ? undefined : ({ kind: ddi.DDI_KIND, counter: 0 } as const);
    return rollouts.visit(cameraID, news, clock.now());
  }

  app.get(BASE, { schema: { params: Device } }, async (request, reply) => {
    const { controllerID } = request.params;
    const base = `${request.protocol}://${request.headers.host}/DEFAULT/controller/v1/${controllerID}`;
    const wanted = ddi.actionOf(await visit(controllerID));
    const shown = await ddi.openAction(db, controllerID);
    const [camera] = await fleetCameras(db, controllerID);
    const links: Record<string, { href: string }> = { configData: { href: `${base}/configData` } };
    if (shown !== undefined && shown !== wanted) {
      links.cancelAction = { href: `${base}/cancelAction/${shown}` };
    } else if (wanted !== undefined) {
      links.deploymentBase = { href: `${base}/deploymentBase/${wanted}` };
    }
    const etag = `"${wanted ?? 0}-${shown ?? 0}"`;
    reply.header("etag", etag);
    if (request.headers["if-none-match"] === etag) return reply.status(304).send();
    const sleep = sleepText((camera?.intervalMs ?? 0) / 1000);
    return { config: { polling: { sleep } }, _links: links };
  });

  app.get(
    `${BASE}/deploymentBase/:actionID`,
    { schema: { params: Action } },
    async ({ params, protocol, headers }) => {
      const { controllerID } = params;
      const actionID = Number(params.actionID);
      if (ddi.actionOf(await visit(controllerID)) !== actionID) throw httpError("ACTION_OVER");
      await ddi.showAction(db, controllerID, actionID);
      const release = await ddi.releaseOfAction(db, actionID);
      const { releaseID, version, bytes, sha1, md5, sha256, manifest } = release;
      const filename = `${releaseID}.bin`;
      const href = `${protocol}://${headers.host}/DEFAULT/controller/v1/${controllerID}/softwaremodules/${releaseID}/artifacts/${filename}`;
      const artifact = {
        ...{ filename, hashes: { sha1, md5, sha256 }, size: bytes },
        _links: { download: { href }, "download-http": { href } },
      };
      const metadata = manifest ? { metadata: [{ key: "manifest", value: manifest }] } : {};
      const chunk = { part: "os", version, name: release.kind, ...metadata, artifacts: [artifact] };
      return {
        id: String(actionID),
        deployment: { download: "forced", update: "forced", chunks: [chunk] },
      };
    },
  );

  app.post(
    `${BASE}/deploymentBase/:actionID/feedback`,
    { schema: { params: Action, body: FeedbackBody } },
    async ({ params, body }) => {
      const { controllerID } = params;
      const actionID = Number(params.actionID);
      await ddi.requireOpen(db, controllerID, actionID);
      const { execution, result, details = [] } = body.status;
      const feedback = { execution, finished: result?.finished ?? "none", details };
      const before = await storedReports(db, controllerID);
      const news = ddi.reportOf(
        await ddi.releaseOfAction(db, actionID),
        actionID,
        before.find(({ kind }) => kind === ddi.DDI_KIND),
        feedback,
      );
      // Told first: a server that dies in between hears the same feedback again.
      await rollouts.visit(controllerID, news, clock.now());
      if (news) await ddi.closeAction(db, controllerID, actionID);
      return {};
    },
  );

  app.get(`${BASE}/cancelAction/:actionID`, { schema: { params: Action } }, async ({ params }) => {
    await ddi.requireOpen(db, params.controllerID, Number(params.actionID));
    return { id: params.actionID, cancelAction: { stopId: params.actionID } };
  });

  app.post(
    `${BASE}/cancelAction/:actionID/feedback`,
    { schema: { params: Action, body: FeedbackBody } },
    async ({ params, body }) => {
      await ddi.requireOpen(db, params.controllerID, Number(params.actionID));
      const isClosed = ["closed", "canceled"].includes(body.status.execution);
      if (isClosed) await ddi.closeAction(db, params.controllerID, Number(params.actionID));
      return {};
    },
  );

  /** Taken and not kept. */
  app.put(`${BASE}/configData`, { schema: { params: Device } }, async () => ({}));

  app.get(
    `${BASE}/softwaremodules/:releaseID/artifacts/:name`,
    { schema: { params: Artifact } },
    async (request, reply) => {
      const release = await releaseOf(db, request.params.releaseID);
      const { bytes, sha1 } = release;
      return sendFile(request, reply, { path: releaseFolder.pathOf(release), bytes, etag: sha1 });
    },
  );
}

/** HH:mm:ss, as hawkBit has it: a day at most. */
function sleepText(seconds: number): string {
  const s = Math.min(Math.max(Math.round(seconds), 1), 86_399);
  return [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}
