/** Releases: published and listed by operators, fetched by cameras. */
import Type from "typebox";
import { RELEASE_PATH } from "../../../device/protocol/release-offers.ts";
import { IdSchema } from "../checkin/schemas.ts";
import { httpError } from "../http-errors.ts";
import { listReleases, publishRelease, releaseJson, releaseOf } from "../rollout/releases.ts";
import { sendFile } from "../send-file.ts";
import { type App, may, type Services } from "./app.ts";

/** The largest firmware slot of the boards we know is 4 MB. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;
const COUNTER_MAX = 4_294_967_295;

const Counter = Type.String({ pattern: "^[0-9]{1,10}$" });
const ReleaseQuery = Type.Object({
  kind: Type.Enum(["app", "model", "firmware"] as const),
  counter: Counter,
  version: Type.String({ minLength: 1, maxLength: 40, pattern: "^[\\x21-\\x7e]+$" }),
  base: Type.Optional(Counter),
  manifest: Type.Optional(Type.String({ maxLength: 1000, pattern: "^[A-Za-z0-9+/_-]*=*$" })),
});
const ReleaseParams = Type.Object({ releaseID: IdSchema });

export function releaseRoutes(app: App, { db, clock, releaseFolder }: Services): void {
  /** -> {releases: [...]}, newest first. */
  app.get("/api/v1/releases", may("read"), async () => ({ releases: await listReleases(db) }));

  /** -> one release. **Errors:** RELEASE_UNKNOWN */
  app.get(
    "/api/v1/releases/:releaseID",
    { ...may("read"), schema: { params: ReleaseParams } },
    async (request) => releaseJson(await releaseOf(db, request.params.releaseID)),
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
      { ...may("manage"), schema: { querystring: ReleaseQuery }, bodyLimit: FILE_BYTES_MAX },
      async (request, reply) => {
        const { kind, version, manifest = "", base } = request.query;
        const file = request.body;
        if (!Buffer.isBuffer(file) || file.length === 0) {
          throw httpError("BAD_REQUEST", "the body must be the file, as application/octet-stream");
        }
        const counter = counterOf(request.query.counter, "counter");
        const baseCounter = base === undefined ? null : counterOf(base, "base");
        if (baseCounter !== null && baseCounter >= counter) {
          throw httpError("BAD_REQUEST", "base must be below counter");
        }
        const release = { kind, counter, version, manifest, baseCounter };
        const row = await publishRelease(db, releaseFolder, release, file, clock.now());
        return reply.status(201).send(releaseJson(row));
      },
    );
  });
}

function counterOf(text: string, name: string): number {
  const counter = Number(text);
  if (counter >= 1 && counter <= COUNTER_MAX) return counter;
  throw httpError("BAD_REQUEST", `${name} must be a whole number from 1 to ${COUNTER_MAX}`);
}

/** For cameras. */
export function releaseFileRoutes(app: App, { db, releaseFolder }: Services): void {
  /** The file or one range of it; ETag is its SHA-256. **Errors:** RELEASE_UNKNOWN, BAD_RANGE */
  app.get(
    `${RELEASE_PATH}:releaseID`,
    { schema: { params: ReleaseParams } },
    async (request, reply) => {
      const release = await releaseOf(db, request.params.releaseID);
      const { bytes, sha256 } = release;
      return sendFile(request, reply, { path: releaseFolder.pathOf(release), bytes, etag: sha256 });
    },
  );
}
