/** `toolchain ota publish`: builds or reads the images, signs them as one release into the release folder. */

import {
  MANIFEST_BYTES,
  NOTE_BYTES,
  TARGET_KINDS,
  type TargetKind,
} from "../../../device/protocol/release.ts";
import { BOARDS } from "../../bundle/builtins.ts";
import { bundle } from "../../bundle/bundle.ts";
import { DEVICE_PROGRAM } from "../../bundle/device-program.ts";
import {
  type CommandFunction,
  type CommandInput,
  textOption,
  wholeNumber,
} from "../../command-line.ts";
import { usageError } from "../../errors.ts";
import { readInput } from "../../files.ts";
import { newestKeys, publishFiles } from "../../keys/repository.ts";
import { keysFolder, openRole, readerOf, releasesFolder, writeFiles } from "./folders.ts";

const DAY_S = 86_400;

export const run: CommandFunction = async (input, io) => {
  const board = textOption(input, "board") ?? "esp32s3";
  if (!BOARDS[board]) {
    throw usageError(
      "BAD_OPTION",
      `no board named "${board}"`,
      `one of ${Object.keys(BOARDS).join(", ")}`,
    );
  }
  const days = wholeNumber(input, "days", 365, [1, 3650]);
  const noteDays = wholeNumber(input, "note-days", 7, [1, 90]);
  const folder = releasesFolder(input);
  const read = readerOf(folder);
  const trusted = newestKeys(read);
  io.progress("building or reading the images");
  const images = await imagesOf(input, board);
  const release = await openRole(keysFolder(input), "release", trusted.releases);
  const note = await openRole(keysFolder(input), "note", trusted.notes);
  const nowS = Math.floor(Date.now() / 1000);
  const { counter, files } = publishFiles({
    read,
    board,
    images,
    release,
    note,
    nowS,
    expiryS: nowS + days * DAY_S,
    noteExpiryS: nowS + noteDays * DAY_S,
  });
  writeFiles(folder, files);

  const targets = images.map(({ kind, image }) => ({ kind, bytes: image.length }));
  if (input.options.json) io.out(JSON.stringify({ release: counter, board, targets, folder }));
  else {
    for (const { kind, bytes } of targets)
      io.out(`${board} ${kind}: ${bytes} bytes, manifest ${MANIFEST_BYTES}`);
    io.out(
      `release ${counter} in ${folder}; note of ${NOTE_BYTES} bytes good for ${noteDays} days`,
    );
  }
  return 0;
};

/** What the options name; the camera's own program when they name nothing. */
async function imagesOf(
  input: CommandInput,
  board: string,
): Promise<{ kind: TargetKind; image: Uint8Array }[]> {
  const named = TARGET_KINDS.flatMap((kind) => {
    const file = textOption(input, kind);
    return file === undefined ? [] : [{ kind, file, image: readInput(file) }];
  });
  const empty = named.find(({ image }) => image.length === 0);
  if (empty) throw usageError("BAD_OPTION", `${empty.file} is empty`);
  if (named.length) return named;
  const { code } = await bundle({ entry: DEVICE_PROGRAM, board });
  return [{ kind: "app", image: Buffer.from(code, "latin1") }];
}
