/**
 * Prints how often motion detection is wrong, as the table of docs/camera.md: `npx tsx test/native/vision-scenes.ts`.
 * The pictures are drawn, and photographs of ../shared/data when they are there. Thresholds are chosen on the tuning set
 * alone; the held-out and the fresh set have other seeds and other photographs. The fresh one is measured when a change is
 * done, and never looked into.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadThicket } from "../../native/port/wasm/thicket.ts";
import { NativeCamera } from "../../toolchain/emulator/native/native-camera.ts";
import { SHARED_DATA } from "../support/skip.ts";
import {
  CONDITIONS,
  drawnStill,
  HEIGHT,
  type Judge,
  type Picture,
  type Score,
  score,
  WIDTH,
} from "./support/scenes.ts";

export interface Still {
  picture: Picture;
  isNight: boolean;
}

export type SetName = "tuning" | "heldOut" | "fresh";

/**
 * Seeds of drawn stills (how many, from where) and of what happens in them, rows of images/dev by day and by night: no
 * photographs by night are left for the fresh set.
 */
const SETS = {
  tuning: { drawn: 10, drawnSeed: 10, sceneSeed: 0, days: [0, 12], nights: [0, 6] },
  heldOut: { drawn: 10, drawnSeed: 30, sceneSeed: 5000, days: [12, 24], nights: [6, 10] },
  fresh: { drawn: 20, drawnSeed: 60, sceneSeed: 9000, days: [24, 35], nights: [0, 0] },
} as const;

export const drawnStills = (set: SetName, count: number = SETS[set].drawn): Still[] =>
  Array.from({ length: count }, (_, i) => ({
    picture: drawnStill(SETS[set].drawnSeed + i, i % 2 === 1),
    isNight: i % 2 === 1,
  }));

/** The set's photographs of images/dev at 320x240, or [] without ../shared/data; at most `count` by day and by night. */
export async function photographStills(set: SetName, count = 12): Promise<Still[]> {
  if (!SHARED_DATA) return [];
  const { default: sharp } = await import("sharp");
  const folder = join(SHARED_DATA, "images/dev");
  const rows = readFileSync(join(folder, "labels.csv"), "utf8").trim().split(/\r?\n/).slice(1);
  const stills: Still[] = [];
  for (const isNight of [false, true]) {
    const [from, to] = isNight ? SETS[set].nights : SETS[set].days;
    const names = rows.filter((row) => row.endsWith(",1") === isNight).slice(from, to);
    for (const row of names.slice(0, count)) {
      const data = await sharp(join(folder, row.split(",")[0] as string))
        .greyscale()
        .resize(WIDTH, HEIGHT, { fit: "fill" })
        .raw()
        .toBuffer();
      stills.push({ picture: Float32Array.from(data), isNight });
    }
  }
  return stills;
}

/** The wasm build as a judge of grey pictures. */
export function openJudge(): Judge {
  const camera = new NativeCamera(loadThicket());
  camera.open({ width: WIDTH, height: HEIGHT });
  const withFrame = <T>(rgb565: Uint8Array, run: (handle: number) => T): T => {
    const handle = camera.take({ width: WIDTH, height: HEIGHT, rgb565 });
    const result = run(handle);
    camera.release(handle);
    return result;
  };
  return {
    forget: () => camera.forget(),
    learn: (rgb565) => withFrame(rgb565, (handle) => camera.learn(handle)),
    motion: (rgb565) => withFrame(rgb565, (handle) => camera.motion(handle)),
  };
}

/** Sums over all stills that fit, by condition. */
export function judgeAll(judge: Judge, set: SetName, stills: Still[]): Map<string, Score> {
  const all = new Map<string, Score>();
  for (const condition of CONDITIONS) {
    const sum = { shots: 0, falseTriggers: 0, crossings: 0, seen: 0 };
    stills.forEach(({ picture, isNight }, index) => {
      if (condition.time !== "any" && (condition.time === "night") !== isNight) return;
      const seed = SETS[set].sceneSeed + 100 * index + CONDITIONS.indexOf(condition);
      const one = score(judge, condition, picture, seed);
      for (const key of Object.keys(sum) as (keyof Score)[]) sum[key] += one[key];
    });
    all.set(condition.name, sum);
  }
  return all;
}

if (process.argv[1]?.endsWith("vision-scenes.ts")) {
  const judge = openJudge();
  for (const pictures of ["drawn", "photographs"]) {
    const stills = pictures === "drawn" ? drawnStills : photographStills;
    const sets: Map<string, Score>[] = [];
    for (const set of Object.keys(SETS) as SetName[])
      sets.push(judgeAll(judge, set, await stills(set)));
    for (const { name: condition } of CONDITIONS) {
      const cells = sets
        .map((scores) => scores.get(condition) as Score)
        .map(
          ({ shots, falseTriggers, crossings, seen }) =>
            `${falseTriggers} of ${shots} | ${seen} of ${crossings}`,
        );
      console.log(`| ${pictures}, ${condition} | ${cells.join(" | ")} |`);
    }
  }
}
