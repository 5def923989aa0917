/** An event as a reviewer sees it: its pictures, and each observation with the machine's guess and what the rules make of it. */
import { isoOfSeconds } from "../clock.ts";
import type { Db } from "../db/open.ts";
import type { ObservationRow } from "../db/tables-camtrap.ts";
import { type MediaJson, mediaOf } from "../store/media.ts";
import { type Judge, type Labelled, openJudge } from "./project-rules.ts";
import type { Reason } from "./queue-reasons.ts";

export interface EventKey {
  deploymentID: string;
  /** eventID, or the observationID where a row names no event. */
  event: string;
  start: number;
}

export type EventJson = Awaited<ReturnType<typeof eventsJson>>[number];

/** In the order asked. @param reasonsFor why a row needs a person, given the others of its event */
export async function eventsJson(
  db: Db,
  projectID: string,
  keys: readonly EventKey[],
  reasonsFor: (row: ObservationRow, others: ObservationRow[]) => Reason[],
) {
  const rows = await rowsOf(db, keys);
  const judge = await openJudge(db, projectID);
  const guesses = await machineGuesses(
    db,
    rows.map(({ observationID }) => observationID),
  );
  const places = await placesOf(db, [...new Set(keys.map(({ deploymentID }) => deploymentID))]);
  const media = await mediaOf(
    db,
    rows.map(({ cameraID, mediaIDs }) => ({
      cameraID: cameraID ?? "",
      mediaIDs: cameraID === null ? [] : (JSON.parse(mediaIDs) as string[]),
    })),
  );
  const mediaByID = new Map(rows.map((row, index) => [row.observationID, media[index] ?? []]));
  return keys.map(({ deploymentID, event }) => {
    const inEvent = rows.filter(
      (row) => row.deploymentID === deploymentID && (row.eventID ?? row.observationID) === event,
    );
    const place = places.get(deploymentID);
    return {
      ...{ deploymentID, eventID: event, cameraID: place?.cameraID ?? null },
      ...{ cameraName: place?.cameraName ?? null, site: place?.siteID ?? null },
      locationName: place?.locationName ?? null,
      eventStart: isoOfSeconds(Math.min(...inEvent.map((row) => row.eventStart))),
      eventEnd: isoOfSeconds(Math.max(...inEvent.map((row) => row.eventEnd))),
      reasons: [
        ...new Set(
          inEvent.flatMap((row) =>
            reasonsFor(
              row,
              inEvent.filter((o) => o !== row),
            ),
          ),
        ),
      ],
      observations: inEvent.map((row) =>
        observationJson(row, mediaByID.get(row.observationID) ?? [], judge, guesses),
      ),
    };
  });
}

async function rowsOf(db: Db, keys: readonly EventKey[]): Promise<ObservationRow[]> {
  if (keys.length === 0) return [];
  return (
    db
      .selectFrom("observations")
      .selectAll()
      .where("replacedBy", "is", null)
      // Each half is found by an index of its own; a coalesce of the two by none.
      .where((row) => {
        const events = keys.map(({ event }) => event);
        const deployments = [...new Set(keys.map(({ deploymentID }) => deploymentID))];
        return row.or([
          row.and([row("deploymentID", "in", deployments), row("eventID", "in", events)]),
          row.and([row("eventID", "is", null), row("observationID", "in", events)]),
        ]);
      })
      .orderBy("eventStart")
      .orderBy("observationID")
      .execute()
  );
}

async function placesOf(db: Db, deploymentIDs: string[]) {
  if (deploymentIDs.length === 0) return new Map<string, never>();
  const rows = await db
    .selectFrom("deployments")
    .leftJoin("cameras", "cameras.cameraID", "deployments.cameraID")
    .select(["deploymentID", "deployments.cameraID", "siteID", "locationName"])
    .select("cameras.name as cameraName")
    .where("deploymentID", "in", deploymentIDs)
    .execute();
  return new Map(rows.map((row) => [row.deploymentID, row]));
}

export interface MachineGuess extends Labelled {
  classifiedBy: string | null;
}

/** What the machine had said about observations that a person has decided since: the oldest `before` tells. */
export async function machineGuesses(
  db: Db,
  observationIDs: string[],
): Promise<Map<string, MachineGuess>> {
  const found = new Map<string, MachineGuess>();
  for (let from = 0; from < observationIDs.length; from += 500) {
    const reviews = await db
      .selectFrom("reviews")
      .innerJoin("observations", "observations.observationID", "reviews.observationID")
      .select(["reviews.observationID", "before"])
      .select(["observationType", "scientificName", "classificationProbability", "classifiedBy"])
      .where("reviews.observationID", "in", observationIDs.slice(from, from + 500))
      .orderBy("reviewedMs")
      .execute();
    for (const { observationID, before, ...now } of reviews) {
      const was = JSON.parse(before) as Partial<MachineGuess> & { classificationMethod?: string };
      if (was.classificationMethod !== "machine" || found.has(observationID)) continue;
      const label = { observationType: now.observationType, scientificName: now.scientificName };
      // A field that this decision left alone may have changed in a later one: the first change of each tells.
      const first = (name: keyof typeof label) => {
        const change = reviews.find(
          (one) => one.observationID === observationID && name in JSON.parse(one.before),
        );
        return change ? (JSON.parse(change.before)[name] as string | null) : label[name];
      };
      found.set(observationID, {
        observationType: first("observationType") ?? now.observationType,
        scientificName: first("scientificName"),
        classificationProbability: was.classificationProbability ?? null,
        classifiedBy: was.classifiedBy ?? null,
      });
    }
  }
  return found;
}

function observationJson(
  row: ObservationRow,
  media: MediaJson[],
  judge: Judge,
  guesses: Map<string, MachineGuess>,
) {
  const isMachine = row.classificationMethod === "machine";
  const guess: MachineGuess | undefined = isMachine ? row : guesses.get(row.observationID);
  return {
    observationID: row.observationID,
    observationType: row.observationType,
    scientificName: row.scientificName ?? "",
    count: row.count ?? 0,
    ...{ lifeStage: row.lifeStage, sex: row.sex, behavior: row.behavior },
    individualID: row.individualID,
    classificationMethod: row.classificationMethod,
    classifiedBy: row.classifiedBy,
    classificationProbability: row.classificationProbability,
    /** What the machine said, also after a person decided; null where none did. */
    topGuess: guess
      ? {
          observationType: guess.observationType,
          scientificName: guess.scientificName ?? "",
          probability: guess.classificationProbability,
          classifiedBy: guess.classifiedBy,
        }
      : null,
    /** The label that the rules stand by. */
    rolledUp: guess ? judge.judge(guess) : null,
    ...{ bboxX: row.bboxX, bboxY: row.bboxY },
    ...{ bboxWidth: row.bboxWidth, bboxHeight: row.bboxHeight },
    flag: row.flag,
    media,
  };
}
