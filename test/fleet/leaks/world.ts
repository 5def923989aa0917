/**
 * A server full of sensitive places, drawn from a seed: cameras and imported deployments that are secret because of their project,
 * site, location, a taxon seen there or a neighbour, each written down wherever people and cameras write such things.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { Kysely, SqliteDialect } from "kysely";
import Libsql from "libsql";
import { DATABASE_FILE } from "../../../toolchain/fleet/db/open.ts";
import type { Tables } from "../../../toolchain/fleet/db/tables.ts";
import type { Sensitivity } from "../../../toolchain/fleet/db/tables-camtrap.ts";
import type { Dice } from "../../fuzz/dice.ts";
import { addRule, answer } from "../alerts/support.ts";
import { checkIn, exchange, media, observation, type TestCamera, type TestFleet } from "../support/fleet.ts"; // biome-ignore format: one import
import type { Secret } from "./detector.ts";
import { placedJpeg, RENDERINGS } from "./renderings.ts";

export const REASONS = ["project", "site", "location", "taxon", "neighbour"] as const;
type Reason = (typeof REASONS)[number];
type Category = Exclude<Sensitivity, 0>;
const PRECISION: Record<Category, number> = { 1: 1, 2: 0.1, 3: 0.01, 4: 0.001 };
const TAXA = ["", "Rara prima", "Rara secunda", "Rara tertia", "Rara quarta"];
const SEEN_S = Date.UTC(2026, 5, 2) / 1000;
const HIDDEN = "hidden";
const HIDDEN_CATEGORY: Category = 2;

export interface Place extends Secret {
  index: number;
  category: Category;
  reason: Reason;
  kind: "camera" | "imported";
  project: string;
  camera?: TestCamera;
  observationID: string;
}

export interface World {
  places: Place[];
  individualID: string;
}

/**
 * Degrees whose rounding is told apart from the place itself, whatever it is rounded to; far from what other figures and times
 * of day look like.
 */
function drawDegrees(dice: Dice, precision: number, from: number, to: number): number {
  const steps = Math.round((to - from) / precision) - 2;
  const part = dice.chance(50) ? 0.22 + dice.below(200) / 1000 : 0.58 + dice.below(200) / 1000;
  const value = from + precision * (1 + dice.below(steps) + part) + 0.0000013;
  return Number(((dice.chance(50) ? 1 : -1) * value).toFixed(6));
}

/** Degrees between two places: what one is rounded to is not taken for the other. */
const APART = 0.7;

function drawApart(dice: Dice, precision: number, others: Place[]): [number, number] {
  for (;;) {
    const latitude = drawDegrees(dice, precision, 40, 85);
    const longitude = drawDegrees(dice, precision, 100, 175);
    const isApart = others.every(
      (one) =>
        Math.abs(Math.abs(one.latitude) - Math.abs(latitude)) > APART &&
        Math.abs(Math.abs(one.longitude) - Math.abs(longitude)) > APART,
    );
    if (isApart) return [latitude, longitude];
  }
}

export function drawPlaces(dice: Dice, count: number): Place[] {
  const places: Place[] = [];
  for (let index = 0; index < count; index++) {
    const kind = index % 3 === 0 ? "camera" : "imported";
    const reason = kind === "camera" ? dice.pick(["site", "taxon"]) : dice.pick([...REASONS]);
    const near = places.filter((one) => one.kind === "imported" && one.reason === "taxon");
    const neighbour = reason === "neighbour" ? near.at(-1) : undefined;
    const why: Reason = reason === "neighbour" && !neighbour ? "taxon" : (reason as Reason);
    const drawn = dice.pick([1, 2, 3, 4]) as Category;
    const category = why === "project" ? HIDDEN_CATEGORY : (neighbour?.category ?? drawn);
    const precision = PRECISION[category];
    const [latitude, longitude] = neighbour
      ? [neighbour.latitude, neighbour.longitude]
      : drawApart(dice, precision, places);
    places.push({
      ...{ index, category, reason: why, kind, precision, observationID: "" },
      project: why === "project" ? HIDDEN : "default",
      ...{ latitude, longitude },
    });
  }
  return places;
}

