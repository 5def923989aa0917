/**
 * Labels that people gave, as a set to train with, and how the machine had done on them. Only what a person decided is in it; what a
 * machine said first stands beside it.
 */

import { stringify } from "csv-stringify/sync";
import type { Answer } from "../analytics/answer.ts";
import { analyse } from "../analytics/catalogue.ts";
import type { Db } from "../db/open.ts";
import type { ObservationRow } from "../db/tables-camtrap.ts";
import type { Observation } from "../research/camtrap-dp.ts";
import { placedObservations } from "../store/placed-observations.ts";
import { machineGuesses } from "./event-json.ts";

const PAGE = 500;
const COLUMNS = [
  ...["path", "url", "deploymentID", "eventID", "observationID"],
  ...["bboxX", "bboxY", "bboxWidth", "bboxHeight"],
  ...["observationType", "scientificName", "count", "classifiedBy", "classificationTimestamp"],
  ...["machineType", "machineName", "machineProbability"],
];

/** Which decided observations; UTC seconds, from inclusive, to exclusive. */
export interface DecidedFilter {
  siteIDs?: string[];
  from?: number;
  to?: number;
  /** Only those decided here, of which it is known what the machine had said. */
  isReviewed?: boolean;
}

async function* decided(
  db: Db,
  projectID: string,
  { siteIDs, from = 0, to = Number.MAX_SAFE_INTEGER, isReviewed = false }: DecidedFilter = {},
): AsyncGenerator<ObservationRow[]> {
  for (let after: [eventStart: number, observationID: string] = [from, ""]; ; ) {
    let query = placedObservations(db)
      .selectAll("observations")
      .where("projectID", "=", projectID)
      .where("classificationMethod", "=", "human")
      .where("replacedBy", "is", null)
      .where("eventStart", ">=", after[0])
      .where("eventStart", "<", to)
      .where(({ eb, refTuple, tuple }) =>
        eb(refTuple("eventStart", "observationID"), ">", tuple(...after)),
      )
      .orderBy("eventStart")
      .orderBy("observationID")
      .limit(PAGE);
    if (siteIDs) query = query.where("siteID", "in", siteIDs);
    if (isReviewed) {
      query = query.where("observationID", "in", (row) =>
        row.selectFrom("reviews").select("reviews.observationID"),
      );
    }
    const rows = await query.execute();
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (rows.length < PAGE || !last) return;
    after = [last.eventStart, last.observationID];
  }
}

/**
 * CSV, one line a picture: path in the data folder (or in the imported package), address, box, label. The box is of the first picture.
 * @param secrets deployments whose pictures are not called what their package calls them: the name may say where they are
 */
export async function* labelledSet(
  db: Db,
  projectID: string,
  secrets: ReadonlyMap<string, unknown> = new Map(),
): AsyncGenerator<string> {
  yield stringify([COLUMNS]);
  for await (const rows of decided(db, projectID)) {
    const guesses = await machineGuesses(
      db,
      rows.map(({ observationID }) => observationID),
    );
    const imported = await importedPaths(db, rows);
    const lines = rows.flatMap((row) => {
      const guess = guesses.get(row.observationID);
      const hasBox = (row.bboxWidth ?? 0) > 0 && (row.bboxHeight ?? 0) > 0;
      const isSecret = row.cameraID === null && secrets.has(row.deploymentID);
      return picturesOf(row, imported).map(([path, url], index) => [
        ...[isSecret ? "" : path, url, row.deploymentID, row.eventID, row.observationID],
        ...(hasBox && index === 0
          ? [row.bboxX, row.bboxY, row.bboxWidth, row.bboxHeight]
          : ["", "", "", ""]),
        ...[row.observationType, row.scientificName, row.count || "", row.classifiedBy],
        row.classificationTimestamp === null
          ? ""
          : new Date(row.classificationTimestamp * 1000).toISOString().replace(".000", ""),
        ...[guess?.observationType, guess?.scientificName, guess?.classificationProbability],
      ]);
    });
    if (lines.length > 0) yield stringify(lines);
  }
}

function picturesOf(row: ObservationRow, imported: Map<string, string>): [string, string][] {
  const { cameraID, mediaID } = row;
  if (cameraID === null) {
    const path = imported.get(mediaID ?? "");
    return path === undefined ? [] : [[path, ""]];
  }
  return (JSON.parse(row.mediaIDs) as string[]).map((name) => [
    `objects/${cameraID}/${name}.jpg`,
    `/api/v1/media/${cameraID}/${name}`,
  ]);
}

async function importedPaths(db: Db, rows: ObservationRow[]): Promise<Map<string, string>> {
  const ids = rows.flatMap(({ mediaID }) => (mediaID === null ? [] : [mediaID]));
  if (ids.length === 0) return new Map();
  const media = await db
    .selectFrom("media")
    .select(["mediaID", "filePath"])
    .where("mediaID", "in", ids)
    .execute();
  return new Map(media.map(({ mediaID, filePath }) => [mediaID, filePath ?? ""]));
}

/** Machine's and person's label of each decided observation, as rows of both methods about one subject each. */
export async function labelPairRows(
  db: Db,
  projectID: string,
  filter: DecidedFilter = {},
): Promise<Observation[]> {
  const pairs: Observation[] = [];
  for await (const rows of decided(db, projectID, { ...filter, isReviewed: true })) {
    const guesses = await machineGuesses(
      db,
      rows.map(({ observationID }) => observationID),
    );
    for (const row of rows) {
      const guess = guesses.get(row.observationID);
      if (!guess) continue;
      const base = {
        ...{ observationID: row.observationID, deploymentID: row.deploymentID },
        // Each observation is a subject of its own: an event with two animals has two labels to get right.
        eventID: row.observationID,
        ...{ eventStart: "", eventEnd: "", observationLevel: "event" as const },
      };
      const named = (name: string | null) => (name ? { scientificName: name } : {});
      pairs.push({
        ...{ ...base, classificationMethod: "human" },
        ...{ observationType: row.observationType, ...named(row.scientificName) },
      });
      pairs.push({
        ...{ ...base, classificationMethod: "machine" },
        observationType: guess.observationType as Observation["observationType"],
        ...named(guess.scientificName),
      });
    }
  }
  return pairs;
}

/** Machine against people, by class, with intervals. */
export async function agreementAnswers(db: Db, projectID: string, level = 0.95): Promise<Answer[]> {
  const observations = await labelPairRows(db, projectID);
  return analyse("accuracy", { deployments: [], observations }, { level }) ?? [];
}
