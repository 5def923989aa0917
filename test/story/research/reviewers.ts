/**
 * What people decide about the month, through the API: accepted, corrected, split, merged, flagged, taken back; leopards told apart
 * and two of them found to be one. Every decision is made in the ledger as well. And cameras and packages that repeat
 * themselves afterwards, which must change none of it.
 */
import { answer } from "../../fleet/alerts/support.ts";
import { getJson, operate, type TestFleet } from "../../fleet/support/fleet.ts";
import { Dice } from "../../fuzz/dice.ts";
import type { LightCamera } from "./cameras.ts";
import type { Month, Seen } from "./month.ts";

export const LEOPARD = "Panthera pardus";
const ANIMALS = ["F1", "F2", "F3", "M1", "M2", "M3"];

export interface Reviewed {
  /** What counts after all decisions, each with the ID that the server gives it. */
  rows: Map<string, Seen>;
  decided: Set<string>;
  flagged: string[];
  /** Sightings by the name of the animal. */
  animals: Map<string, string[]>;
}

export async function reviewMonth(
  fleet: TestFleet,
  month: Month,
  crew: LightCamera[],
  seed: number,
): Promise<Reviewed> {
  const dice = new Dice(seed + 7);
  const idOf = ({ camera, recordID }: Seen) => `${crew[camera]?.identity.cameraID}:${recordID}`;
  const rows = new Map(month.seen.map((seen) => [idOf(seen), { ...seen }]));
  const decided = new Set<string>();
  const free = [...rows.keys()].sort((a, b) => {
    const [one, other] = [rows.get(a) as Seen, rows.get(b) as Seen];
    return one.startS - other.startS || one.camera - other.camera;
  });
  const take = (count: number, isWanted: (seen: Seen) => boolean): string[] => {
    const found = free.filter((id) => isWanted(rows.get(id) as Seen)).slice(0, count);
    for (const id of found) free.splice(free.indexOf(id), 1);
    return found;
  };
  const decide = async (action: string, observationIDs: string[], more: object = {}) =>
    answer<{ decisionID: string; observationIDs: string[] }>(
      ...([fleet, "POST", "/api/v1/reviews", { action, observationIDs, ...more }] as const),
    );
  const correct = async (id: string, label: Partial<Seen> & { name: string }) => {
    const { kind: observationType = "animal", name: scientificName, ...count } = label;
    await decide("correct", [id], { label: { observationType, scientificName, ...count } });
    Object.assign(rows.get(id) as Seen, { kind: "animal", ...label });
    decided.add(id);
  };

  // Parts of one troop, before anything else could take them.
  for (const [first, second] of parts(free, rows).slice(0, 6)) {
    await decide("merge", [first, second]);
    const [one, other] = [rows.get(first) as Seen, rows.get(second) as Seen];
    one.endS = Math.max(one.endS, other.endS);
    one.count = Math.max(one.count, other.count);
    one.mediaIDs = [...one.mediaIDs, ...other.mediaIDs];
    rows.delete(second);
    decided.add(first);
    for (const id of [first, second]) free.splice(free.indexOf(id), 1);
  }
  for (const id of take(12, ({ name }) => name === "Genetta maculata")) {
    await decide("accept", [id]);
    decided.add(id);
  }
  for (const id of take(5, ({ name }) => name === "Crocuta crocuta")) {
    await correct(id, { name: "Hyaena brunnea", count: 1 });
  }
  for (const id of take(3, ({ kind, name }) => kind === "animal" && name === "")) {
    await correct(id, { name: "Lepus saxatilis" });
  }
  for (const id of take(2, ({ kind }) => kind === "unknown")) {
    await correct(id, { name: "Genetta maculata", count: 1 });
  }
  const [blank = ""] = take(1, ({ name }) => name === "Papio ursinus");
  await decide("correct", [blank], { label: { observationType: "blank" } });
  Object.assign(rows.get(blank) as Seen, { kind: "blank", name: "", count: 0 });
  decided.add(blank);
  for (const id of take(2, ({ name }) => name === "Tragelaphus scriptus")) {
    const label = { observationType: "animal", scientificName: "Papio ursinus", count: 2 };
    const { observationIDs } = await decide("split", [id], { label });
    const [made = ""] = observationIDs;
    rows.set(made, { ...(rows.get(id) as Seen), kind: "animal", name: "Papio ursinus", count: 2 });
    decided.add(made);
  }
  const flagged = take(3, ({ kind }) => kind === "human");
  await decide("flag", flagged, { note: "who is this?" });
  // A mistake that is taken back leaves no trace in the figures.
  const [mistaken = ""] = take(1, ({ name }) => name === "elephant");
  const label = { observationType: "animal", scientificName: "Loxodonta africana" };
  const { decisionID } = await decide("correct", [mistaken], { label });
  await answer(fleet, "POST", `/api/v1/reviews/${decisionID}/undo`);

  const animals = await tellApart(fleet, rows, decide, dice);
  return { rows, decided, flagged, animals };
}