export async function plant(fleet: TestFleet, places: Place[], dice: Dice): Promise<World> {
  const raw = new Libsql(join(fleet.dataDir, DATABASE_FILE)) as never;
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: raw }) });
  for (const project of ["default", HIDDEN]) {
    const taxonomic = TAXA.map((scientificName, sensitivity) => ({ scientificName, sensitivity }));
    await answer(fleet, "PUT", `/api/v1/imports/${project}`, { taxonomic: taxonomic.slice(1) });
  }
  await db
    .updateTable("projects")
    .set({ sensitivity: HIDDEN_CATEGORY })
    .where("projectID", "=", HIDDEN)
    .execute();
  for (const place of places) {
    if (place.kind === "camera") await plantCamera(fleet, db, place, dice);
    else await plantImport(fleet, db, place, dice);
  }
  const individual = { name: "Ada", scientificName: TAXA[1] };
  const { individualID } = await answer<{ individualID: string }>(
    ...([fleet, "POST", "/api/v1/individuals", individual] as const),
  );
  for (const place of places) await review(fleet, place, individualID, dice);
  await addRule(fleet, zoneRule(places));
  const { inside } = zoneRule(places).when;
  const allow = [{ who: "patrol", inside, observationTypes: ["human"] }];
  await answer(fleet, "PUT", "/api/v1/alert-settings", { allow });
  await db.destroy();
  return { places, individualID };
}

/** A zone drawn closely round a place names it as well. */
const zoneRule = ([first]: Place[]) => {
  const { latitude = 0, longitude = 0, precision = 1 } = first ?? {};
  const by = precision / 20;
  const corners = [
    [-by, -by],
    [by, -by],
    [by, by],
    [-by, -by],
  ] as const;
  const ring = corners.map(([x, y]) => [longitude + x, latitude + y]);
  return {
    ...{ name: "round the first place", severity: "P2", isEnabled: false },
    when: { observationTypes: ["human"], inside: { type: "Polygon", coordinates: [ring] } },
  };
};

/** Three digits are what category 4 may be known to. */
const written = (place: Place, dice: Dice): string => {
  const ways = Object.keys(RENDERINGS).filter(
    (name) => place.category < 4 || name !== "three digits",
  );
  return (RENDERINGS[dice.pick(ways)] as (spot: Place) => string)(place);
};

const nameOf = ({ reason, category }: Place) =>
  reason === "taxon" ? (TAXA[category] as string) : "Vulpes vulpes";

async function plantCamera(fleet: TestFleet, db: Kysely<Tables>, place: Place, dice: Dice) {
  const { index, latitude, longitude, category, reason } = place;
  const site = `site ${index}`;
  const body = { name: `camera ${index}`, site, latitude, longitude };
  place.camera = await answer<TestCamera>(fleet, "POST", "/api/v1/cameras", body);
  if (reason === "site") {
    await db.updateTable("sites").set({ sensitivity: category }).where("name", "=", site).execute();
  }
  await see(fleet, place, "1-1");
  const { cameraID, credential } = place.camera;
  const metadata = { mediaID: "m1-1", eventID: "e1-1", timestamp: "1700000001" };
  const encoded = Object.entries(metadata).map(([key, value]) => `${key} ${btoa(value)}`);
  const jpeg = await placedJpeg(place, index);
  const stored = await fetch(`${fleet.url}/device/v1/media`, {
    method: "POST",
    headers: {
      ...{ authorization: `Bearer ${credential}`, "tus-resumable": "1.0.0" },
      ...{ "upload-length": String(jpeg.length), "upload-metadata": encoded.join(",") },
      "content-type": "application/offset+octet-stream",
    },
    body: new Uint8Array(jpeg),
  });
  if (stored.status !== 201) throw new Error(`${stored.status} ${await stored.text()}`);
  const checks = [{ step: "position", state: "passed", value: written(place, dice) }];
  await answer(fleet, "PUT", `/api/v1/cameras/${cameraID}/checklist`, { checks });
  place.observationID = `${cameraID}:1-1`;
}

/** A camera reports what makes its place secret, or a fox. */
export async function see(fleet: TestFleet, place: Place, recordID: string): Promise<void> {
  // Each an hour after the one before: an alert of its own.
  const eventStart = SEEN_S + 3600 * Number(recordID.replace(/.*-/, ""));
  const record = observation(recordID, {
    ...{ eventStart, eventEnd: eventStart + 2 },
    ...{ scientificName: nameOf(place), mediaIDs: [`m${recordID}`], eventID: `e${recordID}` },
  });
  const picture = media(`${recordID}.1`, `m${recordID}`, { eventID: `e${recordID}` });
  await exchange(fleet, place.camera as TestCamera, checkIn([record, picture]));
}

