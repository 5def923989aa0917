/** Which pictures show people: those an observation of a human names, and those taken while one lasted. */
import type { Db } from "../../db/open.ts";
import { cameraItemID } from "../../ids.ts";
import { wholeDb } from "../../rights/limited-db.ts";
import type { Media } from "../camtrap-dp.ts";
import { momentOf } from "../times.ts";

const PAGE = 5000;

export interface People {
  areIn(media: Media): boolean;
}

export const NOBODY: People = { areIn: () => false };

/** Looks at all observations of the project, whatever was asked for, by whom: a picture is as private in a part of them. */
export async function findPeople(limited: Db, projectID: string): Promise<People> {
  const db = wholeDb(limited);
  const pictures = new Set<string>();
  const periods = new Map<string, [start: number, end: number][]>();
  for (let after = ""; ; ) {
    const rows = await db
      .selectFrom("observations")
      .innerJoin("deployments", "deployments.deploymentID", "observations.deploymentID")
      .select(["observationID", "observations.cameraID", "mediaID", "mediaIDs", "observationLevel"])
      .select(["eventStart", "eventEnd", "deployments.deploymentID", "deployments.sourceID"])
      .where("projectID", "=", projectID)
      .where((row) =>
        row.or([row("observationType", "=", "human"), row("scientificName", "=", "Homo sapiens")]),
      )
      .where("observationID", ">", after)
      .orderBy("observationID")
      .limit(PAGE)
      .execute();
    for (const row of rows) {
      if (row.mediaID !== null) pictures.add(withoutProject(row.mediaID, projectID));
      for (const id of JSON.parse(row.mediaIDs) as string[]) {
        pictures.add(row.cameraID === null ? id : cameraItemID(row.cameraID, id));
      }
      if (row.observationLevel !== "event") continue;
      const name = row.sourceID ?? row.deploymentID;
      const known = periods.get(name);
      if (known) known.push([row.eventStart, row.eventEnd]);
      else periods.set(name, [[row.eventStart, row.eventEnd]]);
    }
    if (rows.length < PAGE) break;
    after = rows.at(-1)?.observationID ?? "";
  }
  for (const list of periods.values()) joinOverlaps(list);
  return {
    areIn({ mediaID, deploymentID, timestamp }) {
      if (pictures.has(mediaID)) return true;
      const list = periods.get(deploymentID);
      return !!list && isWithin(list, momentOf(timestamp)?.seconds ?? 0);
    },
  };
}

const withoutProject = (id: string, projectID: string): string =>
  id.startsWith(`${projectID}/`) ? id.slice(projectID.length + 1) : id;

/** Sorted and apart afterwards, in place. */
function joinOverlaps(periods: [number, number][]): void {
  periods.sort(([a], [b]) => a - b);
  let last = 0;
  for (const [start, end] of periods.slice(1)) {
    const current = periods[last] as [number, number];
    if (start <= current[1]) current[1] = Math.max(current[1], end);
    else periods[++last] = [start, end];
  }
  periods.length = last + 1;
}

function isWithin(periods: [number, number][], seconds: number): boolean {
  let [low, high] = [0, periods.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [start, end] = periods[middle] as [number, number];
    if (seconds < start) high = middle - 1;
    else if (seconds > end) low = middle + 1;
    else return true;
  }
  return false;
}
