/** Geometry of a JsVar on the two kinds of board (as measured on Espruino 2v29). */
export interface Layout {
  name: "esp32" | "c3";
  variables: number;
  bytesPerVar: number;
  /** Characters held by a string's first block, by a name's first block and by each further block. */
  stringChars: number;
  nameChars: number;
  stringExtChars: number;
  inlineIntMin: number;
  inlineIntMax: number;
  /** Shortest data that becomes one contiguous run. */
  flatMin: number;
}

export const LAYOUTS: Record<"esp32" | "c3", Layout> = {
  esp32: {
    name: "esp32",
    variables: 16383,
    bytesPerVar: 14,
    stringChars: 9,
    nameChars: 4,
    stringExtChars: 10,
    inlineIntMin: -8192,
    inlineIntMax: 8191,
    flatMin: 20,
  },
  c3: {
    name: "c3",
    variables: 4095,
    bytesPerVar: 13,
    stringChars: 8,
    nameChars: 4,
    stringExtChars: 9,
    inlineIntMin: -2048,
    inlineIntMax: 2047,
    flatMin: 18,
  },
};
