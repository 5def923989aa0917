/**
 * Installs a program or a model into a slot of the camera's vault over its console: into the slot that is not in use, piece
 * by piece, checked by SHA-256 on the camera. The program is confirmed once it is seen running; until then the boot guard
 * goes back to the one before it.
 */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { deviceError, EXIT, isAppError } from "../errors.ts";
import { literal } from "./byte-text.ts";
import type { Console } from "./console.ts";
import { sendPiece } from "./pieces.ts";
import { restart } from "./upload.ts";

export type SlotKind = "app" | "model";

interface Slot {
  state: "empty" | "staged" | "pending" | "confirmed" | "rolledBack";
  bytesMax: number;
  release: number;
}

/** Pieces are a multiple of 4 bytes long, as flash wants them. */
const PIECE_BYTES = 300;
const START_LIMIT_MS = 20_000;
const ANSWER_LIMIT_MS = 4000;
const POLL_MS = 300;
const vault = (call: string): string => `require("vault").${call}`;

/** Whether this firmware keeps programs in slots. */
export async function hasSlots(console: Console): Promise<boolean> {
  const ask = `(function(){try{${vault("open()")};return true}catch(e){return false}})()`;
  return (await console.evaluate(ask)) === true;
}

/**
 * Write an image into the free slot and let it be tried from the next start on.
 * @returns the slot's number
 *
 * **Errors:** SLOT_TOO_SMALL, WRITE_REFUSED, DEVICE_THREW with the vault's own words (VAULT_DIGEST, VAULT_WRITE, ...)
 */
export async function installImage(
  console: Console,
  kind: SlotKind,
  bytes: Uint8Array,
  onProgress: (sentBytes: number) => void,
): Promise<number> {
  const name = literal(kind);
  const ask = `[0,1].map(function(i){return ${vault(`slot(${name},i)`)}})`;
  const slots = (await console.evaluate(ask)) as [Slot, Slot];
  const newest = Math.max(...slots.map((slot) => (slot.state === "confirmed" ? slot.release : 0)));
  const inUse = slots.findIndex((slot) => slot.state === "confirmed" && slot.release === newest);
  const target = inUse === 0 ? 1 : 0;
  const { bytesMax } = slots[target];
  if (bytes.length > bytesMax) {
    throw deviceError(
      "SLOT_TOO_SMALL",
      `the ${kind} has ${bytes.length} bytes; its slot on this camera takes ${bytesMax}`,
      "use a smaller one, or a board with more flash",
    );
  }
  for (const [i, slot] of slots.entries())
    if (slot.state === "pending") await console.evaluate(`(${vault(`rollBack(${name},${i})`)},1)`);
  await console.evaluate(`(${vault(`begin(${name},${target})`)},1)`);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = bytes.subarray(at, at + PIECE_BYTES);
    const write = vault(`writeSlot(${name},${target},${at},d)`);
    await sendPiece(console, piece, `(E.CRC32(d)==${crc32(piece)}&&(${write},true))`, `byte ${at}`);
    onProgress(at + piece.length);
  }
  const digest = createHash("sha256").update(bytes).digest("base64");
  const stage = vault(`stage(${name},${target},${bytes.length},${newest + 1},atob("${digest}"))`);
  await console.evaluate(`(${stage},${vault(`switchTo(${name},${target})`)},1)`);
  return target;
}

/**
 * Install the camera's program, restart into it and confirm it: a person is watching.
 *
 * **Errors:** those of installImage, PROGRAM_FAILED when it does not come up (the camera runs the one before it)
 */
export async function installProgram(
  console: Console,
  bytes: Uint8Array,
  onProgress: (sentBytes: number) => void,
): Promise<void> {
  const slot = await installImage(console, "app", bytes, onProgress);
  // A program in Storage would win over the slot.
  await console.evaluate('(require("Storage").erase(".bootcde"),1)');
  await restart(console);
  if (!(await comesUp(console, slot))) {
    throw deviceError(
      "PROGRAM_FAILED",
      "the new program did not come up; the camera runs the one before it",
      "npx toolchain monitor shows what it says when it starts",
    );
  }
  await console.evaluate(`(${vault(`confirm("app",${slot})`)},1)`);
}

/** The prompt may be the one before the restart, so the program is asked for until it is there or was rolled back. */
async function comesUp(console: Console, slot: number): Promise<boolean> {
  const ask = `[typeof thicket!="undefined",${vault(`slot("app",${slot}).state`)}]`;
  const deadline = Date.now() + START_LIMIT_MS;
  while (Date.now() < deadline) {
    const answer = await console.evaluate(ask, ANSWER_LIMIT_MS).catch((error) => {
      if (!isAppError(error) || error.exitCode !== EXIT.device) throw error;
    });
    const [isUp, state] = (answer ?? []) as [boolean?, string?];
    if (state === "rolledBack") return false;
    if (isUp && state === "pending") return true;
    await sleep(POLL_MS);
  }
  return false;
}
