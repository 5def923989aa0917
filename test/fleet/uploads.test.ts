/** Pictures: tus uploads by an unmodified client, what is refused, and what a cut at each step leaves. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as tus from "tus-js-client";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  addCamera,
  checkIn,
  exchange,
  fakeJpeg,
  getJson,
  media,
  observation,
  openFleet,
  operate,
  type TestCamera,
  type TestFleet,
  temporaryFolder,
  withFleet,
} from "./support/fleet.ts";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const idOf = (camera: TestCamera, mediaID: string): string =>
  `${camera.cameraID}.${Buffer.from(mediaID).toString("base64url")}`;

/** Upload with tus-js-client; stops after `abortAfter` bytes when given. */
function upload(
  fleet: TestFleet,
  camera: TestCamera,
  picture: Buffer,
  options: { mediaID: string; abortAfter?: number; uploadUrl?: string; chunkSize?: number },
): Promise<{ url: string | null; finished: boolean }> {
  return new Promise((resolve, reject) => {
    const job = new tus.Upload(picture, {
      endpoint: `${fleet.url}/device/v1/media`,
      uploadUrl: options.uploadUrl ?? null,
      chunkSize: options.chunkSize ?? 16 * 1024,
      retryDelays: [0, 50, 100],
      headers: { authorization: `Bearer ${camera.credential}` },
      metadata: { mediaID: options.mediaID, eventID: "e1-1", timestamp: "1700000001" },
      onError: reject,
      onSuccess: () => resolve({ url: job.url, finished: true }),
      onChunkComplete: (_size, accepted) => {
        if (options.abortAfter === undefined || accepted < options.abortAfter) return;
        void job.abort().then(() => resolve({ url: job.url, finished: false }));
      },
    });
    job.start();
  });
}

/** One tus request by hand. */
const tusRequest = (
  fleet: TestFleet,
  camera: TestCamera,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: Buffer,
): Promise<Response> =>
  fetch(fleet.url + path, {
    method,
    headers: {
      authorization: `Bearer ${camera.credential}`,
      "tus-resumable": "1.0.0",
      ...headers,
    },
    body: body ? new Uint8Array(body) : undefined,
  });

const create = (fleet: TestFleet, camera: TestCamera, mediaID: string, length: number | string) =>
  tusRequest(fleet, camera, "POST", "/device/v1/media", {
    "upload-length": String(length),
    "upload-metadata": `mediaID ${base64(mediaID)},eventID ${base64("e1")},timestamp ${base64("5")}`,
  });

const send = (fleet: TestFleet, camera: TestCamera, path: string, offset: number, bytes: Buffer) =>
  tusRequest(
    fleet,
    camera,
    "PATCH",
    path,
    { "upload-offset": String(offset), "content-type": "application/offset+octet-stream" },
    bytes,
  );

const codeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { error: { code: string } }).error.code;

test("takes a picture from tus-js-client, resumes it after an abort, and serves the same bytes", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    await exchange(fleet, camera, checkIn([observation("1-1"), media("1-2", "m1-1")]));
    const picture = fakeJpeg(200_000);
    const part = await upload(fleet, camera, picture, { mediaID: "m1-1", abortAfter: 60_000 });
    assert.not.ok(part.finished);
    const path = `/api/v1/media/${camera.cameraID}/m1-1`;
    assert.is((await operate(fleet, "GET", path)).status, 404, "not before it is whole");
    const url = part.url ?? "";
    const head = await tusRequest(fleet, camera, "HEAD", new URL(url).pathname);
    const offset = Number(head.headers.get("upload-offset"));
    assert.ok(offset >= 60_000 && offset < 200_000, String(offset));
    const whole = await upload(fleet, camera, picture, { mediaID: "m1-1", uploadUrl: url });
    assert.ok(whole.finished);
    const served = await operate(fleet, "GET", path);
    assert.is(served.headers.get("content-type"), "image/jpeg");
    assert.ok(Buffer.from(await served.arrayBuffer()).equals(picture));
    const etag = served.headers.get("etag") ?? "";
    assert.is(etag, `"${createHash("sha256").update(picture).digest("hex")}"`);
    const again = await fetch(fleet.url + path, {
      headers: { ...fleet.operator, "if-none-match": etag },
    });
    assert.is(again.status, 304);
    const { observations } = await getJson(fleet, "/api/v1/observations");
    assert.is(observations[0].media[0].stored, true);
    assert.equal(readdirSync(join(fleet.dataDir, "uploads")), [], "nothing is left over");
  });
});

test("a picture may come before its record", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    await upload(fleet, camera, fakeJpeg(3000), { mediaID: "early" });
    const before = await getJson(fleet, "/api/v1/summary");
    assert.equal([before.media, before.mediaStored], [1, 1]);
    const records = [media("1-2", "early"), observation("1-1", { mediaIDs: ["early"] })];
    const reply = await exchange(fleet, camera, checkIn(records));
    assert.equal(reply.refused, []);
    const { observations } = await getJson(fleet, "/api/v1/observations");
    const [shown] = observations[0].media;
    assert.equal([shown.width, shown.height, shown.stored], [640, 480, true]);
    assert.is((await getJson(fleet, "/api/v1/cameras")).cameras[0].mediaCount, 1);
  });
});

