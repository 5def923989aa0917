/**
 * Writes a file into the camera's Storage over its console, in pieces that are each answered, and verifies the whole
 * by CRC. Bytes travel as base64, so any content survives any carrier.
 */
import { crc32 } from "node:zlib";
import { deviceError, integrityError, usageError } from "../errors.ts";
import { literal } from "./byte-text.ts";
import type { Console } from "./console.ts";
import { sendPiece } from "./pieces.ts";

/** Bytes per console line: with what surrounds them about 700 characters, which a 1 KB receive buffer takes whole. */
const CHUNK_BYTES = 300;
/** Storage keeps 28 bytes of a name and silently cuts the rest. */
const NAME_BYTES_MAX = 28;

export async function uploadFile(
  console: Console,
  name: string,
  bytes: Uint8Array,
  onProgress: (sentBytes: number) => void,
): Promise<void> {
  if (name.length === 0 || Buffer.byteLength(name) > NAME_BYTES_MAX) {
    throw usageError("BAD_NAME", `"${name}" is not a Storage name: 1 to ${NAME_BYTES_MAX} bytes`);
  }
  if (bytes.length === 0) throw usageError("EMPTY_FILE", `${name} would be empty`);
  await requireSpace(console, name, bytes.length);
  // Storage compares a first piece with what is there and may keep the old file: start from nothing.
  await console.evaluate(`(require("Storage").erase(${literal(name)}),true)`);
  for (let offset = 0; offset < bytes.length; offset += CHUNK_BYTES) {
    const piece = bytes.subarray(offset, offset + CHUNK_BYTES);
    const place = `${literal(name)},d,${offset},${bytes.length}`;
    const take = `E.CRC32(d)==${crc32(piece)}&&require("Storage").write(${place})`;
    await sendPiece(console, piece, take, `${name}: byte ${offset}`);
    onProgress(Math.min(offset + CHUNK_BYTES, bytes.length));
  }
  const stored = await console.evaluate(`E.CRC32(require("Storage").read(${literal(name)}))`);
  if ((stored as number) >>> 0 !== crc32(bytes)) {
    throw integrityError(
      "UPLOAD_DAMAGED",
      `${name} arrived damaged (CRC differs)`,
      "run the upload again; use a shorter cable if it repeats",
    );
  }
}

async function requireSpace(console: Console, name: string, size: number): Promise<void> {
  const stats = (await console.evaluate(
    `(function(){var s=require("Storage"),t=s.getStats(),o=s.read(${literal(name)});` +
      "return{free:t.freeBytes,trash:t.trashBytes,old:o?o.length:0}})()",
  )) as { free: number; trash: number; old: number };
  const room = stats.free + stats.trash + stats.old;
  if (size + 64 > room) {
    throw deviceError(
      "STORAGE_FULL",
      `${name} needs ${size} bytes but the camera has ${room}`,
      "erase files on the camera, or upload a smaller one",
    );
  }
}

/** Restart the camera's program and wait for its prompt. */
export async function restart(console: Console): Promise<void> {
  await console.send("load()");
  await console.waitFor(/>\s*$/, "prompt after the restart", 15_000);
}
