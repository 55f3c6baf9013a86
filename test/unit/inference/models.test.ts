import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { isFault } from "../../../kiosk/core/fault.ts";
import { openEngine } from "../../../kiosk/inference/engine.ts";
import { modelManifestUrl, parseModels, readModels } from "../../../kiosk/inference/models.ts";
import { openPinned } from "./clips.ts";

interface Manifest {
  readonly models: readonly Readonly<Record<string, unknown>>[];
}
let manifest: Manifest;
beforeAll(async () => {
  manifest = JSON.parse(await readFile(modelManifestUrl, "utf8")) as Manifest;
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

  test("lets names pass that only contain such letters", () => {
    expect(faultOf(() => parseModels(withModel({ kind: "eye", file: "image-agent_eye.onnx" })))).toBe("none");
  });

  test("refuses a second model of a kind, a missing one, and one value too few", () => {
    const [first, ...others] = manifest.models;
    expect(faultOf(() => parseModels(withModel(first ?? {})))).toBe("config-invalid");
    expect(faultOf(() => parseModels({ models: others }))).toBe("config-invalid");
    const halved = { ...first, input: { ...(first?.input as object), mean: [127] } };
    expect(faultOf(() => parseModels({ models: [halved, ...others] }))).toBe("config-invalid");
    expect(faultOf(() => parseModels({}))).toBe("config-invalid");
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
