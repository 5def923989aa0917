/**
 * The read side for exports and analytics: a project's rows as Camtrap DP 1.0.2 has them, streamed page by page in the order
 * of deployment and time, so that a million observations never are in memory at once. Coordinates are exact:
 * privacy.ts generalises them.
 */
import type { Db } from "../db/open.ts";
import type { DeploymentRow, MediaRow, ObservationRow } from "../db/tables-camtrap.ts";
import { DEFAULT_PROJECT } from "../ids.ts";
import { placedDeployments } from "../store/places.ts";
import { findProject } from "../store/projects.ts";
import {
  DEPLOYMENT_FIELDS,
  type Deployment,
  type Field,
  MEDIA_FIELDS,
  type Media,
  OBSERVATION_FIELDS,
  type Observation,
} from "./camtrap-dp.ts";
import { metadataOf, type ProjectMetadata } from "./metadata.ts";
import { packageRow } from "./rows.ts";
import { datetimeOf } from "./times.ts";

/** When a deployment could not record. Ends now where it lasts. */
export interface FailurePeriod {
  deploymentID: string;
  failureStart: string;
  failureEnd: string;
  reason: string;
}

export interface ResearchFilter {
  /** Absent: the default project. */
  projectID?: string;
  siteIDs?: string[];
  /** UTC seconds, inclusive: events and pictures that begin in it, deployments and failures that overlap it. */
  from?: number;
  /** UTC seconds, exclusive. */
  to?: number;
  /** Scientific names; of observations only. */
  taxa?: string[];
}

export interface ResearchSource {
  /** **Errors:** an Error for a project that is not there */
  metadata(): Promise<ProjectMetadata>;
  /** A deployment of which nobody said where it stands has NaN for its coordinates. One that lasts ends now. */
  deployments(): AsyncIterable<Deployment>;
  media(): AsyncIterable<Media>;
  observations(): AsyncIterable<Observation>;
  failures(): AsyncIterable<FailurePeriod>;
}

const PAGE = 1000;
const BEFORE_ALL = { time: -1, id: "" };

/** What the fields need: reading a column costs more than anything else here. */
const columnsFor = <Row>(fields: readonly Field[], also: string[]) =>
  [
    ...fields.map(({ name }) => name),
    ...fields.filter(({ type }) => type === "datetime").map(({ name }) => `${name}OffsetMin`),
    ...also,
  ] as (keyof Row)[];
const MEDIA_COLUMNS = columnsFor<MediaRow>(MEDIA_FIELDS, ["cameraID", "sourceID", "receivedMs"]);
const OBSERVATION_COLUMNS = columnsFor<ObservationRow>(OBSERVATION_FIELDS, [
  ...["cameraID", "sourceID"],
]);

/** @param nowS UTC seconds */
export function openResearch(
  db: Db,
  filter: ResearchFilter = {},
  { nowS = Math.floor(Date.now() / 1000), page = PAGE } = {},
): ResearchSource {
  const { projectID = DEFAULT_PROJECT, siteIDs, from, to, taxa } = filter;

  async function* placePages(): AsyncGenerator<Place[]> {
    for (let after = ""; ; ) {
      let query = placeQuery(db)
        .where("deployments.projectID", "=", projectID)
        .where("deployments.deploymentID", ">", after)
        .orderBy("deployments.deploymentID")
        .limit(page);
      if (siteIDs) query = query.where("deployments.siteID", "in", siteIDs);
      if (to !== undefined) query = query.where("deploymentStart", "<", to);
      if (from !== undefined) {
        query = query.where((row) =>
          row.or([row("deploymentEnd", "is", null), row("deploymentEnd", ">", from)]),
        );
      }
      const rows = siteIDs?.length === 0 ? [] : await query.execute();
      yield rows;
      if (rows.length < page) return;
      after = rows.at(-1)?.deploymentID ?? "";
    }
  }

  async function* places(): AsyncGenerator<Place> {
    for await (const rows of placePages()) yield* rows;
  }

  async function* mediaRows({ deploymentID }: Place): AsyncGenerator<MediaRow> {
    for (let after = BEFORE_ALL; ; ) {
      let query = db
        .selectFrom("media")
        .select(MEDIA_COLUMNS)
        .where("deploymentID", "=", deploymentID)
        .where(({ eb, refTuple, tuple }) =>
          eb(refTuple("timestamp", "mediaID"), ">", tuple(after.time, after.id)),
        )
        .orderBy("timestamp")
        .orderBy("mediaID")
        .limit(page);
      if (from !== undefined) query = query.where("timestamp", ">=", from);
      if (to !== undefined) query = query.where("timestamp", "<", to);
      const rows = await query.execute();
      yield* rows;
      const last = rows.at(-1);
      if (rows.length < page || !last) return;
      after = { time: last.timestamp, id: last.mediaID };
    }
  }

  async function* observationRows({ deploymentID }: Place): AsyncGenerator<ObservationRow> {
    for (let after = BEFORE_ALL; ; ) {
      let query = db
        .selectFrom("observations")
        .select(OBSERVATION_COLUMNS)
        .where("replacedBy", "is", null)
        .where("deploymentID", "=", deploymentID)
        .where(({ eb, refTuple, tuple }) =>
          eb(refTuple("eventStart", "observationID"), ">", tuple(after.time, after.id)),
        )
        .orderBy("eventStart")
        .orderBy("observationID")
        .limit(page);
      if (from !== undefined) query = query.where("eventStart", ">=", from);
      if (to !== undefined) query = query.where("eventStart", "<", to);
      if (taxa) query = query.where("scientificName", "in", taxa);
      const rows = taxa?.length === 0 ? [] : await query.execute();
      yield* rows;
      const last = rows.at(-1);
      if (rows.length < page || !last) return;
      after = { time: last.eventStart, id: last.observationID };
    }
  }

  return {
    async metadata() {
      const row = await findProject(db, projectID);
      if (!row) throw new Error(`there is no project ${projectID}`);
      return metadataOf(row);
    },
    async *deployments() {
      for await (const place of places()) yield deploymentOf(place, nowS);
    },
    async *media() {
      for await (const place of places()) {
        for await (const row of mediaRows(place)) yield mediaOf(row, nameOf(place));
      }
    },
    async *observations() {
      for await (const place of places()) {
        for await (const row of observationRows(place)) yield observationOf(row, place);
      }
    },
    async *failures() {
      for await (const rows of placePages()) {
        const names = new Map(rows.map((place) => [place.deploymentID, nameOf(place)]));
        if (names.size === 0) continue;
        let query = db
          .selectFrom("failure_periods")
          .selectAll()
          .where("deploymentID", "in", [...names.keys()])
          .orderBy("deploymentID")
          .orderBy("failureStart");
        if (to !== undefined) query = query.where("failureStart", "<", to);
        for (const row of await query.execute()) {
          if (from !== undefined && (row.failureEnd ?? nowS) <= from) continue;
          yield {
            deploymentID: names.get(row.deploymentID) ?? row.deploymentID,
            failureStart: datetimeOf(row.failureStart, row.failureStartOffsetMin),
            failureEnd: datetimeOf(row.failureEnd ?? nowS, row.failureEndOffsetMin),
            reason: row.reason,
          };
        }
      }
    },
  };
}

