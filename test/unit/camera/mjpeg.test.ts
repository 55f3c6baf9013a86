import { randomBytes } from "node:crypto";
import fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { mjpegParser } from "../../../kiosk/camera/mjpeg.ts";
import { isFault } from "../../../kiosk/core/fault.ts";

/** Real pictures of noise, as different as cameras make them: sizes, tables, progressive scans, restart-free and not. */
const pictures = await Promise.all(
  [8, 33, 64, 120].map((sizePx, at) =>
    sharp(randomBytes(sizePx * sizePx * 3), { raw: { width: sizePx, height: sizePx, channels: 3 } })
      .jpeg({ quality: 30 + 20 * at, progressive: at % 2 === 1, optimiseCoding: at > 1 })
      .toBuffer(),
  ),
);
const thumbnailed = await withThumbnail();

/** How the programs put pictures into a stream: ffmpeg's parts, GStreamer's parts, and rpicam-vid's nothing at all. */
const headers = [
  (jpeg: Buffer) => `--ffmpeg\r\nContent-type: image/jpeg\r\nContent-length: ${jpeg.length}\r\n\r\n`,
  (jpeg: Buffer) => `\r\n--ThisRandomString\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`,
  () => "",
] as const;

const streamOf = (jpegs: readonly Buffer[], header: (jpeg: Buffer) => string): Buffer =>
  Buffer.concat(jpegs.flatMap((jpeg) => [Buffer.from(header(jpeg)), jpeg]));

/** Everything the parser finds in `stream` when it comes in pieces that end at `cuts`. */
function parse(stream: Buffer, cuts: readonly number[], parser = mjpegParser()): readonly Buffer[] {
  const ends = [...cuts.map((cut) => cut % stream.length), stream.length].sort((a, b) => a - b);
  return ends.flatMap((end, at) =>
    parser.push(stream.subarray(ends[at - 1] ?? 0, end)).map((jpeg) => Buffer.from(jpeg)),
  );
}

const anyPictures = fc.array(fc.constantFrom(...pictures, thumbnailed), { minLength: 1, maxLength: 5 });
const anyHeader = fc.constantFrom(...headers);
const anyCuts = fc.array(fc.nat(), { maxLength: 30 });

test("however a stream is cut into pieces, the same pictures come out, byte for byte", () => {
  fc.assert(
    fc.property(anyPictures, anyHeader, anyCuts, (jpegs, header, cuts) => {
      expect(parse(streamOf(jpegs, header), cuts)).toEqual(jpegs);
    }),
  );
});

test("one byte at a time is a stream too", () => {
  const stream = streamOf(pictures.slice(0, 2), headers[0]);
  expect(parse(stream, [...stream.keys()])).toEqual(pictures.slice(0, 2));
});

test("a picture that breaks off anywhere costs itself and none of its neighbours", () => {
  const [before, torn, after] = pictures as [Buffer, Buffer, Buffer, Buffer];
  // The 20 bytes before are SOI and the JFIF segment, which may hold a thumbnail and so anything.
  const anyEnd = fc.integer({ min: 20, max: torn.length - 1 });
  fc.assert(
    fc.property(anyEnd, anyHeader, anyCuts, (end, header, cuts) => {
      const found = parse(streamOf([before, torn.subarray(0, end), after], header), cuts);
      expect(found.map((jpeg) => jpeg.equals(before) || (jpeg.equals(after) && "after"))).toEqual([true, "after"]);
    }),
    { numRuns: 500 },
  );
});

test("a picture with a hole in it never makes the parser fall, nor lose the picture after the next", () => {
  const [before, holed, next, after] = pictures as [Buffer, Buffer, Buffer, Buffer];
  const span = fc.record({
    from: fc.integer({ min: 2, max: holed.length - 1 }),
    sizeBytes: fc.integer({ min: 1, max: 400 }),
  });
  fc.assert(
    fc.property(span, anyHeader, anyCuts, ({ from, sizeBytes }, header, cuts) => {
      const rest = Buffer.concat([holed.subarray(0, from), holed.subarray(from + sizeBytes)]);
      const found = parse(streamOf([before, rest, next, after], header), cuts);
      expect(found[0]).toEqual(before);
      expect(found.at(-1)).toEqual(after);
      expect(found.length).toBeLessThanOrEqual(4);
    }),
  );
});

test("noise before, between and after costs nothing", () => {
  const noise = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes.map((byte) => byte % 255)));
  fc.assert(
    fc.property(noise, noise, anyCuts, (first, second, cuts) => {
      const [one, two] = pictures as [Buffer, Buffer, Buffer, Buffer];
      expect(parse(Buffer.concat([first, one, second, two, first]), cuts)).toEqual([one, two]);
    }),
  );
});

test("a thumbnail inside a picture is not a picture", () => {
  expect(parse(thumbnailed, [])).toEqual([thumbnailed]);
});

test("each picture stands in memory of its own, so that it can be given away", () => {
  const [jpeg] = mjpegParser().push(streamOf(pictures, headers[0]));
  expect(jpeg?.buffer.byteLength).toBe(jpeg?.byteLength);
});

const scanBegins = Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 2]);

test.for([
  ["nothing that is a picture", Buffer.alloc(0), Buffer.alloc(1_000, 7)],
  ["a picture without an end", scanBegins, Buffer.alloc(1_000)],
  ["pictures that begin and never go on", Buffer.alloc(0), Buffer.alloc(3_000, Buffer.from([0xff, 0xd8, 0xff, 0x01]))],
] as const)("%s is borne up to a bound and then called garbage", ([, first, then]) => {
  const parser = mjpegParser({ frameBytes: 50_000, gapBytes: 60_000 });
  parser.push(first);
  let pushedBytes = 0;
  const flood = (): void => {
    for (; pushedBytes < 1_000_000; pushedBytes += then.length) {
      parser.push(then);
      expect(parser.heldBytes()).toBeLessThanOrEqual(50_000);
    }
  };
  expect(flood).toThrow(expect.toSatisfy((error: unknown) => isFault(error, "camera-garbage")));
  expect(pushedBytes).toBeLessThan(70_000);
});

test("a torn picture of the largest size is not garbage yet", () => {
  const [, , whole] = pictures as [Buffer, Buffer, Buffer, Buffer];
  const torn = Buffer.concat([scanBegins, Buffer.alloc(7 * 1024 * 1024)]);
  expect(parse(Buffer.concat([torn, whole]), [1024, 5_000_000])).toEqual([whole]);
});

/** A picture with a small one in its APP1, as cameras put it there. */
async function withThumbnail(): Promise<Buffer> {
  const create = { width: 16, height: 16, channels: 3, background: "teal" } as const;
  const [large, small] = [await sharp({ create }).jpeg().toBuffer(), await sharp({ create }).jpeg().toBuffer()];
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(small.length + 2, 2);
  return Buffer.concat([large.subarray(0, 2), head, small, large.subarray(2)]);
}
