/** GET /api/v1/exports/<format>: a project's data as one zip file, streamed. */
import type { FastifyRequest } from "fastify";
import Type from "typebox";
import { httpError } from "../http-errors.ts";
import { DEFAULT_PROJECT } from "../ids.ts";
import { FORMATS, isFormat } from "../research/export/formats.ts";
import { zipOutput } from "../research/export/output.ts";
import { readRequest } from "../research/export/request.ts";
import { startExport } from "../research/export/run.ts";
import type { ExportRequest } from "../research/export/view.ts";
import { reachOf } from "../rights/limited-db.ts";
import { covers, NOWHERE } from "../rights/reach.ts";
import type { Right } from "../rights/rights.ts";
import { type App, may, type OperatorServices } from "./app.ts";

const Text = Type.Optional(Type.String({ minLength: 1, maxLength: 2000 }));
const Flag = Type.Optional(Type.Enum(["true", "false"] as const));
const ExportQuery = Type.Object(
  {
    ...{ project: Text, site: Text, from: Text, to: Text, taxon: Text },
    ...{ media: Flag, exact: Flag, people: Flag },
  },
  { additionalProperties: false },
);
const FormatParams = Type.Object({ format: Type.String({ maxLength: 40 }) });

export function exportRoutes(app: App, { clock, objects, onProblem }: OperatorServices): void {
  /**
   * -> application/zip, whose comment is the report as JSON. `exact` needs the right to locate, `people` the right to manage.
   * **Errors:** NOT_FOUND, BAD_REQUEST, FORBIDDEN; later ones cut the file off
   */
  app.get(
    "/api/v1/exports/:format",
    { ...may("review"), schema: { params: FormatParams, querystring: ExportQuery } },
    async (request, reply) => {
      const { format } = request.params;
      if (!isFormat(format)) {
        throw httpError("NOT_FOUND", `formats are ${Object.keys(FORMATS).join(", ")}`);
      }
      const { media, exact, people, ...texts } = request.query;
      const { db } = request;
      const wanted = await readRequest(db, texts);
      if (typeof wanted === "string") throw httpError("BAD_REQUEST", wanted);
      if (exact === "true") requireRight(request, "locate", wanted);
      if (people === "true") requireRight(request, "manage", wanted);
      const nowS = Math.floor(clock.now() / 1000);
      const flags = { isExact: exact === "true", hasPeople: people === "true", nowS };
      const job = { format, request: { ...wanted, ...flags }, hasMedia: media === "true" };
      const started = await startExport(db, objects, job);
      const output = zipOutput();
      started.writeTo(output).then(
        (report) => output.end(asciiJson(report)),
        (error: Error) => {
          if (!output.stream.destroyed) onProblem(`export ${format}: ${error.stack}`);
          output.fail(error);
        },
      );
      const name = `${wanted.projectID}-${format}.zip`.replace(/[^\w.-]/g, "_");
      reply.header("content-disposition", `attachment; filename="${name}"`);
      return reply.type("application/zip").send(output.stream);
    },
  );
}

/** A right at all places that are exported. **Errors:** FORBIDDEN */
function requireRight(
  { caller, db }: Pick<FastifyRequest, "caller" | "db">,
  right: Right,
  { projectID = DEFAULT_PROJECT, siteIDs }: ExportRequest,
): void {
  const sites = siteIDs && { ...NOWHERE, sites: new Set(siteIDs) };
  if (covers(caller.reach(right), sites ?? reachOf(db), projectID)) return;
  throw httpError("FORBIDDEN", `this needs the right to ${right} at all places of the export`);
}

/** Zip comments have a character set of their own. */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
