/**
 * Sends waiting pictures as resumable uploads (tus 1.0, https://tus.io/protocols/resumable-upload): create, then
 * pieces, each answered. Where an upload lives on the server is kept in the vault, so that it goes on after a reboot.
 */
import type { Timekeeping } from "../deployment/timekeeping.ts";
import type { HttpReply, Ports } from "../ports.ts";
import { MEDIA_PATH } from "../protocol/check-in.ts";
import { pathOf, type ServerLink } from "./links.ts";
import { MEDIA } from "./outbox.ts";

const CELL = "upload";
/** Bytes per PATCH: a piece costs about 410 variables while it is on its way. */
const CHUNK_BYTES = 4096;
/** Times one picture may be started over in one contact. */
const RESTARTS_MAX = 3;
const REFUSED_FOR_GOOD = [409, 400, 413];

type Done = (problem: string) => void;

export interface UploadParts {
  ports: Ports;
  link: ServerLink;
  timekeeping: Timekeeping;
}

/** The picture on its way. */
interface Job {
  key: number;
  mediaID: string;
  metadata: string;
  bytes: number;
  path: string;
  restarts: number;
}

function tusHeaders(more: { [name: string]: string }): { [name: string]: string } {
  more["Tus-Resumable"] = "1.0.0";
  return more;
}

function metadataOf(parts: UploadParts, note: string): string {
  const [mediaID, eventID, timestamp] = note.split(" ") as [string, string, string];
  const { base64 } = parts.ports;
  const seconds = parts.timekeeping.dated(mediaID, parseInt(timestamp, 10));
  return [
    "mediaID " + base64(mediaID),
    "eventID " + base64(eventID),
    "timestamp " + base64("" + seconds),
  ].join(",");
}

/** The oldest picture that can still be read. */
function oldest(parts: UploadParts): Job | undefined {
  const { vault } = parts.ports;
  for (let key = vault.next(MEDIA, 0); key; key = vault.next(MEDIA, 0)) {
    const note = vault.note(MEDIA, key);
    const bytes = vault.item(MEDIA, key);
    if (note && bytes) {
      const mediaID = note.split(" ")[0] as string;
      const kept = (vault.read(CELL) || "").split(" ");
      const path = kept[0] === mediaID ? (kept[1] as string) : "";
      return {
        key,
        mediaID,
        metadata: metadataOf(parts, note),
        bytes: bytes.length,
        path,
        restarts: 0,
      };
    }
    vault.remove(MEDIA, key);
  }
  return undefined;
}

function offsetOf(reply: HttpReply): number {
  return parseInt(reply.headers["upload-offset"] || "-1", 10);
}

function startOver(parts: UploadParts, job: Job, done: Done): void {
  job.restarts += 1;
  job.path = "";
  if (job.restarts > RESTARTS_MAX) done("upload of " + job.mediaID + " does not hold");
  else create(parts, job, done);
}

/** The server is asked to take the picture, and says where. */
function create(parts: UploadParts, job: Job, done: Done): void {
  const headers = tusHeaders({
    "Upload-Length": "" + job.bytes,
    "Upload-Metadata": job.metadata,
  });
  parts.link.send("POST", MEDIA_PATH, headers, "", (reply, problem) => {
    if (!reply) return done(problem);
    // 409: it has this picture already, from an upload whose last answer was lost.
    // 400, 413: it will never take it, and the next must not wait behind it for ever.
    if (REFUSED_FOR_GOOD.indexOf(reply.status) >= 0) return finish(parts, job, done);
    if (reply.status !== 201 || !reply.headers.location)
      return done("upload refused with " + reply.status);
    job.path = pathOf(reply.headers.location);
    parts.ports.vault.write(CELL, job.mediaID + " " + job.path);
    sendFrom(parts, job, 0, done);
  });
}

/** Ask how much of it has arrived. */
function resume(parts: UploadParts, job: Job, done: Done): void {
  parts.link.send("HEAD", job.path, tusHeaders({}), "", (reply, problem) => {
    if (!reply) return done(problem);
    if (reply.status === 404 || reply.status === 410) return startOver(parts, job, done);
    if (reply.status !== 200) return done("upload state refused with " + reply.status);
    sendFrom(parts, job, offsetOf(reply), done);
  });
}

function sendFrom(parts: UploadParts, job: Job, offset: number, done: Done): void {
  // Looked up for each piece: another picture may have been put into the vault since, and this one given up for it.
  const picture = parts.ports.vault.item(MEDIA, job.key);
  if (offset < 0 || offset >= job.bytes || !picture) {
    if (offset < 0) startOver(parts, job, done);
    else finish(parts, job, done);
    return;
  }
  const headers = tusHeaders({
    "Upload-Offset": "" + offset,
    "Content-Type": "application/offset+octet-stream",
  });
  const piece = picture.substr(offset, CHUNK_BYTES);
  parts.link.send("PATCH", job.path, headers, piece, (reply, problem) => {
    if (!reply) return done(problem);
    if (reply.status === 404 || reply.status === 410) return startOver(parts, job, done);
    // 409: what has arrived is not what was answered, as after a lost reply.
    if (reply.status === 409 && job.restarts < RESTARTS_MAX) {
      job.restarts += 1;
      return resume(parts, job, done);
    }
    if (reply.status !== 204 || offsetOf(reply) <= offset)
      return done("upload stopped with " + reply.status);
    sendFrom(parts, job, offsetOf(reply), done);
  });
}

function finish(parts: UploadParts, job: Job, done: Done): void {
  parts.ports.vault.remove(MEDIA, job.key);
  sendPictures(parts, done);
}

/** Send all waiting pictures, oldest first. Calls back with "" or what stopped it. */
export function sendPictures(parts: UploadParts, done: Done): void {
  const job = oldest(parts);
  if (!job) done("");
  else if (job.path) resume(parts, job, done);
  else create(parts, job, done);
}
