/** Files that a user names on the command line: read or written whole, or one clear line. */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileProblem, inputError } from "./errors.ts";

/** **Errors:** FILE_UNREADABLE */
export function readInput(file: string, hint?: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw inputError("FILE_UNREADABLE", `cannot read ${file}: ${fileProblem(error)}`, hint);
  }
}

/**
 * All of it or nothing: written beside its place first, so that a failure leaves what was there.
 * **Errors:** FILE_UNWRITABLE
 */
export function writeWhole(file: string, data: Uint8Array): void {
  const partial = `${file}.${process.pid}.part`;
  try {
    writeFileSync(partial, data);
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw inputError("FILE_UNWRITABLE", `cannot write ${file}: ${fileProblem(error)}`);
  }
}
