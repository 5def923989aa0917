/**
 * The model half of the native extension on the wasm build: one model open at a time, its file and arena in native
 * memory. Knows nothing of the interpreter.
 */
import {
  type OpenModel,
  openModel,
  problemOf,
  type TensorInfo,
} from "../../../native/port/wasm/model.ts";
import type { Thicket } from "../../../native/port/wasm/thicket.ts";
import type { CropTarget } from "./native-camera.ts";
import { NativeError } from "./native-error.ts";

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
  /** Elements of output 0. */
  outputs: number;
  /** Output tensors. */
  tensors: number;
  arenaBytes: number;
}

/** Elements of an output as they lie: real = scale * (q - zeroPoint). */
export interface QuantisedOutput {
  bytes: Uint8Array;
  scale: number;
  zeroPoint: number;
  isSigned: boolean;
}

export class NativeModel {
  private readonly thicket: Thicket;
  private readonly chip: ChipName;
  private model: OpenModel | undefined;
  private isFilled = false;
  private hasRun = false;
  private tookMs = 0;

  constructor(thicket: Thicket, chip: ChipName) {
    this.thicket = thicket;
    this.chip = chip;
  }

  /**
   * Open a .tflite file whose input is one picture (int8 or uint8, [1, height, width, 1 or 3]).
   *
   * **Errors:** MODEL_BUSY, MODEL_INPUT, MODEL_OUTPUT, and the library's MODEL_* with operator and field.
   */
  open(bytes: Uint8Array): ModelShape {
    if (this.model) throw new NativeError("MODEL_BUSY", "a model is open already");
    const model = this.load(bytes);
    try {
      const shape = this.takePictures(model);
      const [output] = model.outputs;
      const isOdd = ({ type, scales }: TensorInfo) => !/^U?INT8$/.test(type) || scales !== 1;
      if (!output || model.outputs.some(isOdd))
        throw new NativeError("MODEL_OUTPUT", "an output is neither int8 nor uint8");
      this.model = model;
      return {
        ...shape,
        outputs: output.bytes,
        tensors: model.outputs.length,
        arenaBytes: model.arenaBytes,
      };
    } catch (error) {
      model.close();
      throw error;
    }
  }

  /** Closing without an open model is no error. */
  close(): void {
    this.model?.close();
    this.model = undefined;
    this.isFilled = false;
    this.hasRun = false;
  }

  /**
   * Let `write` put a crop into the input. Outputs of the run before are gone then: their memory may be the input's.
   *
   * **Errors:** MODEL_CLOSED, and what `write` throws.
   */
  fill(write: (target: CropTarget) => void): void {
    const input = this.requireOpen().inputs[0];
    this.hasRun = false;
    if (input) write(input);
    this.isFilled = true;
  }

  /**
   * Run on what was filled in. Each run needs a new crop: the input's memory is used again while the model runs.
   * @returns dequantised outputs
   *
   * **Errors:** MODEL_CLOSED, MODEL_NO_INPUT.
   */
  invoke(): number[] {
    const model = this.requireOpen();
    if (!this.isFilled)
      throw new NativeError("MODEL_NO_INPUT", "call vision.crop before each invoke");
    this.isFilled = false;
    model.invoke();
    this.tookMs = Math.round((model.macs / 1e6) * MS_PER_MILLION_MACS[this.chip]);
    this.hasRun = true;
    return model.values(0);
  }

  /**
   * Real values of output tensor `index` of the last invoke.
   *
   * **Errors:** MODEL_CLOSED, MODEL_NO_OUTPUT before an invoke, MODEL_INDEX.
   */
  output(index: number): number[] {
    return this.requireOutput(index).model.values(index);
  }

  /** The same as it lies. **Errors:** as `output`. */
  outputBytes(index: number): QuantisedOutput {
    const { model, tensor } = this.requireOutput(index);
    const { scale, zeroPoint, type } = tensor;
    return { bytes: model.bytes(index), scale, zeroPoint, isSigned: type === "INT8" };
  }

  /** What the board would have taken for the last invoke (an estimate); 0 before the first. */
  lastMs(): number {
    return this.tookMs;
  }

  private requireOutput(index: number): { model: OpenModel; tensor: TensorInfo } {
    const model = this.requireOpen();
    if (!this.hasRun) throw new NativeError("MODEL_NO_OUTPUT", "call invoke first");
    const tensor = model.outputs[index];
    if (!tensor) throw new NativeError("MODEL_INDEX", `the model has no output ${index}`);
    return { model, tensor };
  }

  private requireOpen(): OpenModel {
    if (!this.model) throw new NativeError("MODEL_CLOSED", "call open first");
    return this.model;
  }

  private load(bytes: Uint8Array): OpenModel {
    try {
      return openModel(this.thicket, bytes);
    } catch (error) {
      const problem = problemOf(error);
      if (!problem) throw error;
      const { code, message } = problem;
      throw new NativeError(
        code.startsWith("MODEL_") ? code : `MODEL_${code}`,
        message.replace(/^\w+: /, ""),
      );
    }
  }

  /** Prepare crops for the model's input. */
  private takePictures(model: OpenModel): { width: number; height: number; channels: number } {
    const input = model.inputs[0];
    const [batch, height = 0, width = 0, channels = 0] = input?.shape ?? [];
    const isPicture =
      input?.shape.length === 4 && batch === 1 && /^U?INT8$/.test(input.type) && input.scales === 1;
    const code = isPicture
      ? this.thicket.native.thicket_wasm_input!(
          width,
          height,
          channels,
          input.scale,
          input.zeroPoint,
          input.type === "INT8" ? 1 : 0,
        )
      : -1;
    if (code < 0)
      throw new NativeError(
        "MODEL_INPUT",
        `the input is not one int8 or uint8 picture of 1 or 3 channels but ${input?.type} [${input?.shape}]`,
      );
    return { width, height, channels };
  }
}
