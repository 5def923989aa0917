/**
 * The serial line between Improv clients and the console. Espruino's console takes Improv's bytes for keys (3 is Ctrl-C),
 * so while a camera is set up its program hears the line first: frames are taken out, and at the first sign of anything
 * else the console gets the line to itself, as if nothing were between; ten seconds later the program listens again.
 */
import type { Clock, SerialLine } from "../ports.ts";
import { IMPROV_RPC, type ImprovCodec } from "../protocol/improv.ts";

/** A frame that stops arriving for so long is given up. */
const FRAME_MS_MAX = 100;
/** Silence after which what came belongs together, and the line can change hands without mixing up its bytes. */
const QUIET_MS = 50;
const CONSOLE_MS = 10000;
/** A host that sends more than this without a pause is served through this program until it pauses. */
const HELD_BYTES_MAX = 256;

/**
 * For a line that is open.
 * @param onCommand gets the data of each command frame
 * @returns what takes the bytes that arrive; a minute of silence after the last it can be made anew
 */
export function shareLine(
  clock: Clock,
  line: SerialLine,
  codec: ImprovCodec,
  onCommand: (data: string) => void,
): (bytes: string) => void {
  /** The beginning of a frame. */
  let rest = "";
  /** What is no frame, until it is known what to do with it. */
  let held = "";
  /** Up to the next silence everything is passed on, or dropped. */
  let isStreaming = false;
  let isDropping = false;
  /** A client sends a line end after each frame. */
  let isAfterFrame = false;
  let timer = 0;

  /** Pieces of broken frames: bytes that no keyboard and no tool sends outside packets (DLE SOH). */
  function isDebris(text: string): boolean {
    if (text.indexOf("\x10\x01") >= 0) return false;
    return text.indexOf("\x01") >= 0 || text.indexOf("\x02") >= 0 || text.indexOf("\0") >= 0;
  }

  function hold(text: string): void {
    if (isDropping) return;
    const isLineEnd = isAfterFrame && text.charAt(0) === "\n";
    if (text) isAfterFrame = false;
    held += isLineEnd ? text.substr(1) : text;
    if (isStreaming || held.length > HELD_BYTES_MAX) {
      isStreaming = true;
      line.pass(held);
      held = "";
    }
  }

  function quiet(): void {
    const wasStreaming = isStreaming;
    const text = isDebris(held) ? "" : held;
    held = "";
    isStreaming = isDropping = isAfterFrame = false;
    if (!text && !wasStreaming) return;
    line.handOver(text);
    clock.after(CONSOLE_MS, line.takeBack);
  }

  /** What began like a frame has not gone on. */
  function giveUp(): void {
    if (codec.isSurelyImprov(rest)) isDropping = true;
    else hold(rest);
    rest = "";
    quiet();
  }

  function receive(bytes: string): void {
    clock.cancel(timer);
    rest += bytes;
    let piece = codec.nextPiece(rest);
    for (;;) {
      hold(piece.text);
      rest = piece.rest;
      if (piece.isDamaged) isDropping = true;
      else if (piece.type) {
        isDropping = false;
        isAfterFrame = true;
        // A line end before a frame is the client's.
        if (held === "\n") held = "";
        if (piece.type === IMPROV_RPC) onCommand(piece.data);
      } else break;
      piece = codec.nextPiece(rest);
    }
    timer = rest ? clock.after(FRAME_MS_MAX, giveUp) : clock.after(QUIET_MS, quiet);
  }

  return receive;
}
