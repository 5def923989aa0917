/** Observations as one table for a spreadsheet or a data frame: all columns of Camtrap DP, and where and in what zone they were. */
import { ByteWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import { type FieldType, OBSERVATION_FIELDS } from "../camtrap-dp.ts";
import { generalisationText } from "../privacy.ts";
import { momentOf } from "../times.ts";
import { csvChunks } from "./csv.ts";
import type { PackageOutput } from "./output.ts";
import { type ExportReport, newReport } from "./report.ts";
import type { ExportDeployment, ExportView } from "./view.ts";

/** Rows of one group of a Parquet file: what is in memory at a time. */
const GROUP_ROWS = 10_000;

const COLUMNS: { name: string; type: FieldType }[] = [
  ...OBSERVATION_FIELDS,
  ...["locationID", "locationName"].map((name) => ({ name, type: "string" as const })),
  ...["latitude", "longitude"].map((name) => ({ name, type: "number" as const })),
  { name: "coordinateUncertainty", type: "integer" },
  { name: "dataGeneralizations", type: "string" },
];

const PARQUET_TYPES: Record<FieldType, "STRING" | "DOUBLE" | "INT32" | "BOOLEAN" | "TIMESTAMP"> = {
  ...{ string: "STRING", any: "STRING", number: "DOUBLE", integer: "INT32", boolean: "BOOLEAN" },
  datetime: "TIMESTAMP",
};

export async function writeCsv(view: ExportView, output: PackageOutput): Promise<ExportReport> {
  const report = newReport();
  const names = COLUMNS.map(({ name }) => name);
  await output.write("observations.csv", csvChunks(names, rowsOf(view, report)));
  return report;
}

export async function writeParquet(view: ExportView, output: PackageOutput): Promise<ExportReport> {
  const report = newReport();
  await output.write("observations.parquet", parquetChunks(rowsOf(view, report)));
  return report;
}

async function* rowsOf(view: ExportView, report: ExportReport): AsyncGenerator<unknown[]> {
  report.deployments = view.deploymentsByID.size;
  for await (const row of view.observations()) {
    report.observations += 1;
    const deployment = view.deploymentsByID.get(row.deploymentID) as ExportDeployment;
    const { locationID, locationName, latitude, longitude, coordinateUncertainty } = deployment;
    yield [
      ...OBSERVATION_FIELDS.map(({ name }) => row[name]),
      ...[locationID, locationName, known(latitude), known(longitude), coordinateUncertainty],
      deployment.precision === undefined ? undefined : generalisationText(deployment.precision),
    ];
  }
}

const known = (degrees: number): number | undefined =>
  Number.isNaN(degrees) ? undefined : degrees;

async function* parquetChunks(rows: AsyncIterable<unknown[]>): AsyncGenerator<Uint8Array> {
  const writer = new ByteWriter();
  const schema = schemaFromColumnData({
    columnData: COLUMNS.map(({ name, type }) => ({ name, data: [], type: PARQUET_TYPES[type] })),
  });
  const parquet = new ParquetWriter({ writer, schema, createdBy: "thicket" });
  let group: unknown[][] = COLUMNS.map(() => []);
  const writeGroup = () => {
    parquet.write({
      columnData: COLUMNS.map(({ name }, index) => ({ name, data: group[index] as unknown[] })),
      rowGroupSize: GROUP_ROWS,
    });
    group = COLUMNS.map(() => []);
    return drained(writer);
  };
  for await (const row of rows) {
    for (const [index, { type }] of COLUMNS.entries()) {
      group[index]?.push(type === "datetime" ? dateOf(row[index]) : (row[index] ?? null));
    }
    if ((group[0]?.length ?? 0) >= GROUP_ROWS) yield writeGroup();
  }
  if (group[0]?.length) yield writeGroup();
  parquet.finish();
  yield drained(writer);
}

const dateOf = (value: unknown): Date | null => {
  const moment = typeof value === "string" ? momentOf(value) : undefined;
  return moment ? new Date(moment.seconds * 1000) : null;
};

/** What was written since; the writer goes on counting from the file's start. */
function drained(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}
