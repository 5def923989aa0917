/**
 * The build report as lines for a terminal.
 */
import type { Budget } from "./budget.ts";
import type { BundleReport } from "./bundle.ts";
import { ownerOf } from "./holders.ts";

const BAR_WIDTH = 20;

export interface ReportOptions {
  /** What shares are shown of. */
  budget?: Budget | undefined;
  /** Also who holds the variables and what the measured day was like. */
  isVerbose?: boolean;
}

export function reportLines(
  report: BundleReport,
  { budget, isVerbose = false }: ReportOptions = {},
): string[] {
  const { bytes, gzipBytes, jsvars, cycle, board, modules } = report;
  const share = (used: number, limit: number | undefined) =>
    limit ? ` of ${limit} (${Math.round((used / limit) * 100)} %)` : "";
  const lines = [
    `bundle for ${board}: ${bytes} bytes${share(bytes, budget?.bytes)}, ${gzipBytes} compressed`,
  ];
  if (jsvars) {
    lines.push(
      `variables: ${jsvars.idle} at rest, ${jsvars.peak} at most${share(jsvars.peak, budget?.jsvars)}`,
    );
  }
  if (cycle) {
    const limit = share(cycle.operations, budget?.cycleOperations);
    lines.push(
      `capture cycle: ${cycle.operations} operations${limit}, about ${cycle.estimatedMs} ms on the chip (estimate)`,
    );
  }
  if (isVerbose) lines.push(...eventLines(report), ...holderLines(report));
  return [...lines, "", ...moduleTable(report, modules)];
}

function eventLines({ events }: BundleReport): string[] {
  if (!events) return [];
  const counts = Object.entries(events).map(([what, count]) => `${count} ${what}`);
  return [`in the measured day: ${counts.join(", ")}`];
}

function holderLines({ holders }: BundleReport): string[] {
  if (holders.length === 0) return [];
  const rows = holders.map(
    (holder) => `  ${String(holder.jsvars).padStart(6)}  ${ownerOf(holder)}`,
  );
  return ["", "largest holders of variables at the peak:", ...rows];
}

function moduleTable({ bytes }: BundleReport, modules: BundleReport["modules"]): string[] {
  const nameWidth = Math.max(...modules.map(({ name }) => name.length));
  const largest = modules[0]?.bytes ?? 1;
  return modules.map((module) => {
    const percent = ((module.bytes / bytes) * 100).toFixed(1).padStart(5);
    const bar = "#".repeat(Math.round((module.bytes / largest) * BAR_WIDTH));
    return `  ${module.name.padEnd(nameWidth)}  ${String(module.bytes).padStart(6)}  ${percent} %  ${bar}`.trimEnd();
  });
}
