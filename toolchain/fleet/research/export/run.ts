/** One export, from what is asked to the last file. */
import type { Db } from "../../db/open.ts";
import type { ObjectFolder } from "../../objects.ts";
import { FORMATS, type Format } from "./formats.ts";
import type { PackageOutput } from "./output.ts";
import { writePictures } from "./pictures.ts";
import type { ExportReport } from "./report.ts";
import { type ExportRequest, openExport } from "./view.ts";

export interface ExportJob {
  format: Format;
  request: ExportRequest;
  /** Also the picture files. */
  hasMedia: boolean;
}

/** Opens the view at once, so that what is wrong with the request is known before the first byte. */
export async function startExport(
  db: Db,
  objects: ObjectFolder,
  { format, request, hasMedia }: ExportJob,
): Promise<{ writeTo(output: PackageOutput): Promise<ExportReport> }> {
  const view = await openExport(db, request);
  return {
    async writeTo(output) {
      const report = await FORMATS[format].write(view, output);
      if (hasMedia) await writePictures(db, objects, view, output, report);
      return report;
    },
  };
}
