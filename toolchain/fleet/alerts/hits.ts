/** What rules hold for among what is new of a camera: its events, each with those before it where a rule counts votes. */

import type { Heartbeat } from "../../../device/protocol/check-in.ts";
import type { ObservationRecord } from "../../../device/protocol/records.ts";
import type { Db } from "../db/open.ts";
import { cameraItemID } from "../ids.ts";
import { placedObservations } from "../store/placed-observations.ts";
import { matches, type Sighting, subjectOf } from "./match.ts";
import type { CameraPlace, StoredRule } from "./rows.ts";

/** What is new of one camera. */
export interface Contact {
  cameraID: string;
  observations: ObservationRecord[];
  heartbeat: Heartbeat | undefined;
  faultCodes: string[];
}

/** Something that an enabled rule holds for. */
export interface Hit {
  rule: StoredRule;
  place: CameraPlace;
  subject: string;
  eventMs: number;
  sighting?: Sighting;
}

export async function sightingHits(
  db: Db,
  rules: readonly StoredRule[],
  { cameraID, observations }: Contact,
  place: CameraPlace,
  onProblem: (message: string) => void,
): Promise<Hit[]> {
  const about = rules.filter(({ when }) => !when.troubles);
  const wanted = observations.filter(({ observationType }) => observationType !== "blank");
  if (about.length === 0 || wanted.length === 0) return [];
  const hits: Hit[] = [];
  for (const record of [...wanted].sort((a, b) => a.eventStart - b.eventStart)) {
    const sighting = sightingOf(cameraID, record);
    let recent: Sighting[] | undefined;
    for (const rule of about) {
      const { repeated } = rule.when;
      if (repeated) recent ??= await recentSightings(db, place, record.eventStart);
      try {
        if (!matches(rule, sighting, place, recent ?? [])) continue;
      } catch (error) {
        onProblem(`alert rule "${rule.name}": ${(error as Error).message}`);
        continue;
      }
      const { eventMs } = sighting;
      hits.push({ rule, place, subject: subjectOf(sighting), eventMs, sighting });
    }
  }
  return hits;
}

const sightingOf = (cameraID: string, record: ObservationRecord): Sighting => ({
  observationID: cameraItemID(cameraID, record.recordID),
  observationType: record.observationType,
  scientificName: record.scientificName,
  count: record.count,
  probability: record.classificationProbability,
  eventMs: record.eventStart * 1000,
});

/** At most as many as a rule may look back on. */
const RECENT_MAX = 20;

/** The camera's events up to one, newest first, blanks among them: they are votes, too. Not those that it made for another project. */
async function recentSightings(
  db: Db,
  { cameraID, projectID }: CameraPlace,
  eventStart: number,
): Promise<Sighting[]> {
  const rows = await placedObservations(db)
    .select(["observationID", "observationType", "scientificName", "count", "eventStart"])
    .select("classificationProbability as probability")
    .where("observations.cameraID", "=", cameraID)
    .where("deployments.projectID", "=", projectID)
    .where("eventStart", "<=", eventStart)
    .orderBy("eventStart", "desc")
    .orderBy("observationID", "desc")
    .limit(RECENT_MAX)
    .execute();
  return rows.map((row) => ({
    ...{ observationID: row.observationID, observationType: row.observationType },
    ...{ scientificName: row.scientificName ?? "", count: row.count ?? 0 },
    ...{ probability: row.probability ?? 0, eventMs: row.eventStart * 1000 },
  }));
}
