import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { isFault } from "../../../kiosk/core/fault.ts";
import { decoderOf } from "../../../kiosk/inference/decode/decoder.ts";
import { openDetector } from "../../../kiosk/inference/detect.ts";
import { openEmbedder } from "../../../kiosk/inference/embed.ts";
import { openEye } from "../../../kiosk/inference/eye.ts";
import { openLandmarks } from "../../../kiosk/inference/landmarks.ts";
import { openLiveness } from "../../../kiosk/inference/liveness.ts";
import { type ModelSet, parseModelList, readModels } from "../../../kiosk/inference/models.ts";
import { openModel } from "../../../kiosk/inference/session.ts";
import type { DetectorSpec } from "../../../kiosk/inference/specs/detector.ts";
import { int32, tinyOnnx } from "./onnx.ts";

/** Models of our own making through the real onnxruntime: what a manifest says is what the graph must have. */

let models: ModelSet;
beforeAll(async () => {
  models = await readModels();
});

let opened: AsyncDisposable[] = [];
const keep = <T extends AsyncDisposable>(thing: T): T => {
  opened.push(thing);
  return thing;
};
afterEach(async () => {
  for (const thing of opened) await thing[Symbol.asyncDispose]();
  opened = [];
});

const picture = { width: 64, height: 48, rgb: new Uint8Array(64 * 48 * 3).fill(100) };

const detectorWith = (changes: object): DetectorSpec => {
  const input = { ...models.detector.input, width: 64, height: 64, resize: "letterbox" };
  const [parsed] = parseModelList({
    models: [{ ...models.detector, file: "tiny.onnx", input, nmsIou: 0.3, ...changes }],
  });
  if (parsed?.kind !== "detector") throw new Error("a detector expected");
  return parsed;
};

/** A graph with the outputs the decoder asks for, all of `fill`, except for what is put in. */
function tinyDetector(
  spec: DetectorSpec,
  put: Readonly<Record<string, readonly [at: number, values: readonly number[]]>>,
) {
  const outputs = decoderOf(spec).outputs.map(({ name, shape }) => {
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    if (name.startsWith("logit")) values.fill(-20);
    const [at, some] = put[name] ?? [0, []];
    values.set(some, at);
    return { name, shape, values };
  });
  const { name, width, height } = spec.input;
  const shape = spec.input.layout === "NCHW" ? [1, 3, height, width] : [1, height, width, 3];
  return new Map([["tiny.onnx", tinyOnnx({ input: { name, shape }, outputs })]]);
}

// One face of 16 x 16 pixels around (24, 24) in each family's own words; the picture is shown letterboxed at scale 1.
const five = [20, 20, 28, 20, 24, 24, 21, 28, 27, 28];
const inCells = (column: number, row: number, stride: number) =>
  five.map((value, axis) => value / stride - (axis % 2 === 0 ? column : row));
const layered = (what: string) => [`${what}8`, `${what}16`];