test("a stored picture is not taken again: creation and bytes answer MEDIA_STORED, the offset is its length", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    await upload(fleet, camera, fakeJpeg(3000), { mediaID: "a" });
    const second = await create(fleet, camera, "a", 3000);
    assert.is(second.status, 409);
    assert.is(await codeOf(second), "MEDIA_STORED");
    const path = `/device/v1/media/${idOf(camera, "a")}`;
    const head = await tusRequest(fleet, camera, "HEAD", path);
    assert.equal(
      [head.status, head.headers.get("upload-offset"), head.headers.get("upload-length")],
      [200, "3000", "3000"],
    );
    assert.is(await codeOf(await send(fleet, camera, path, 0, fakeJpeg(3000))), "MEDIA_STORED");
    assert.is(await codeOf(await tusRequest(fleet, camera, "DELETE", path)), "MEDIA_STORED");
  });
});

test("creating an upload again keeps the bytes that have arrived", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    const picture = fakeJpeg(10_000, 3);
    const first = await create(fleet, camera, "a", picture.length);
    const path = first.headers.get("location") ?? "";
    assert.is(path, `/device/v1/media/${idOf(camera, "a")}`);
    await send(fleet, camera, path, 0, picture.subarray(0, 4000));
    const second = await create(fleet, camera, "a", picture.length);
    assert.equal([second.status, second.headers.get("location")], [201, path]);
    const head = await tusRequest(fleet, camera, "HEAD", path);
    assert.is(head.headers.get("upload-offset"), "4000");
    const wrong = await send(fleet, camera, path, 0, picture.subarray(0, 10));
    assert.is(wrong.status, 409);
    assert.is((await send(fleet, camera, path, 4000, picture.subarray(4000))).status, 204);
    // A picture of another size under the same name is another picture: from the start.
    await create(fleet, camera, "b", 10_000);
    const pathB = `/device/v1/media/${idOf(camera, "b")}`;
    await send(fleet, camera, pathB, 0, picture.subarray(0, 4000));
    await create(fleet, camera, "b", 9000);
    const headB = await tusRequest(fleet, camera, "HEAD", pathB);
    assert.is(headB.headers.get("upload-offset"), "0");
  });
});

test("bytes in the creation request count, also over those of an earlier attempt", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    const picture = fakeJpeg(5000, 9);
    const path = (await create(fleet, camera, "a", 5000)).headers.get("location") ?? "";
    await send(fleet, camera, path, 0, Buffer.alloc(100));
    const headers = {
      "upload-length": "5000",
      "upload-metadata": `mediaID ${base64("a")}`,
      "content-type": "application/offset+octet-stream",
    };
    const whole = await tusRequest(fleet, camera, "POST", "/device/v1/media", headers, picture);
    assert.is(whole.status, 201);
    const served = await operate(fleet, "GET", `/api/v1/media/${camera.cameraID}/a`);
    assert.ok(Buffer.from(await served.arrayBuffer()).equals(picture));
  });
});

test("refuses uploads that cannot become a picture, each with its reason", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    const metadata = `mediaID ${base64("a")}`;
    const rows: [headers: Record<string, string>, status: number, code: string][] = [
      [{ "upload-metadata": metadata }, 400, "BAD_UPLOAD"],
      [{ "upload-metadata": metadata, "upload-defer-length": "1" }, 400, "BAD_UPLOAD"],
      [{ "upload-metadata": metadata, "upload-length": "0" }, 400, "BAD_UPLOAD"],
      [{ "upload-metadata": metadata, "upload-length": "x" }, 400, "BAD_UPLOAD"],
      [{ "upload-metadata": metadata, "upload-length": "2097153" }, 413, "TOO_LARGE"],
      [{ "upload-length": "100" }, 400, "BAD_UPLOAD"],
      [{ "upload-length": "100", "upload-metadata": "mediaID" }, 400, "BAD_UPLOAD"],
      [
        { "upload-length": "100", "upload-metadata": `mediaID ${base64("../../x")}` },
        400,
        "BAD_UPLOAD",
      ],
      [
        { "upload-length": "100", "upload-metadata": `${metadata},timestamp ${base64("now")}` },
        400,
        "BAD_UPLOAD",
      ],
    ];
    for (const [headers, status, code] of rows) {
      const response = await tusRequest(fleet, camera, "POST", "/device/v1/media", headers);
      assert.is(response.status, status, JSON.stringify(headers));
      assert.is(await codeOf(response), code);
    }
    const path = (await create(fleet, camera, "a", 100)).headers.get("location") ?? "";
    const more = await send(fleet, camera, path, 0, Buffer.alloc(200));
    assert.is(more.status, 413, "more bytes than announced");
    const text = await send(fleet, camera, path, 0, Buffer.alloc(100, 65));
    assert.is(text.status, 422);
    assert.is(await codeOf(text), "NOT_A_JPEG");
    const cut = fakeJpeg(200).subarray(0, 100);
    await create(fleet, camera, "cut", 100);
    const cutOff = await send(fleet, camera, `/device/v1/media/${idOf(camera, "cut")}`, 0, cut);
    assert.is(await codeOf(cutOff), "NOT_A_JPEG");
    assert.is((await getJson(fleet, "/api/v1/summary")).mediaStored, 0);
    assert.equal(readdirSync(join(fleet.dataDir, "uploads")), []);
    assert.equal(fleet.problems, []);
  });
});

