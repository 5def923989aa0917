/**
 * Updates whose power is cut: at every flash operation of each scenario, in four ways, and once more at a random one of
 * the recovery. What must hold is checked by ota-camera.ts after each; here is how each scenario must end.
 */
import { packModel } from "../../device/protocol/model-image.ts";
import type { TargetKind } from "../../device/protocol/release.ts";
import type { ReleaseOffer, ReleaseReport } from "../../device/protocol/release-offers.ts";
import type { FlashOperation, TornWrite } from "../../toolchain/emulator/board/flash.ts";
import { torn } from "../../toolchain/emulator/board/power-cut.ts";
import { Random } from "../../toolchain/emulator/board/random.ts";
import { makePatch } from "../../toolchain/patch/patch.ts";
import { COUNTER, manifest, note } from "../device/release-documents.ts";
import { OtaCamera, type SimServer } from "./ota-camera.ts";

const OLD = COUNTER - 10;
const APP_BYTES = 8500;
const text = (head: string, bytes: number): string => head.padEnd(bytes, " thicket ");
const base64 = (bytes: string): string => Buffer.from(bytes, "latin1").toString("base64");
const OLD_APP = text("APP 1 good", 5000);
const OLD_MODEL = text("MODEL 1 good", 3000);
const OLD_FIRMWARE = text("\xe9FIRMWARE 1 good", 5000);

export interface Scenario {
  name: string;
  kind: TargetKind;
  /** The image that is published. */
  image: string;
  /** What is sent in its place. */
  file?: string;
  /** A delta is offered first; one with wrong bits must be followed by the whole file. */
  delta?: "good" | "broken";
  /** A recall of the release, once it is confirmed. */
  isRecalled?: boolean;
  /** How it must end: "" confirmed. */
  ends: RegExp;
}

const app = (behaviour: string, ends: RegExp, more: Partial<Scenario> = {}): Scenario => ({
  ...{ name: `app ${behaviour}`, kind: "app", ends },
  image: text(`APP 2 ${behaviour}`, APP_BYTES),
  ...more,
});
const model = (behaviour: string, ends: RegExp): Scenario => ({
  ...{ name: `model ${behaviour}`, kind: "model", ends },
  image: packModel(text(`MODEL 2 ${behaviour}`, APP_BYTES), "name\na\nb"),
});

const firmware = (behaviour: string, ends: RegExp, more: Partial<Scenario> = {}): Scenario => ({
  ...{ name: `firmware ${behaviour}`, kind: "firmware", ends },
  image: text(`\xe9FIRMWARE 2 ${behaviour}`, APP_BYTES),
  ...more,
});

export const SCENARIOS: Scenario[] = [
  app("good", /^$/),
  app("throws", /^TRIAL_START/),
  app("hangs", /^TRIAL_START/),
  app("unreachable", /^TRIAL_(CHECKIN|START)/),
  app("blind", /^TRIAL_CAPTURE/),
  app("good", /^FILE_DIGEST/, { name: "app with a broken file", file: text("broken", APP_BYTES) }),
  app("good", /^$/, { name: "app by delta", delta: "good" }),
  app("good", /^$/, { name: "app by a broken delta, then whole", delta: "broken" }),
  app("good", /^$/, { name: "app recalled", isRecalled: true }),
  model("good", /^$/),
  model("bad", /^TRIAL_MODEL/),
  firmware("good", /^$/),
  firmware("crashes", /^TRIAL_START/),
  firmware("hangs", /^TRIAL_START/),
  firmware("unreachable", /^TRIAL_CHECKIN/),
  firmware("blind", /^TRIAL_CAPTURE/),
  firmware("good", /^FILE_DIGEST/, {
    name: "firmware with a broken file",
    file: text("\xe9broken", APP_BYTES),
  }),
  firmware("good", /^$/, { name: "firmware recalled", isRecalled: true }),
];

const KINDS: TargetKind[] = ["app", "model", "firmware"];

const about = (reports: ReleaseReport[], kind: TargetKind) =>
  reports.find((report) => report.kind === kind);

function deltaOf({ image, delta }: Scenario): { payload: Buffer; base: Buffer; sent: string } {
  const base = Buffer.from(OLD_APP, "latin1");
  const payload = Buffer.from(makePatch(base, Buffer.from(image, "latin1")));
  const sent = Buffer.from(payload);
  if (delta === "broken") sent[sent.length - 3]! ^= 1;
  return { payload, base, sent: sent.toString("latin1") };
}

