/**
 * Writes .tflite files for tests: a few tensors and operators as a flatbuffer, front to back. Every field of a table is 4
 * bytes wide, which small scalars fit into as well. Source: TensorFlow Lite schema.fbs, version 3.
 */
export interface BuiltTensor {
  type: "FLOAT32" | "INT32" | "UINT8" | "INT8";
  shape: number[];
  /** real = scale * (q - zeroPoint) */
  quantised?: { scale: number; zeroPoint: number };
  /** Data in the file, for constants. */
  data?: ArrayLike<number>;
}

export interface BuiltOperator {
  builtin: number;
  inputs: number[];
  outputs: number[];
  /** Union member of Operator.builtin_options, and its fields in order. */
  optionsType?: number;
  options?: number[];
}

export interface BuiltModel {
  tensors: BuiltTensor[];
  operators: BuiltOperator[];
  inputs: number[];
  outputs: number[];
}

const TYPE_NUMBER = { FLOAT32: 0, INT32: 2, UINT8: 3, INT8: 9 } as const;
const SCHEMA_VERSION = 3;

/** Writes what an offset field points to. */
type Child = (file: Writer) => number;
/** A field of a table: a number, what it points to, or nothing. */
type Field = number | Child | undefined;

class Writer {
  private bytes = Buffer.alloc(1 << 16);
  private size = 0;

  align(step: number, ahead = 0): void {
    while ((this.size + ahead) % step !== 0) this.size++;
  }

  u16(value: number): void {
    this.bytes.writeUInt16LE(value, this.size);
    this.size += 2;
  }

  /** @returns where it was put */
  i32(value: number): number {
    this.bytes.writeInt32LE(value | 0, this.size);
    this.size += 4;
    return this.size - 4;
  }

  put(data: Uint8Array): void {
    this.bytes.set(data, this.size);
    this.size += data.length;
  }

  /** Put `child` at the end and let the offset at `at` point to it. */
  point(at: number, child: Child): void {
    this.bytes.writeUInt32LE(child(this) - at, at);
  }

  finish(): Buffer {
    return this.bytes.subarray(0, this.size);
  }
}

const table =
  (...fields: Field[]): Child =>
  (file) => {
    file.align(4, 4 + 2 * fields.length);
    file.u16(4 + 2 * fields.length);
    file.u16(4 + 4 * fields.length);
    fields.forEach((field, i) => {
      file.u16(field === undefined ? 0 : 4 + 4 * i);
    });
    const at = file.i32(4 + 2 * fields.length);
    const slots = fields.map((field) => file.i32(typeof field === "number" ? field : 0));
    fields.forEach((field, i) => {
      if (typeof field === "function") file.point(slots[i]!, field);
    });
    return at;
  };

/** Elements of 1, 4 or 8 bytes, aligned to their size. */
const vector =
  (data: Uint8Array, elementBytes = 1): Child =>
  (file) => {
    file.align(Math.max(elementBytes, 4), 4);
    const at = file.i32(data.length / elementBytes);
    file.put(data);
    return at;
  };

const bytesOf = (data: ArrayBufferView) =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
const ints = (values: number[]): Child => vector(bytesOf(Int32Array.from(values)), 4);

const tables =
  (children: Child[]): Child =>
  (file) => {
    file.align(4);
    const at = file.i32(children.length);
    const slots = children.map(() => file.i32(0));
    children.forEach((child, i) => {
      file.point(slots[i]!, child);
    });
    return at;
  };

const tensorTable = ({ type, shape, quantised }: BuiltTensor, buffer: number): Child =>
  table(
    ints(shape),
    TYPE_NUMBER[type],
    buffer,
    undefined,
    quantised &&
      table(
        undefined,
        undefined,
        vector(bytesOf(Float32Array.of(quantised.scale)), 4),
        vector(bytesOf(BigInt64Array.of(BigInt(quantised.zeroPoint))), 8),
      ),
  );

function bufferTable({ type, data }: BuiltTensor): Child {
  if (!data) return table();
  const element = { FLOAT32: Float32Array, INT32: Int32Array, UINT8: Uint8Array, INT8: Int8Array };
  return table(vector(bytesOf(element[type].from(data))));
}

export function buildModel({
  tensors,
  operators,
  inputs,
  outputs,
}: BuiltModel): Buffer<ArrayBuffer> {
  const file = new Writer();
  const root = file.i32(0);
  file.put(Buffer.from("TFL3"));
  const subgraph = table(
    tables(tensors.map((tensor, i) => tensorTable(tensor, i + 1))),
    ints(inputs),
    ints(outputs),
    tables(
      operators.map((op, i) =>
        table(
          i,
          ints(op.inputs),
          ints(op.outputs),
          op.optionsType ?? 0,
          op.options && table(...op.options),
        ),
      ),
    ),
  );
  const model = table(
    SCHEMA_VERSION,
    tables(operators.map(({ builtin }) => table(builtin, undefined, 1, builtin))),
    tables([subgraph]),
    undefined,
    tables([table(), ...tensors.map(bufferTable)]),
  );
  file.point(root, model);
  return Buffer.from(file.finish());
}

const AVERAGE_POOL_2D = 1;
const FULLY_CONNECTED = 9;
const RESHAPE = 22;
const POOL_OPTIONS = 5;
const DENSE_OPTIONS = 8;
const VALID = 1;

/**
 * A picture of 8 x 8 grey pixels (real 0..1) to output 0, three scores, and output 1, its embedding: the mean of each
 * quarter. A score is the difference of two quarters.
 */
export const EMBEDDING_MODEL = buildModel({
  tensors: [
    { type: "INT8", shape: [1, 8, 8, 1], quantised: { scale: 1 / 256, zeroPoint: -128 } },
    { type: "INT8", shape: [1, 2, 2, 1], quantised: { scale: 1 / 256, zeroPoint: -128 } },
    { type: "INT8", shape: [1, 4], quantised: { scale: 1 / 256, zeroPoint: -128 } },
    {
      type: "INT8",
      shape: [3, 4],
      quantised: { scale: 1 / 64, zeroPoint: 0 },
      data: [64, -64, 0, 0, 0, 64, -64, 0, 0, 0, 64, -64],
    },
    {
      type: "INT32",
      shape: [3],
      quantised: { scale: 1 / 16384, zeroPoint: 0 },
      data: [0, 0, 0],
    },
    { type: "INT8", shape: [1, 3], quantised: { scale: 1 / 128, zeroPoint: 3 } },
  ],
  operators: [
    {
      builtin: AVERAGE_POOL_2D,
      inputs: [0],
      outputs: [1],
      optionsType: POOL_OPTIONS,
      options: [VALID, 4, 4, 4, 4, 0],
    },
    { builtin: RESHAPE, inputs: [1], outputs: [2] },
    {
      builtin: FULLY_CONNECTED,
      inputs: [2, 3, 4],
      outputs: [5],
      optionsType: DENSE_OPTIONS,
      options: [0],
    },
  ],
  inputs: [0],
  outputs: [5, 2],
});
