/**
 * Bytes that a camera fetches for one update of each kind, with what proves it; a whole program against its delta, proofs
 * against the TUF 1.0.34 metadata that says the same to hosts. And cut runs per second of `npm run simulate:ota`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packModel } from "../../device/protocol/model-image.ts";
import { MANIFEST_BYTES, NOTE_BYTES } from "../../device/protocol/release.ts";
import { compile } from "../../toolchain/bundle/bundle.ts";
import { publishFiles } from "../../toolchain/keys/repository.ts";
import { newSigningKey } from "../../toolchain/keys/signing.ts";
import { makePatch } from "../../toolchain/patch/patch.ts";
import { cutEverywhere, SCENARIOS } from "../simulate/ota-run.ts";
import { ROOT } from "../support/skip.ts";
import type { Figure } from "./run.ts";

const PROOF_BYTES = MANIFEST_BYTES + NOTE_BYTES;
const NOW_S = 1_790_000_000;
const LOG_LINE = /\.log\("/;

export async function figures(): Promise<Figure[]> {
  const { code = "" } = await compile(join(ROOT, "device/main.ts"), "esp32s3");
  const app = Buffer.from(code, "latin1");
  const next = Buffer.from(code.replace(LOG_LINE, '.log("so: '), "latin1");
  const whole = app.length + PROOF_BYTES;
  const delta = makePatch(app, next).length + PROOF_BYTES;
  const folder = join(ROOT, "device/model");
  const tflite = readFileSync(join(folder, "thicket_96_int8.tflite"), "latin1");
  const labels = readFileSync(join(folder, "labels.txt"), "latin1").trim();
  const model = packModel(tflite, `thicket_96_int8\n${labels}`).length + PROOF_BYTES;
  const tuf = tufBytes(app);
  const row = (name: string, value: number, vs: string, peer: number): Figure => ({
    ...{ name: `update on air, ${name}, with manifest and note`, value, unit: "bytes", vs },
    ratio: peer ? Number((peer / value).toPrecision(3)) : null,
  });
  return [
    row("whole program", whole, "", 0),
    row("delta of a changed log line", delta, `the whole program: ${whole} bytes`, whole),
    row("model and labels", model, "", 0),
    row(
      "what proves a firmware",
      PROOF_BYTES,
      `TUF timestamp, snapshot, targets: ${tuf} bytes`,
      tuf,
    ),
    cutRuns(),
  ];
}

/** What a TUF client fetches before the file itself. */
function tufBytes(image: Uint8Array): number {
  const { files } = publishFiles({
    ...{ read: () => undefined, board: "esp32s3", images: [{ kind: "firmware", image }] },
    ...{ release: newSigningKey(), note: newSigningKey(), nowS: NOW_S },
    ...{ expiryS: NOW_S + 365 * 86_400, noteExpiryS: NOW_S + 7 * 86_400 },
  });
  return files
    .filter(([path]) => path.startsWith("metadata/"))
    .reduce((sum, [, data]) => sum + data.length, 0);
}

/** By processor time: the machine may be shared. */
function cutRuns(): Figure {
  const [scenario] = SCENARIOS;
  if (!scenario) throw new Error("no scenarios");
  const before = process.cpuUsage();
  const { runs } = cutEverywhere(scenario, { second: 0, seed: 1 });
  const { user, system } = process.cpuUsage(before);
  const value = Math.round(runs / ((user + system) / 1e6));
  return { name: "power cuts in an update, runs", value, unit: "1/s", vs: "", ratio: null };
}
