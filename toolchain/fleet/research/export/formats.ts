/** The formats an export can have: this table. Each writes a view into an output and reports. */
import { writeCamtrapPackage } from "./camtrap-package.ts";
import { writeDarwinCore } from "./darwin-core.ts";
import { writeCsv, writeParquet } from "./flat-table.ts";
import { writeMegadetector } from "./megadetector.ts";
import type { PackageOutput } from "./output.ts";
import type { ExportReport } from "./report.ts";
import type { ExportView } from "./view.ts";
import { writeWildlifeInsights } from "./wildlife-insights.ts";

interface FormatRow {
  summary: string;
  write(view: ExportView, output: PackageOutput): Promise<ExportReport>;
}

export const FORMATS = {
  "camtrap-dp": { summary: "Camtrap DP 1.0.2 package", write: writeCamtrapPackage },
  dwca: { summary: "Darwin Core archive for GBIF", write: writeDarwinCore },
  "wildlife-insights": { summary: "Wildlife Insights' four CSV", write: writeWildlifeInsights },
  megadetector: { summary: "MegaDetector results 1.6", write: writeMegadetector },
  csv: { summary: "observations as one CSV", write: writeCsv },
  parquet: { summary: "observations as Parquet", write: writeParquet },
} satisfies Record<string, FormatRow>;

export type Format = keyof typeof FORMATS;

export const isFormat = (name: string): name is Format => Object.hasOwn(FORMATS, name);
