/** What the bindings of all native modules share: checking arguments, and errors that programs can catch. */
import { library } from "../board/natives.ts";
import type { Engine, EspObject } from "../engine/engine.ts";
import { isString, MemoryString, type Value } from "../engine/value.ts";
import { NativeError } from "./native-error.ts";

export type NativeFunctions = Record<string, (args: Value[]) => Value>;

/** A module of the firmware from functions that may throw NativeError. */
export const nativeLibrary = (
  engine: Engine,
  name: string,
  functions: NativeFunctions,
): EspObject =>
  library(
    name,
    Object.fromEntries(
      Object.entries(functions).map(([key, run]) => [
        key,
        (_self: Value, args: Value[]) => raising(engine, () => run(args)),
      ]),
    ),
  );

/** Run native code; its errors become Errors of the interpreter. */
function raising(engine: Engine, run: () => Value): Value {
  try {
    return run();
  } catch (error) {
    if (error instanceof NativeError) throw engine.error("Error", error.message);
    throw error;
  }
}

export const isObject = (value: Value): value is EspObject =>
  typeof value === "object" && value !== null && !(value instanceof MemoryString);

export const badArgument = (module: string, text: string): NativeError =>
  new NativeError(`${module}_ARGUMENT`, text);

/** An argument that must be a whole number within 32 bits. */
export function whole(module: string, name: string, value: Value): number {
  if (typeof value !== "number" || value !== (value | 0))
    throw badArgument(module, `${name} must be a whole number`);
  return value;
}

/** An argument that must be a byte string. */
export function byteString(engine: Engine, module: string, name: string, value: Value): Uint8Array {
  const bytes = isString(value) ? engine.bytesOf(value) : undefined;
  if (!bytes) throw badArgument(module, `${name} must be a string`);
  return bytes;
}

/** Bytes as a program's string. */
export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
