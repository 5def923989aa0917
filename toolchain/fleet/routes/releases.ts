/** Releases: published and listed by operators, fetched by cameras. */
import Type from "typebox";
import { RELEASE_PATH } from "../../../device/protocol/release-offers.ts";
import { IdSchema } from "../checkin/schemas.ts";
import { httpError } from "../http-errors.ts";
import { PageQuery, pageOf, WHOLE } from "../pages.ts";
import { releaseFile, saveDelta, saveNote, saveTrustList } from "../rollout/documents.ts";
import { listReleases, publishRelease, releaseJson, releaseOf } from "../rollout/releases.ts";
import { sendFile } from "../send-file.ts";
import { type App, may, mayEverywhere, type OperatorServices, type Services } from "./app.ts";

/** The largest firmware slot of the boards we know is 4 MB. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;
const COUNTER_MAX = 4_294_967_295;

const Base64 = (maxLength: number) => Type.String({ maxLength, pattern: "^[A-Za-z0-9+/_-]*=*$" });
const Counter = Type.String({ pattern: "^[0-9]{1,10}$" });
const ReleaseQuery = Type.Object({
  kind: Type.Enum(["app", "model", "firmware"] as const),
  counter: Counter,
  version: Type.String({ minLength: 1, maxLength: 40, pattern: "^[\\x21-\\x7e]+$" }),
  base: Type.Optional(Counter),
  manifest: Type.Optional(Base64(1000)),
  hardware: Type.Optional(Type.String({ maxLength: 8, pattern: "^[a-z0-9]*$" })),
});
const DeltaQuery = Type.Object({ base: Counter, manifest: Base64(1000) });
const ReleaseParams = Type.Object({ releaseID: IdSchema });
const NoteParams = Type.Object({
  hardware: Type.String({ minLength: 1, maxLength: 8, pattern: "^[a-z0-9]+$" }),
});
const NoteBody = Type.Object({ note: Base64(400) });
const TrustParams = Type.Object({ version: Type.String({ pattern: "^[1-9][0-9]{0,8}$" }) });
const TrustBody = Type.Object({ list: Base64(2000) });

export function releaseRoutes(app: App, { clock, releaseFolder }: OperatorServices): void {
  /** -> {releases: [...], next}, newest first. **Errors:** BAD_CURSOR */
  app.get(
    "/api/v1/releases",
    { ...may("read"), schema: { querystring: PageQuery } },
    ({ db, query }) => listReleases(db, pageOf(query, WHOLE)),
  );

  /** -> one release. **Errors:** RELEASE_UNKNOWN */
  app.get(
    "/api/v1/releases/:releaseID",
    { ...may("read"), schema: { params: ReleaseParams } },
    async (request) => releaseJson(await releaseOf(request.db, request.params.releaseID)),
  );

  app.register(async (scope: App) => {
    scope.addContentTypeParser(
      "application/octet-stream",
      { parseAs: "buffer" },
      (_request, body, done) => done(null, body),
    );
    /** The file; ?kind&counter&version[&base][&manifest=base64] -> 201. **Errors:** BAD_REQUEST, RELEASE_EXISTS, TOO_LARGE */
    scope.post(
      "/api/v1/releases",
      {
        ...mayEverywhere("manage"),
        schema: { querystring: ReleaseQuery },
        bodyLimit: FILE_BYTES_MAX,
      },
      async (request, reply) => {
        const { kind, version, manifest = "", base, hardware = "" } = request.query;
        const file = fileOf(request.body);
        const counter = counterOf(request.query.counter, "counter");
        const baseCounter = base === undefined ? null : counterOf(base, "base");
        if (baseCounter !== null && baseCounter >= counter) {
          throw httpError("BAD_REQUEST", "base must be below counter");
        }
        const release = { kind, counter, version, manifest, baseCounter, hardware };
        const row = await publishRelease(request.db, releaseFolder, release, file, clock.now());
        return reply.status(201).send(releaseJson(row));
      },
    );

    /** A delta to a release; ?base&manifest=base64 -> 201. **Errors:** BAD_REQUEST, RELEASE_UNKNOWN, RELEASE_EXISTS */
    scope.post(
      "/api/v1/releases/:releaseID/deltas",
      {
        ...mayEverywhere("manage"),
        schema: { params: ReleaseParams, querystring: DeltaQuery },
        bodyLimit: FILE_BYTES_MAX,
      },
      async ({ db, params: { releaseID }, query: { base, manifest }, body }, reply) => {
        const delta = { releaseID, manifest, baseCounter: counterOf(base, "base") };
        const { bytes, sha256 } = await saveDelta(db, releaseFolder, delta, fileOf(body));
        return reply.status(201).send({ releaseID, baseCounter: delta.baseCounter, bytes, sha256 });
      },
    );
  });

  /** {note: base64}: the newest freshness note of a board -> 204. */
  app.put(
    "/api/v1/release-notes/:hardware",
    { ...mayEverywhere("manage"), schema: { params: NoteParams, body: NoteBody } },
    async ({ db, params, body }, reply) => {
      await saveNote(db, params.hardware, body.note);
      return reply.status(204).send();
    },
  );

  /** {list: base64}: a list of trusted keys, for cameras with the one before it -> 204. */
  app.put(
    "/api/v1/trust-lists/:version",
    { ...mayEverywhere("manage"), schema: { params: TrustParams, body: TrustBody } },
    async ({ db, params, body }, reply) => {
      await saveTrustList(db, Number(params.version), body.list);
      return reply.status(204).send();
    },
  );
}

function fileOf(body: unknown): Buffer {
  if (Buffer.isBuffer(body) && body.length > 0) return body;
  throw httpError("BAD_REQUEST", "the body must be the file, as application/octet-stream");
}

function counterOf(text: string, name: string): number {
  const counter = Number(text);
  if (counter >= 1 && counter <= COUNTER_MAX) return counter;
  throw httpError("BAD_REQUEST", `${name} must be a whole number from 1 to ${COUNTER_MAX}`);
}

/** For cameras. */
export function releaseFileRoutes(app: App, { db, releaseFolder, rollouts }: Services): void {
  /** The file or one range of it; ETag is its SHA-256. **Errors:** RELEASE_UNKNOWN, RELEASE_WITHDRAWN, BAD_RANGE */
  app.get(
    `${RELEASE_PATH}:releaseID`,
    { schema: { params: ReleaseParams } },
    async (request, reply) => {
      const file = await releaseFile(db, request.params.releaseID);
      if (await rollouts.isWithdrawn(file.releaseID, request.cameraID))
        throw httpError("RELEASE_WITHDRAWN");
      const { bytes, sha256 } = file;
      return sendFile(request, reply, { path: releaseFolder.pathOf(file), bytes, etag: sha256 });
    },
  );
}