function serverOf(scenario: Scenario): SimServer {
  const { kind, image, file = image, isRecalled = false } = scenario;
  const signedImage = { kind, image: Buffer.from(image, "latin1") };
  const counters = KINDS.map((one) => (one === kind ? COUNTER : 0));
  const offer: ReleaseOffer = {
    ...{ releaseID: `${kind}-${COUNTER}`, kind, counter: COUNTER, version: "2", attempt: 0 },
    ...{ bytes: file.length, sha256: "", note: base64(note({ counters })) },
    manifest: base64(manifest(signedImage)),
    budgetBytes: 5 * APP_BYTES,
  };
  const made = scenario.delta && deltaOf(scenario);
  const byDelta: ReleaseOffer | undefined = made && {
    ...offer,
    releaseID: `${offer.releaseID}.${OLD}`,
    manifest: base64(manifest({ ...signedImage, delta: made })),
  };
  return {
    files: new Map([
      [offer.releaseID, file],
      [byDelta?.releaseID ?? "", made ? made.sent : ""],
    ]),
    isDone: (reports) => {
      const said = about(reports, kind);
      if (said?.pending) return false;
      return isRecalled
        ? said?.counter === OLD
        : said?.counter === COUNTER || said?.failed?.counter === COUNTER;
    },
    answer: (reports) =>
      isRecalled && about(reports, kind)?.counter === COUNTER
        ? { recall: { kind, counter: COUNTER } }
        : { release: { ...(byDelta && !about(reports, kind)?.whole ? byDelta : offer) } },
  };
}

/** A camera before the update; a recall begins with one that has taken it. */
function cameraOf(scenario: Scenario): OtaCamera {
  const camera = new OtaCamera(serverOf(scenario));
  camera.prepare(OLD_APP, OLD_MODEL, OLD_FIRMWARE, OLD);
  camera.signed.add(scenario.image);
  if (!scenario.isRecalled) return camera;
  const other = new OtaCamera(serverOf({ ...scenario, isRecalled: false }));
  other.flash.load(camera.flash.image());
  other.signed.add(scenario.image).add(OLD_APP).add(OLD_MODEL).add(OLD_FIRMWARE);
  other.live();
  if (other.problem) throw new Error(other.problem);
  camera.flash.load(other.flash.image());
  return camera;
}

/** A power cut while a firmware is on trial ends the trial. */
const TAKEN_BACK = /^TRIAL_START: restarted before it was proved/;

function problemOf(camera: OtaCamera, { kind, ends, isRecalled }: Scenario): string {
  if (camera.problem) return camera.problem;
  const said = about(camera.reports, kind);
  const reason = said?.failed?.reason ?? "";
  const isTakenBack = camera.wasTakenBack && TAKEN_BACK.test(reason);
  if (isTakenBack && said?.counter === OLD) return "";
  const wanted = ends.test("") && !isRecalled ? COUNTER : OLD;
  const isAsWanted = said?.counter === wanted && ends.test(reason);
  return isAsWanted ? "" : `it ended with ${JSON.stringify(said)}`;
}

const MODELS: ((seed: number) => TornWrite)[] = [
  () => "none",
  () => "prefix",
  (seed) => ({ kind: "random", seed }),
  () => "half-erase",
];

export interface CutReport {
  scenario: string;
  operations: number;
  runs: number;
  /** Times that the power went. */
  cuts: number;
  problems: string[];
}

/**
 * @param every cut at every so many operations; 1: at all
 * @param second further runs for each first cut, each cut once more at a random place
 */
export function cutEverywhere(
  scenario: Scenario,
  { every = 1, second = 1, seed = 1 } = {},
): CutReport {
  const camera = cameraOf(scenario);
  const { flash } = camera;
  const before = flash.image();
  const operations: FlashOperation[] = [];
  flash.beforeOperation = (operation) => {
    const { data, ...rest } = operation;
    operations.push(data ? { ...rest, data: data.slice() } : rest);
  };
  camera.live();
  flash.beforeOperation = undefined;
  const report: CutReport = {
    scenario: scenario.name,
    operations: operations.length,
    runs: 1,
    cuts: 0,
    problems: [],
  };
  const whole = problemOf(camera, scenario);
  if (whole) report.problems.push(`uncut: ${whole}\n${camera.log.join("\n")}`);

  const random = new Random(seed);
  const image = before;
  operations.forEach((operation, index) => {
    if (index % every === seed % every)
      for (const [number, modelOf] of MODELS.entries()) {
        const at = image.slice();
        const cells = image.slice(operation.address, operation.address + lengthOf(operation));
        at.set(torn(modelOf(index + seed), operation, cells), operation.address);
        recoverFrom(at, `cut ${index + 1}, model ${number}`);
      }
    apply(image, operation);
  });
  return report;

  function recoverFrom(at: Uint8Array, what: string): void {
    let length = 0;
    for (let run = 0; run <= second; run++) {
      flash.load(at);
      flash.powerOn();
      const from = flash.countOperations();
      const nth = 1 + Math.floor(random.next() * Math.max(1, length));
      const way = Math.floor(random.next() * MODELS.length);
      if (run > 0) flash.cutAt(nth, MODELS[way]!(nth));
      camera.live();
      if (run === 0) length = flash.countOperations() - from;
      report.runs += 1;
      report.cuts += 1 + camera.cuts;
      const problem = problemOf(camera, scenario);
      if (problem)
        report.problems.push(
          `${scenario.name}, ${what}${run > 0 ? `, again at ${nth}, model ${way}` : ""}: ${problem}`,
        );
    }
  }
}

const lengthOf = ({ data }: FlashOperation): number => data?.length ?? 4096;

function apply(image: Uint8Array, { address, data }: FlashOperation): void {
  if (!data) image.fill(0xff, address, address + 4096);
  else for (let i = 0; i < data.length; i++) image[address + i]! &= data[i]!;
}
