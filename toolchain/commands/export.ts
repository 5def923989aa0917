/** `toolchain export FORMAT --out DIR|FILE.zip`: asks a server or a stopped server's folder, writes, reports. */
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { type CommandFunction, type CommandInput, textOption } from "../command-line.ts";
import { EXIT, inputError, usageError } from "../errors.ts";
import { checkPackage } from "../fleet/research/check-package.ts";
import { checkPlace, saveExport, writeExport } from "../fleet/research/export/destination.ts";
import { FORMATS, type Format, isFormat } from "../fleet/research/export/formats.ts";
import { type ExportReport, reportLines } from "../fleet/research/export/report.ts";
import { type RequestTexts, readRequest } from "../fleet/research/export/request.ts";
import { startExport } from "../fleet/research/export/run.ts";
import { problemLine } from "../fleet/research/import/target.ts";
import type { Io } from "../log.ts";
import { clientOf, withDataFolder } from "./data-place.ts";

const HINT = "toolchain export --help";

export const run: CommandFunction = async (input, io) => {
  const [what, ...rest] = input.positionals;
  if (what === "check") return check(rest, input, io);
  if (what === undefined || !isFormat(what)) {
    const formats = [...Object.keys(FORMATS), "check"].join(", ");
    const said = what === undefined ? "which format?" : `no format named "${what}"`;
    throw usageError("BAD_ARGUMENT", `export: ${said}`, `there are ${formats}`);
  }
  if (rest.length)
    throw usageError("BAD_ARGUMENT", `export: one format, not also ${rest[0]}`, HINT);
  const out = textOption(input, "out");
  if (!out) throw usageError("BAD_OPTION", "export: --out DIR or --out FILE.zip is needed", HINT);
  checkPlace(out);
  const data = textOption(input, "data");
  io.progress(`exporting ${FORMATS[what].summary}`);
  const report =
    data === undefined
      ? await fromServer(what, out, input, io)
      : await fromFolder(what, out, data, input);
  if (input.options.json) io.out(JSON.stringify({ format: what, out, ...report }));
  else {
    const { deployments = 0, media = 0, observations = 0, files = 0 } = report ?? {};
    const pictures = files ? `, ${files} picture files` : "";
    io.out(
      `${out}: ${deployments} deployments, ${media} media, ${observations} observations${pictures}`,
    );
    for (const line of report ? reportLines(report) : []) io.note(line);
  }
  return EXIT.ok;
};

const TEXTS = ["project", "site", "from", "to", "taxon"] as const;
const FLAGS = ["media", "exact", "people"] as const;

async function fromServer(
  format: Format,
  out: string,
  input: CommandInput,
  io: Io,
): Promise<ExportReport | undefined> {
  const query = new URLSearchParams();
  for (const name of TEXTS) {
    const text = textOption(input, name);
    if (text !== undefined) query.set(name, text);
  }
  for (const name of FLAGS) if (input.options[name]) query.set(name, "true");
  const file = { signal: io.signal };
  const path = `/api/v1/exports/${format}?${query}`;
  const response = await clientOf(input, "export").request("GET", path, file);
  return saveExport(out, Readable.fromWeb(response.body as ReadableStream));
}

const fromFolder = (
  format: Format,
  out: string,
  data: string,
  input: CommandInput,
): Promise<ExportReport> =>
  withDataFolder(data, async (db, objects) => {
    const texts: RequestTexts = Object.fromEntries(
      TEXTS.map((name) => [name, textOption(input, name)]),
    );
    const wanted = await readRequest(db, texts);
    if (typeof wanted === "string") throw usageError("BAD_OPTION", `export: ${wanted}`, HINT);
    const { media, exact, people } = input.options;
    const flags = { isExact: exact === true, hasPeople: people === true };
    const job = { format, request: { ...wanted, ...flags }, hasMedia: media === true };
    const started = await startExport(db, objects, job);
    return writeExport(out, started.writeTo);
  });

/** The first problems by file, line and field; exit 3 when there are any. */
async function check([path, ...rest]: string[], input: CommandInput, io: Io): Promise<number> {
  if (path === undefined || rest.length) {
    throw usageError("BAD_ARGUMENT", "export check: give the folder of one package", HINT);
  }
  const { rows, problems, problemCount } = await checkPackage(path, { onProgress: io.progress });
  const { deployments, media, observations } = rows;
  if (input.options.json) io.out(JSON.stringify({ path, rows, problemCount, problems }));
  else {
    for (const problem of problems) io.out(problemLine(problem));
    io.out(`${path}: ${deployments} deployments, ${media} media, ${observations} observations`);
  }
  if (problemCount === 0) return EXIT.ok;
  throw inputError("PACKAGE_WRONG", `${path} has ${problemCount} problems`);
}
