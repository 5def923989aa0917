/**
 * The camera and vision halves of the native extension on the wasm build: three frame buffers in native memory as a
 * board would have, handles, motion, crops, JPEG. Knows nothing of the interpreter.
 */
import type { Thicket } from "../../../native/port/wasm/thicket.ts";
import type { SensorFrame } from "./frame-source.ts";
import { libraryError, NativeError } from "./native-error.ts";

/** THICKET_FRAMES_MAX, THICKET_VISION_SIDE_MAX, THICKET_PIXEL_RGB565 of thicket_vision.h. */
const FRAMES = 3;
const SIDE_MAX = 2048;
const RGB565 = 0;
/** Headers and Huffman tables, beside the picture itself. */
const JPEG_HEAD_BYTES = 1024;
/** Numbers of a region and of a track, and the most of either: THICKET_REGIONS_MAX, THICKET_TRACKS_MAX. */
const REGION_NUMBERS = 7;
const TRACK_NUMBERS = 8;
const LIST_MAX = 8;
const RESULT_BYTES = 4 * TRACK_NUMBERS * LIST_MAX;

export interface Size {
  width: number;
  height: number;
}

/** Input tensor of the open model: where crops go. */
export interface CropTarget {
  pointer: number;
  bytes: number;
}

export class NativeCamera {
  private readonly thicket: Thicket;
  private readonly result: number;
  private frames = 0;
  private jpegRoom = 0;
  private sizeMax: Size | undefined;

  constructor(thicket: Thicket) {
    this.thicket = thicket;
    this.result = thicket.alloc(RESULT_BYTES);
  }

  get limit(): Size | undefined {
    return this.sizeMax;
  }

  /** **Errors:** CAMERA_BUSY, CAMERA_SHAPE. */
  open(size: Size): void {
    if (this.sizeMax) throw new NativeError("CAMERA_BUSY", "the camera is open already");
    const isSide = (side: number) => Number.isInteger(side) && side >= 1 && side <= SIDE_MAX;
    if (!isSide(size.width) || !isSide(size.height))
      throw new NativeError("CAMERA_SHAPE", `width and height must be 1..${SIDE_MAX}`);
    const bytes = size.width * size.height * 2;
    this.frames = this.thicket.alloc(bytes * FRAMES);
    this.jpegRoom = this.thicket.alloc(bytes + JPEG_HEAD_BYTES);
    this.check(
      this.thicket.native.thicket_wasm_frames_open!(this.frames, bytes * FRAMES),
      "CAMERA",
    );
    this.sizeMax = { ...size };
  }

  /** Closing a closed camera is no error. Frames lent out are gone. */
  close(): void {
    if (!this.sizeMax) return;
    this.thicket.native.thicket_wasm_frames_close!();
    this.thicket.free(this.frames);
    this.thicket.free(this.jpegRoom);
    this.sizeMax = undefined;
  }

  requireOpen(): Size {
    if (!this.sizeMax) throw new NativeError("CAMERA_CLOSED", "call open first");
    return this.sizeMax;
  }

  /**
   * Take what the sensor saw into a frame buffer.
   * @returns handle > 0
   *
   * **Errors:** CAMERA_CLOSED, CAMERA_NO_BUFFER, CAMERA_SIZE (larger than a buffer).
   */
  take(seen: SensorFrame): number {
    this.requireOpen();
    const handle = this.check(
      this.thicket.native.thicket_wasm_frame_take!(seen.width, seen.height, RGB565),
      "CAMERA",
    );
    const pointer = this.thicket.native.thicket_wasm_frame_pixels!(handle);
    const bytes = seen.width * seen.height * 2;
    this.thicket.bytes(pointer, bytes).set(seen.rgb565.subarray(0, bytes));
    return handle;
  }

  /** **Errors:** CAMERA_CLOSED, CAMERA_HANDLE. */
  release(handle: number): void {
    this.requireOpen();
    this.check(this.thicket.native.thicket_wasm_frame_release!(handle), "CAMERA");
  }

  /** **Errors:** CAMERA_CLOSED, CAMERA_HANDLE, CAMERA_ARGUMENT (quality), CAMERA_SIZE. */
  jpeg(handle: number, qualityPct: number): Uint8Array {
    const { width, height } = this.requireOpen();
    const room = width * height * 2 + JPEG_HEAD_BYTES;
    const length = this.check(
      this.thicket.native.thicket_wasm_jpeg!(handle, qualityPct, this.jpegRoom, room),
      "CAMERA",
    );
    return this.thicket.bytes(this.jpegRoom, length).slice();
  }

  /** Six numbers: see VisionModule; or [] without a background. **Errors:** VISION_HANDLE. */
  motion(handle: number): number[] {
    const code = this.thicket.native.thicket_wasm_motion!(handle, this.result);
    if (code < 0 && this.nameOf(code) === "NO_BACKGROUND") return [];
    this.check(code, "VISION");
    return this.numbers(6);
  }

  /** Seven numbers for each region of the last `motion`: see VisionModule. */
  regions(): number[] {
    return this.numbers(this.thicket.native.thicket_wasm_regions!(this.result) * REGION_NUMBERS);
  }

  /** Follow those regions. @returns how many tracks there are. **Errors:** VISION_ARGUMENT (sinceMs below 0). */
  follow(sinceMs: number): number {
    return this.check(this.thicket.native.thicket_wasm_follow!(sinceMs), "VISION");
  }

  /** Eight numbers for each track: see VisionModule. */
  tracks(): number[] {
    return this.numbers(this.thicket.native.thicket_wasm_tracks!(this.result) * TRACK_NUMBERS);
  }

  /** Six numbers: see VisionModule. **Errors:** VISION_HANDLE. */
  statistics(handle: number): number[] {
    this.check(this.thicket.native.thicket_wasm_measure!(handle, this.result), "VISION");
    return this.numbers(6);
  }

  /** **Errors:** VISION_HANDLE. */
  learn(handle: number): void {
    this.check(this.thicket.native.thicket_wasm_learn!(handle), "VISION");
  }

  forget(): void {
    this.thicket.native.thicket_wasm_motion_reset!();
  }

  /**
   * @param box left, top, width, height; width 0: the whole frame
   * @param marginPct 0 cuts exactly; above: thicket_vision_widen
   *
   * **Errors:** VISION_HANDLE, VISION_BOX, VISION_ARGUMENT.
   */
  crop(handle: number, box: number[], marginPct: number, into: CropTarget): void {
    const [left = 0, top = 0, width = 0, height = 0] = box;
    this.check(
      this.thicket.native.thicket_wasm_crop!(
        handle,
        left,
        top,
        width,
        height,
        marginPct,
        into.pointer,
        into.bytes,
      ),
      "VISION",
    );
  }

  private numbers(count: number): number[] {
    const view = this.thicket.view();
    return Array.from({ length: count }, (_, i) => view.getInt32(this.result + 4 * i, true));
  }

  private nameOf(code: number): string {
    return this.thicket.text(this.thicket.native.thicket_error_name!(code));
  }

  private check(code: number, module: string): number {
    if (code < 0) throw libraryError(this.thicket, module, code);
    return code;
  }
}
