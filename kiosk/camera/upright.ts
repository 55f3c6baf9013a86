import type { Camera } from "../core/ports/senses.ts";

/** Degrees clockwise by which a camera's pictures have to be turned so that people stand on their feet. */
export type Turn = 0 | 90 | 180 | 270;

/** Exif's word for it: which way up the picture is to be shown (CIPA DC-008, tag 0x0112). */
const orientation = { 90: 6, 180: 3, 270: 8 } as const;

/**
 * Gives a JPEG the note that a telephone writes when it is held sideways. Nothing is decoded or lost, it costs nothing and
 * is the same for every kind of camera: whoever shows the picture turns it, the browser as well as our own decoder.
 *
 * @param jpeg one complete JPEG. What it said of its orientation itself is left out.
 */
export function upright(jpeg: Uint8Array, turn: Turn): Uint8Array {
  if (turn === 0) return jpeg;
  return new Uint8Array(Buffer.concat([startOfImage, exif(orientation[turn]), ...segmentsWithoutExif(jpeg)]));
}

/** The same camera, its pictures with that note. */
export const turned = (camera: Camera, turn: Turn): Camera =>
  turn === 0
    ? camera
    : {
        ...camera,
        frames: async function* (signal) {
          for await (const frame of camera.frames(signal)) yield { ...frame, jpeg: upright(frame.jpeg, turn) };
        },
        [Symbol.asyncDispose]: () => camera[Symbol.asyncDispose](),
      };

const startOfImage = Buffer.from([0xff, 0xd8]);
const [markStart, app1, startOfScan] = [0xff, 0xe1, 0xda];
const exifName = Buffer.from("Exif\0\0", "latin1");

/** One APP1 segment with a TIFF file of one entry, the orientation. */
function exif(value: number): Buffer {
  const entry = Buffer.alloc(12);
  entry.writeUInt16LE(0x0112, 0);
  // One number of 16 bits.
  entry.writeUInt16LE(3, 2);
  entry.writeUInt32LE(1, 4);
  entry.writeUInt16LE(value, 8);
  const tiff = Buffer.concat([Buffer.from("II*\0\x08\0\0\0\x01\0", "latin1"), entry, Buffer.alloc(4)]);
  const head = Buffer.from([markStart, app1, 0, 0]);
  head.writeUInt16BE(2 + exifName.length + tiff.length, 2);
  return Buffer.concat([head, exifName, tiff]);
}

/** Everything after the start, without what another program noted of orientation: of two notes, nobody says which holds. */
function segmentsWithoutExif(jpeg: Uint8Array): readonly Buffer[] {
  const bytes = Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength);
  const kept: Buffer[] = [];
  let at = startOfImage.length;
  // Before the first scan every segment says its length (ITU-T T.81, annex B.1.1.4).
  while (bytes[at] === markStart && bytes[at + 1] !== startOfScan && at + 4 <= bytes.length) {
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    const isExif = bytes[at + 1] === app1 && bytes.subarray(at + 4, at + 4 + exifName.length).equals(exifName);
    if (!isExif) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return [...kept, bytes.subarray(at)];
}
