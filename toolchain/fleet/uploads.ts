/**
 * Resumable uploads of pictures: tus 1.0 by @tus/server, bound to the camera that sends them, and the way of a finished
 * upload into the object folder and the database. Steps, each safe to be cut after: bytes in uploads/, flush and rename to
 * objects/, row marked stored, upload's own file removed. `recover` completes what a cut has left; the row is marked last, so
 * a picture that counts as stored is always there.
 */

import { mkdirSync } from "node:fs";
import { readdir, rm, stat, statfs } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { FileStore } from "@tus/file-store";
import { MemoryLocker, Server, type Upload } from "@tus/server";
import { MEDIA_PATH } from "../../device/protocol/check-in.ts";
import { ID_PATTERN } from "./checkin/schemas.ts";
import type { Db } from "./db/open.ts";
import { asHttpError, errorBody, httpError } from "./http-errors.ts";
import { flush, isJpeg, type ObjectFolder, readIfThere, sha256Of } from "./objects.ts";
import { findMedia, markStored } from "./store/media.ts";

export const UPLOAD_BYTES_MAX = 2 * 1024 * 1024;
/** Below this much free space no new upload begins: check-ins need the rest. */
const FREE_BYTES_MIN = 256 * 1024 * 1024;
/** An upload that has not grown for this long is given up. */
const UNFINISHED_MS_MAX = 30 * 24 * 3600 * 1000;

export interface UploadMetadata {
  mediaID: string;
  eventID: string;
  /** UTC seconds; 0 when the camera did not say. */
  timestamp: number;
}

export interface Uploads {
  /** **Errors:** BAD_UPLOAD, TOO_LARGE, MEDIA_STORED, STORAGE_FULL */
  checkCreation(cameraID: string, headers: IncomingMessage["headers"]): Promise<void>;
  /** Size of a picture that is already stored, whose upload is asked about; undefined for any other. **Errors:** UPLOAD_UNKNOWN */
  storedSize(cameraID: string, uploadID: string): Promise<number | undefined>;
  handle(cameraID: string, request: IncomingMessage, response: ServerResponse): Promise<void>;
  recover(): Promise<void>;
  removeExpired(): Promise<void>;
}

interface UploadOptions {
  dataDir: string;
  db: Db;
  objects: ObjectFolder;
  now: () => number;
  onStored: () => void;
  onProblem: (message: string) => void;
}

export function createUploads(options: UploadOptions): Uploads {
  const { db, objects, now } = options;
  const directory = join(options.dataDir, "uploads");
  mkdirSync(directory, { recursive: true });
  const store = new ResumingStore({ directory });
  const owners = new WeakMap<IncomingMessage, string>();
  const locker = new MemoryLocker();

  const tus = new Server({
    path: MEDIA_PATH,
    datastore: store,
    locker,
    maxSize: UPLOAD_BYTES_MAX,
    relativeLocation: true,
    allowedOrigins: () => false,
    namingFunction: (request, metadata) =>
      uploadID(ownerOf(request), parseMetadata(metadata ?? {}).mediaID),
    async onUploadCreate(request, upload) {
      // Bytes in the creation request belong at the start; nothing of an earlier attempt may stay below them.
      if (request.headers.get("content-type")) await discard(upload.id);
      return { metadata: { ...upload.metadata, cameraID: ownerOf(request) } };
    },
    async onUploadFinish(_request, upload) {
      try {
        await finish(upload.id, upload.metadata ?? {});
        return {};
      } catch (error) {
        const known = asHttpError(error);
        if (!known) options.onProblem(`upload ${upload.id}: ${(error as Error).stack}`);
        const { code, statusCode, message } = known ?? httpError("BUG");
        return {
          status_code: statusCode,
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(errorBody(code, message)),
        };
      }
    },
  });

  function ownerOf(request: unknown): string {
    const { runtime } = request as { runtime?: { node?: { req: IncomingMessage } } };
    const owner = runtime?.node && owners.get(runtime.node.req);
    if (!owner) throw new Error("an upload request without a camera");
    return owner;
  }

  /** Uploads being finished now: the request with the last bytes and one that asks for the offset can meet here. */
  const finishing = new Map<string, Promise<void>>();

  function finish(id: string, metadata: Record<string, string | null>): Promise<void> {
    const begun = finishing.get(id) ?? finishOnce(id, metadata).finally(() => finishing.delete(id));
    finishing.set(id, begun);
    return begun;
  }

  /** From all bytes in uploads/ to a stored picture. Runs again after a cut without harm. */
  async function finishOnce(id: string, metadata: Record<string, string | null>): Promise<void> {
    const cameraID = id.slice(0, id.indexOf("."));
    const { mediaID, eventID, timestamp } = parseMetadata(metadata);
    const arrived = await readIfThere(join(directory, id));
    const bytes = arrived ?? (await objects.read(cameraID, mediaID));
    if (!bytes || !isJpeg(bytes)) {
      await discard(id);
      throw httpError("NOT_A_JPEG");
    }
    if (arrived) await objects.adopt(join(directory, id), cameraID, mediaID);
    await markStored(
      db,
      { cameraID, mediaID, eventID, timestamp, sha256: sha256Of(bytes), storedBytes: bytes.length },
      now(),
    );
    await discard(id);
    options.onStored();
  }

  async function discard(id: string): Promise<void> {
    await rm(join(directory, id), { force: true });
    await rm(join(directory, `${id}.json`), { force: true });
  }

  /** What is left of an upload whose bytes are all there but which was never finished, or whose bytes are gone. */
  async function complete(id: string): Promise<void> {
    const known = await store.configstore.get(id);
    if (!known) return discard(id);
    const arrived = await readIfThere(join(directory, id));
    if (arrived && arrived.length < (known.size ?? Number.POSITIVE_INFINITY)) return;
    await finish(id, known.metadata ?? {});
  }

  return {
    async checkCreation(cameraID, headers) {
      const length = Number(headers["upload-length"] ?? Number.NaN);
      if (!Number.isSafeInteger(length) || length < 1) {
        throw httpError("BAD_UPLOAD", "Upload-Length must say how many bytes will come");
      }
      if (length > UPLOAD_BYTES_MAX) {
        throw httpError("TOO_LARGE", `a picture may have ${UPLOAD_BYTES_MAX} bytes, not ${length}`);
      }
      const { mediaID } = parseMetadata(decodeMetadata(String(headers["upload-metadata"] ?? "")));
      const id = uploadID(cameraID, mediaID);
      await complete(id).catch((error) => {
        if (asHttpError(error)?.code !== "NOT_A_JPEG") throw error;
      });
      if ((await findMedia(db, cameraID, mediaID))?.storedMs != null) {
        throw httpError("MEDIA_STORED");
      }
      const { bavail, bsize } = await statfs(directory);
      if (bavail * bsize < FREE_BYTES_MIN) throw httpError("STORAGE_FULL");
    },

    async storedSize(cameraID, id) {
      const mediaID = mediaIDOf(cameraID, id);
      if (mediaID === undefined) throw httpError("UPLOAD_UNKNOWN");
      await complete(id);
      const media = await findMedia(db, cameraID, mediaID);
      return media?.storedMs != null ? (media.storedBytes ?? 0) : undefined;
    },

    async handle(cameraID, request, response) {
      owners.set(request, cameraID);
      await tus.handle(request, response);
    },

    async recover() {
      const names = await readdir(directory);
      for (const name of names.filter((file) => !file.endsWith(".json"))) {
        // A file without its description cannot be resumed.
        if (!names.includes(`${name}.json`)) await discard(name);
      }
      for (const name of names.filter((file) => file.endsWith(".json"))) {
        const id = name.slice(0, -".json".length);
        await complete(id).catch((error) => {
          options.onProblem(`upload ${id} was dropped: ${(error as Error).message}`);
        });
      }
    },

    async removeExpired() {
      const names = (await readdir(directory)).filter((name) => !name.endsWith(".json"));
      for (const id of names) {
        // A file that is gone by now was finished meanwhile.
        const { mtimeMs = Number.NaN } = (await stat(join(directory, id)).catch(() => null)) ?? {};
        if (Date.now() - mtimeMs > UNFINISHED_MS_MAX) await discard(id);
      }
    },
  };
}

