/** What a project says of itself: the parts of a datapackage.json that are not its tables. Source: Camtrap DP 1.0.2. */
import type { Db } from "../db/open.ts";
import type { ProjectRow, Sensitivity } from "../db/tables-camtrap.ts";

export interface ProjectMetadata {
  projectID: string;
  /** Title of the package. */
  name: string;
  sensitivity: Sensitivity;
  contributors?: Contributor[];
  sources?: Record<string, unknown>[];
  licenses?: License[];
  project?: ProjectDesign;
  spatial?: Record<string, unknown>;
  temporal?: { start: string; end: string };
  taxonomic?: Taxon[];
  /** Everything else that the package said, such as keywords, homepage and relatedIdentifiers. */
  other?: Record<string, unknown>;
}

export interface Contributor {
  title: string;
  email?: string;
  path?: string;
  role?: string;
  organization?: string;
}

export interface License {
  name?: string;
  path?: string;
  title?: string;
  scope: "data" | "media";
}

export interface ProjectDesign {
  id?: string;
  title: string;
  acronym?: string;
  description?: string;
  path?: string;
  samplingDesign: string;
  captureMethod: string[];
  individualAnimals: boolean;
  observationLevel: string[];
}

export interface Taxon {
  scientificName: string;
  taxonID?: string;
  taxonRank?: string;
  vernacularNames?: Record<string, string>;
  [rank: string]: unknown;
}

const JSON_COLUMNS = [
  ...["contributors", "sources", "licenses", "project", "spatial", "temporal"],
  ...["taxonomic", "other"],
] as (keyof ProjectMetadata & keyof ProjectRow)[];

export function metadataOf(row: ProjectRow): ProjectMetadata {
  const { projectID, name, sensitivity } = row;
  const said = JSON_COLUMNS.filter((column) => row[column] !== null);
  const parts = said.map((column) => [column, JSON.parse(String(row[column]))]);
  return { projectID, name, sensitivity, ...Object.fromEntries(parts) };
}

/** Parts that are not named stay as they are. */
export async function saveMetadata(
  db: Db,
  { projectID, ...said }: Partial<ProjectMetadata> & { projectID: string },
): Promise<void> {
  const set = Object.entries(said)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [
      name,
      (JSON_COLUMNS as string[]).includes(name) ? JSON.stringify(value) : value,
    ]);
  if (set.length === 0) return;
  await db
    .updateTable("projects")
    .set(Object.fromEntries(set))
    .where("projectID", "=", projectID)
    .execute();
}
