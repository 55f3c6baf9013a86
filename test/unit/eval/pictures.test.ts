import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isTight } from "../../../provisioning/eval/describe.ts";
import { pictureKinds, readGroups } from "../../../provisioning/eval/folder.ts";
import { decodeAny, padded, pngOf, readPicture } from "../../../provisioning/eval/pictures.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lintel-test-eval-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = async (path: string, content: string | Uint8Array = "x"): Promise<void> => {
  await mkdir(join(folder, path, ".."), { recursive: true });
  await writeFile(join(folder, path), content);
};

test("pictures are read by folder, in an order that no language changes; everything else is only counted", async () => {
  await put("Zoë/2.JPG");
  await put("Zoë/1.png");
  await put("Zoë/notes.txt");
  await put("Zoë/deeper/3.jpg");
  await put("Änne 李/b.jpeg");
  await put("nobody/readme.md");
  await put("loose.jpg");
  await mkdir(join(folder, "empty"));
  const { groups, ignored } = await readGroups(folder, pictureKinds);
  expect(groups.map(({ name }) => name)).toEqual(["Zoë", "Änne 李"]);
  expect(groups[0]?.files).toEqual([join(folder, "Zoë/1.png"), join(folder, "Zoë/2.JPG")]);
  expect(ignored).toBe(4);
});

test("links are never followed, neither to files nor to folders", async () => {
  await put("ann/1.jpg");
  await symlink("/etc/passwd", join(folder, "ann/2.jpg"));
  await symlink("/", join(folder, "everything"));
  const { groups, ignored } = await readGroups(folder, pictureKinds);
  expect(groups).toHaveLength(1);
  expect(groups[0]?.files).toHaveLength(1);
  expect(ignored).toBe(2);
});

test("a limit takes the first people whole and cuts the last", async () => {
  for (const path of ["a/1.jpg", "a/2.jpg", "b/1.jpg", "b/2.jpg", "c/1.jpg"]) await put(path);
  const { groups } = await readGroups(folder, pictureKinds, 3);
  expect(groups.map(({ files }) => files.length)).toEqual([2, 1]);
});

test.each(["", "missing"])("a folder with nothing to measure is refused without naming it", async (name) => {
  const path = join(folder, name);
  const attempt = readGroups(path, pictureKinds);
  await expect(attempt).rejects.toMatchObject({ code: "eval-unusable" });
  await expect(attempt).rejects.not.toThrow(path);
});

test("torn pictures, other formats and lies about the format are refused as unreadable", async () => {
  const jpeg = await sharp({ create: { width: 40, height: 40, channels: 3, background: "#777" } })
    .jpeg()
    .toBuffer();
  expect(await decodeAny(jpeg)).toMatchObject({ width: 40, height: 40 });
  for (const bytes of [
    jpeg.subarray(0, jpeg.length / 2),
    new Uint8Array(0),
    Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'><image href='/etc/passwd'/></svg>"),
    Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0]),
  ]) {
    await expect(decodeAny(bytes)).rejects.toMatchObject({ code: "frame-torn" });
  }
  await put("ann/1.jpg", "no picture at all");
  await expect(readPicture(join(folder, "ann/1.jpg"))).rejects.toMatchObject({ code: "frame-torn" });
});

test("grey and see-through pictures become three colours, so that peers see what we see", async () => {
  const grey = await sharp({ create: { width: 32, height: 32, channels: 3, background: "#404040" } })
    .greyscale()
    .png()
    .toBuffer();
  const picture = await decodeAny(grey);
  expect(picture.rgb).toHaveLength(32 * 32 * 3);
  expect([...picture.rgb.subarray(0, 3)]).toEqual([64, 64, 64]);
  const clear = await sharp({ create: { width: 32, height: 32, channels: 4, background: "#ff000000" } })
    .png()
    .toBuffer();
  expect((await decodeAny(clear)).rgb).toHaveLength(32 * 32 * 3);
  expect(await decodeAny(await pngOf(picture))).toEqual(picture);
});

test("padding repeats the outermost pixels, in whole pixels rounded down, and moves nothing", () => {
  const rgb = Uint8Array.from({ length: 3 * 2 * 3 }, (_, at) => at);
  const wide = padded({ width: 3, height: 2, rgb }, 0.4);
  // 0.4 of 3 is one pixel; of 2 none.
  expect(wide).toMatchObject({ width: 5, height: 2 });
  const pixel = (x: number, y: number) => [...wide.rgb.subarray((y * 5 + x) * 3, (y * 5 + x) * 3 + 3)];
  expect(pixel(0, 0)).toEqual([0, 1, 2]);
  expect(pixel(1, 0)).toEqual([0, 1, 2]);
  expect(pixel(3, 1)).toEqual([15, 16, 17]);
  expect(pixel(4, 1)).toEqual([15, 16, 17]);
  const tall = padded({ width: 1, height: 5, rgb: new Uint8Array(15).fill(9) }, 0.4);
  expect(tall).toMatchObject({ width: 1, height: 9 });
});

test("a crop is tight where a face comes near the edge, whichever edge it is", () => {
  const picture = { width: 100, height: 100 };
  expect(isTight({ box: { x: 30, y: 25, width: 40, height: 50 } }, picture)).toBe(false);
  expect(isTight({ box: { x: 5, y: 25, width: 40, height: 50 } }, picture)).toBe(true);
  expect(isTight({ box: { x: 50, y: 25, width: 40, height: 50 } }, picture)).toBe(true);
  expect(isTight({ box: { x: 30, y: 10, width: 40, height: 50 } }, picture)).toBe(true);
  expect(isTight({ box: { x: 30, y: 40, width: 40, height: 50 } }, picture)).toBe(true);
});
