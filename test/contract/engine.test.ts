import { randomBytes } from "node:crypto";
import { openEngine } from "../../kiosk/inference/engine.ts";
import { openPinned } from "../unit/inference/clips.ts";
import { engineContract } from "./engine.ts";
import { worldOf } from "./engine-world.ts";

// Turned, as at every site.
engineContract("the real models on real clips", async () => {
  const { models, footage } = await openPinned();
  return {
    engine: await openEngine({ modelBytes: models.bytes, turnKey: randomBytes(32) }),
    world: await worldOf(footage),
  };
});
