/**
 * The model half of the native extension on the wasm build: one model open at a time, its file and arena in native
 * memory. Knows nothing of the interpreter.
 */
import type { Thicket } from "../../../native/port/wasm/thicket.ts";
import type { CropTarget } from "./native-camera.ts";
import { libraryError, NativeError } from "./native-error.ts";

/** enum thicket_type of thicket_model.h. */
const UINT8 = 3;
const INT8 = 9;
/** struct thicket_model_info, thicket_detail and thicket_tensor on wasm32: byte offsets and sizes. */
const INFO = { bytes: 32, headBytes: 0, arenaBytes: 4, outputs: 20, macs: 24 };
const DETAIL = { bytes: 16, op: 0, builtin: 4, tensor: 8, field: 12 };
const TENSOR = {
  bytes: 56,
  data: 0,
  dataBytes: 4,
  type: 8,
  rank: 12,
  dims: 16,
  scale: 40,
  zeroPoint: 44,
};

/**
 * Milliseconds a board takes per million multiply-adds: an estimate, not a measurement. From ESP-NN's own table for
 * person detection (7.16 million): 54 ms on the ESP32-S3 and 380 ms on the ESP32 at 240 MHz.
 */
export const MS_PER_MILLION_MACS = { esp32s3: 54 / 7.16, esp32: 380 / 7.16 } as const;
export type ChipName = keyof typeof MS_PER_MILLION_MACS;

export interface ModelShape {
  width: number;
  height: number;
  channels: number;
  outputs: number;
  arenaBytes: number;
}

interface Tensor {
  pointer: number;
  bytes: number;
  type: number;
  dims: number[];
  scale: number;
  zeroPoint: number;
}

interface OpenModel {
  file: number;
  arena: number;
  input: Tensor;
  output: Tensor;
  macs: number;
}

export class NativeModel {
  private readonly thicket: Thicket;
  private readonly chip: ChipName;
  private readonly info: number;
  private readonly detail: number;
  private readonly tensor: number;
  private model: OpenModel | undefined;
  private isFilled = false;
  private tookMs = 0;

  constructor(thicket: Thicket, chip: ChipName) {
    this.thicket = thicket;
    this.chip = chip;
    this.info = thicket.alloc(INFO.bytes);
    this.detail = thicket.alloc(DETAIL.bytes);
    this.tensor = thicket.alloc(TENSOR.bytes);
  }

  /**
   * Open a .tflite file whose input is one picture (int8 or uint8, [1, height, width, 1 or 3]).
   *
   * **Errors:** MODEL_BUSY, MODEL_INPUT_SHAPE, MODEL_OUTPUT_TYPE, and the library's MODEL_* with operator and field.
   */
  open(bytes: Uint8Array): ModelShape {
    if (this.model) throw new NativeError("MODEL_BUSY", "a model is open already");
    const file = this.thicket.store(bytes);
    let arena = 0;
    try {
      const laidOut = this.layOut(file, bytes.length);
      arena = laidOut.arena;
      const input = this.pictureInput(arena);
      const output = this.readTensor(
        this.thicket.native.thicket_model_output!(arena, 0, this.tensor),
      );
      if (output.type !== INT8 && output.type !== UINT8)
        throw new NativeError("MODEL_OUTPUT_TYPE", "the output is neither int8 nor uint8");
      const macs = Number(this.thicket.view().getBigUint64(this.info + INFO.macs, true));
      this.model = { file, arena, input, output, macs };
      const [, height = 0, width = 0, channels = 0] = input.dims;
      return { width, height, channels, outputs: output.bytes, arenaBytes: laidOut.bytes };
    } catch (error) {
      if (arena) this.thicket.free(arena);
      this.thicket.free(file);
      throw error;
    }
  }

  /** Closing without an open model is no error. */
  close(): void {
    if (!this.model) return;
    this.thicket.free(this.model.arena);
    this.thicket.free(this.model.file);
    this.model = undefined;
    this.isFilled = false;
  }

  /** Where the next crop goes. **Errors:** MODEL_CLOSED. */
  fill(write: (target: CropTarget) => void): void {
    const { input } = this.requireOpen();
    write(input);
    this.isFilled = true;
  }

