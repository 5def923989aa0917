/**
 * A camera's picture over its console, as base64 in pieces: a new one with what moves in it, or one that waits in the
 * vault for the server. Slow (a line of 115200 baud carries about 8 KB of picture a second), so for a look, not a stream.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { deviceError, integrityError } from "../errors.ts";
import { literal } from "./byte-text.ts";
import type { Console } from "./console.ts";

/** Left, top, width, height as fractions of the frame. */
export type FractionBox = [number, number, number, number];

export interface Picture {
  jpeg: Buffer;
  /** What moves against the learnt background, largest first; [] where none is learnt yet. */
  boxes: FractionBox[];
}

/** A multiple of 3, so that the pieces of base64 need no padding; the answer fits what a console's line may hold. */
const PIECE_BYTES = 600;
const CAPTURE_LIMIT_MS = 10_000;
const LOOK_EVERY_MS = 100;
const JPEG_PCT = 70;
/** Where the camera's console keeps the frame meanwhile. */
const SHOT = "global.setupShot";

type Progress = (readBytes: number, bytes: number) => void;

/** Take a picture now. **Errors:** CAPTURE_FAILED, PICTURE_DAMAGED, DEVICE_THREW (no camera module) */
export async function takePicture(console: Console, onProgress: Progress): Promise<Picture> {
  const keep = `function(h,w,t,p){${SHOT}={h:h,w:w,t:t,p:p}}`;
  await console.evaluate(`(${SHOT}=undefined,require("camera").capture(${keep}),1)`);
  const shot = await waitForShot(console);
  if (shot.p || !shot.h) {
    throw deviceError("CAPTURE_FAILED", `${console.transport.name}: ${shot.p || "no frame"}`);
  }
  try {
    const regions = (await console.evaluate(
      `(function(v){v.motion(${SHOT}.h);return v.regions()})(require("vision"))`,
    )) as number[];
    const make = `(${SHOT}.j=require("camera").jpeg(${SHOT}.h,${JPEG_PCT})).length`;
    const bytes = (await console.evaluate(make)) as number;
    const jpeg = await readBytes(console, `${SHOT}.j`, bytes, onProgress);
    return { jpeg, boxes: boxesOf(regions, shot) };
  } finally {
    await console
      .evaluate(`(require("camera").release(${SHOT}.h),delete ${SHOT},1)`)
      .catch(() => {});
  }
}

/** The picture of this ID while it waits in the vault; undefined when it is there no more. */
export async function keptPicture(
  console: Console,
  mediaID: string,
  onProgress: Progress,
): Promise<Buffer | undefined> {
  const find =
    `(function(v,i){while((i=v.nextBlob(i)))if(v.blobNote(i).indexOf(${literal(`${mediaID} `)})==0)` +
    `return[i,v.blob(i).length];return[0,0]})(require("vault"),0)`;
  const [id = 0, bytes = 0] = (await console.evaluate(find)) as number[];
  if (!id) return undefined;
  // The server may take it away in the middle; then it is seen there.
  const blob = `require("vault").blob(${id})`;
  return readBytes(console, blob, bytes, onProgress).catch(() => undefined);
}

async function waitForShot(console: Console) {
  const deadline = Date.now() + CAPTURE_LIMIT_MS;
  while (Date.now() < deadline) {
    const shot = await console.evaluate(SHOT);
    if (shot) return shot as { h: number; w: number; t: number; p: string };
    await sleep(LOOK_EVERY_MS);
  }
  throw deviceError("CAPTURE_FAILED", `${console.transport.name}: no picture within 10 s`);
}

async function readBytes(
  console: Console,
  expression: string,
  bytes: number,
  onProgress: Progress,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes; at += PIECE_BYTES) {
    const base64 = await console.evaluate(`btoa(${expression}.substr(${at},${PIECE_BYTES}))`);
    pieces.push(Buffer.from(String(base64), "base64"));
    onProgress(Math.min(at + PIECE_BYTES, bytes), bytes);
  }
  const whole = Buffer.concat(pieces);
  const sum = Number(await console.evaluate(`E.CRC32(${expression})`)) >>> 0;
  if (whole.length === bytes && crc32(whole) === sum) return whole;
  throw integrityError(
    "PICTURE_DAMAGED",
    "the picture arrived damaged (CRC differs)",
    "take another; use a shorter cable if it repeats",
  );
}

/** @param regions seven numbers each, the first four left, top, width, height in pixels */
function boxesOf(regions: number[], { w, t }: { w: number; t: number }): FractionBox[] {
  return Array.from({ length: Math.floor(regions.length / 7) }, (_, index) => {
    const [left = 0, top = 0, width = 0, height = 0] = regions.slice(index * 7);
    return [left / w, top / t, width / w, height / t];
  });
}
