import sharp from "sharp";
import { expect, test } from "vitest";
import { type Turn, upright } from "../../../kiosk/camera/upright.ts";
import { decodePicture } from "../../../kiosk/inference/picture.ts";

/** A picture whose upper left corner is red. */
async function marked(orientation?: number): Promise<Uint8Array> {
  const red = { create: { width: 160, height: 120, channels: 3, background: "red" } } as const;
  const picture = sharp({ create: { width: 640, height: 480, channels: 3, background: "blue" } }).composite([
    { input: red, left: 0, top: 0 },
  ]);
  return (orientation === undefined ? picture : picture.withMetadata({ orientation })).jpeg().toBuffer();
}

/** In which corner the red of a decoded picture is. */
async function cornerOf(jpeg: Uint8Array) {
  const { width, height, rgb } = await decodePicture(jpeg);
  const isRed = (x: number, y: number): boolean => (rgb[3 * (y * width + x)] ?? 0) > 128;
  const corners = [
    ["upper left", 20, 20],
    ["upper right", width - 20, 20],
    ["lower left", 20, height - 20],
    ["lower right", width - 20, height - 20],
  ] as const;
  return { size: `${width} x ${height}`, red: corners.filter(([, x, y]) => isRed(x, y)).map(([name]) => name) };
}

test.for([
  [0, "640 x 480", "upper left"],
  [90, "480 x 640", "upper right"],
  [180, "640 x 480", "lower right"],
  [270, "480 x 640", "lower left"],
] as const)("a picture is turned by %i degrees clockwise for whoever decodes it", async ([turn, size, red]) => {
  expect(await cornerOf(upright(await marked(), turn))).toEqual({ size, red: [red] });
});

test("what a camera's program noted of it itself does not count beside the setting", async () => {
  expect(await cornerOf(upright(await marked(3), 90))).toEqual({ size: "480 x 640", red: ["upper right"] });
});

test("the picture's own bytes stay as they are, and a picture that needs no turn is the same one", async () => {
  const jpeg = await marked();
  expect(upright(jpeg, 0)).toBe(jpeg);
  const turned = upright(jpeg, 90);
  expect(Buffer.from(turned).subarray(-jpeg.length + 2)).toEqual(Buffer.from(jpeg).subarray(2));
  expect(turned.length - jpeg.length).toBe(36);
});

test.for<Turn>([90, 180, 270])("whatever is cut short or no picture costs nothing but itself: %i", async (turn) => {
  const jpeg = await marked();
  for (const length of [0, 1, 2, 3, 5, 21, 300]) {
    await expect(decodePicture(upright(jpeg.subarray(0, length), turn))).rejects.toMatchObject({ code: "frame-torn" });
  }
});
