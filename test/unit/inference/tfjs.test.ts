import { beforeAll, describe, expect, test } from "vitest";
import { isFault } from "../../../kiosk/core/fault.ts";
import { parseModelList } from "../../../kiosk/inference/models.ts";
import { firstOf, openTensorflow, openTfjs, type Tensorflow } from "../../../kiosk/inference/runtime/tfjs.ts";
import { openModel } from "../../../kiosk/inference/session.ts";
import type { DetectorSpec } from "../../../kiosk/inference/specs/detector.ts";
import { blazeface, humanFile } from "./human.ts";

let json: Uint8Array;
let bin: Uint8Array;
let tf: Tensorflow;
beforeAll(async () => {
  [json, bin] = await Promise.all([humanFile(blazeface.file), humanFile("blazeface.bin")]);
  tf = await openTensorflow();
});

const weights = () => [{ name: "blazeface.bin", bytes: bin }];
const edited = (change: (graph: { weightsManifest: { paths: string[] }[] }) => void): Uint8Array => {
  const graph = JSON.parse(new TextDecoder().decode(json)) as Parameters<typeof change>[0];
  change(graph);
  return new TextEncoder().encode(JSON.stringify(graph));
};

test("a graph runs a hundred times without leaving a tensor behind, and closing it frees its weights", async () => {
  const before = tf.memory().numTensors;
  const graph = await openTfjs("blazeface.json", json, weights());
  const data = new Float32Array(256 * 256 * 3);
  const run = graph.bind("input", data, [1, 256, 256, 3], ["Identity", "Identity_3"]);
  const [scores, boxes] = await run();
  expect([scores?.length, boxes?.length]).toEqual([512, 384 * 16]);
  const { numTensors, numBytes } = tf.memory();
  for (let times = 0; times < 100; times++) {
    data.fill(times / 100 - 0.5);
    await run();
  }
  expect(tf.memory()).toMatchObject({ numTensors, numBytes });
  // What was handed out is a copy: later runs do not change it.
  expect([...(scores ?? [])]).not.toEqual([...((await run())[0] ?? [])]);
  await graph[Symbol.asyncDispose]();
  expect(tf.memory().numTensors).toBe(before);
});

describe("a graph that is not what its manifest says", () => {
  const refused = (opening: Promise<unknown>, why: RegExp) =>
    expect(opening).rejects.toSatisfy((error) => isFault(error, "model-mismatch") && why.test(error.message));

  test("is refused with a reason", async () => {
    await refused(openTfjs("m.json", new TextEncoder().encode("{"), weights()), /no JSON/);
    await refused(openTfjs("m.json", new TextEncoder().encode("{}"), weights()), /no TFJS graph model/);
    await refused(openTfjs("m.json", json, []), /its weights are blazeface\.bin/);
    await refused(
      openTfjs("m.json", json, [{ name: "blazeface.bin", bytes: bin.subarray(0, 1000) }]),
      /cannot be loaded/,
    );
    const renamed = edited((graph) => {
      for (const group of graph.weightsManifest) group.paths = ["https://example.org/weights.bin"];
    });
    await refused(openTfjs("m.json", renamed, weights()), /its weights are https/);
  });

  test("is refused by its input's name and shape, and by what the first run gives", async () => {
    const open = (changes: { name?: string; width?: number }, output: string, size: number) => {
      const [spec] = parseModelList({ models: [{ ...blazeface, input: { ...blazeface.input, ...changes } }] });
      const bytes = new Map([
        ["blazeface.json", json],
        ["blazeface.bin", bin],
      ]);
      return openModel(spec as DetectorSpec, bytes, [{ name: output, shape: [1, size, 1] }]);
    };
    await refused(open({ name: "image" }, "Identity", 512), /no image, only input/);
    await refused(open({ width: 128 }, "Identity", 512), /input is 1 x 256 x 256 x 3, 1 x 256 x 128 x 3 expected/);
    await refused(open({}, "Identity_9", 512), /no Identity_9/);
    await refused(open({}, "Identity", 511), /Identity has 512 values/);
    await (await open({}, "Identity", 512))[Symbol.asyncDispose]();
  });
});

test("a graph that names its outputs after age and gender is refused, whatever file it hides in", async () => {
  const bytes = new Map([
    ["plain.json", await humanFile("faceres.json")],
    ["faceres.bin", await humanFile("faceres.bin")],
  ]);
  const [spec] = parseModelList({ models: [{ ...blazeface, file: "plain.json", weights: ["faceres.bin"] }] });
  const opening = openModel(spec as DetectorSpec, bytes, []);
  await expect(opening).rejects.toSatisfy((error) => isFault(error, "model-banned"));
});

describe("where TensorFlow.js comes from", () => {
  const missing = () => Promise.reject(new Error("Cannot find package"));

  test("the first that loads is taken: the native build before WebAssembly", async () => {
    const second = () => Promise.reject(new Error("nobody asks for this one"));
    expect(await firstOf([() => Promise.resolve(tf), second])).toBe(tf);
    expect(await firstOf([missing, () => Promise.resolve(tf)])).toBe(tf);
  });

  test("where none loads, the fault says so and what to do", async () => {
    await expect(firstOf([missing, missing])).rejects.toSatisfy(
      (error) => isFault(error, "runtime-missing") && /npm ci/.test(error.remedy),
    );
  });

  test("nothing is fetched and nothing is said on the console", async () => {
    const { execFile } = await import("node:child_process");
    const { promisify } = await import("node:util");
    const module = new URL("../../../kiosk/inference/runtime/tfjs.ts", import.meta.url).href;
    const script = `
      globalThis.fetch = () => { throw new Error("fetched"); };
      const net = await import("node:net");
      net.Socket.prototype.connect = () => { throw new Error("connected"); };
      const tf = await (await import(${JSON.stringify(module)})).openTensorflow();
      tf.tidy(() => { if (tf.tensor([2, 3], [2]).dataSync()[1] !== 3) throw new Error("wrong"); });
    `;
    const child = promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { timeout: 60_000 });
    expect(await child).toMatchObject({ stdout: "", stderr: "" });
  });
});
