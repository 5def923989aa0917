/**
 * Improv Serial v1 as pure functions: frames found among other bytes, commands and results put together. Bytes are byte
 * strings. Source: improv-wifi.com/serial; what stock clients expect beyond it is in docs/provisioning.md.
 */

export const IMPROV_STATE = 1;
export const IMPROV_ERROR = 2;
export const IMPROV_RPC = 3;
export const IMPROV_RESULT = 4;

export const STATE_READY = 2;
export const STATE_JOINING = 3;
export const STATE_JOINED = 4;

export const ERROR_NONE = 0;
export const ERROR_INVALID = 1;
export const ERROR_UNKNOWN_COMMAND = 2;
export const ERROR_CONNECT = 3;
export const ERROR_HOSTNAME = 5;
export const ERROR_UNKNOWN = 255;

export const RPC_JOIN = 1;
export const RPC_STATE = 2;
export const RPC_INFO = 3;
export const RPC_SCAN = 4;
export const RPC_HOSTNAME = 5;
export const RPC_NAME = 6;
/**
 * Ours, from the range left to makers: texts server, claim, name, latitude, longitude, UTC seconds (numbers as decimal
 * text, "" where not known). Result: the camera's ID. Refused: ERROR_UNKNOWN, the reason as a line on the console.
 */
export const RPC_ENROL = 0x80;

/** What stands first in some bytes: perhaps something that is no frame, then perhaps a frame. */
export interface Piece {
  /** Bytes that belong to no frame. */
  text: string;
  /** Of the frame; 0: none is complete. */
  type: number;
  data: string;
  /** After text there was a frame whose checksum is wrong; it is left out, `rest` begins inside it. */
  isDamaged: boolean;
  /** Bytes not looked at yet; without a frame, the beginning of one. */
  rest: string;
}

/** The functions that know frames. */
export interface ImprovCodec {
  /** One frame with a line end before and after: clients look for frames at the start of a line only. */
  frame(type: number, data: string): string;
  /** Data of a command: `command | length | data`. */
  rpcData(command: number, data: string): string;
  /** Frame of a command's result; where its length could not be read, an empty text makes it longer. */
  result(command: number, texts: string[]): string;
  /** Texts of up to 255 bytes, each after its length. */
  packTexts(texts: string[]): string;
  /** undefined when a length does not fit. */
  unpackTexts(data: string): string[] | undefined;
  /** Whether these bytes are too much of a frame to be anything else. */
  isSurelyImprov(bytes: string): boolean;
  /** Take the first piece off some bytes. A byte that breaks a header is looked at again as the first of one. */
  nextPiece(bytes: string): Piece;
}

/** Made when a camera is set up, and let go: at rest a camera keeps none of them. */
export function improvCodec(): ImprovCodec {
  const HEADER = "IMPROV\x01";
  /** Header, type and length. */
  const HEAD_BYTES = 9;
  /** A client that reads line by line takes a length of 10 for a line end, and loses the frame. */
  const UNREADABLE_LENGTH = 10;

  function sumOf(bytes: string): number {
    let sum = 0;
    for (let i = 0; i < bytes.length; i++) sum += bytes.charCodeAt(i);
    return sum & 255;
  }

  function frame(type: number, data: string): string {
    const bytes = HEADER + String.fromCharCode(type, data.length) + data;
    return "\n" + bytes + String.fromCharCode(sumOf(bytes)) + "\n";
  }

  function packTexts(texts: string[]): string {
    return texts.map((text) => String.fromCharCode(text.length) + text).join("");
  }

  function unpackTexts(data: string): string[] | undefined {
    const texts: string[] = [];
    let at = 0;
    while (at < data.length) {
      const end = at + 1 + data.charCodeAt(at);
      if (end > data.length) return undefined;
      texts.push(data.substring(at + 1, end));
      at = end;
    }
    return texts;
  }

  function rpcData(command: number, data: string): string {
    return String.fromCharCode(command, data.length) + data;
  }

  function result(command: number, texts: string[]): string {
    let packed = packTexts(texts);
    if (packed.length + 2 === UNREADABLE_LENGTH) packed += "\0";
    return frame(IMPROV_RESULT, rpcData(command, packed));
  }

  function isSurelyImprov(bytes: string): boolean {
    return bytes.substr(0, HEADER.length) === HEADER;
  }

  function nextPiece(bytes: string): Piece {
    const piece: Piece = { text: bytes, type: 0, data: "", isDamaged: false, rest: "" };
    let at = bytes.indexOf("I");
    while (at >= 0) {
      const seen = bytes.substr(at, HEADER.length);
      if (seen === HEADER.substr(0, seen.length)) {
        const length = bytes.length > at + 8 ? bytes.charCodeAt(at + 8) : 255;
        const end = at + HEAD_BYTES + length;
        piece.text = bytes.substr(0, at);
        if (bytes.length <= end) piece.rest = bytes.substr(at);
        else if (bytes.charCodeAt(end) === sumOf(bytes.substring(at, end))) {
          piece.type = bytes.charCodeAt(at + 7);
          piece.data = bytes.substring(at + HEAD_BYTES, end);
          piece.rest = bytes.substr(end + 1);
        } else {
          piece.isDamaged = true;
          piece.rest = bytes.substr(at + 1);
        }
        return piece;
      }
      at = bytes.indexOf("I", at + 1);
    }
    return piece;
  }

  return { frame, rpcData, result, packTexts, unpackTexts, isSurelyImprov, nextPiece };
}