test("a camera can neither see nor touch another camera's upload", async () => {
  await withFleet(async (fleet) => {
    const owner = await addCamera(fleet, "owner");
    const thief = await addCamera(fleet, "thief");
    const path = (await create(fleet, owner, "a", 100)).headers.get("location") ?? "";
    for (const method of ["HEAD", "PATCH", "DELETE"]) {
      const headers = { "upload-offset": "0", "content-type": "application/offset+octet-stream" };
      const response = await tusRequest(fleet, thief, method, path, headers);
      await response.text();
      assert.is(response.status, 404, method);
    }
    for (const id of ["x", "..%2f..%2fthicket.sqlite", `${thief.cameraID}.`, "%00"]) {
      const response = await tusRequest(fleet, thief, "HEAD", `/device/v1/media/${id}`);
      assert.is(response.status, 404, id);
    }
    await upload(fleet, owner, fakeJpeg(500), { mediaID: "a" });
    assert.is((await create(fleet, thief, "a", 500)).status, 201, "its own picture of that name");
  });
});

const CUTS: [string, (fleet: Cut) => void][] = [
  [
    "after the last byte",
    ({ file, description, picture }) => {
      writeFileSync(file, picture);
      writeFileSync(`${file}.json`, description);
    },
  ],
  [
    "after the move, before the database",
    ({ file, description, object, picture }) => {
      mkdirSync(join(object, ".."), { recursive: true });
      writeFileSync(object, picture);
      writeFileSync(`${file}.json`, description);
    },
  ],
];

interface Cut {
  file: string;
  description: string;
  object: string;
  picture: Buffer;
}

for (const [name, leave] of CUTS) {
  test(`a start after a cut finishes the upload: ${name}`, async () => {
    const dataDir = temporaryFolder();
    const picture = fakeJpeg(4000);
    const first = await openFleet({ dataDir });
    const camera = await addCamera(first);
    await exchange(first, camera, checkIn([media("1-1", "a")]));
    await create(first, camera, "a", picture.length);
    const id = idOf(camera, "a");
    const file = join(dataDir, "uploads", id);
    const description = readFileSync(`${file}.json`, "utf8");
    await first.server.close();
    rmSync(file);
    rmSync(`${file}.json`);
    const object = join(dataDir, "objects", camera.cameraID, "a.jpg");
    leave({ file, description, object, picture });
    const second = await openFleet({ dataDir, token: first.token });
    const served = await operate(second, "GET", `/api/v1/media/${camera.cameraID}/a`);
    assert.is(served.status, 200);
    assert.ok(Buffer.from(await served.arrayBuffer()).equals(picture));
    assert.is((await create(second, camera, "a", 4000)).status, 409);
    assert.equal(readdirSync(join(dataDir, "uploads")), []);
    await second.server.close();
    rmSync(dataDir, { recursive: true });
  });
}

test("a start keeps uploads that can go on and clears what cannot", async () => {
  const dataDir = temporaryFolder();
  const first = await openFleet({ dataDir });
  const camera = await addCamera(first);
  const path = (await create(first, camera, "a", 1000)).headers.get("location") ?? "";
  await send(first, camera, path, 0, fakeJpeg(1000).subarray(0, 300));
  await first.server.close();
  writeFileSync(join(dataDir, "uploads", "orphan"), "x");
  writeFileSync(join(dataDir, "uploads", `${idOf(camera, "z")}.json`), "{broken");
  const second = await openFleet({ dataDir, token: first.token });
  const head = await tusRequest(second, camera, "HEAD", path);
  assert.is(head.headers.get("upload-offset"), "300");
  assert.equal(readdirSync(join(dataDir, "uploads")).sort(), [
    idOf(camera, "a"),
    `${idOf(camera, "a")}.json`,
  ]);
  await second.server.close();
  rmSync(dataDir, { recursive: true });
});

test("a picture lost from the disk is missed aloud, not answered with an error of the server", async () => {
  await withFleet(async (fleet) => {
    const camera = await addCamera(fleet);
    await upload(fleet, camera, fakeJpeg(500), { mediaID: "a" });
    const object = join(fleet.dataDir, "objects", camera.cameraID, "a.jpg");
    assert.ok(existsSync(object));
    rmSync(object);
    const response = await operate(fleet, "GET", `/api/v1/media/${camera.cameraID}/a`);
    assert.is(response.status, 404);
    assert.is(response.headers.get("etag"), null);
    assert.match(fleet.problems.join(), /a\.jpg is gone/);
  });
});

test.run();
