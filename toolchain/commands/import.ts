/** `toolchain import KIND PATH`: reads, asks the detector where photographs are to be judged, writes to a server or a folder. */
import { fileURLToPath } from "node:url";
import {
  type CommandFunction,
  type CommandInput,
  textOption,
  wholeNumber,
} from "../command-line.ts";
import { CHECK_SIZE, decodePhotograph } from "../emulator/native/photographs.ts";
import { PHOTOGRAPHS_PER_CAMERA, runPhotographs } from "../emulator/photographs.ts";
import { EXIT, inputError, isAppError, usageError } from "../errors.ts";
import { DEFAULT_PROJECT } from "../fleet/ids.ts";
import { importCamtrapPackage } from "../fleet/research/import/camtrap-package.ts";
import { databaseTarget, ensureProject } from "../fleet/research/import/database-target.ts";
import { INTERVAL_MIN } from "../fleet/research/import/events.ts";
import { importMegadetector } from "../fleet/research/import/megadetector.ts";
import { type Detector, importPhotographs } from "../fleet/research/import/photographs.ts";
import { zoneOffset } from "../fleet/research/import/plain-time.ts";
import { serverTarget } from "../fleet/research/import/server-target.ts";
import {
  type ImportReport,
  type ImportTarget,
  problemLine,
} from "../fleet/research/import/target.ts";
import { importWildlifeInsights } from "../fleet/research/import/wildlife-insights.ts";
import type { Io } from "../log.ts";
import { clientOf, withDataFolder } from "./data-place.ts";

const HINT = "toolchain import --help";
const MODEL_NAME = "thicket_96_int8";

interface Call {
  path: string;
  target: ImportTarget;
  input: CommandInput;
  io: Io;
}

const KINDS: Record<string, (call: Call) => Promise<ImportReport>> = {
  "camtrap-dp": ({ path, target, input, io }) =>
    importCamtrapPackage(path, target, common(input, io)),
  "wildlife-insights": ({ path, target, input, io }) =>
    importWildlifeInsights(path, target, { ...common(input, io), zone: zoneOf(input) }),
  megadetector: ({ path, target, input, io }) =>
    importMegadetector(path, target, {
      ...{ ...common(input, io), zone: zoneOf(input), intervalMin: intervalOf(input) },
      ...{ deploymentID: textOption(input, "deployment"), place: placeOf(input) },
    }),
  photos,
};

export const run: CommandFunction = async (input, io) => {
  const [kind = "", path, ...rest] = input.positionals;
  if (!Object.hasOwn(KINDS, kind)) {
    const said = kind ? `no kind named "${kind}"` : "what kind?";
    throw usageError(
      "BAD_ARGUMENT",
      `import: ${said}`,
      `there are ${Object.keys(KINDS).join(", ")}`,
    );
  }
  if (path === undefined || rest.length) {
    throw usageError("BAD_ARGUMENT", `import ${kind}: give one path`, HINT);
  }
  // Wrong options are told before anything is opened.
  zoneOf(input);
  placeOf(input);
  intervalOf(input);
  const action = KINDS[kind] as (call: Call) => Promise<ImportReport>;
  const projectID = textOption(input, "project") ?? DEFAULT_PROJECT;
  if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(projectID)) {
    throw usageError(
      "BAD_OPTION",
      `--project "${projectID}" must be letters, digits, "-", "_", "."`,
    );
  }
  const data = textOption(input, "data");
  if (data === undefined) {
    const fleet = clientOf(input, "import");
    await fleet.send("PUT", `/api/v1/imports/${projectID}`, {});
    return told(
      await action({ path, target: serverTarget(fleet, projectID), input, io }),
      path,
      input,
      io,
    );
  }
  return withDataFolder(data, async (db, objects) => {
    await ensureProject(db, projectID, Date.now());
    const target = databaseTarget(db, objects, projectID);
    return told(await action({ path, target, input, io }), path, input, io);
  });
};

