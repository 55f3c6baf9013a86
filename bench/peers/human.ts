import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import sharp from "sharp";
import type { Peer } from "./peer.ts";

const require = createRequire(import.meta.url);

interface Tensor {
  readonly dispose: () => void;
}
interface HumanFace {
  readonly embedding?: readonly number[];
}
interface Human {
  readonly tf: { readonly tensor: (data: Uint8Array, shape: readonly number[], type: "int32") => Tensor };
  readonly load: () => Promise<void>;
  readonly detect: (tensor: Tensor) => Promise<{ readonly face: readonly HumanFace[]; readonly error: string | null }>;
}

/** @vladmandic/human on WebAssembly, with face detection and description only: the same job as ours. */
export async function openHuman(): Promise<Peer> {
  const { setWasmPaths } = require("@tensorflow/tfjs-backend-wasm") as { setWasmPaths: (path: string) => void };
  setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  const models = join(import.meta.dirname, "../node_modules/@vladmandic/human/models");
  // Its WebAssembly build loads models by fetch alone.
  const server = createServer(async (request, response) => {
    response.end(await readFile(join(models, basename(request.url ?? "/"))));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const { Human } = require("../node_modules/@vladmandic/human/dist/human.node-wasm.js") as {
    Human: new (config: object) => Human;
  };
  const off = { enabled: false };
  const human = new Human({
    backend: "wasm",
    modelBasePath: `http://127.0.0.1:${port}/`,
    wasmPath: `${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`,
    debug: false,
    cacheSensitivity: 0,
    cacheModels: false,
    filter: off,
    face: {
      enabled: true,
      detector: { rotation: false, maxDetected: 1 },
      mesh: off,
      iris: off,
      emotion: off,
      antispoof: off,
      liveness: off,
      description: { enabled: true },
    },
    body: off,
    hand: off,
    object: off,
    gesture: off,
    segmentation: off,
  });
  await human.load();
  return {
    name: "@vladmandic/human (wasm)",
    embed: async (jpeg) => {
      const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
      const tensor = human.tf.tensor(data, [1, info.height, info.width, 3], "int32");
      const { face, error } = await human.detect(tensor);
      tensor.dispose();
      if (error !== null) throw new Error(`human: ${error}`);
      return face[0]?.embedding?.length ?? 0;
    },
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
