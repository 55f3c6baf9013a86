import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { isFault } from "../../../kiosk/core/fault.ts";
import { measuredThresholds } from "../../../kiosk/core/risk.ts";
import { openEngine } from "../../../kiosk/inference/engine.ts";
import {
  modelFiles,
  modelManifestUrl,
  parseModelList,
  parseModels,
  readModels,
} from "../../../kiosk/inference/models.ts";
import { openPinned } from "./clips.ts";

interface Manifest {
  readonly models: readonly Readonly<Record<string, unknown>>[];
}
let manifest: Manifest;
beforeAll(async () => {
  manifest = JSON.parse(await readFile(modelManifestUrl, "utf8")) as Manifest;
});

const modelOf = (kind: string): Readonly<Record<string, unknown>> => {
  const found = manifest.models.find((model) => model.kind === kind);
  if (found === undefined) throw new Error(`no ${kind} in the manifest`);
  return found;
};
/** The release's manifest with other models, or none, for one kind. */
const replacing = (kind: string, ...models: readonly object[]): object => ({
  ...manifest,
  models: [...manifest.models.filter((model) => model.kind !== kind), ...models],
});
/** The release's manifest with one model more. */
const withModel = (model: object): object => ({ ...manifest, models: [...manifest.models, model] });
const faultOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (isFault(error)) return error.code;
    throw error;
  }
  return "none";
};

const input112 = {
  name: "input",
  layout: "NCHW",
  width: 112,
  height: 112,
  color: "BGR",
  mean: [0, 0, 0],
  std: [1, 1, 1],
  resize: "stretch",
  sampling: "bilinear",
} as const;
const layers = (what: string): readonly string[] => [8, 16, 32].map((stride) => `${what}_${stride}`);
const yunet = {
  kind: "detector",
  file: "yunet.onnx",
  whatItIs: "a detector with points",
  certainty: "sure",
  licence: "MIT",
  source: "a test",
  commercialUse: "yes",
  input: { ...input112, width: 640, height: 640, resize: "letterbox" },
  decoder: {
    kind: "yunet",
    outputs: { classes: layers("cls"), objects: layers("obj"), boxes: layers("bbox"), points: layers("kps") },
    strides: [8, 16, 32],
  },
  threshold: 0.6,
  nmsIou: 0.3,
  has5points: true,
};

