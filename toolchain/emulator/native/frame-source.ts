/**
 * What stands before the emulated camera's lens: the seam between a world (photographs, drawn scenes) and the sensor.
 */

export interface SensorFrame {
  /** Pixels, at most the limit that was asked for. */
  width: number;
  height: number;
  /** [height][width], 2 bytes per pixel, high byte first: RRRRRGGG GGGBBBBB, as an OV2640 sends it. */
  rgb565: Uint8Array;
  /** Where the picture is from, for reports; never shown to the camera's program. */
  name?: string;
}

export interface FrameSource {
  /**
   * The picture at a moment.
   * @param nowMs virtual time, milliseconds since 1970
   * @param limit largest size the camera was opened with
   *
   * **Errors:** rejects with an AppError; the capture then fails on the camera.
   */
  next(nowMs: number, limit: { width: number; height: number }): Promise<SensorFrame>;
}

/** What a sensor's RGB565 mode keeps of 8-bit colours: each rounded to the nearest of 32, 64 and 32 levels. */
export function toRgb565(rgb: Uint8Array | Uint8ClampedArray, pixels: number): Uint8Array {
  const out = new Uint8Array(pixels * 2);
  for (let i = 0, at = 0; i < pixels; i++, at += 3) {
    const red = ((rgb[at] as number) * 31 + 127) / 255;
    const green = ((rgb[at + 1] as number) * 63 + 127) / 255;
    const blue = ((rgb[at + 2] as number) * 31 + 127) / 255;
    const word = (red << 11) | (green << 5) | blue;
    out[2 * i] = word >> 8;
    out[2 * i + 1] = word & 255;
  }
  return out;
}
