/**
 * Which known animals an observation looks like, nearest first, by the cosine of what a model sees in both pictures. Vectors are kept, so
 * that a picture is looked at once. Who it is, a person says.
 */
import type { Db } from "../db/open.ts";
import { httpError } from "../http-errors.ts";
import type { ObjectFolder } from "../objects.ts";

export interface Embedder {
  model: string;
  embed(jpeg: Buffer, box: [number, number, number, number] | null): Promise<number[]>;
}

/** Newest sightings of each animal that are compared. */
const SIGHTINGS_MAX = 8;
const CANDIDATES_MAX = 10;

export interface Candidate {
  individualID: string;
  name: string | null;
  /** 0 the same, 1 nothing in common. */
  distance: number;
  /** The nearest sighting. */
  observationID: string;
}

/** 1 less the cosine; vectors are not negative, so 0 to 1. */
export function distance(a: readonly number[], b: readonly number[]): number {
  let [dot, aa, bb] = [0, 0, 0];
  a.forEach((value, index) => {
    const other = b[index] ?? 0;
    dot += value * other;
    aa += value * value;
    bb += other * other;
  });
  return aa > 0 && bb > 0 ? 1 - dot / Math.sqrt(aa * bb) : 1;
}

/** **Errors:** OBSERVATION_UNKNOWN */
export async function candidatesFor(
  db: Db,
  objects: ObjectFolder,
  embedder: Embedder | undefined,
  observationID: string,
): Promise<{ refusal: string | null; candidates: Candidate[] }> {
  const row = await db
    .selectFrom("observations")
    .innerJoin("deployments", "deployments.deploymentID", "observations.deploymentID")
    .select(["observationType", "projectID"])
    .where("observationID", "=", observationID)
    .executeTakeFirst();
  if (!row) throw httpError("OBSERVATION_UNKNOWN");
  const refuse = (refusal: string) => ({ refusal, candidates: [] });
  if (!embedder) return refuse("not available: this server has no embedding model");
  if (row.observationType !== "animal") return refuse("this observation is no animal");
  const wanted = await vectorOf(db, objects, embedder, observationID);
  if (!wanted) return refuse("its picture is not on this server");
  const known = await db
    .selectFrom("observations")
    .innerJoin("individuals", "individuals.individualID", "observations.individualID")
    .select(["observationID", "individuals.individualID", "individuals.name"])
    .where("individuals.projectID", "=", row.projectID)
    .where("replacedBy", "is", null)
    .where("observationID", "!=", observationID)
    .orderBy("eventStart", "desc")
    .execute();
  const seen = new Map<string, number>();
  const nearest = new Map<string, Candidate>();
  for (const { individualID, name, observationID: other } of known) {
    const count = seen.get(individualID) ?? 0;
    if (count >= SIGHTINGS_MAX) continue;
    const vector = await vectorOf(db, objects, embedder, other);
    if (!vector) continue;
    seen.set(individualID, count + 1);
    const far = distance(wanted, vector);
    const before = nearest.get(individualID);
    if (!before || far < before.distance) {
      nearest.set(individualID, { individualID, name, distance: far, observationID: other });
    }
  }
  const candidates = [...nearest.values()].sort((a, b) => a.distance - b.distance);
  return { refusal: null, candidates: candidates.slice(0, CANDIDATES_MAX) };
}

async function vectorOf(
  db: Db,
  objects: ObjectFolder,
  { model, embed }: Embedder,
  observationID: string,
): Promise<number[] | undefined> {
  const kept = await db
    .selectFrom("embeddings")
    .select("vector")
    .where("observationID", "=", observationID)
    .where("model", "=", model)
    .executeTakeFirst();
  if (kept) return JSON.parse(kept.vector) as number[];
  const row = await db
    .selectFrom("observations")
    .select(["cameraID", "mediaIDs", "bboxX", "bboxY", "bboxWidth", "bboxHeight"])
    .where("observationID", "=", observationID)
    .executeTakeFirstOrThrow();
  const [mediaID] = JSON.parse(row.mediaIDs) as string[];
  if (row.cameraID === null || mediaID === undefined) return undefined;
  const jpeg = await objects.read(row.cameraID, mediaID);
  if (!jpeg) return undefined;
  const { bboxX: x, bboxY: y, bboxWidth: width, bboxHeight: height } = row;
  const box: [number, number, number, number] | null =
    width && height ? [x ?? 0, y ?? 0, width, height] : null;
  let vector: number[];
  try {
    vector = await embed(jpeg, box);
  } catch {
    // A picture that no decoder reads has no looks to compare.
    return undefined;
  }
  const values = { model, vector: JSON.stringify(vector) };
  await db
    .insertInto("embeddings")
    .values({ observationID, ...values })
    .onConflict((conflict) => conflict.column("observationID").doUpdateSet(values))
    .execute();
  return vector;
}
