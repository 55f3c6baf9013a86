import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** A graph of npm @vladmandic/human, which is only here for tests: the second runtime is proved on it. */

// Its exports hide the folder of models, which stands beside that of its code.
const folder = new URL("../models/", import.meta.resolve("@vladmandic/human"));

export const humanFile = (name: string): Promise<Uint8Array> => readFile(fileURLToPath(new URL(name, folder)));

/** Its BlazeFace as a manifest would describe it. */
export const blazeface = {
  kind: "detector",
  runtime: "tfjs",
  file: "blazeface.json",
  weights: ["blazeface.bin"],
  whatItIs: "MediaPipe's BlazeFace, back camera, 256 px, as converted for Human",
  certainty: "said by its publisher",
  licence: "MIT package; Apache-2.0 upstream",
  source: "npm @vladmandic/human 3.3.6",
  commercialUse: "yes",
  input: {
    name: "input",
    layout: "NHWC",
    width: 256,
    height: 256,
    color: "RGB",
    mean: [127.5, 127.5, 127.5],
    std: [127.5, 127.5, 127.5],
    resize: "letterbox",
    padValue: 0,
    sampling: "area",
  },
  decoder: {
    kind: "blazeface",
    outputs: { scores: ["Identity", "Identity_1"], boxes: ["Identity_2", "Identity_3"] },
    strides: [16, 32],
    anchors: [2, 6],
    keyPoints: 6,
  },
  threshold: 0.6,
  nmsIou: 0.3,
  // Measured on our clips against the release's own detector, whose faces reach up to the hairline.
  box: { width: 0.87, height: 1.34, down: -0.16 },
};
