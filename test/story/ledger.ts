/**
 * What must be in the database at the end of the story, worked out from what the cameras printed and from what their requests
 * were answered, against what is there: nothing missing, nothing twice, nothing that nobody made.
 */
import { join } from "node:path";
import { FAULT_TEXT_MAX } from "../../device/protocol/error-names.ts";
import type { Db } from "../../toolchain/fleet/db/open.ts";
import { fingerprintOfKey } from "../../toolchain/fleet/enrolment-keys.ts";
import { openObjects, sha256Of } from "../../toolchain/fleet/objects.ts";
import type { StoryCamera } from "./crew.ts";

const sorted = (items: string[]): string[] => [...items].sort();

/** In words, what is in one list and not, or not as often, in the other. */
export function differences(expected: string[], found: string[]): string[] {
  const count = new Map<string, number>();
  for (const item of expected) count.set(item, (count.get(item) ?? 0) + 1);
  for (const item of found) count.set(item, (count.get(item) ?? 0) - 1);
  return sorted(
    [...count].flatMap(([item, more]) =>
      more === 0
        ? []
        : [
            `${more > 0 ? "missing" : "surplus"}: ${item}${Math.abs(more) > 1 ? ` (${Math.abs(more)} times)` : ""}`,
          ],
    ),
  );
}

/** Each observation that a camera put into its outbox, with its type. */
export function madeObservations(cameras: StoryCamera[]): string[] {
  return cameras.flatMap((camera) =>
    camera
      .lines(/observation (\d+-\d+) (\w+)/)
      .map(([, recordID, type]) => `${camera.cameraID}:${recordID} ${type}`),
  );
}

export async function storedObservations(db: Db): Promise<string[]> {
  const rows = await db.selectFrom("observations").selectAll().execute();
  return rows.map(({ observationID, observationType }) => `${observationID} ${observationType}`);
}

/** Each picture of which the last piece was answered. */
export function sentPictures(cameras: StoryCamera[]): string[] {
  return cameras.flatMap(({ requests }) => {
    const paths = requests.filter(({ method, status }) => method === "PATCH" && status === 204);
    return [...new Set(paths.map(({ path }) => path.slice(path.lastIndexOf("/") + 1)))].map(
      (upload) => {
        const [cameraID = "", name = ""] = upload.split(".");
        return `${cameraID}:${Buffer.from(name, "base64url").toString()}`;
      },
    );
  });
}

/** Pictures in the database whose file is there, whole. */
export async function storedPictures(db: Db, dataDir: string): Promise<string[]> {
  const objects = openObjects(join(dataDir, "objects"));
  const rows = await db.selectFrom("media").selectAll().execute();
  return Promise.all(
    rows.map(async ({ mediaID, cameraID, sourceID, sha256, fileBytes }) => {
      const file = await objects.read(cameraID ?? "", sourceID);
      const isWhole = file && file.length === fileBytes && sha256Of(file) === sha256;
      return isWhole ? mediaID : `${mediaID} without its file`;
    }),
  );
}

/** What the cameras say became of each release: "cameraID counter confirmed", or the reason. */
export function endedReleases(cameras: StoryCamera[]): string[] {
  return cameras.flatMap((camera) =>
    camera
      .lines(/release (\d+)(?:: (confirmed)| not kept: ([^\r\n]*))/)
      .map(([, counter, good, reason = ""]) => {
        // It prints all of a reason, and keeps so much of it.
        return `${camera.cameraID} ${counter} ${good ?? reason.slice(0, FAULT_TEXT_MAX)}`;
      }),
  );
}

/** The same by the events of the roll-outs. */
export async function releaseEvents(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom("rollout_events")
    .innerJoin("rollouts", "rollouts.rolloutID", "rollout_events.rolloutID")
    .innerJoin("releases", "releases.releaseID", "rollouts.releaseID")
    .select(["rollout_events.cameraID", "counter", "state", "rollout_events.reason"])
    .where("rollout_events.cameraID", "!=", "")
    .where("state", "in", ["installed", "failed", "rolledBack"])
    .execute();
  return rows.map(
    ({ cameraID, counter, state, reason }) =>
      `${cameraID} ${counter} ${state === "failed" ? reason : state === "installed" ? "confirmed" : state}`,
  );
}

/** Steps of the roll-outs themselves. */
export async function rolloutSteps(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom("rollout_events")
    .selectAll()
    .where("cameraID", "=", "")
    .orderBy("sequence")
    .execute();
  return rows.map(({ rolloutID, state }) => `${rolloutID} ${state}`);
}

/** Who is in the fleet, by the keys that the cameras show on their consoles. */
export const enrolled = (cameras: StoryCamera[]): string[] =>
  cameras.map(
    ({ cameraID, fingerprint, name, site }) => `${cameraID} ${fingerprint} ${name} ${site}`,
  );

export async function enrolments(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom("camera_events")
    .innerJoin("claims", "claims.cameraID", "camera_events.cameraID")
    .innerJoin("camera_identities", "camera_identities.cameraID", "camera_events.cameraID")
    .innerJoin("cameras", "cameras.cameraID", "camera_events.cameraID")
    .select(["cameras.cameraID", "camera_identities.publicKey", "cameras.name", "claims.site"])
    .where("event", "=", "enrolled")
    .execute();
  return rows.map(
    ({ cameraID, publicKey, name, site }) =>
      `${cameraID} ${fingerprintOfKey(publicKey ?? "")} ${name} ${site}`,
  );
}

export async function configLayers(db: Db): Promise<string[]> {
  const rows = await db.selectFrom("config_layers").selectAll().execute();
  return rows.map(({ scope, name, version, values }) => `${scope} ${name} ${version} ${values}`);
}

export async function configVersions(db: Db): Promise<string[]> {
  const rows = await db.selectFrom("config_versions").selectAll().execute();
  return rows.map(({ cameraID, version }) => `${cameraID} ${version}`);
}
