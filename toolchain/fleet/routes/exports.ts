/** GET /api/v1/exports/<format>: a project's data as one zip file, streamed. */
import Type from "typebox";
import { httpError } from "../http-errors.ts";
import { FORMATS, isFormat } from "../research/export/formats.ts";
import { zipOutput } from "../research/export/output.ts";
import { readRequest } from "../research/export/request.ts";
import { startExport } from "../research/export/run.ts";
import type { Right } from "../rights/rights.ts";
import type { Caller } from "../store/users.ts";
import { type App, may, type Services } from "./app.ts";

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

export function exportRoutes(app: App, { db, clock, objects, onProblem }: Services): void {
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
      if (exact === "true") require(request.caller, "locate");
      if (people === "true") require(request.caller, "manage");
      const wanted = await readRequest(db, texts);
      if (typeof wanted === "string") throw httpError("BAD_REQUEST", wanted);
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

function require({ rights }: Caller, right: Right): void {
  if (!rights.has(right)) throw httpError("FORBIDDEN", `this needs the right to ${right}`);
}

/** Zip comments have a character set of their own. */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
