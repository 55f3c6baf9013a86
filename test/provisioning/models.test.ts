import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assetFolder, openAssets, parseAssetManifest } from "../../kiosk/host/assets.ts";
import { parseModels } from "../../kiosk/inference/models.ts";
import { openPinned } from "../unit/inference/clips.ts";
import { humanFile } from "../unit/inference/human.ts";
import { tinyOnnx } from "../unit/inference/onnx.ts";

/** `lintel models` as a technician types it, in an asset folder of its own. */

const root = fileURLToPath(new URL("../../", import.meta.url));
const release = join(root, "kiosk/inference/models.json");
let folder: string;
let assets: string;

beforeAll(async () => {
  await openPinned();
  folder = mkdtempSync(join(tmpdir(), "lintel-models-"));
  assets = join(folder, "assets");
  const manifest = parseAssetManifest(JSON.parse(readFileSync(release, "utf8")));
  cpSync(assetFolder(join(root, ".cache/assets"), manifest), assetFolder(assets, manifest), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lintel = (...args: readonly string[]) => {
  const command = ["provisioning/cli.ts", "models", ...args, "--dir", assets];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8", cwd: root });
  return { status, stdout, stderr };
};
const about = [
  ...["--what-it-is", "a test's own", "--certainty", "sure", "--licence", "Apache-2.0", "--source", "this test"],
  ...["--commercial-use", "yes"],
];
const fed = ["--color", "BGR", "--mean", "0", "--std", "1"];
const put = (name: string, content: Uint8Array): string => {
  const path = join(folder, "own", name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
};
const outOf = (name: string) => join(folder, `${name}.json`);

/** A liveness model of two classes that says the same of everybody. */
const tinyPad = (live: number) =>
  tinyOnnx({
    input: { name: "data", shape: [1, 3, 80, 80] },
    outputs: [{ name: "prob", shape: [1, 2], values: Float32Array.from([1 - live, live]) }],
  });
const padFlags = ["--set", "activation=none", "--set", "liveIndex=1", "--set", "combine=mean", "--set", "frames=5"];
const crops = ["--set", 'crops=[{"scale":2.7,"clamp":"shift"}]'];

test("list says of every model what it is, where it comes from and what may be done with it", () => {
  const { status, stdout } = lintel("list");
  expect(status).toBe(0);
  for (const word of [
    "fr_eye.onnx (onnx, 1afcea006abc1cca, as pinned)",
    "commercial use: doubtful",
    "What is not certain",
  ]) {
    expect(stdout).toContain(word);
  }
  const rows = JSON.parse(lintel("list", "--json").stdout) as { kind: string; present: string }[];
  expect(rows.map(({ kind }) => kind)).toEqual(["detector", "landmarks", "embedding", "pad", "eye"]);
  expect(rows.every(({ present }) => present === "as pinned")).toBe(true);
});

describe("check", () => {
  test("runs every model once and says that they make an engine", () => {
    const { status, stdout } = lintel("check");
    expect(stdout.match(/^good/gm)).toHaveLength(5);
    expect(stdout).toContain("Together they make an engine.");
    expect(status).toBe(0);
  });

  test("says 1 and which model, where a file is gone or a shape is not as described", () => {
    const manifest = JSON.parse(readFileSync(release, "utf8")) as {
      models: { kind: string; classes?: number }[];
      files: object[];
    };
    for (const model of manifest.models) if (model.kind === "pad") model.classes = 4;
    manifest.files = manifest.files.map((file) =>
      "name" in file && file.name === "fr_eye.onnx" ? { ...file, sizeBytes: 1 } : file,
    );
    const path = outOf("wrong");
    writeFileSync(path, JSON.stringify(manifest));
    const { status, stdout } = lintel("check", "--manifest", path);
    expect(status).toBe(1);
    expect(stdout).toMatch(/BAD {3}pad: .*output is 1 x 3, 1 x 4 expected/);
    expect(stdout).toMatch(/BAD {3}eye: .*asset-changed/);
    expect(stdout.match(/^good/gm)).toHaveLength(3);
    expect(lintel("list", "--manifest", path).stdout).toContain("fr_eye.onnx (onnx, 1afcea006abc1cca, changed)");
  });
});

describe("add", () => {
  test("finds out names, sizes and hash itself, and the clock could start with what comes out", async () => {
    const out = outOf("two-pads");
    const file = put("second.onnx", tinyPad(0.75));
    const { status, stdout, stderr } = lintel(
      "add",
      file,
      "--kind",
      "pad",
      "--out",
      out,
      ...about,
      ...fed,
      ...padFlags,
      ...crops,
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toContain(`Start the clock with --models ${out}`);
    const json: unknown = JSON.parse(readFileSync(out, "utf8"));
    const { pads } = parseModels(json);
    expect(pads.map((pad) => pad.file)).toEqual(["fr_liveness.onnx", "second.onnx"]);
    expect(pads[1]).toMatchObject({
      input: { name: "data", layout: "NCHW", width: 80, height: 80, mean: [0, 0, 0], std: [1, 1, 1] },
      outputs: { logits: "prob" },
      classes: 2,
    });
    const { bytes } = openAssets({ manifest: parseAssetManifest(json), directory: assets });
    expect(Buffer.compare(await bytes("second.onnx"), tinyPad(0.75))).toBe(0);
    expect(lintel("check", "--manifest", out).status).toBe(0);
  });

  test("a second addition builds on the first, and --replace leaves only the new one", () => {
    const [first, second, third] = [outOf("one"), outOf("both"), outOf("only")];
    const flags = ["--kind", "pad", ...about, ...fed, ...padFlags, ...crops];
    lintel("add", put("a.onnx", tinyPad(0.5)), "--out", first, ...flags);
    lintel("add", put("b.onnx", tinyPad(0.6)), "--manifest", first, "--out", second, ...flags);
    lintel("add", put("c.onnx", tinyPad(0.7)), "--manifest", second, "--out", third, "--replace", ...flags);
    const padsOf = (path: string) => parseModels(JSON.parse(readFileSync(path, "utf8"))).pads.map(({ file }) => file);
    expect(padsOf(second)).toEqual(["fr_liveness.onnx", "a.onnx", "b.onnx"]);
    expect(padsOf(third)).toEqual(["c.onnx"]);
    expect(lintel("check", "--manifest", second).status).toBe(0);
  });

  test("names every field that is missing, and writes nothing", () => {
    const out = outOf("never");
    const { status, stderr } = lintel("add", put("d.onnx", tinyPad(0.4)), "--kind", "pad", "--out", out, ...about);
    expect(status).toBe(2);
    for (const field of ["input.color", "input.mean", "crops", "activation", "liveIndex"])
      expect(stderr).toContain(`at ${field}`);
    expect(() => readFileSync(out)).toThrow();
    expect(() => readFileSync(join(assets, "faceplugin-face-recognition-js-0.0.1/d.onnx"))).toThrow();
  });

  test("a description that the file contradicts is refused before anything is written", () => {
    const out = outOf("never");
    const flags = [...about, ...fed, ...padFlags, ...crops, "--set", "classes=3"];
    const { status, stderr } = lintel("add", put("e.onnx", tinyPad(0.4)), "--kind", "pad", "--out", out, ...flags);
    expect(status).toBe(2);
    expect(stderr).toContain("prob is 1 x 2, 1 x 3 expected");
    expect(() => readFileSync(out)).toThrow();
  });

  test("another file of a known name is refused", () => {
    const flags = [...about, ...fed, ...padFlags, ...crops];
    const { status, stderr } = lintel(
      "add",
      put("fr_eye.onnx", tinyPad(0.4)),
      "--kind",
      "pad",
      "--out",
      outOf("never"),
      ...flags,
    );
    expect(status).toBe(2);
    expect(stderr).toContain("another file called fr_eye.onnx");
  });

  test("weights for research only are added, and the clock refuses them unless it is allowed", () => {
    const out = outOf("research");
    const flags = [...about, ...fed, ...padFlags, ...crops, "--commercial-use", "no"];
    const { stdout } = lintel("add", put("f.onnx", tinyPad(0.4)), "--kind", "pad", "--out", out, ...flags);
    expect(stdout).toContain("--allow-non-commercial");
    expect(lintel("check", "--manifest", out)).toMatchObject({ status: 1 });
    expect(lintel("check", "--manifest", out, "--allow-non-commercial")).toMatchObject({ status: 0 });
  });

  test("another embedding model gets a space of its own, and says that everybody must enrol again", () => {
    const out = outOf("embedding");
    const outputs = [{ name: "fc1", shape: [1, 8], values: new Float32Array(8).fill(1) }];
    const file = put("own.onnx", tinyOnnx({ input: { name: "data", shape: [1, 3, 112, 112] }, outputs }));
    const set = (field: string) => ["--set", field];
    const { status, stdout, stderr } = lintel(
      ...[
        "add",
        file,
        "--kind",
        "embedding",
        "--out",
        out,
        ...about,
        "--color",
        "RGB",
        "--mean",
        "127.5",
        "--std",
        "127.5",
      ],
      ...set("align.method=box"),
      ...set("align.square=max"),
      ...set("align.scale=1.1"),
      ...set("flip=false"),
      ...set("metric=euclidean"),
      ...set("matchFrames=3"),
      ...set('thresholds={"verify":1,"falseMatch":[[0.01,1.1],[0.001,1]],"sameTrack":1.1,"sameEnrolment":1}'),
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/Everybody must enrol again: the new space is own-[0-9a-f]{16}-[0-9a-f]{8}\./);
    const { embedding } = parseModels(JSON.parse(readFileSync(out, "utf8")));
    expect(embedding).toMatchObject({ dimension: 8, thresholds: { verify: 0.5 } });
  });

  test("a TFJS graph comes with its weights, and one that guesses feelings does not come at all", async () => {
    for (const name of ["blazeface.json", "blazeface.bin", "emotion.json", "emotion.bin"])
      put(name, await humanFile(name));
    const out = outOf("tfjs");
    const { status, stdout, stderr } = lintel(
      ...[
        "add",
        join(folder, "own/blazeface.json"),
        "--kind",
        "detector",
        "--decoder",
        "blazeface",
        "--out",
        out,
        ...about,
      ],
      ...["--color", "RGB", "--mean", "127.5", "--std", "127.5", "--resize", "letterbox", "--sampling", "area"],
      ...["--set", 'decoder.outputs={"scores":["Identity","Identity_1"],"boxes":["Identity_2","Identity_3"]}'],
      ...["--set", "decoder.strides=[16,32]", "--set", "decoder.anchors=[2,6]", "--set", "decoder.keyPoints=6"],
      ...["--set", "threshold=0.6", "--set", "nmsIou=0.3"],
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(
      /blazeface\.json: copied.*\nblazeface\.bin: copied.*\nIt takes the place of fr_detect\.onnx\./,
    );
    expect(lintel("check", "--manifest", out).status).toBe(0);
    const banned = lintel("add", join(folder, "own/emotion.json"), "--kind", "pose", "--out", outOf("never"), ...about);
    expect(banned).toMatchObject({ status: 2, stderr: expect.stringContaining("model-banned") });
  });
});
