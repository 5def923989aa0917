/** Analyses of what is in the database: the catalogue of toolchain/fleet/analytics over a project's rows, kept until the rows change. */
import Type from "typebox";
import { createAnalyst } from "../analyst/analyst.ts";
import { createKeptAnswers } from "../analyst/kept-answers.ts";
import { ANALYSES, analysisNamed } from "../analytics/catalogue.ts";
import { httpError } from "../http-errors.ts";
import { DEFAULT_PROJECT } from "../ids.ts";
import { type Order, PAGE_QUERY, pageOf, readPage } from "../pages.ts";
import { analysisRows, dataVersion } from "../research/analysis-rows.ts";
import { secretsFrom, withoutName } from "../research/withheld.ts";
import { reachOf } from "../rights/limited-db.ts";
import { covers, reachKey } from "../rights/reach.ts";
import { findProject } from "../store/projects.ts";
import { type App, may, type OperatorServices } from "./app.ts";
import { AnyID } from "./reviews.ts";

const Seconds = Type.String({ pattern: "^\\d{1,10}$" });
const Whole = Type.String({ pattern: "^\\d{1,4}$" });
const AnalyticsQuery = Type.Object({
  project: Type.Optional(AnyID),
  site: Type.Optional(AnyID),
  from: Type.Optional(Seconds),
  to: Type.Optional(Seconds),
  /** Several with commas between. */
  taxon: Type.Optional(Type.String({ minLength: 1, maxLength: 400 })),
  independence: Type.Optional(Whole),
  occasion: Type.Optional(Type.String({ pattern: "^[1-9]\\d{0,2}$" })),
});

const DeploymentsQuery = Type.Object({ project: Type.Optional(AnyID), ...PAGE_QUERY });
const CALENDAR = { usual: 500, max: 500 };
const BEGUN_LAST_FIRST: Order = {
  by: [
    ["deploymentStart", "number"],
    ["deploymentID", "text"],
  ],
  direction: "desc",
};

export function analyticsRoutes(app: App, { clock }: OperatorServices): void {
  const analyst = createAnalyst();
  app.addHook("onClose", () => analyst.close());
  const kept = createKeptAnswers();

  /** -> {analyses: [{name, summary, needs, assumes}]} */
  app.get("/api/v1/analytics", may("read"), async () => ({
    analyses: ANALYSES.map(({ run: _, reads: _reads, ...about }) => about),
  }));

  /** -> {analysis, version, answers: [...]}, refusals among them. **Errors:** ANALYSIS_UNKNOWN, PROJECT_UNKNOWN */
  app.get(
    "/api/v1/analytics/:name",
    {
      ...may("read"),
      schema: { params: Type.Object({ name: AnyID }), querystring: AnalyticsQuery },
    },
    async ({ db, params: { name }, query, caller }) => {
      const { project: projectID = DEFAULT_PROJECT, site, from, to, taxon } = query;
      const analysis = analysisNamed(name);
      if (!analysis) throw httpError("ANALYSIS_UNKNOWN");
      if (!(await findProject(db, projectID))) throw httpError("PROJECT_UNKNOWN");
      const nowMs = clock.now();
      const reach = reachOf(db);
      const isExact = covers(caller.reach("locate"), reach, projectID);
      const version = await dataVersion(db, nowMs);
      // An answer is for those who reach the same rows.
      const key = JSON.stringify([name, query, isExact, reachKey(reach)]);
      const filter = {
        projectID,
        ...(site !== undefined && { siteIDs: [site] }),
        ...(from !== undefined && { from: Number(from) }),
        ...(to !== undefined && { to: Number(to) }),
      };
      const taxa = taxon?.split(",").map((text) => text.trim()) ?? [];
      const options = {
        taxa,
        ...(query.independence && { independenceMinutes: Number(query.independence) }),
        ...(query.occasion && { occasionDays: Number(query.occasion) }),
      };
      const answers = await kept(key, version, async () => {
        const rows = await analysisRows(db, {
          ...{ reads: analysis.reads, filter, taxa, isExact },
          ...(options.occasionDays !== undefined && { occasionDays: options.occasionDays }),
          independenceMinutes: options.independenceMinutes ?? 0,
          nowS: Math.floor(nowMs / 1000),
        });
        return analyst.answer({ name, rows, options });
      });
      return { analysis: name, version, answers };
    },
  );

  /** -> {deployments: [{deploymentID, siteID, cameraID, start, end, failures: [{start, end, reason}]}], next}: the effort calendar. **Errors:** BAD_CURSOR */
  app.get(
    "/api/v1/deployments",
    { ...may("read"), schema: { querystring: DeploymentsQuery } },
    async ({ db, query, caller }) => {
      const deployments = db
        .selectFrom("deployments")
        .leftJoin("cameras", "cameras.cameraID", "deployments.cameraID")
        .select(["deploymentID", "siteID", "deployments.cameraID", "cameras.name as cameraName"])
        .select(["locationName", "deploymentStart", "deploymentEnd"])
        .where("projectID", "=", query.project ?? DEFAULT_PROJECT);
      const { rows, next } = await readPage(deployments, BEGUN_LAST_FIRST, pageOf(query, CALENDAR));
      const failures = rows.length
        ? await db
            .selectFrom("failure_periods")
            .select(["deploymentID", "failureStart", "failureEnd", "reason"])
            .where(
              "deploymentID",
              "in",
              rows.map(({ deploymentID }) => deploymentID),
            )
            .orderBy("failureStart")
            .execute()
        : [];
      const ids = rows.map(({ deploymentID }) => deploymentID);
      const secrets = await secretsFrom(db, caller.reach("locate"), ids);
      return {
        deployments: withoutName(rows, secrets).map((row) => ({
          ...row,
          failures: failures
            .filter(({ deploymentID }) => deploymentID === row.deploymentID)
            .map(({ failureStart, failureEnd, reason }) => ({ failureStart, failureEnd, reason })),
        })),
        next,
      };
    },
  );
}
