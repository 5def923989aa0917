/**
 * Pictures on the disk: `objects/<cameraID>/<mediaID>.jpg`. A file is there whole or not at all: it is made elsewhere on the
 * same disk, flushed, renamed, and the folder flushed. Ids are checked before they get here (checkin/schemas.ts).
 */
import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface ObjectFolder {
  pathOf(cameraID: string, mediaID: string): string;
  /** Undefined when there is no such file. */
  read(cameraID: string, mediaID: string): Promise<Buffer | undefined>;
  /** The folder of a camera, made. */
  prepare(cameraID: string): Promise<void>;
  /** Move a finished file in; after this resolves it survives a power cut. */
  adopt(file: string, cameraID: string, mediaID: string): Promise<void>;
}

export function openObjects(folder: string): ObjectFolder {
  const pathOf = (cameraID: string, mediaID: string) => join(folder, cameraID, `${mediaID}.jpg`);
  const prepare = async (cameraID: string) => {
    if (await mkdir(join(folder, cameraID), { recursive: true })) await flush(folder);
  };
  return {
    pathOf,
    prepare,
    read: (cameraID, mediaID) => readIfThere(pathOf(cameraID, mediaID)),
    async adopt(file, cameraID, mediaID) {
      const target = pathOf(cameraID, mediaID);
      await prepare(cameraID);
      await flush(file);
      await rename(file, target);
      await flush(dirname(target));
    },
  };
}

export async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** fsync a file or a folder (Windows cannot open folders; its file system orders renames itself). */
export async function flush(path: string): Promise<void> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(path, "r");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (process.platform === "win32" && (code === "EISDIR" || code === "EPERM")) return;
    throw error;
  }
  try {
    await handle.sync();
  } catch (error) {
    if (process.platform !== "win32") throw error;
  } finally {
    await handle.close();
  }
}

export const sha256Of = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** Start and end markers of a JPEG file; a cut-off transfer lacks the second. Zeros may follow it. */
export function isJpeg(bytes: Buffer): boolean {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8 || bytes[2] !== 0xff) return false;
  let end = bytes.length;
  while (end > 2 && bytes[end - 1] === 0) end--;
  return bytes.readUInt16BE(end - 2) === 0xffd9;
}
