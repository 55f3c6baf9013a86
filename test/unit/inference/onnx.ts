/**
 * Writes the smallest ONNX models: every output is a constant, or the input itself. Enough for names, shapes, types and
 * the loader to be exercised by the real onnxruntime. Field numbers from onnx.proto3.
 */
export interface TinyGraph {
  readonly input: { readonly name: string; readonly shape: readonly (number | string)[]; readonly type?: number };
  /** `values` null passes the input through, in the shape given; -1 there is whatever is left over. */
  readonly outputs: readonly {
    readonly name: string;
    readonly shape: readonly (number | string)[];
    readonly values: Float32Array | null;
    /** What the graph says about the shape, where it says less than there is. */
    readonly told?: readonly (number | string)[];
  }[];
}

export function tinyOnnx({ input, outputs }: TinyGraph): Uint8Array {
  const nodes = outputs.map(({ name, shape, values }) => {
    if (values !== null) return node("Identity", [`${name}-values`], name);
    return isFixed(shape) ? node("Reshape", [input.name, `${name}-shape`], name) : node("Identity", [input.name], name);
  });
  const constants = outputs.flatMap(({ name, shape, values }) => {
    if (values !== null)
      return [constant(`${name}-values`, float, shape, Buffer.from(Float32Array.from(values).buffer))];
    const sizes = Buffer.from(BigInt64Array.from(isFixed(shape) ? shape.map(BigInt) : []).buffer);
    return isFixed(shape) ? [constant(`${name}-shape`, int64, [shape.length], sizes)] : [];
  });
  const graph = [
    ...nodes,
    text(2, "tiny"),
    ...constants,
    field(11, valueInfo(input.name, input.shape, input.type ?? float)),
    ...outputs.map(({ name, shape, told, values }) =>
      field(12, valueInfo(name, told ?? shape, values === null ? (input.type ?? float) : float)),
    ),
  ];
  return Buffer.concat([count(1, 7), field(7, graph), field(8, [text(1, ""), count(2, 13)])]);
}

const float = 1;
export const int32 = 6;
const int64 = 7;

const isFixed = (shape: readonly (number | string)[]): boolean => shape.every((size) => typeof size === "number");

const node = (type: string, inputs: readonly string[], output: string): Buffer =>
  field(1, [...inputs.map((name) => text(1, name)), text(2, output), text(4, type)]);

const constant = (name: string, type: number, shape: readonly (number | string)[], raw: Buffer): Buffer =>
  field(5, [...shape.map((size) => count(1, Number(size))), count(2, type), text(8, name), bytes(9, raw)]);

function valueInfo(name: string, shape: readonly (number | string)[], type: number): readonly Buffer[] {
  const sizes = shape.map((size) => field(1, [typeof size === "number" ? count(1, size) : text(2, size)]));
  return [text(1, name), field(2, [field(1, [count(1, type), field(2, sizes)])])];
}

const field = (number: number, parts: readonly Buffer[]): Buffer => bytes(number, Buffer.concat(parts));
const text = (number: number, value: string): Buffer => bytes(number, Buffer.from(value));
const count = (number: number, value: number): Buffer => Buffer.concat([varint(number << 3), varint(value)]);
const bytes = (number: number, value: Buffer): Buffer =>
  Buffer.concat([varint((number << 3) | 2), varint(value.length), value]);

function varint(value: number): Buffer {
  const out: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest % 128) | 128);
  return Buffer.from([...out, rest]);
}