describe.each([
  {
    family: "boxes-xyxy-normalised",
    points: false,
    changes: {
      decoder: {
        kind: "boxes-xyxy-normalised",
        outputs: { scores: "s", boxes: "b" },
        candidates: 9,
        scoreIndex: 1,
      },
    },
    put: { s: [2 * 4, [0.1, 0.9]], b: [4 * 4, [0.25, 0.25, 0.5, 0.5]] },
  },
  {
    family: "ssd-priors",
    points: true,
    changes: {
      has5points: true,
      decoder: {
        kind: "ssd-priors",
        outputs: { scores: "s", boxes: "b", points: "p" },
        scoreIndex: 1,
        activation: "none",
        minSizes: [[16]],
        strides: [16],
        variances: [0.1, 0.2],
      },
    },
    // Cell (1, 1) of 4 x 4 has its prior exactly there.
    put: { s: [2 * 5, [0.1, 0.9]], p: [10 * 5, five.map((value) => (value - 24) / 1.6)] },
  },
  {
    family: "yunet",
    points: true,
    changes: {
      has5points: true,
      decoder: {
        kind: "yunet",
        outputs: { classes: layered("c"), objects: layered("o"), boxes: layered("b"), points: layered("k") },
        strides: [8, 16],
      },
    },
    put: {
      c16: [5, [0.9]],
      o16: [5, [0.9]],
      b16: [4 * 5, [0.5, 0.5, 0, 0]],
      k16: [10 * 5, inCells(1, 1, 16)],
    },
  },
  {
    family: "scrfd",
    points: true,
    changes: {
      has5points: true,
      decoder: {
        kind: "scrfd",
        outputs: { scores: layered("s"), boxes: layered("b"), points: layered("k") },
        strides: [8, 16],
        anchors: 2,
      },
    },
    // The second anchor of cell (3, 3) at stride 8, whose corner is (24, 24).
    put: { s8: [2 * 27 + 1, [0.9]], b8: [4 * (2 * 27 + 1), [1, 1, 1, 1]], k8: [10 * (2 * 27 + 1), inCells(3, 3, 8)] },
  },
  {
    family: "blazeface",
    points: false,
    changes: {
      decoder: {
        kind: "blazeface",
        outputs: { scores: ["logit16", "logit32"], boxes: ["b16", "b32"] },
        strides: [16, 32],
        anchors: [2, 6],
        keyPoints: 6,
      },
    },
    put: { logit16: [2 * 5, [3]], b16: [16 * 2 * 5, [0, 0, 16, 16]] },
  },
] as const)("a $family detector through onnxruntime", ({ changes, put, points }) => {
  test.each(["NCHW", "NHWC"])("finds the face where its numbers say it is (%s)", async (layout) => {
    const input = { ...models.detector.input, width: 64, height: 64, resize: "letterbox", layout };
    const spec = detectorWith({ ...changes, input });
    const detector = keep(await openDetector(spec, tinyDetector(spec, put)));
    const [face, ...more] = await detector.faces(picture);
    expect(more).toEqual([]);
    expect(face?.score).toBeGreaterThan(0.85);
    const { five: found, ...box } = face?.box ?? { five: undefined };
    for (const [side, value] of Object.entries({ x: 16, y: 16, width: 16, height: 16 })) {
      expect(box).toHaveProperty(side, expect.closeTo(value, 3));
    }
    if (points)
      expect(Object.values(found ?? {}).flatMap(({ x, y }) => [x, y])).toEqual(five.map((v) => expect.closeTo(v, 3)));
    else expect(found).toBeUndefined();
  });
});

test("a detector whose faces end at the brows is told how much is missing", async () => {
  const decoder = { kind: "boxes-xyxy-normalised", outputs: { scores: "s", boxes: "b" }, candidates: 1, scoreIndex: 1 };
  const spec = detectorWith({ decoder, box: { width: 0.5, height: 1.5, down: -0.25 } });
  const bytes = tinyDetector(spec, { s: [0, [0, 1]], b: [0, [0.25, 0.25, 0.5, 0.5]] });
  const [face] = await keep(await openDetector(spec, bytes)).faces(picture);
  expect(face?.box).toEqual({ x: 20, y: 8, width: 8, height: 24 });
});

