/** `toolchain ota publish`: builds or reads the images, signs them as one release into the release folder. */
import { basename } from "node:path";
import { modelLength, packModel } from "../../../device/protocol/model-image.ts";
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
import { inputError, usageError } from "../../errors.ts";
import { readInput } from "../../files.ts";
import { earlierImages, signDeltas } from "../../keys/deltas.ts";
import { newestKeys, publishFiles } from "../../keys/repository.ts";
import { makePatch } from "../../patch/patch.ts";
import { keysFolder, openRole, readerOf, releasesFolder, writeFiles } from "./folders.ts";
import { sendFreshness, sendReleases, serverOf } from "./to-server.ts";

const DAY_S = 86_400;
/** Releases before this one that get a delta of their own. */
const DELTA_BASES = 3;

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
  const fleet = serverOf(input);
  const release = await openRole(keysFolder(input), "release", trusted.releases);
  const note = await openRole(keysFolder(input), "note", trusted.notes);
  io.progress("building or reading the images");
  const images = await imagesOf(input, board);
  const nowS = Math.floor(Date.now() / 1000);
  const bases = images.map(({ kind }) =>
    kind === "firmware" ? [] : earlierImages(read, board, kind, DELTA_BASES),
  );
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
  io.progress("making deltas");
  const published = images.map(({ kind, image }, index) => {
    const made = (bases[index] ?? []).map((base) => ({
      base,
      payload: makePatch(base.image, image),
    }));
    const target = { board, kind, counter, expiryS: nowS + days * DAY_S, image };
    return { kind, image, ...signDeltas(target, made, release) };
  });
  for (const { files: deltaFiles } of published) files.unshift(...deltaFiles);
  writeFiles(folder, files);
  const version = textOption(input, "label") ?? String(counter);
  io.progress("sending them to the server");
  const releases =
    fleet && (await sendReleases(fleet, read, { board, counter, version, images: published }));
  if (fleet) await sendFreshness(fleet, read, [board]);

  const targets = published.map(({ kind, image, deltas }) => ({
    ...{ kind, bytes: image.length },
    deltas: deltas.map(({ baseCounter, payload }) => ({ baseCounter, bytes: payload.length })),
  }));
  if (input.options.json)
    io.out(JSON.stringify({ release: counter, board, targets, folder, releases }));
  else {
    for (const { kind, bytes, deltas } of targets) {
      io.out(`${board} ${kind}: ${bytes} bytes, manifest ${MANIFEST_BYTES}`);
      for (const { baseCounter, bytes: sent } of deltas)
        io.out(`  delta from ${baseCounter}: ${sent} bytes`);
    }
    io.out(
      `release ${counter} in ${folder}; note of ${NOTE_BYTES} bytes good for ${noteDays} days`,
    );
    if (releases) io.out(`${releases.join(", ")} on ${fleet?.server}`);
  }
  return 0;
};

/** First byte of every ESP-IDF image. */
const FIRMWARE_MAGIC = 0xe9;
/** By which a file of the wrong kind is told before it is signed; whether it works, the camera's trial says. */
const MARKS: Record<TargetKind, [what: string, isOne: (image: Uint8Array) => boolean]> = {
  app: ["no program text: it has zero bytes", (image) => !image.includes(0)],
  model: [
    "no .tflite file: TFL3 is not at byte 4",
    (image) => Buffer.from(image.subarray(4, 8)).toString("latin1") === "TFL3",
  ],
  firmware: [
    "no ESP32 firmware: it does not begin with 0xe9",
    ([first]) => first === FIRMWARE_MAGIC,
  ],
};

/** A model with its name and labels behind it, as cameras want it. */
function labelled(model: Buffer, file: string, input: CommandInput): Buffer {
  const labels = textOption(input, "labels");
  const text = model.toString("latin1");
  if (labels === undefined && modelLength(text)) return model;
  if (labels === undefined) {
    throw usageError(
      "MISSING_OPTION",
      "a model needs --labels FILE: one label per line, in the order of its outputs",
      "toolchain ota publish --model FILE --labels FILE",
    );
  }
  const name = basename(file).replace(/\.tflite$/, "");
  const lines = readInput(labels).toString("latin1").trim();
  return Buffer.from(packModel(text, `${name}\n${lines}`), "latin1");
}

/** What the options name; the camera's own program when they name nothing. */
async function imagesOf(
  input: CommandInput,
  board: string,
): Promise<{ kind: TargetKind; image: Uint8Array }[]> {
  const named = TARGET_KINDS.flatMap((kind) => {
    const file = textOption(input, kind);
    if (file === undefined) return [];
    const image = readInput(file);
    return [{ kind, file, image: kind === "model" ? labelled(image, file, input) : image }];
  });
  for (const { kind, file, image } of named) {
    if (image.length === 0) throw usageError("BAD_OPTION", `${file} is empty`);
    const [what, isOne] = MARKS[kind];
    if (!isOne(image))
      throw inputError("NO_IMAGE", `${file} is ${what}`, "every camera would refuse it");
  }
  if (named.length) return named;
  const { code } = await bundle({ entry: DEVICE_PROGRAM, board });
  return [{ kind: "app", image: Buffer.from(code, "latin1") }];
}
