/** A project in a database of its own with the standard's example package in it, and its exports as files. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { type Db, openDatabase } from "../../../toolchain/fleet/db/open.ts";
import { type ObjectFolder, openObjects } from "../../../toolchain/fleet/objects.ts";
import type { Format } from "../../../toolchain/fleet/research/export/formats.ts";
import { folderOutput } from "../../../toolchain/fleet/research/export/output.ts";
import type { ExportReport } from "../../../toolchain/fleet/research/export/report.ts";
import { startExport } from "../../../toolchain/fleet/research/export/run.ts";
import type { ExportRequest } from "../../../toolchain/fleet/research/export/view.ts";
import { importCamtrapPackage } from "../../../toolchain/fleet/research/import/camtrap-package.ts";
import { databaseTarget } from "../../../toolchain/fleet/research/import/database-target.ts";
import type { ImportTarget } from "../../../toolchain/fleet/research/import/target.ts";
import { SHARED_DATA } from "../../support/skip.ts";

export const DOMAIN = join(SHARED_DATA ?? "", "domain");
export const EXAMPLE = join(DOMAIN, "camtrap-dp-1.0.2/example");

export interface Research {
  folder: string;
  db: Db;
  objects: ObjectFolder;
  target: ImportTarget;
  /** Into `folder/<name>`. */
  exported(format: Format, request?: ExportRequest & { hasMedia?: boolean }): Promise<Exported>;
}

export interface Exported {
  path: string;
  report: ExportReport;
  text(file: string): string;
  rows(file: string): Record<string, string>[];
}

export async function withResearch(
  body: (research: Research) => Promise<void>,
  { isEmpty = false } = {},
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "thicket-research-"));
  mkdirSync(join(folder, "objects"));
  const { db, close } = await openDatabase(folder, 0);
  const objects = openObjects(join(folder, "objects"));
  const target = databaseTarget(db, objects, "default");
  let exports = 0;
  try {
    if (!isEmpty) await importCamtrapPackage(EXAMPLE, target);
    await body({
      ...{ folder, db, objects, target },
      async exported(format, { hasMedia = false, ...request } = {}) {
        const path = join(folder, `export-${++exports}`);
        const started = await startExport(db, objects, { format, request, hasMedia });
        const report = await started.writeTo(folderOutput(path));
        const text = (file: string) => readFileSync(join(path, file), "utf8");
        return { path, report, text, rows: (file) => parse(text(file), { columns: true }) };
      },
    });
  } finally {
    await close();
    rmSync(folder, { recursive: true });
  }
}