/**
 * Creating an upload again keeps the bytes that have arrived: a camera that lost the address resumes all the same.
 * An offset is told only when the bytes below it are on the disk: a power cut must not leave a hole that counts as sent.
 */
class ResumingStore extends FileStore {
  override async write(...args: Parameters<FileStore["write"]>): Promise<number> {
    const offset = await super.write(...args);
    await flush(join(this.directory, args[1]));
    return offset;
  }

  override async create(upload: Upload): Promise<Upload> {
    const before = await this.getUpload(upload.id).catch(() => undefined);
    if (before === undefined || before.size !== upload.size) return super.create(upload);
    upload.offset = before.offset;
    return upload;
  }
}

/** An address that names camera and picture, so that it needs no table and cannot be guessed into another camera's. */
const uploadID = (cameraID: string, mediaID: string): string =>
  `${cameraID}.${Buffer.from(mediaID).toString("base64url")}`;

function mediaIDOf(cameraID: string, id: string): string | undefined {
  if (!id.startsWith(`${cameraID}.`)) return undefined;
  const mediaID = Buffer.from(id.slice(cameraID.length + 1), "base64url").toString();
  return isID(mediaID) && uploadID(cameraID, mediaID) === id ? mediaID : undefined;
}

const ID = new RegExp(ID_PATTERN);
const isID = (text: unknown): text is string =>
  typeof text === "string" && text.length <= 64 && ID.test(text);

function parseMetadata(metadata: Record<string, string | null | undefined>): UploadMetadata {
  const { mediaID, eventID = "", timestamp } = metadata;
  if (!isID(mediaID)) throw httpError("BAD_UPLOAD", "Upload-Metadata must hold a mediaID");
  if (eventID && !isID(eventID)) throw httpError("BAD_UPLOAD", "eventID is not an id");
  const seconds = Number(timestamp ?? 0);
  if (!Number.isSafeInteger(seconds) || seconds < 0) {
    throw httpError("BAD_UPLOAD", "timestamp must be UTC seconds");
  }
  return { mediaID, eventID: eventID ?? "", timestamp: seconds };
}

/** `key base64,key base64` of tus. */
function decodeMetadata(text: string): Record<string, string> {
  const pairs = text.split(",").map((pair) => pair.trim().split(" "));
  return Object.fromEntries(
    pairs
      .filter(([key]) => key)
      .map(([key, value = ""]) => [key, Buffer.from(value, "base64").toString()]),
  );
}
