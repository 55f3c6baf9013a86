import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import sharp from "sharp";
import type { Describer } from "../../provisioning/eval/peer.ts";
import type { Peer } from "./peer.ts";

const require = createRequire(import.meta.url);

interface Net {
  readonly loadFromDisk: (path: string) => Promise<void>;
}
interface FaceApi {
  readonly tf: {
    readonly setBackend: (name: string) => Promise<boolean>;
    readonly ready: () => Promise<void>;
    readonly tensor3d: (data: Uint8Array, shape: readonly number[], type: "int32") => { readonly dispose: () => void };
  };
  readonly nets: { readonly ssdMobilenetv1: Net; readonly faceLandmark68Net: Net; readonly faceRecognitionNet: Net };
  readonly SsdMobilenetv1Options: new (options: object) => object;
  readonly detectSingleFace: (
    input: unknown,
    options: object,
  ) => {
    readonly withFaceLandmarks: () => {
      readonly withFaceDescriptor: () => Promise<{ descriptor: Float32Array } | undefined>;
    };
  };
}

/** @vladmandic/face-api on WebAssembly: detector, landmarks, descriptor. */
export async function openFaceApi(): Promise<Peer> {
  const { name, describe, close } = await openDescriber();
  return { name, embed: async (jpeg) => (await describe(jpeg))?.length ?? 0, close };
}

/** The same for `lintel eval faces --peer`, by its own measure: the Euclidean distance, 0 to about 1.5. */
export async function openDescriber(): Promise<Describer> {
  const { setWasmPaths } = require("@tensorflow/tfjs-backend-wasm") as { setWasmPaths: (path: string) => void };
  setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  const faceapi = require("../node_modules/@vladmandic/face-api/dist/face-api.node-wasm.js") as FaceApi;
  await faceapi.tf.setBackend("wasm");
  await faceapi.tf.ready();
  const models = join(import.meta.dirname, "../node_modules/@vladmandic/face-api/model");
  const { ssdMobilenetv1, faceLandmark68Net, faceRecognitionNet } = faceapi.nets;
  for (const net of [ssdMobilenetv1, faceLandmark68Net, faceRecognitionNet]) await net.loadFromDisk(models);
  const options = new faceapi.SsdMobilenetv1Options({ minConfidence: 0.3, maxResults: 1 });
  return {
    name: "@vladmandic/face-api (wasm)",
    describe: async (picture) => {
      const { data, info } = await sharp(picture).toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
      const tensor = faceapi.tf.tensor3d(data, [info.height, info.width, 3], "int32");
      const found = await faceapi.detectSingleFace(tensor, options).withFaceLandmarks().withFaceDescriptor();
      tensor.dispose();
      return found?.descriptor ?? null;
    },
    similarity: (a, b) =>
      Math.max(-1, 1 - Math.sqrt(a.reduce((sum, value, at) => sum + (value - (b[at] ?? 0)) ** 2, 0))),
    close: async () => {},
  };
}
