/**
 * What a project says about its labels: where it is, which animals cannot be there, which a person always wants to see, and the
 * lineage of each name. The default model's coarse classes have theirs here.
 */
import type { Db } from "../db/open.ts";
import { httpError } from "../http-errors.ts";
import { findProject } from "../store/projects.ts";
import { geofenceOf, readGeofence } from "./geofence.ts";
import { type Decision, decide, type Guess, type Lineage, type Rules } from "./rules.ts";

export interface ProjectRules {
  /** ISO 3166-1 alpha-3, or "" for no geofence. */
  country: string;
  region: string;
  /** CSV as in geofence.ts, or "". */
  geofence: string;
  /** Names that always go to a person. */
  watch: string[];
}

const NO_RULES: ProjectRules = { country: "", region: "", geofence: "", watch: [] };

/** Classes of device/model/labels.txt. */
const MODEL_CLASSES: Record<string, string> = {
  elephant: "mammalia;proboscidea;elephantidae;;",
  big_cat: "mammalia;carnivora;felidae;;",
  other_animal: ";;;;",
};

export interface Judge {
  /** @returns what the rules make of a machine's label, and what to call it */
  judge(row: Labelled): Judgement;
  watch: ReadonlySet<string>;
}

export interface Labelled {
  observationType: string;
  scientificName: string | null;
  classificationProbability: number | null;
}

export interface Judgement extends Omit<Decision, "lineage"> {
  /** Lowest name that is sure; "" for what is no animal, "animal" for any. */
  name: string;
}

export async function readRules(db: Db, projectID: string): Promise<ProjectRules> {
  const row = await db
    .selectFrom("decision_rules")
    .select("rules")
    .where("projectID", "=", projectID)
    .executeTakeFirst();
  return row ? { ...NO_RULES, ...(JSON.parse(row.rules) as Partial<ProjectRules>) } : NO_RULES;
}

/** **Errors:** PROJECT_UNKNOWN, BAD_REVIEW for a geofence that is not one */
export async function saveRules(db: Db, projectID: string, rules: ProjectRules): Promise<void> {
  if (!(await findProject(db, projectID))) throw httpError("PROJECT_UNKNOWN");
  try {
    if (rules.geofence) readGeofence(rules.geofence);
  } catch (error) {
    throw httpError("BAD_REVIEW", (error as Error).message);
  }
  const text = JSON.stringify(rules);
  await db
    .insertInto("decision_rules")
    .values({ projectID, rules: text })
    .onConflict((conflict) => conflict.column("projectID").doUpdateSet({ rules: text }))
    .execute();
}

export async function openJudge(db: Db, projectID: string): Promise<Judge> {
  const { country, region, geofence, watch } = await readRules(db, projectID);
  const project = await findProject(db, projectID);
  const lineages = lineagesOf(project?.taxonomic ?? null);
  const rules: Rules = {
    geofence: geofenceOf(geofence ? readGeofence(geofence) : []),
    ...(country && { place: { country, ...(region && { region }) } }),
  };
  return {
    watch: new Set(watch.map((name) => name.toLowerCase())),
    judge: (row) => judgement(row, lineages, rules),
  };
}

type Taxon = Partial<Record<"scientificName" | "class" | "order" | "family" | "genus", string>>;

function lineagesOf(taxonomic: string | null): Map<string, Lineage> {
  const found = new Map<string, Lineage>();
  for (const [name, text] of Object.entries(MODEL_CLASSES)) {
    found.set(name, text.split(";") as unknown as Lineage);
  }
  const taxa = taxonomic ? (JSON.parse(taxonomic) as Taxon[]) : [];
  for (const taxon of taxa) {
    const name = taxon.scientificName?.toLowerCase() ?? "";
    const ranks = [taxon.class, taxon.order, taxon.family, taxon.genus];
    const species = name.includes(" ") ? name.slice(name.indexOf(" ") + 1) : "";
    const lineage = [...ranks, species].map((rank) => rank?.toLowerCase() ?? "");
    // A rank below one that nobody named stands for nothing.
    const gap = lineage.indexOf("");
    const whole = lineage.map((rank, index) => (gap >= 0 && index > gap ? "" : rank));
    if (name) found.set(name, whole as unknown as Lineage);
  }
  return found;
}

/** The camera's own class takes the place of SpeciesNet's detector: it is what says that something is there. */
function judgement(row: Labelled, lineages: Map<string, Lineage>, rules: Rules): Judgement {
  const { observationType: type, classificationProbability } = row;
  const score = classificationProbability ?? 0;
  const label = row.scientificName || type;
  const nothing: Lineage = ["", "", "", "", ""];
  const guess: Guess =
    type === "animal"
      ? { kind: "animal", label, score, lineage: lineages.get(label.toLowerCase()) ?? nothing }
      : {
          kind: type === "blank" || type === "human" || type === "vehicle" ? type : "unknown",
          label,
          score,
        };
  const isThing = type === "animal" || type === "human" || type === "vehicle";
  const decision = decide([guess], isThing ? { kind: type, confidence: score } : undefined, rules);
  const { lineage, ...rest } = decision;
  if (rest.kind !== "animal") return { ...rest, name: "" };
  if (rest.source === "classifier") return { ...rest, name: row.scientificName || "animal" };
  return { ...rest, name: lowestName(lineage) };
}

function lowestName(lineage: Lineage | undefined): string {
  const names = (lineage ?? []).filter((name) => name !== "");
  if (names.length === 5) return capital(`${names[3]} ${names[4]}`);
  return names.length ? capital(names.at(-1) as string) : "animal";
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