/** Records of one species and camera within five minutes, two and two. */
function parts(free: string[], rows: Map<string, Seen>): [string, string][] {
  const last = new Map<number, string>();
  const found: [string, string][] = [];
  for (const id of free) {
    const seen = rows.get(id) as Seen;
    if (seen.name !== "Papio ursinus") continue;
    const before = last.get(seen.camera);
    const isNear = before && seen.startS - (rows.get(before) as Seen).startS <= 300;
    if (before && isNear) found.push([before, id]);
    if (isNear) last.delete(seen.camera);
    else last.set(seen.camera, id);
  }
  return found;
}

async function tellApart(
  fleet: TestFleet,
  rows: Map<string, Seen>,
  decide: (action: string, ids: string[], more: object) => Promise<unknown>,
  dice: Dice,
): Promise<Map<string, string[]>> {
  const add = async (name: string) => {
    const body = { name, scientificName: LEOPARD };
    return (await answer<{ individualID: string }>(fleet, "POST", "/api/v1/individuals", body))
      .individualID;
  };
  const animals = new Map<string, string[]>(ANIMALS.map((name) => [name, []]));
  const ids = new Map<string, string>();
  for (const name of [...ANIMALS, "F9"]) ids.set(name, await add(name));
  const sightings = [...rows].filter(([, { name }]) => name === LEOPARD);
  sightings.sort(([, a], [, b]) => a.startS - b.startS || a.camera - b.camera);
  for (const [index, [observationID]] of sightings.entries()) {
    const name = dice.pick(ANIMALS);
    animals.get(name)?.push(observationID);
    // For a while F1 has another name.
    const called = name === "F1" && index % 2 ? "F9" : name;
    await decide("assign", [observationID], { individualID: ids.get(called) });
  }
  const into = { into: ids.get("F1") };
  await answer(fleet, "POST", `/api/v1/individuals/${ids.get("F9")}/merge`, into);
  return animals;
}

/** @returns what the server says of labels that a person gave, before and after a machine spoke again */
export async function repeatYourselves(
  fleet: TestFleet,
  month: Month,
  crew: LightCamera[],
  { decided }: Reviewed,
): Promise<{ acknowledged: number; refused: number }> {
  const told = { acknowledged: 0, refused: 0 };
  for (const id of [...decided].filter((one) => !one.includes("~")).slice(0, 20)) {
    const [cameraID = "", recordID = ""] = id.split(":");
    const camera = crew.find(({ identity }) => identity.cameraID === cameraID) as LightCamera;
    const isIt = (seen: Seen) => seen.camera === camera.plan.index && seen.recordID === recordID;
    const seen = month.seen.find(isIt) as Seen;
    told.acknowledged += (await camera.sayAgain(fleet, seen)).acknowledged.length;
    const other = { scientificName: "Panthera leo", classificationProbability: 0.99 };
    told.refused += (await camera.sayAgain(fleet, seen, other)).refused.length;
  }
  return told;
}

/** "ID kind name count method" of everything the server lists, page by page. */
export async function everyObservation(fleet: TestFleet): Promise<string[]> {
  const found: string[] = [];
  for (let before: string | null = ""; before !== null; ) {
    const query: string = `limit=200${before ? `&before=${encodeURIComponent(before)}` : ""}`;
    const page = await getJson(fleet, `/api/v1/observations?${query}`);
    for (const row of page.observations) {
      const { observationID, observationType, scientificName, count, classificationMethod } = row;
      const start = Date.parse(row.eventStart) / 1000;
      const what = [observationType, scientificName, count, classificationMethod, start];
      found.push([observationID, ...what].join(" | "));
    }
    before = page.next;
  }
  return found.sort();
}

export const statusOf = async (fleet: TestFleet, path: string): Promise<number> => {
  const response = await operate(fleet, "GET", path);
  await response.arrayBuffer();
  return response.status;
};
