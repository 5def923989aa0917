/**
 * Text between a host that thinks in Unicode and an interpreter whose strings are bytes (facts: ESP32 builds have
 * no Unicode strings, `\uHHHH` keeps only the low byte). Text travels as UTF-8 bytes.
 */

/** A JavaScript literal, pure ASCII, that evaluates on the camera to `value` with its texts in UTF-8 bytes. */
export function literal(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "string" ? Buffer.from(part, "utf8").toString("latin1") : part,
  ).replace(/[\x7f-\xff]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** Parse what the camera's JSON.stringify wrote, its byte strings read as UTF-8. */
export function parseByteJson(json: string): unknown {
  return JSON.parse(json, (_key, part: unknown) =>
    typeof part === "string" ? Buffer.from(part, "latin1").toString("utf8") : part,
  );
}