test("without a landmark model the detector's own five points are the landmarks", async () => {
  const landmarks = keep(await openLandmarks(null, new Map()));
  const p = (x: number) => ({ x, y: x });
  const own = { leftEye: p(1), rightEye: p(2), nose: p(3), leftMouth: p(4), rightMouth: p(5) };
  const points = await landmarks.points(picture, { x: 0, y: 0, width: 9, height: 9, five: own });
  expect(points).toEqual({ five: own, all: [p(1), p(2), p(3), p(4), p(5)] });
  await expect(landmarks.points(picture, { x: 0, y: 0, width: 9, height: 9 })).rejects.toThrow(/detector's own box/);
});

test.each([
  ["fraction", [0.5, 0.25]],
  ["pixels", [32, 16]],
  ["centred", [0, -0.5]],
] as const)(
  "landmarks counted in %s of their crop are pixels of the picture afterwards",
  async (coordinates, [x, y]) => {
    const [parsed] = parseModelList({
      models: [
        {
          ...models.landmarks,
          file: "tiny.onnx",
          points: 5,
          coordinates,
          crop: { square: "max", scale: 2 },
          secondPass: null,
          fivePoints: { leftEye: [0], rightEye: [1], nose: [2], leftMouth: [3], rightMouth: [4] },
        },
      ],
    });
    if (parsed?.kind !== "landmarks") throw new Error("landmarks expected");
    const values = Float32Array.from({ length: 10 }, (_, at) => (at % 2 === 0 ? x : y));
    const outputs = [{ name: "output", shape: [1, 10], values }];
    const bytes = new Map([["tiny.onnx", tinyOnnx({ input: { name: "input", shape: [1, 1, 64, 64] }, outputs })]]);
    const landmarks = keep(await openLandmarks(parsed, bytes));
    // The crop is the square (0, 10) to (40, 50).
    const { five: found } = await landmarks.points(picture, { x: 15, y: 20, width: 10, height: 20 });
    expect(found.nose).toEqual({ x: 20, y: 20 });
  },
);

const probability = (value: number) => Float32Array.from([value, 1 - value]);
const padWith = (file: string, live: number, changes: object) => {
  const [parsed] = parseModelList({
    models: [{ ...models.pads[0], file, classes: 2, activation: "none", ...changes }],
  });
  if (parsed?.kind !== "pad") throw new Error("a pad expected");
  const outputs = [{ name: "output", shape: [1, 2], values: probability(live) }];
  return { spec: parsed, bytes: tinyOnnx({ input: { name: "input", shape: [1, 3, 128, 128] }, outputs }) };
};

test("several liveness models are heard by their weights, and the most patient one says how many frames it takes", async () => {
  const first = padWith("a.onnx", 0.9, { weight: 3, frames: 5 });
  const second = padWith("b.onnx", 0.1, { weight: 1, frames: 8 });
  const bytes = new Map([
    ["a.onnx", first.bytes],
    ["b.onnx", second.bytes],
  ]);
  const liveness = keep(await openLiveness([first.spec, second.spec], bytes));
  expect(await liveness.score(picture, { x: 20, y: 10, width: 10, height: 10 })).toBeCloseTo(0.7, 6);
  expect(liveness.frames).toBe(8);
});

test("both eyes are judged, each by the class that means closed", async () => {
  if (models.eye === null) throw new Error("the release has an eye model");
  const outputs = [{ name: "output", shape: [1, 2], values: Float32Array.from([Math.log(3), 0]) }];
  const bytes = new Map([["fr_eye.onnx", tinyOnnx({ input: { name: "input", shape: [1, 1, 24, 24] }, outputs })]]);
  const eye = keep(await openEye(models.eye, bytes));
  const all = Array.from({ length: 68 }, (_, at) => ({ x: at, y: 20 }));
  const p = { x: 0, y: 0 };
  const points = { five: { leftEye: p, rightEye: p, nose: p, leftMouth: p, rightMouth: p }, all };
  const { left, right } = await eye.closed(picture, points);
  expect([left, right]).toEqual([expect.closeTo(0.75, 5), expect.closeTo(0.75, 5)]);
});

test("an enrolment's vector lies between the face and its mirror image", async () => {
  // The network is the picture itself, plane by plane: what it sees is what it says.
  const input = { ...models.embedding.input, width: 2, height: 1, mean: [0, 0, 0], std: [1, 1, 1] };
  const spec = { ...models.embedding, file: "tiny.onnx", dimension: 6, input: { ...input, color: "RGB" as const } };
  const outputs = [{ name: "output", shape: [1, 6], values: null }];
  const bytes = new Map([["tiny.onnx", tinyOnnx({ input: { name: "input", shape: [1, 3, 1, 2] }, outputs })]]);
  const face = { width: 2, height: 1, rgb: Uint8ClampedArray.from([3, 0, 0, 0, 4, 0]) };
  const embedder = keep(await openEmbedder(spec, bytes));
  expect([...(await embedder.embed(face))]).toEqual([0.6, 0, 0, 0.8, 0, 0].map((value) => expect.closeTo(value, 6)));
  const half = Math.SQRT1_2;
  const between = [0.6, 0.6, 0.8, 0.8, 0, 0].map((value) => expect.closeTo(value * half, 6));
  expect([...(await embedder.embedFlipped(face))]).toEqual(between);
  const unflipped = keep(await openEmbedder({ ...spec, flip: false }, bytes));
  expect(await unflipped.embedFlipped(face)).toEqual(await unflipped.embed(face));
});

describe("a graph that is not what its manifest says", () => {
  const input = { name: "input", shape: [1, 3, 4, 4] as readonly (number | string)[] };
  const outputs = [{ name: "out", shape: [1, 2] as readonly (number | string)[], values: new Float32Array(2) }];
  const fed = () => ({ ...models.embedding.input, width: 4, height: 4 });
  const open = async (bytes: Uint8Array, shape: readonly number[] = [1, 2]) => {
    const spec = { kind: "pad", runtime: "onnx", file: "tiny.onnx", input: fed() } as const;
    return keep(await openModel({ ...spec, weights: [] }, new Map([["tiny.onnx", bytes]]), [{ name: "out", shape }]));
  };
  const openTiny = (graph: object, shape?: readonly number[]) =>
    open(tinyOnnx({ input, outputs, ...graph } as Parameters<typeof tinyOnnx>[0]), shape);

  test("is refused by the name it lacks, naming those it has", async () => {
    await expect(openTiny({ outputs: [{ ...outputs[0], name: "other" }] })).rejects.toThrow(/has no out, only other/);
    await expect(openTiny({ input: { ...input, name: "data" } })).rejects.toThrow(/has no input, only data/);
  });

  test("is refused by the shape it has, naming the one expected", async () => {
    await expect(openTiny({}, [1, 3])).rejects.toThrow(/out is 1 x 2, 1 x 3 expected/);
    await expect(openTiny({ input: { ...input, shape: [1, 4, 4, 3] } })).rejects.toThrow(/input is 1 x 4 x 4 x 3/);
  });

  test("is refused by its type", async () => {
    const other = { input: { ...input, type: int32 }, outputs: [{ ...outputs[0], shape: input.shape, values: null }] };
    await expect(openTiny(other)).rejects.toThrow(/int32, float32 expected/);
  });

  test("sizes that the graph leaves open are judged by the first run", async () => {
    const loose = { outputs: [{ name: "out", shape: ["n", "m", "h", "w"], values: null }], input };
    await openTiny(loose, [1, 3, 4, 4]);
    await expect(openTiny(loose, [1, 2, 4, 4])).rejects.toSatisfy((error) => isFault(error, "model-mismatch"));
  });

  test("a batch of one may be written or left out", async () => {
    await openTiny({ outputs: [{ name: "out", shape: [2], values: new Float32Array(2) }] });
    // As InsightFace exports SCRFD: rows of an open number, and no batch.
    const rows = {
      input: { ...input, shape: ["n", 3, 4, 4] },
      outputs: [{ name: "out", shape: [-1, 4], values: null, told: ["rows", 4] }],
    };
    await openTiny(rows, [1, 12, 4]);
    await expect(openTiny(rows, [1, 11, 4])).rejects.toThrow(/out has 48 values, 1 x 11 x 4 expected/);
  });

  test("a second run while one is under way is a bug of ours", async () => {
    const model = await openTiny({});
    const first = model.run();
    await expect(model.run()).rejects.toThrow(/twice at once/);
    await first;
  });

  test("a graph that says itself that it guesses an age is refused, whatever the manifest says", async () => {
    const guesses = { outputs: [...outputs, { name: "age_pred", shape: [1, 1], values: new Float32Array(1) }] };
    await expect(openTiny(guesses)).rejects.toSatisfy((error) => isFault(error, "model-banned"));
  });
});