  /**
   * Run on what was filled in; each run needs a new crop, because the arena's memory is used again.
   * @returns dequantised outputs
   *
   * **Errors:** MODEL_CLOSED, MODEL_NO_INPUT.
   */
  invoke(): number[] {
    const { arena, output, macs } = this.requireOpen();
    if (!this.isFilled)
      throw new NativeError("MODEL_NO_INPUT", "call vision.crop before each invoke");
    this.isFilled = false;
    this.check(this.thicket.native.thicket_model_invoke!(arena, this.detail));
    this.tookMs = Math.round((macs / 1e6) * MS_PER_MILLION_MACS[this.chip]);
    const bytes = this.thicket.bytes(output.pointer, output.bytes);
    const values = output.type === INT8 ? new Int8Array(bytes) : bytes;
    return Array.from(values, (value) => (value - output.zeroPoint) * output.scale);
  }

  /** What the board would have taken for the last invoke (an estimate); 0 before the first. */
  lastMs(): number {
    return this.tookMs;
  }

  private requireOpen(): OpenModel {
    if (!this.model) throw new NativeError("MODEL_CLOSED", "call open first");
    return this.model;
  }

  /** Ask for the head, then for the whole arena. */
  private layOut(file: number, length: number): { arena: number; bytes: number } {
    const { native } = this.thicket;
    let arena = 0;
    let bytes = 0;
    for (let turn = 0; ; turn++) {
      const code = native.thicket_model_open!(file, length, arena, bytes, this.info, this.detail);
      if (code >= 0) return { arena, bytes };
      if (arena) this.thicket.free(arena);
      const view = this.thicket.view();
      const wanted =
        view.getUint32(this.info + INFO.arenaBytes, true) ||
        view.getUint32(this.info + INFO.headBytes, true);
      if (this.nameOf(code) !== "MODEL_ARENA" || wanted <= bytes || turn > 2) this.check(code);
      arena = this.thicket.alloc(wanted);
      bytes = wanted;
    }
  }

  private pictureInput(arena: number): Tensor {
    const input = this.readTensor(this.thicket.native.thicket_model_input!(arena, 0, this.tensor));
    const [batch, height = 0, width = 0, channels = 0] = input.dims;
    const isPicture =
      input.dims.length === 4 && batch === 1 && (input.type === INT8 || input.type === UINT8);
    const code = isPicture
      ? this.thicket.native.thicket_wasm_input!(
          width,
          height,
          channels,
          input.scale,
          input.zeroPoint,
          input.type === INT8 ? 1 : 0,
        )
      : -1;
    if (code < 0)
      throw new NativeError(
        "MODEL_INPUT_SHAPE",
        `the input is not one int8 or uint8 picture of 1 or 3 channels but [${input.dims}]`,
      );
    return input;
  }

  private readTensor(code: number): Tensor {
    this.check(code);
    const view = this.thicket.view();
    const at = (offset: number) => view.getUint32(this.tensor + offset, true);
    return {
      pointer: at(TENSOR.data),
      bytes: at(TENSOR.dataBytes),
      type: view.getInt32(this.tensor + TENSOR.type, true),
      dims: Array.from({ length: at(TENSOR.rank) }, (_, i) => at(TENSOR.dims + 4 * i)),
      scale: view.getFloat32(this.tensor + TENSOR.scale, true),
      zeroPoint: view.getInt32(this.tensor + TENSOR.zeroPoint, true),
    };
  }

  private nameOf(code: number): string {
    return this.thicket.text(this.thicket.native.thicket_error_name!(code));
  }

  /** Errors of the library name the operator and the field. */
  private check(code: number): void {
    if (code >= 0) return;
    const view = this.thicket.view();
    const op = view.getInt32(this.detail + DETAIL.op, true);
    const builtin = view.getInt32(this.detail + DETAIL.builtin, true);
    const field = this.thicket.text(view.getUint32(this.detail + DETAIL.field, true));
    const about = [
      op >= 0 ? `operator ${op}` : "",
      builtin >= 0 ? this.thicket.text(this.thicket.native.thicket_op_name!(builtin)) : "",
      field,
    ].filter((part) => part !== "");
    throw libraryError(this.thicket, "MODEL", code, about.join(" "));
  }
}
