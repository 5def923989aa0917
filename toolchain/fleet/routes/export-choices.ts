/** GET /api/v1/exports: what can be exported, and what of it is made less exact or left out for whoever asks. */
import Type from "typebox";
import { httpError } from "../http-errors.ts";
import { DEFAULT_PROJECT } from "../ids.ts";
import { FORMATS } from "../research/export/formats.ts";
import { readRequest } from "../research/export/request.ts";
import { metadataOf } from "../research/metadata.ts";
import { sensitivePlaces } from "../research/sensitive-places.ts";
import { findProject } from "../store/projects.ts";
import { type App, may } from "./app.ts";

const Text = Type.Optional(Type.String({ minLength: 1, maxLength: 2000 }));
const ChoicesQuery = Type.Object(
  { project: Text, site: Text, from: Text, to: Text, taxon: Text },
  { additionalProperties: false },
);

export function exportChoiceRoutes(app: App): void {
  /**
   * The query of an export, checked -> {formats, projects, project, deployments, generalised: deployments by category}.
   * **Errors:** BAD_REQUEST
   */
  app.get(
    "/api/v1/exports",
    { ...may("review"), schema: { querystring: ChoicesQuery } },
    async ({ db, query }) => {
      const wanted = await readRequest(db, query);
      if (typeof wanted === "string") throw httpError("BAD_REQUEST", wanted);
      const { projectID = DEFAULT_PROJECT } = wanted;
      const projects = await db
        .selectFrom("projects")
        .select(["projectID", "name"])
        .orderBy("name")
        .execute();
      const { deployments } = await db
        .selectFrom("deployments")
        .select(({ fn }) => fn.countAll<number>().as("deployments"))
        .where("projectID", "=", projectID)
        .executeTakeFirstOrThrow();
      const row = await findProject(db, projectID);
      const places = row ? await sensitivePlaces(db, metadataOf(row)) : new Map<string, never>();
      const generalised: Record<string, number> = {};
      for (const { sensitivity } of places.values()) {
        generalised[sensitivity] = (generalised[sensitivity] ?? 0) + 1;
      }
      return {
        formats: Object.entries(FORMATS).map(([format, { summary }]) => ({ format, summary })),
        ...{ projects, project: projectID, deployments: Number(deployments), generalised },
      };
    },
  );
}
