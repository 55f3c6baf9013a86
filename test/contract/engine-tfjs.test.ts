import { readFile } from "node:fs/promises";
import { openEngine } from "../../kiosk/inference/engine.ts";
import { modelManifestUrl, parseModels } from "../../kiosk/inference/models.ts";
import { openPinned } from "../unit/inference/clips.ts";
import { blazeface, humanFile } from "../unit/inference/human.ts";
import { engineContract } from "./engine.ts";
import { worldOf } from "./engine-world.ts";

/** The release's manifest with somebody else's detector, which runs in the other runtime, in the same worker. */
engineContract("a TFJS detector before the real models", async () => {
  const { models, footage } = await openPinned();
  const release = JSON.parse(await readFile(modelManifestUrl, "utf8")) as { models: { kind: string }[] };
  const others = release.models.filter(({ kind }) => kind !== "detector");
  const theirs = [blazeface.file, ...blazeface.weights];
  const engine = await openEngine({
    models: parseModels({ models: [blazeface, ...others] }),
    modelBytes: (file) => (theirs.includes(file) ? humanFile(file) : models.bytes(file)),
  });
  return { engine, world: await worldOf(footage) };
});