const common = (input: CommandInput, io: Io) => ({
  skipBad: input.options["skip-bad"] === true,
  onProgress: (text: string) => io.progress(text),
});

function photos({ path, target, input, io }: Call): Promise<ImportReport> {
  const deploymentID = textOption(input, "deployment");
  if (!deploymentID) {
    throw usageError("BAD_OPTION", "import photos: --deployment ID is needed", HINT);
  }
  return importPhotographs(path, target, {
    ...{ deploymentID, detector: cameraDetector(io), place: placeOf(input) },
    ...{ zone: zoneOf(input), intervalMin: intervalOf(input), signal: io.signal },
    onProgress: (text) => io.progress(text),
  });
}

/** An emulated camera with its own program, native code and model: a photograph is judged exactly as it would be there. */
function cameraDetector(io: Io): Detector {
  let program: Promise<string> | undefined;
  const build = async () => {
    io.progress("building the camera's program");
    const entry = fileURLToPath(new URL("../../device/main.ts", import.meta.url));
    const { bundle } = await import("../bundle/bundle.ts");
    return (await bundle({ entry, board: "esp32s3" })).code;
  };
  return {
    ...{ name: MODEL_NAME, batch: PHOTOGRAPHS_PER_CAMERA },
    async problemOf(file) {
      try {
        await decodePhotograph(file, CHECK_SIZE);
        return undefined;
      } catch (error) {
        if (isAppError(error)) return error.message.split(": ").at(-1);
        throw error;
      }
    },
    async judge(folder, names) {
      program ??= build();
      const { detections } = await runPhotographs({ folder, names, app: await program });
      return detections.map(({ observationType, scientificName, probability, bbox }) => ({
        ...{ observationType, classificationProbability: probability, bbox },
        ...(scientificName && { scientificName }),
      }));
    },
  };
}

function zoneOf(input: CommandInput): string {
  const text = textOption(input, "timezone") ?? "Z";
  if (zoneOffset(text) !== undefined) return text;
  throw usageError("BAD_OPTION", `--timezone must be Z or like +02:00, not "${text}"`);
}

const intervalOf = (input: CommandInput): number =>
  wholeNumber(input, "interval", INTERVAL_MIN, [1, 1440]);

function placeOf(input: CommandInput): { latitude: number; longitude: number } | undefined {
  const [latitude, longitude] = (["latitude", "longitude"] as const).map((name) => {
    const text = textOption(input, name);
    const most = name === "latitude" ? 90 : 180;
    if (text === undefined) return undefined;
    if (text.trim() !== "" && Math.abs(Number(text)) <= most) return Number(text);
    throw usageError("BAD_OPTION", `--${name} must be from -${most} to ${most}, not "${text}"`);
  });
  if (latitude !== undefined && longitude !== undefined) return { latitude, longitude };
  if (latitude === undefined && longitude === undefined) return undefined;
  throw usageError("BAD_OPTION", "--latitude and --longitude go together");
}

function told(report: ImportReport, path: string, input: CommandInput, io: Io): number {
  const { deployments, media, observations, kept, problems, problemCount, notes } = report;
  if (input.options.json) io.out(JSON.stringify(report));
  else {
    io.out(`${deployments} deployments, ${media} media, ${observations} observations from ${path}`);
    if (kept) io.out(`${kept} rows left as they are: a camera's own, or decided by a person here`);
  }
  for (const note of notes) io.note(note);
  for (const problem of problems) io.note(problemLine(problem));
  if (problemCount === 0) return EXIT.ok;
  const isTaken = deployments + media + observations > 0;
  throw inputError(
    "BAD_ROWS",
    `${path}: ${problemCount} bad ${problemCount === 1 ? "row or file" : "rows or files"}, ` +
      (isTaken ? "passed over; all others were imported" : "so nothing was imported"),
    isTaken ? undefined : "correct them, or take the others with --skip-bad",
  );
}
