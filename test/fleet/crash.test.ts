/**
 * kill -9 at random moments under load. What the server acknowledged is there afterwards, once; what it did not is sent again
 * and then is there, once; a picture that counts as stored has its bytes.
 */
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { CheckInReply } from "../../device/protocol/check-in.ts";
import { newPostgres } from "../support/postgres.ts";
import { skip } from "../support/skip.ts";
import { NO_POSTGRES } from "./support/databases.ts";
import {
  checkIn,
  fakeJpeg,
  media,
  observation,
  postCheckIn,
  type TestCamera,
  temporaryFolder,
} from "./support/fleet.ts";
import { type ServeProcess, startServe } from "./support/serve-process.ts";

const ROUNDS = Number(process.env.THICKET_CRASH_ROUNDS ?? 6);
const WORKERS = 6;

interface Camera extends TestCamera {
  next: number;
  sequence: number;
  /** recordIDs the server acknowledged, and those of the request that was on its way when the server died. */
  acknowledged: Set<string>;
  pending: number[];
  /** mediaID -> SHA-256 of pictures whose last byte the server acknowledged. */
  pictures: Map<string, string>;
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const pictureOf = (n: number): Buffer => fakeJpeg(2000 + (n % 50) * 100, n % 251);

async function start(
  dataDir: string,
  databaseUrl: string | undefined,
): Promise<{ serve: ServeProcess; url: string; token?: string }> {
  const database = databaseUrl === undefined ? [] : ["--database-url", databaseUrl];
  const serve = startServe("--json", "--port", "0", "--data", dataDir, ...database);
  const { url, operatorToken } = await serve.ready;
  return { serve, url, token: operatorToken };
}

/** Records of three events: the ones that may have been lost first. */
async function report(url: string, camera: Camera): Promise<void> {
  const numbers = [...camera.pending];
  while (numbers.length < 3) numbers.push(camera.next++);
  camera.pending = numbers;
  const records = numbers.flatMap((n) => [
    observation(`1-${n}`, { eventStart: 1_700_000_000 + n, eventEnd: 1_700_000_001 + n }),
    media(`2-${n}`, `m${n}`),
  ]);
  const body = checkIn(records, { sequence: camera.sequence++ });
  const response = await postCheckIn(url, camera, body);
  const reply = (await response.json()) as CheckInReply;
  assert.is(response.status, 200, JSON.stringify(reply));
  assert.equal(reply.refused, []);
  assert.is(reply.acknowledged.length, records.length);
  for (const id of reply.acknowledged) camera.acknowledged.add(id);
  camera.pending = [];
  await sendPicture(url, camera, numbers[0]!);
}

async function sendPicture(url: string, camera: Camera, n: number): Promise<void> {
  const picture = pictureOf(n);
  const mediaID = `m${n}`;
  const common = { authorization: `Bearer ${camera.credential}`, "tus-resumable": "1.0.0" };
  const created = await fetch(`${url}/device/v1/media`, {
    method: "POST",
    headers: {
      ...common,
      "upload-length": String(picture.length),
      "upload-metadata": `mediaID ${Buffer.from(mediaID).toString("base64")}`,
    },
  });
  await created.text();
  if (created.status !== 409) {
    assert.is(created.status, 201);
    const half = Math.floor(picture.length / 2);
    const location = url + created.headers.get("location");
    for (const [from, to] of [
      [0, half],
      [half, picture.length],
    ] as const) {
      const sent = await fetch(location, {
        method: "PATCH",
        headers: {
          ...common,
          "upload-offset": String(from),
          "content-type": "application/offset+octet-stream",
        },
        body: new Uint8Array(picture.subarray(from, to)),
      });
      await sent.text();
      assert.is(sent.status, 204);
    }
  }
  camera.pictures.set(mediaID, sha256(picture));
}

/** Report until the server is gone. An assertion is a failure; a broken connection is the end. */
async function reportUntilDeath(url: string, camera: Camera): Promise<void> {
  for (;;) {
    try {
      await report(url, camera);
    } catch (error) {
      if (error instanceof assert.Assertion) throw error;
      return;
    }
  }
}

async function observationIDs(url: string, token: string): Promise<string[]> {
  const ids: string[] = [];
  for (let before = ""; ; ) {
    const response = await fetch(`${url}/api/v1/observations?limit=200${before}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const page = (await response.json()) as {
      observations: { observationID: string }[];
      next: string | null;
    };
    ids.push(...page.observations.map(({ observationID }) => observationID));
    if (page.next === null) return ids;
    before = `&before=${page.next}`;
  }
}

test(`${ROUNDS} times kill -9 under load lose nothing that was acknowledged and double nothing`, async () => {
  const dataDir = temporaryFolder();
  const onPostgres = process.env.THICKET_TEST_DATABASE === "postgres";
  const postgres = onPostgres ? await newPostgres() : undefined;
  if (onPostgres && !postgres) return skip(NO_POSTGRES);
  let { serve, url, token = "" } = await start(dataDir, postgres?.url);
  const authorization = `Bearer ${token}`;
  const cameras: Camera[] = [];
  for (let index = 0; index < WORKERS; index++) {
    const response = await fetch(`${url}/api/v1/cameras`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({ name: `camera ${index}`, site: "north" }),
    });
    const created = (await response.json()) as TestCamera;
    cameras.push({
      ...created,
      next: 0,
      sequence: 0,
      acknowledged: new Set(),
      pending: [],
      pictures: new Map(),
    });
  }
  for (let round = 0; round < ROUNDS; round++) {
    const workers = cameras.map((camera) => reportUntilDeath(url, camera));
    await new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * 500));
    await serve.kill("SIGKILL");
    await Promise.all(workers);
    ({ serve, url } = await start(dataDir, postgres?.url));
    const seen = await observationIDs(url, token);
    assert.is(new Set(seen).size, seen.length, "none twice");
    const there = new Set(seen);
    for (const { cameraID, acknowledged } of cameras) {
      const lost = [...acknowledged]
        .filter((id) => id.startsWith("1-"))
        .filter((id) => !there.has(`${cameraID}:${id}`));
      assert.equal(lost, [], `round ${round}: acknowledged and lost`);
    }
  }
  const total = cameras.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
  assert.ok(total >= ROUNDS * WORKERS, `the server was under load: ${total} records`);
  for (const camera of cameras) await report(url, camera);
  const summary = await fetch(`${url}/api/v1/summary`, { headers: { authorization } });
  const { observations, media: pictures } = (await summary.json()) as Record<string, number>;
  const made = cameras.reduce((sum, { next }) => sum + next, 0);
  assert.equal([observations, pictures], [made, made], "everything made is there, once");
  for (const { cameraID, pictures: sent } of cameras) {
    for (const [mediaID, hash] of sent) {
      const response = await fetch(`${url}/api/v1/media/${cameraID}/${mediaID}`, {
        headers: { authorization },
      });
      assert.is(response.status, 200, `${cameraID}/${mediaID}`);
      assert.is(sha256(new Uint8Array(await response.arrayBuffer())), hash);
    }
  }
  console.log(
    `# ${total} records and ${cameras.reduce((sum, c) => sum + c.pictures.size, 0)} pictures over ${ROUNDS} kills`,
  );
  await serve.kill("SIGTERM");
  await postgres?.drop();
  rmSync(dataDir, { recursive: true });
});

test.run();
