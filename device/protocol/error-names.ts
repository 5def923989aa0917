/**
 * Every failure the camera's own program raises: a number on the camera, a name on the wire and in the logs.
 * Native modules raise their own names as the first word of an Error's message ("CAMERA_TIMEOUT: ...").
 * This file imports nothing and is shared by the camera and the server.
 */

/** What camera code throws: `code` from this table, `at` the port or the thing it is about. */
export interface Fault {
  code: number;
  at: string;
}

export const E_CAMERA_TIMEOUT = -101;
export const E_CAMERA_FRAME = -102;
export const E_VAULT_FULL = -201;
export const E_VAULT_WRITE = -202;
export const E_VAULT_NAME = -203;
export const E_MODEL_FILE = -301;
export const E_MODEL_LABELS = -302;
export const E_CONFIG_REFUSED = -401;
export const E_MODULE_MISSING = -501;

const NAMES: { [code: string]: string } = {
  "-101": "CAMERA_TIMEOUT",
  "-102": "CAMERA_FRAME",
  "-201": "VAULT_FULL",
  "-202": "VAULT_WRITE",
  "-203": "VAULT_NAME",
  "-301": "MODEL_FILE",
  "-302": "MODEL_LABELS",
  "-401": "CONFIG_REFUSED",
  "-501": "MODULE_MISSING",
};

/** Longest text of a failure on the wire. */
export const FAULT_TEXT_MAX = 80;

/** A failure to throw. Plain data: an Error would cost four times the memory. */
export function fault(code: number, at: string): Fault {
  return { code: code, at: at };
}

/** Name of a code, or the number itself when it is not in the table. */
export function errorName(code: number): string {
  return NAMES["" + code] || "" + code;
}

/**
 * Anything that was thrown, as one line of at most FAULT_TEXT_MAX characters.
 * @param thrown a Fault, an Error, or whatever else
 */
export function faultText(thrown: unknown): string {
  const thing = thrown as { code?: number; at?: string; message?: string } | undefined;
  let text = "" + thrown;
  if (thing && typeof thing.code === "number") text = errorName(thing.code) + ": " + thing.at;
  else if (thing && thing.message) text = thing.message;
  return text.substr(0, FAULT_TEXT_MAX);
}
