import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import sharp, { type Sharp } from "sharp";
import { beforeAll, expect, test } from "vitest";
import { prepareZXingModule, writeBarcode } from "zxing-wasm/writer";
import { openCodes } from "../../../kiosk/inference/codes.ts";
import { decodePicture } from "../../../kiosk/inference/picture.ts";

beforeAll(async () => {
  const file = fileURLToPath(import.meta.resolve("zxing-wasm/writer/zxing_writer.wasm"));
  const { buffer } = Uint8Array.from(await readFile(file));
  await prepareZXingModule({ overrides: { wasmBinary: buffer }, fireImmediately: true });
});

const text = "lintel:v1:4711-0815";

async function symbol(content: string, format: "QRCode" | "DataMatrix" = "QRCode"): Promise<Buffer> {
  const { image, error } = await writeBarcode(content, { format, scale: 8 });
  if (image === null) throw new Error(error);
  return Buffer.from(await image.arrayBuffer());
}

/** Codes on a grey wall, as a camera's JPEG. */
async function shown(
  codes: readonly { readonly png: Buffer; readonly left: number; readonly top: number }[],
  finish: (picture: Sharp) => Sharp = (picture) => picture,
): Promise<Uint8Array> {
  const wall = sharp({ create: { width: 640, height: 480, channels: 3, background: { r: 150, g: 145, b: 140 } } });
  const composed = await wall
    .composite(codes.map(({ png, left, top }) => ({ input: png, left, top })))
    .png()
    .toBuffer();
  return finish(sharp(composed)).jpeg({ quality: 80 }).toBuffer();
}

const sized = (png: Buffer, px: number, angle = 0): Promise<Buffer> =>
  sharp(png)
    .resize(px, px, { kernel: "lanczos3" })
    .flatten({ background: "#fff" })
    .rotate(angle, { background: "#fff" })
    .png()
    .toBuffer();

const read = async (jpeg: Uint8Array): Promise<readonly string[]> => openCodes().read(await decodePicture(jpeg));

test.each([
  ["as large as a hand", 200, 0, undefined],
  ["small", 80, 0, undefined],
  ["rotated by 30 degrees", 160, 30, undefined],
  ["upside down", 160, 180, undefined],
  ["blurred", 200, 0, (picture: Sharp) => picture.blur(2)],
  ["dim", 200, 0, (picture: Sharp) => picture.linear(0.35, 0)],
] as const)("a code is read that is %s", async (_, px, angle, finish) => {
  const png = await sized(await symbol(text), px, angle);
  expect(await read(await shown([{ png, left: 120, top: 90 }], finish))).toEqual([text]);
});

test("a picture without a code has none, and a mirror image of one reads the same", async () => {
  const png = await sized(await symbol(text), 200);
  expect(await read(await shown([]))).toEqual([]);
  expect(await read(await shown([{ png, left: 200, top: 100 }], (picture) => picture.flop()))).toEqual([text]);
});

test("letters of every alphabet arrive whole", async () => {
  const content = "Zoë Ñandú 田中 😀";
  const png = await sized(await symbol(content), 240);
  expect(await read(await shown([{ png, left: 100, top: 100 }]))).toEqual([content]);
});

test("at most four codes are read from one picture", async () => {
  const codes = await Promise.all(
    Array.from({ length: 6 }, async (_, at) => ({
      png: await sized(await symbol(`${text}-${at}`), 150),
      left: 30 + (at % 3) * 200,
      top: 40 + Math.floor(at / 3) * 220,
    })),
  );
  const found = await read(await shown(codes));
  expect(found).toHaveLength(4);
  expect(new Set(found).size).toBe(4);
});

test("other kinds of codes are nobody's business", async () => {
  const png = await sized(await symbol(text, "DataMatrix"), 240);
  expect(await read(await shown([{ png, left: 100, top: 100 }]))).toEqual([]);
});

test("one reader serves pictures of different sizes", async () => {
  const codes = openCodes();
  const png = await sized(await symbol(text), 160);
  const jpeg = await shown([{ png, left: 120, top: 90 }]);
  const larger = await sharp(jpeg).resize(1280).jpeg().toBuffer();
  for (const picture of [jpeg, larger, jpeg]) expect(await codes.read(await decodePicture(picture))).toEqual([text]);
});
