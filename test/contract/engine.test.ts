import { openEngine } from "../../kiosk/inference/engine.ts";
import { openPinned } from "../unit/inference/clips.ts";
import { engineContract } from "./engine.ts";
import { worldOf } from "./engine-world.ts";

engineContract("the real models on real clips", async () => {
  const { models, footage } = await openPinned();
  return { engine: await openEngine({ modelBytes: models.bytes }), world: await worldOf(footage) };
});
