/** Bytes to the camera in console lines that are each answered: a line that lost a byte on the way is sent again. */
import { deviceError, EXIT, isAppError } from "../errors.ts";
import type { Console } from "./console.ts";

const LIMIT_MS = 4000;
const ATTEMPTS = 4;

/**
 * @param take expression that takes the piece `d`, a byte string, and is true when it arrived as it left and was written
 * @param what for messages: which piece
 *
 * **Errors:** WRITE_REFUSED, DEVICE_THREW, PORT_LOST
 */
export async function sendPiece(
  console: Console,
  piece: Uint8Array,
  take: string,
  what: string,
): Promise<void> {
  const data = `atob("${Buffer.from(piece).toString("base64")}")`;
  const expression = `(function(d){return ${take}})(${data})`;
  for (let attempt = 1; ; attempt++) {
    try {
      if ((await console.evaluate(expression, LIMIT_MS)) === true) return;
    } catch (error) {
      if (!isAppError(error) || error.exitCode !== EXIT.device || attempt === ATTEMPTS) throw error;
      await console.interrupt();
    }
    if (attempt === ATTEMPTS) {
      throw deviceError(
        "WRITE_REFUSED",
        `${what} could not be written in ${ATTEMPTS} attempts`,
        "the line loses bytes, or the camera's flash is damaged; try another cable",
      );
    }
  }
}
