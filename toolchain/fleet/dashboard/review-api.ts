/** What the pages Review and Individuals ask the server. */
import { request } from "./api.ts";
import type { Media, ObservationType } from "./types.ts";

export interface ReviewObservation {
  observationID: string;
  observationType: ObservationType;
  scientificName: string;
  count: number;
  individualID: string | null;
  classificationMethod: string | null;
  classifiedBy: string | null;
  classificationProbability: number | null;
  topGuess: {
    observationType: ObservationType;
    scientificName: string;
    probability: number | null;
  } | null;
  rolledUp: { kind: string; name: string; score: number; source: string } | null;
  bboxX: number | null;
  bboxY: number | null;
  bboxWidth: number | null;
  bboxHeight: number | null;
  flag: string | null;
  media: Media[];
}

export interface ReviewEvent {
  deploymentID: string;
  eventID: string;
  cameraName: string | null;
  site: string | null;
  locationName: string | null;
  eventStart: string;
  reasons: string[];
  observations: ReviewObservation[];
}

export interface Label {
  observationType?: ObservationType;
  scientificName?: string | null;
}

interface QueuePage {
  events: ReviewEvent[];
  next: string | null;
}

/** The next events; where few wait among very many, the server answers with empty pages between. */
export async function getQueue(reason: string, before = ""): Promise<QueuePage> {
  const query = new URLSearchParams({ limit: "20" });
  if (reason) query.set("reason", reason);
  for (let cursor = before; ; ) {
    if (cursor) query.set("cursor", cursor);
    const page: QueuePage = await request("GET", `reviews/queue?${query}`);
    if (page.events.length > 0 || page.next === null) return page;
    cursor = page.next;
  }
}

export const getTaxa = (): Promise<{ taxa: string[] }> => request("GET", "reviews/taxa");

export const decide = (body: {
  action: string;
  observationIDs: string[];
  label?: Label;
  note?: string;
  individualID?: string | null;
}): Promise<{ decisionID: string }> => request("POST", "reviews", body);

export interface Candidates {
  refusal: string | null;
  candidates: { individualID: string; name: string | null; distance: number }[];
}

export const getCandidates = (observationID: string): Promise<Candidates> =>
  request("GET", `observations/${encodeURIComponent(observationID)}/candidates`);

export const addIndividual = (name: string): Promise<{ individualID: string }> =>
  request("POST", "individuals", { name });

export const mergeIndividuals = (from: string, into: string): Promise<{ decisionID: string }> =>
  request("POST", `individuals/${encodeURIComponent(from)}/merge`, { into });

export const undoDecision = (decisionID: string): Promise<unknown> =>
  request("POST", `reviews/${encodeURIComponent(decisionID)}/undo`);

const TYPES: ObservationType[] = ["blank", "human", "vehicle", "unknown"];
export const TYPE_NAMES: readonly string[] = TYPES;

/** "blank" and the like are types; "animal" one without a name; anything else is an animal's name. */
export function labelFrom(text: string): Label {
  const word = text.trim();
  const type = TYPES.find((known) => known === word.toLowerCase());
  if (type) return { observationType: type, scientificName: null };
  const isAny = word.toLowerCase() === "animal";
  return { observationType: "animal", scientificName: isAny ? null : word };
}