describe("the model manifest", () => {
  test("names a space that changes with the embedding model's bytes", async () => {
    const { embedding } = await readModels();
    const file = (manifest as unknown as { files: { name: string; sha256: string }[] }).files.find(
      ({ name }) => name === embedding.file,
    );
    expect(file).toBeDefined();
    expect(embedding.spaceId).toContain(file?.sha256.slice(0, 16));
  });

  test.each(["age", "gender", "emotion", "expression", "ethnicity", "attractiveness", "anything-new"])(
    "refuses a model of kind %s",
    (kind) => {
      expect(faultOf(() => parseModels(withModel({ kind, file: "model.onnx" })))).toBe("model-banned");
    },
  );

  test.each([
    "fr_age.onnx",
    "fr_gender.onnx",
    "fr_expression.onnx",
    "emotion-8.onnx",
    "GenderAge.onnx",
    "FaceAge.onnx",
    "race.onnx",
  ])("refuses %s whatever it calls itself", (file) => {
    expect(faultOf(() => parseModels(withModel({ kind: "pose", file })))).toBe("model-banned");
  });

  test.each([
    ["an output", { outputs: { yaw: "yaw", pitch: "gender_pred/Sigmoid:0", roll: "roll" } }],
    ["a decoder's output", { decoder: { kind: "yunet", outputs: { classes: ["cls_8", "age_pred"] } } }],
    ["a weight file", { weights: ["emotion.bin"] }],
  ])("refuses %s by its name as well", (_, changes) => {
    expect(faultOf(() => parseModels(withModel({ kind: "pose", file: "m.onnx", ...changes })))).toBe("model-banned");
  });

  test("lets names pass that only contain such letters", () => {
    const eye = { ...modelOf("eye"), file: "image-agent_eye.onnx" };
    expect(faultOf(() => parseModels(replacing("eye", eye)))).toBe("none");
  });

  test("refuses a second model of a kind, a missing one, and one value too few", () => {
    expect(faultOf(() => parseModels(withModel(modelOf("detector"))))).toBe("config-invalid");
    expect(faultOf(() => parseModels(withModel(modelOf("eye"))))).toBe("config-invalid");
    for (const kind of ["detector", "landmarks", "embedding", "pad"]) {
      expect(faultOf(() => parseModels(replacing(kind)))).toBe("config-invalid");
    }
    const detector = modelOf("detector");
    const halved = { ...detector, input: { ...(detector.input as object), mean: [127] } };
    expect(faultOf(() => parseModels(replacing("detector", halved)))).toBe("config-invalid");
    expect(faultOf(() => parseModels({}))).toBe("config-invalid");
  });

  test("a misspelt field is refused by name instead of being overlooked", () => {
    expect(() => parseModels(replacing("pad", { ...modelOf("pad"), wieght: 2 }))).toThrow(/wieght/);
  });

  test("the eye model may be left out, and several liveness models may be listed", () => {
    const models = replacing("eye", { ...modelOf("pad"), file: "second.onnx", weight: 3 });
    const { eye, pads } = parseModels(models);
    expect(eye).toBeNull();
    expect(pads.map(({ file, weight }) => [file, weight])).toEqual([
      ["fr_liveness.onnx", 1],
      ["second.onnx", 3],
    ]);
    expect(modelFiles(parseModels(models))).toContain("second.onnx");
  });

  test("landmarks may be left out only where the detector gives the five points, and then there are no eyes", () => {
    const manifestWith = (detector: object, without: readonly string[]) => ({
      ...manifest,
      models: [detector, ...manifest.models.filter(({ kind }) => !["detector", ...without].includes(String(kind)))],
    });
    expect(faultOf(() => parseModels(manifestWith(yunet, ["landmarks"])))).toBe("config-invalid");
    expect(parseModels(manifestWith(yunet, ["landmarks", "eye"])).landmarks).toBeNull();
    const pointless = { ...modelOf("detector"), has5points: true };
    expect(() => parseModels(manifestWith(pointless, ["landmarks"]))).toThrow(/five points/);
  });

  test("weights that forbid business are refused until the operator allows them", () => {
    const models = replacing("embedding", { ...modelOf("embedding"), commercialUse: "no" });
    expect(faultOf(() => parseModels(models))).toBe("model-licence");
    expect(faultOf(() => parseModels(models, { allowNonCommercial: false }))).toBe("model-licence");
    expect(faultOf(() => parseModels(models, { allowNonCommercial: true }))).toBe("none");
    expect(parseModelList(models)).toHaveLength(manifest.models.length);
  });

  test("the thresholds are the measured ones", async () => {
    const { embedding } = await readModels();
    expect(embedding.thresholds).toEqual({ ...measuredThresholds, sameTrack: 0.4, sameEnrolment: 0.5 });
  });

  test("thresholds given as distances become the cosines they stand for", () => {
    const thresholds = {
      verify: 1,
      falseMatch: [
        [1e-2, Math.SQRT2],
        [1e-3, 0],
      ],
      sameTrack: 2,
      sameEnrolment: 1,
    };
    const { embedding } = parseModels(
      replacing("embedding", { ...modelOf("embedding"), metric: "euclidean", thresholds }),
    );
    expect(embedding.thresholds.verify).toBeCloseTo(0.5, 9);
    expect(embedding.thresholds.sameTrack).toBeCloseTo(-1, 9);
    expect(embedding.thresholds.falseMatch.map(([, cosine]) => cosine)).toEqual([expect.closeTo(0, 9), 1]);
  });

  test.each([
    ["a cosine beyond 1", "cosine", { verify: 1.2 }],
    ["a distance beyond 2", "euclidean", { verify: 2.1 }],
    ["a distance below 0", "euclidean", { verify: -0.1 }],
    [
      "rates that do not fall",
      "cosine",
      {
        falseMatch: [
          [1e-3, 0.4],
          [1e-2, 0.5],
        ],
      },
    ],
    [
      "rarer matches that need less",
      "cosine",
      {
        falseMatch: [
          [1e-2, 0.5],
          [1e-3, 0.4],
        ],
      },
    ],
  ])("%s is refused", (_, metric, changes) => {
    const embedding = modelOf("embedding");
    const base =
      metric === "cosine"
        ? embedding.thresholds
        : { verify: 1, falseMatch: [[0.01, 1]], sameTrack: 1, sameEnrolment: 1 };
    const changed = { ...embedding, metric, thresholds: { ...(base as object), ...changes } };
    expect(faultOf(() => parseModels(replacing("embedding", changed)))).toBe("config-invalid");
  });

  test.each([
    ["a TFJS graph without weights", "detector", { runtime: "tfjs" }],
    ["an ONNX model with weights", "detector", { weights: ["a.bin"] }],
    ["a file of another folder", "detector", { file: "../model.onnx" }],
    ["a letterboxed crop", "pad", { input: { ...input112, resize: "letterbox" } }],
    ["a living class that does not exist", "pad", { liveIndex: 3 }],
    ["fewer outputs than strides", "detector", { decoder: { ...yunet.decoder, strides: [8, 16] } }],
    ["a point that does not exist", "landmarks", { points: 5 }],
    ["an eye on points that do not exist", "eye", { left: { corners: [36, 99], lids: [37] } }],
  ])("%s is refused", (_, kind, changes) => {
    expect(faultOf(() => parseModels(replacing(kind, { ...modelOf(kind), ...changes })))).toBe("config-invalid");
  });
});

describe("a model file that is not the one described", () => {
  test.each([
    ["another model", "fr_liveness.onnx", (bytes: Uint8Array) => bytes],
    ["a truncated file", "fr_feature.onnx", (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2)],
    ["no model at all", "LICENSE", (bytes: Uint8Array) => bytes],
  ])("%s is refused with a remedy, and nothing stays open", async (_, instead, change) => {
    const { models } = await openPinned();
    const { embedding } = await readModels();
    const modelBytes = async (file: string) =>
      file === embedding.file ? change(await models.bytes(instead)) : models.bytes(file);
    await expect(openEngine({ modelBytes })).rejects.toSatisfy(
      (error) => isFault(error, "model-mismatch") && error.remedy !== "",
    );
  });
});
