/** Research data in: rows of Camtrap DP table by table, and photographs by their SHA-256. Sending anything again changes nothing. */
import Type from "typebox";
import { isAppError } from "../../errors.ts";
import type { Db } from "../db/open.ts";
import { httpError } from "../http-errors.ts";
import { isJpeg, sha256Of } from "../objects.ts";
import {
  DEPLOYMENT_FIELDS,
  type Field,
  MEDIA_FIELDS,
  OBSERVATION_FIELDS,
} from "../research/camtrap-dp.ts";
import { FAILURE_FIELDS } from "../research/export/camtrap-package.ts";
import { databaseTarget, ensureProject } from "../research/import/database-target.ts";
import { rowsProblem } from "../research/import/row-check.ts";
import { ROWS_PER_BATCH } from "../research/import/target.ts";
import type { ProjectMetadata } from "../research/metadata.ts";
import { outOfReach, reachOf } from "../rights/limited-db.ts";
import { reaches } from "../rights/reach.ts";
import { findProject } from "../store/projects.ts";
import { type App, may, type OperatorServices } from "./app.ts";
import { MetadataBody } from "./metadata-schema.ts";

const ROWS_BYTES_MAX = 8 * 1024 * 1024;
const PHOTOGRAPH_BYTES_MAX = 64 * 1024 * 1024;

const ProjectID = Type.String({ minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9][\\w.-]*$" });
const ProjectParams = Type.Object({ project: ProjectID });
const TableParams = Type.Object({
  project: ProjectID,
  table: Type.Enum(["deployments", "media", "observations", "failures"] as const),
});
const Rows = Type.Object({ rows: Type.Array(Type.Unknown(), { maxItems: ROWS_PER_BATCH }) });
const Names = Type.Object({
  mediaIDs: Type.Array(Type.String({ maxLength: 500 }), { maxItems: ROWS_PER_BATCH }),
});
const PhotographParams = Type.Object({
  project: ProjectID,
  sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }),
});

const FIELDS: Record<string, readonly Field[]> = {
  // Where a camera stood may be told later.
  deployments: DEPLOYMENT_FIELDS.map((field) =>
    /itude$/.test(field.name) ? { ...field, isRequired: undefined } : field,
  ),
  ...{ media: MEDIA_FIELDS, observations: OBSERVATION_FIELDS },
  failures: FAILURE_FIELDS,
};

export function importRoutes(app: App, { objects }: OperatorServices): void {
  const rowsRoute = { ...may("review"), bodyLimit: ROWS_BYTES_MAX };
  /** **Errors:** PROJECT_UNKNOWN, FORBIDDEN */
  const targetOf = async (db: Db, projectID: string) => {
    requireProject(db, projectID);
    if (!(await findProject(db, projectID))) throw httpError("PROJECT_UNKNOWN");
    return databaseTarget(db, objects, projectID);
  };

  /** What the project says of itself; a project that is not there is made -> 204. **Errors:** BAD_REQUEST */
  app.put(
    "/api/v1/imports/:project",
    { ...rowsRoute, schema: { params: ProjectParams, body: MetadataBody } },
    async (request, reply) => {
      const { db, body } = request;
      const { project } = request.params;
      requireProject(db, project);
      await ensureProject(db, project, Date.now());
      const target = await targetOf(db, project);
      await asRequestError(() => target.metadata(body as Partial<ProjectMetadata>));
      return reply.status(204).send();
    },
  );

  /** {rows} -> {written, kept}; all of them or none. **Errors:** BAD_REQUEST, PROJECT_UNKNOWN */
  app.post(
    "/api/v1/imports/:project/:table",
    { ...rowsRoute, schema: { params: TableParams, body: Rows } },
    async (request) => {
      const { project, table } = request.params;
      const { rows } = request.body;
      const problem = rowsProblem(FIELDS[table] ?? [], rows);
      if (problem) throw httpError("BAD_REQUEST", problem);
      const target = await targetOf(request.db, project);
      return asRequestError(() => target[table](rows as never));
    },
  );

  /** {mediaIDs} -> {judged: {mediaID: {observationType, ...}}}: which of them have an observation already. */
  app.post(
    "/api/v1/imports/:project/judged",
    { ...rowsRoute, schema: { params: ProjectParams, body: Names } },
    async (request) => {
      const { project } = request.params;
      const found = await (await targetOf(request.db, project)).judged(request.body.mediaIDs);
      return { judged: Object.fromEntries(found) };
    },
  );

  app.register(async (scope: App) => {
    scope.addContentTypeParser("image/jpeg", { parseAs: "buffer" }, (_request, body, done) =>
      done(null, body),
    );
    /** The file, as image/jpeg -> 204. **Errors:** BAD_REQUEST, NOT_A_JPEG, TOO_LARGE */
    scope.put(
      "/api/v1/imports/:project/photographs/:sha256",
      { ...may("review"), schema: { params: PhotographParams }, bodyLimit: PHOTOGRAPH_BYTES_MAX },
      async (request, reply) => {
        const { project, sha256 } = request.params;
        const bytes = request.body;
        if (!Buffer.isBuffer(bytes) || !isJpeg(bytes)) throw httpError("NOT_A_JPEG");
        if (sha256Of(bytes) !== sha256) {
          throw httpError("BAD_REQUEST", "the file has another SHA-256 than its address says");
        }
        const target = await targetOf(request.db, project);
        await target.keepPhotograph(sha256, bytes);
        return reply.status(204).send();
      },
    );
  });
}

/** An import is the whole project's; only who reaches everything makes a new one with it. **Errors:** FORBIDDEN */
function requireProject(db: Db, projectID: string): void {
  if (!reaches(reachOf(db), { projectID, siteID: null })) {
    throw outOfReach(`all of project ${projectID}`);
  }
}

/** What the sink refuses is the request's fault. */
async function asRequestError<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (isAppError(error)) throw httpError("BAD_REQUEST", error.message);
    throw error;
  }
}
