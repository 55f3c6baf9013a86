import { extname } from "node:path";
import type { Graph, Terminal } from "../../kiosk/inference/runtime/graph.ts";
import type { ModelSpec } from "../../kiosk/inference/specs.ts";

/** What a model file says about itself, so that nobody has to type it: the beginning of a manifest entry. */
export type Findings = Readonly<Record<string, unknown>>;

/** @param decoder a detector's, where the operator named one. */
export function findingsOf(kind: ModelSpec["kind"], graph: Graph, decoder: string | null): Findings {
  const input = inputOf(graph);
  const [only, ...others] = graph.outputs;
  const last = (at: Terminal | undefined): number | undefined => at?.shape?.at(-1) ?? undefined;
  // With several outputs only the operator knows which one is meant.
  const output = others.length === 0 ? only : undefined;
  switch (kind) {
    case "detector":
      return { input, ...(decoder === null ? {} : { decoder: decoderOf(decoder, graph, input) }) };
    case "landmarks": {
      const values = last(output);
      return { input, ...named("points", output), ...(values === undefined ? {} : { points: values / 2 }) };
    }
    case "embedding":
      return { input, ...named("vector", output), dimension: last(output) };
    case "pad":
    case "eye":
      return { input, ...named("logits", output), classes: last(output) };
    case "pose":
      return { input };
  }
}

const named = (role: string, output: Terminal | undefined): Findings =>
  output === undefined ? {} : { outputs: { [role]: output.name } };

interface FoundInput {
  readonly name: string;
  readonly layout?: "NCHW" | "NHWC";
  readonly width?: number;
  readonly height?: number;
  readonly color?: "GRAY";
}

/** The picture input: the one with four sizes. Sizes that the graph leaves open are left to the operator. */
function inputOf({ inputs }: Graph): FoundInput | undefined {
  const input = inputs.find(({ shape }) => shape?.length === 4) ?? inputs[0];
  if (input === undefined) return undefined;
  const { name } = input;
  const [, second = null, third = null, fourth = null] = input.shape ?? [];
  const isPlanar = second === 1 || second === 3;
  const isInterleaved = !isPlanar && (fourth === 1 || fourth === 3);
  if (!isPlanar && !isInterleaved) return { name };
  const [height, width, channels] = isPlanar ? [third, fourth, second] : [second, third, fourth];
  return {
    name,
    layout: isPlanar ? "NCHW" : "NHWC",
    ...(width === null ? {} : { width }),
    ...(height === null ? {} : { height }),
    ...(channels === 1 ? { color: "GRAY" as const } : {}),
  };
}

function decoderOf(kind: string, { outputs }: Graph, input: FoundInput | undefined): Findings {
  const endingIn = (size: number): readonly Terminal[] => outputs.filter(({ shape }) => shape?.at(-1) === size);
  switch (kind) {
    case "boxes-xyxy-normalised":
    case "ssd-priors": {
      const scores = endingIn(2)[0];
      const boxes = endingIn(4)[0];
      const points = kind === "ssd-priors" ? endingIn(10)[0] : undefined;
      const candidates = boxes?.shape?.at(-2) ?? undefined;
      return {
        kind,
        outputs: {
          ...(scores === undefined ? {} : { scores: scores.name }),
          ...(boxes === undefined ? {} : { boxes: boxes.name }),
          ...(points === undefined ? {} : { points: points.name }),
        },
        ...(kind === "boxes-xyxy-normalised" && candidates !== undefined ? { candidates } : {}),
        classes: 2,
        scoreIndex: 1,
      };
    }
    case "yunet": {
      const strides = [8, 16, 32].filter((stride) => outputs.some(({ name }) => name === `cls_${stride}`));
      const all = (what: string): readonly string[] => strides.map((stride) => `${what}_${stride}`);
      const named = { classes: all("cls"), objects: all("obj"), boxes: all("bbox"), points: all("kps") };
      return { kind, outputs: named, strides };
    }
    case "scrfd":
      return { kind, ...scrfdOf(endingIn, input) };
    default:
      return { kind };
  }
}

/** Its outputs have numbers for names, but each stride has its own count of rows, the finest stride the most. */
function scrfdOf(endingIn: (size: number) => readonly Terminal[], input: FoundInput | undefined): Findings {
  const rowsOf = ({ shape }: Terminal): number => shape?.at(-2) ?? 0;
  const sorted = (size: number) => endingIn(size).toSorted((a, b) => rowsOf(b) - rowsOf(a));
  const [scores, boxes, points] = [sorted(1), sorted(4), sorted(10)];
  const names = (list: readonly Terminal[]): readonly string[] => list.map(({ name }) => name);
  const strides = [8, 16, 32, 64, 128].slice(0, scores.length);
  const cells = ((input?.width ?? 0) / 8) * ((input?.height ?? 0) / 8);
  const [finest] = scores;
  const anchors = finest === undefined || cells === 0 ? 0 : rowsOf(finest) / cells;
  return {
    outputs: { scores: names(scores), boxes: names(boxes), points: names(points) },
    strides,
    ...(Number.isInteger(anchors) && anchors > 0 ? { anchors } : {}),
  };
}

/** By the file's ending; what is inside is judged by the runtime. */
export const runtimeOf = (file: string): "onnx" | "tfjs" => (extname(file) === ".json" ? "tfjs" : "onnx");