const placeQuery = (db: Db) =>
  placedDeployments(db).select([
    ...(["locations.sourceID as locationSourceID", "locations.name as placeName"] as const),
    ...(["locations.latitude as placeLatitude"] as const),
    ...(["locations.longitude as placeLongitude"] as const),
    ...(["locations.coordinateUncertainty as placeUncertainty"] as const),
  ]);

type Place = Awaited<ReturnType<ReturnType<typeof placeQuery>["execute"]>>[number];

/** A package's own name for an imported row; ours for one of a camera. */
const nameOf = ({ deploymentID, sourceID }: Pick<DeploymentRow, "deploymentID" | "sourceID">) =>
  sourceID ?? deploymentID;

function deploymentOf(place: Place, nowS: number): Deployment {
  return packageRow<Deployment>(DEPLOYMENT_FIELDS, {
    ...place,
    deploymentID: nameOf(place),
    locationID: place.sourceLocationID ?? place.locationSourceID ?? place.locationID,
    locationName: place.locationName ?? place.placeName,
    latitude: place.latitude ?? place.placeLatitude ?? Number.NaN,
    longitude: place.longitude ?? place.placeLongitude ?? Number.NaN,
    coordinateUncertainty: place.coordinateUncertainty ?? place.placeUncertainty,
    cameraID: place.sourceCameraID ?? place.cameraID,
    deploymentEnd: place.deploymentEnd ?? Math.max(nowS, place.deploymentStart),
  });
}

function mediaOf(row: MediaRow, deploymentID: string): Media {
  const { cameraID, sourceID } = row;
  if (cameraID === null) {
    return packageRow<Media>(MEDIA_FIELDS, { ...row, mediaID: sourceID, deploymentID });
  }
  return packageRow<Media>(MEDIA_FIELDS, {
    ...row,
    deploymentID,
    // The camera did not say when: the picture was taken before it came.
    timestamp: row.timestamp || Math.floor(row.receivedMs / 1000),
    filePath: row.filePath ?? `media/${cameraID}/${sourceID}.jpg`,
    filePublic: row.filePublic ?? 0,
    fileName: row.fileName ?? `${sourceID}.jpg`,
    fileMediatype: row.fileMediatype ?? "image/jpeg",
  });
}

function observationOf(row: ObservationRow, place: Place): Observation {
  const deploymentID = nameOf(place);
  const { cameraID, sourceID, observationID } = row;
  const mediaID = mediaNameOf(row, place.projectID);
  const named = { ...row, deploymentID, mediaID };
  if (cameraID === null) {
    const made = { ...named, observationID: sourceID ?? observationID };
    return packageRow<Observation>(OBSERVATION_FIELDS, made);
  }
  const hasBox = (row.bboxWidth ?? 0) > 0 && (row.bboxHeight ?? 0) > 0;
  const noBox = { bboxX: null, bboxY: null, bboxWidth: null, bboxHeight: null };
  return packageRow<Observation>(OBSERVATION_FIELDS, {
    ...named,
    ...(hasBox ? {} : noBox),
    scientificName: row.scientificName || null,
    count: row.count || null,
  });
}

/** mediaID of an observation at the level of media, as its package calls it. */
function mediaNameOf({ mediaID }: ObservationRow, projectID: string): string | null {
  const prefix = `${projectID}/`;
  return mediaID?.startsWith(prefix) ? mediaID.slice(prefix.length) : mediaID;
}
