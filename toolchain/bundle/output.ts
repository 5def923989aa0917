/**
 * Puts a finished bundle into its folder: app.js, boot.js when there is one, report.json. Written beside, then renamed:
 * a build that stops half way leaves the old files whole.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileProblem, inputError } from "../errors.ts";
import type { BundleReport } from "./bundle.ts";

export interface OutputFiles {
  app: string;
  boot?: string;
  report: BundleReport;
}

/** Returns the paths written. Errors: CANNOT_WRITE. */
export function writeOutput(folder: string, { app, boot, report }: OutputFiles): string[] {
  const files: [name: string, text: string][] = [
    ["app.js", app],
    ...(boot === undefined ? [] : [["boot.js", boot] as [string, string]]),
    // Last: who finds a report finds the files it describes.
    ["report.json", `${JSON.stringify(report, null, 2)}\n`],
  ];
  let waiting: string | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    waiting = mkdtempSync(join(folder, ".new-"));
    for (const [name, text] of files) writeFileSync(join(waiting, name), text);
    for (const [name] of files) renameSync(join(waiting, name), join(folder, name));
  } catch (error) {
    throw inputError("CANNOT_WRITE", `cannot write into ${folder}: ${fileProblem(error)}`);
  } finally {
    if (waiting) rmSync(waiting, { recursive: true, force: true });
  }
  return files.map(([name]) => join(folder, name));
}
