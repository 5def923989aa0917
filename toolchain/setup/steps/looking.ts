/** Steps 5 and 6: what the camera sees and makes of it, and whether its motion sensor notices a person. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ObservationRecord } from "../../../device/protocol/records.ts";
import { writeWhole } from "../../files.ts";
import { type FractionBox, keptPicture, takePicture } from "../../link/picture.ts";
import { sketch } from "../sketch.ts";
import { failed, passed, type Setup, type Step, skipped } from "../step.ts";

/** A burst of three pictures with seven views each may take that long on a chip. */
const SHOT_LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 500;
const WALK_S = 60;
const COLUMNS_MAX = 72;

export const aim: Step = {
  name: "aim",
  title: "a test shot, and what the model says of it",
  isKept: true,
  run: async (setup) => {
    const { ask } = setup;
    for (;;) {
      const verdict = await testShot(setup);
      if (!verdict)
        return failed("no picture could be taken", "is the camera's lens module plugged in?");
      const { jpeg, boxes } = await takePicture(await setup.console(), progressOf(setup));
      const file = await show(setup, "aim", jpeg, boxes);
      const seen = `the model says ${verdict}`;
      const moved = boxes.length
        ? `, ${boxes.length} thing${boxes.length > 1 ? "s" : ""} moved`
        : "";
      setup.say(`${seen}${moved}`);
      if (!ask.isAttended && !ask.has("aim.content"))
        return skipped(`${seen}; nobody looked: ${file}`);
      if (await ask.yes("aim.content", true)) return passed(seen);
      if (!ask.isAttended) return failed(`${seen}; not content`, "aim it and try again");
    }
  },
};

/** The camera's own judgement of a burst, "animal 63%"; "" when there was no picture. */
async function testShot(setup: Setup): Promise<string> {
  const console = await setup.console();
  setup.io.progress("test shot");
  await console.send("thicket.trigger()");
  const [, text = ""] = await console.waitFor(
    /(?:observation \S+|not kept:) ([^\r\n]*?) *[\r\n]|no picture could be taken/,
    "test shot",
    SHOT_LIMIT_MS,
  );
  return text;
}

export const pir: Step = {
  name: "pir",
  title: "does the motion sensor notice you?",
  isKept: true,
  run: async (setup) => {
    // Nobody needs to be asked, but who writes answers may say it.
    const limitS = setup.ask.has("pir.waitS")
      ? await setup.ask.number("pir.waitS", WALK_S)
      : WALK_S;
    const console = await setup.console();
    const before = await motionOf(setup);
    setup.say(`walk past the camera now, within ${limitS} s`);
    const beganMs = Date.now();
    const leftS = () => Math.ceil(limitS - (Date.now() - beganMs) / 1000);
    while (leftS() > 0) {
      const { triggers } = await motionOf(setup);
      if (triggers > before.triggers) {
        const afterS = Math.round((Date.now() - beganMs) / 1000);
        setup.io.progress("the sensor noticed you; waiting for what the camera makes of it");
        const event = await eventAfter(setup, before.recordID);
        if (!event) return passed(`noticed after ${afterS} s`);
        await showEvent(setup, console, event);
        return passed(`noticed after ${afterS} s: ${typeOf(event)}`);
      }
      setup.io.progress(`waiting for the motion sensor (${leftS()} s)`);
      await setup.pause(LOOK_EVERY_MS);
    }
    return failed(
      `nothing noticed within ${limitS} s`,
      "stand 2 to 8 m away and walk across, not towards it; is the sensor plugged in, and its pin right?",
    );
  },
};

const typeOf = ({ observationType, classificationProbability }: ObservationRecord) =>
  `${observationType} ${Math.round(classificationProbability * 100)}%`;

async function lastEvent(setup: Setup): Promise<ObservationRecord | undefined> {
  const last = await (await setup.console()).evaluate("thicket.last()");
  return last as ObservationRecord | undefined;
}

async function motionOf(setup: Setup) {
  const { triggers } = (await setup.status()).heartbeat;
  return { triggers, recordID: (await lastEvent(setup))?.recordID };
}

async function eventAfter(setup: Setup, recordID: string | undefined) {
  for (let ms = 0; ms < SHOT_LIMIT_MS; ms += LOOK_EVERY_MS) {
    const last = await lastEvent(setup);
    if (last && last.recordID !== recordID) return last;
    await setup.pause(LOOK_EVERY_MS);
  }
  return undefined;
}

/** Its picture while it is still on the camera; a person's may have been sent already. */
async function showEvent(
  setup: Setup,
  console: Awaited<ReturnType<Setup["console"]>>,
  event: ObservationRecord,
): Promise<void> {
  const [mediaID] = event.mediaIDs;
  if (mediaID === undefined) return;
  const jpeg = await keptPicture(console, mediaID, progressOf(setup));
  const { bboxX, bboxY, bboxWidth, bboxHeight } = event;
  const box: FractionBox = [bboxX, bboxY, bboxWidth, bboxHeight];
  if (jpeg) await show(setup, "pir", jpeg, bboxWidth ? [box] : []);
  else setup.say("its picture is on its way to the server; the dashboard shows it");
}

const progressOf = (setup: Setup) => (read: number, bytes: number) =>
  setup.io.progress(`picture: ${read} of ${bytes} bytes`);

/** Draw it, and keep the file. */
async function show(
  setup: Setup,
  what: string,
  jpeg: Uint8Array,
  boxes: FractionBox[],
): Promise<string> {
  const { cameraID, fingerprint } = await setup.status();
  const file = join(process.cwd(), `${cameraID || fingerprint || "camera"}-${what}.jpg`);
  writeWhole(file, jpeg);
  if (!setup.pictures.includes(file)) setup.pictures.push(file);
  if (setup.ask.isAttended) {
    const columns = Math.min(COLUMNS_MAX, (process.stderr.columns ?? 80) - 1);
    const bits = process.env.NO_COLOR ? 1 : (process.stderr.getColorDepth?.() ?? 1);
    for (const line of await sketch(jpeg, boxes, { columns, bits })) setup.say(line);
  }
  setup.say(pathToFileURL(file).href);
  return file;
}