async function plantImport(fleet: TestFleet, db: Kysely<Tables>, place: Place, dice: Dice) {
  const { index, latitude, longitude, category, reason, project } = place;
  const deploymentID = `d${index}`;
  const send = (table: string, row: object) =>
    answer(fleet, "POST", `/api/v1/imports/${project}/${table}`, { rows: [row] });
  const words = () => written(place, dice);
  await send("deployments", {
    ...{ deploymentID, latitude, longitude, coordinateUncertainty: 10 },
    ...{ deploymentStart: "2026-05-01T00:00:00Z", deploymentEnd: "2026-05-31T00:00:00Z" },
    ...{ locationID: `loc ${words()}`, locationName: `den ${words()}`, habitat: words() },
    ...{ deploymentGroups: words(), deploymentTags: words(), deploymentComments: words() },
  });
  if (reason === "location") {
    const locationID = `secret-${index}`;
    const at = { latitude, longitude, name: `den ${words()}`, sourceID: null };
    await db
      .insertInto("locations")
      .values({
        locationID,
        projectID: project,
        ...at,
        sensitivity: category,
        createdMs: 0,
      } as never)
      .execute();
    await db
      .updateTable("deployments")
      .set({ locationID })
      .where("deploymentID", "=", `${project}/${deploymentID}`)
      .execute();
  }
  if (reason === "site") {
    const siteID = `den ${index}`;
    const site = { siteID, projectID: project, name: siteID, createdMs: 0 };
    await db
      .insertInto("sites")
      .values({ ...site, sensitivity: category })
      .execute();
    await db
      .updateTable("deployments")
      .set({ siteID })
      .where("deploymentID", "=", `${project}/${deploymentID}`)
      .execute();
  }
  const jpeg = await placedJpeg(place, index);
  const sha256 = createHash("sha256").update(jpeg).digest("hex");
  const kept = await fetch(`${fleet.url}/api/v1/imports/${project}/photographs/${sha256}`, {
    method: "PUT",
    headers: { ...fleet.operator, "content-type": "image/jpeg" },
    body: new Uint8Array(jpeg),
  });
  if (kept.status !== 204) throw new Error(`${kept.status} ${await kept.text()}`);
  const mediaID = `p${index}`;
  const timestamp = "2026-05-02T06:30:00Z";
  await send("media", {
    ...{ mediaID, deploymentID, timestamp, filePublic: true, fileMediatype: "image/jpeg" },
    filePath: index % 2 ? `photographs/${sha256}.jpg` : `https://cdn.test/${words()}/a.jpg`,
    ...{ fileName: `${words()}.jpg`, exifData: { GPS: words() }, mediaComments: words() },
  });
  const base = {
    ...{ deploymentID, eventStart: timestamp, eventEnd: timestamp, eventID: `v${index}` },
    ...{ observationType: "animal", scientificName: nameOf(place), count: 1 },
    ...{ classificationMethod: "machine", classificationProbability: 0.5 },
    observationComments: words(),
  };
  await send("observations", { ...base, observationID: `o${index}`, observationLevel: "event" });
  const pictured = { observationLevel: "media", mediaID };
  await send("observations", { ...base, ...pictured, observationID: `q${index}` });
  place.observationID = `${project}/o${index}`;
}

/** What a person writes down in a hurry. */
async function review(fleet: TestFleet, place: Place, individualID: string, dice: Dice) {
  const observationIDs = [place.observationID];
  const decide = (action: string, more: object) =>
    answer(fleet, "POST", "/api/v1/reviews", { action, observationIDs, ...more });
  const observationComments = `tracks at ${written(place, dice)}`;
  await decide("correct", { label: { observationComments } });
  await decide("flag", { note: `look again, ${written(place, dice)}` });
  if (place.project === "default") await decide("assign", { individualID });
  if (place.kind === "camera") return;
  const pictured = [place.observationID.replace("/o", "/q")];
  const accept = { action: "accept", observationIDs: pictured };
  await answer(fleet, "POST", "/api/v1/reviews", accept);
}
