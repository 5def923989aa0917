/**
 * JavaScript face of the native extension (`native/espruino` on the chip, `toolchain/emulator/native` in the
 * emulator). Errors are thrown as Error whose message starts with a code name: "CAMERA_TIMEOUT: ...".
 */

/** `require("camera")` */
export interface CameraModule {
  /** Power the sensor and allocate frame buffers. `width`,`height` are upper bounds in pixels. */
  open(options: { width: number; height: number }): void;
  /** Grab one frame; the callback gets its handle (> 0), size, and "" or a code name (then handle is 0). */
  capture(done: (handle: number, width: number, height: number, problem: string) => void): void;
  /** Give a frame back. Its JPEG string must not be used afterwards. */
  release(handle: number): void;
  /** JPEG of a frame as a native string (1 JsVar). Quality 1..100. */
  jpeg(handle: number, qualityPct: number): string;
  close(): void;
}

/** `require("vision")`: works on camera frame handles; keeps the background in native memory. */
export interface VisionModule {
  /** [changedPermille, left, top, width, height] against the background; [] while there is none of this size. Width 0: no box. */
  motion(handle: number): number[];
  learn(handle: number): void;
  /**
   * Cut out (pixels), resize by area average, quantise into the open model's input. Width 0: the whole frame.
   * `marginPct`: 0 cuts the box exactly as given; above, the box grows by that part of its side on every side and to a
   * square where the frame allows (thicket_vision_widen). A thing seen by motion is cut with 25, a tile of a still with 0.
   */
  crop(
    handle: number,
    left: number,
    top: number,
    width: number,
    height: number,
    marginPct: number,
  ): void;
  /** Forget the background. */
  reset(): void;
}

/** `require("model")`: one model open at a time. */
export interface ModelModule {
  /** Bytes of a .tflite file, used in place (a native string from Storage.read). Throws with the code of what is wrong. */
  open(bytes: string): {
    width: number;
    height: number;
    channels: number;
    outputs: number;
    arenaBytes: number;
  };
  /** Run on the input that vision.crop filled; dequantised outputs (probabilities 0..1). */
  invoke(): number[];
  /** Milliseconds of the last invoke. */
  lastMs(): number;
  close(): void;
}
