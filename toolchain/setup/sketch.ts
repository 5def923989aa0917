/** A picture in the terminal: two pixels a character in half blocks of colour or grey, or letters where there is none; boxes over it. */
import type { FractionBox } from "../link/picture.ts";

/** From dark to bright. */
const RAMP = " .:-=+*#%@";
const BOX = { red: 255, green: 210, blue: 0 };

export interface SketchOptions {
  /** Characters across; the height follows the picture. */
  columns: number;
  /** Of colour: 24, 8 for a palette whose greys are used, less for none. */
  bits: number;
}

/** **Errors:** what sharp says of a file that is no picture */
export async function sketch(
  jpeg: Uint8Array,
  boxes: FractionBox[],
  { columns, bits }: SketchOptions,
): Promise<string[]> {
  const { default: sharp } = await import("sharp");
  const { width = 4, height = 3 } = await sharp(jpeg).metadata();
  // A character is about twice as high as wide: two rows of pixels each.
  const rows = Math.max(1, Math.round((columns * height) / width / 2));
  const { data } = await sharp(jpeg)
    .resize(columns, rows * 2, { fit: "fill" })
    .normalise()
    .removeAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const isEdge = edges(boxes, columns, rows * 2);
  const pixel = (x: number, y: number) => {
    const at = (y * columns + x) * 3;
    return isEdge(x, y)
      ? BOX
      : { red: data[at] ?? 0, green: data[at + 1] ?? 0, blue: data[at + 2] ?? 0 };
  };
  const colour = bits >= 24 ? trueColour : grey;
  return Array.from({ length: rows }, (_, row) => {
    const cells = Array.from({ length: columns }, (_, x) => {
      const [upper, lower] = [pixel(x, row * 2), pixel(x, row * 2 + 1)];
      if (bits >= 8) return `\x1b[38;${colour(upper)};48;${colour(lower)}m▀`;
      if (upper === BOX || lower === BOX) return "█";
      const light = (upper.green + lower.green) / 2;
      return RAMP.charAt(Math.min(RAMP.length - 1, Math.floor((light / 256) * RAMP.length)));
    });
    return cells.join("") + (bits >= 8 ? "\x1b[0m" : "");
  });
}

const trueColour = ({ red, green, blue }: typeof BOX): string => `2;${red};${green};${blue}`;

/** The palette's 24 greys begin at 232; its yellow is 220. */
const grey = (pixel: typeof BOX): string =>
  `5;${pixel === BOX ? 220 : 232 + Math.floor((pixel.green / 256) * 24)}`;

/** Is there a box's edge at this pixel? */
function edges(boxes: FractionBox[], width: number, height: number) {
  const frames = boxes.map(([left, top, across, down]) => ({
    left: Math.min(width - 1, Math.round(left * width)),
    top: Math.min(height - 1, Math.round(top * height)),
    right: Math.min(width - 1, Math.round((left + across) * width)),
    bottom: Math.min(height - 1, Math.round((top + down) * height)),
  }));
  return (x: number, y: number): boolean =>
    frames.some(({ left, top, right, bottom }) => {
      if (x < left || x > right || y < top || y > bottom) return false;
      return x === left || x === right || y === top || y === bottom;
    });
}
