/** Failures of the native modules as the camera's program sees them: "CAMERA_CLOSED: ...". */
import type { Thicket } from "../../../native/port/wasm/thicket.ts";

/** Thrown inside the native modules; the binding turns it into an Error of the interpreter. */
export class NativeError extends Error {
  readonly code: string;

  constructor(code: string, text: string) {
    super(`${code}: ${text}`);
    this.code = code;
  }
}

/**
 * The library's own name and words for an error code.
 * @param module first word of the name where the library's does not start with it: "CAMERA", "VISION", "MODEL"
 */
export function libraryError(
  thicket: Thicket,
  module: string,
  code: number,
  about = "",
): NativeError {
  const { native, text } = thicket;
  const name = text(native.thicket_error_name!(code));
  const words = text(native.thicket_error_text!(code));
  return new NativeError(
    name.startsWith(`${module}_`) ? name : `${module}_${name}`,
    about ? `${words} (${about})` : words,
  );
}
