/** The live table of the demo: one row per camera, redrawn in place on a terminal. */
import pc from "picocolors";

export interface CameraRow {
  name: string;
  site: string;
  status: string;
  batteryMv: number;
  triggers: number;
  observations: number;
  pictures: number;
  queued: number;
  latest: string;
}

const COLOURS: Record<string, (text: string) => string> = {
  green: pc.green,
  yellow: pc.yellow,
  orange: pc.magenta,
  red: pc.red,
};

const COLUMNS: [string, number, (row: CameraRow) => string][] = [
  ["camera", 12, (row) => row.name],
  ["site", 12, (row) => row.site],
  ["state", 8, (row) => row.status],
  ["battery", 9, (row) => (row.batteryMv ? `${(row.batteryMv / 1000).toFixed(2)} V` : "-")],
  ["triggers", 9, (row) => String(row.triggers)],
  ["events", 7, (row) => String(row.observations)],
  ["pictures", 9, (row) => String(row.pictures)],
  ["waiting", 8, (row) => String(row.queued)],
  ["latest", 30, (row) => row.latest],
];

/** Lines of the table, heading first. */
export function tableLines(heading: string, rows: CameraRow[]): string[] {
  const paint = (row: CameraRow, text: string, name: string) =>
    name === "state" ? (COLOURS[row.status] ?? pc.dim)(text) : text;
  return [
    pc.bold(heading),
    pc.dim(COLUMNS.map(([name, width]) => name.padEnd(width)).join(" ")),
    ...rows.map((row) =>
      COLUMNS.map(([name, width, cell]) =>
        paint(row, cell(row).slice(0, width).padEnd(width), name),
      ).join(" "),
    ),
  ];
}

/** Draws over its own last drawing. */
export function createScreen(write: (text: string) => void) {
  let drawn = 0;
  return {
    draw(lines: string[]) {
      const up = drawn ? `\x1b[${drawn}A` : "";
      write(`${up}${lines.map((line) => `\x1b[2K${line}`).join("\n")}\n`);
      drawn = lines.length;
    },
  };
}
