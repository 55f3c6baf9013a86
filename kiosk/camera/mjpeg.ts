import { Fault } from "../core/fault.ts";

export interface MjpegParser {
  /** @returns the JPEGs this chunk completed, oldest first, each in memory of its own (so it can be transferred). */
  readonly push: (chunk: Uint8Array) => readonly Uint8Array<ArrayBuffer>[];
  /** Bytes held for a picture that is not complete yet. */
  readonly heldBytes: () => number;
}

export interface MjpegBounds {
  /** The largest picture we wait for, bytes. */
  readonly frameBytes: number;
  /** How much may come between two pictures before we call it garbage, bytes: part headers, and pictures that were torn. */
  readonly gapBytes: number;
}

/** The gap has room for the largest picture, torn, and the header of the next. */
const defaultBounds: MjpegBounds = { frameBytes: 8 * 1024 * 1024, gapBytes: 9 * 1024 * 1024 };

/**
 * Cuts a stream into JPEGs by walking their segments, so one parser reads ffmpeg's and GStreamer's multipart parts and
 * rpicam-vid's bare pictures alike: whatever stands between two pictures is a gap. The part headers are not trusted for
 * the length, because a torn picture is then found at its first impossible marker and costs that picture alone.
 *
 * @throws Fault `camera-garbage` from `push` when a picture or a gap outgrows its bound.
 * Source: ITU-T T.81, annex B (segments, byte stuffing, fill bytes, restart markers).
 */
export function mjpegParser({ frameBytes, gapBytes }: MjpegBounds = defaultBounds): MjpegParser {
  let held: Buffer = Buffer.alloc(0);
  let gap = 0;

  const push = (chunk: Uint8Array) => {
    held = Buffer.concat([held, chunk]);
    const pictures: Uint8Array<ArrayBuffer>[] = [];
    let from = 0;
    while (from < held.length) {
      const start = held.indexOf(startOfPicture, from);
      if (start === -1) {
        // The last two bytes may be the beginning of the next picture.
        const next = Math.max(from, held.length - (startOfPicture.length - 1));
        gap += next - from;
        from = next;
        break;
      }
      const end = endOfPicture(held, start);
      if (end === "incomplete") {
        gap += start - from;
        from = start;
        break;
      }
      if (end === "torn") {
        gap += start + 2 - from;
        from = start + 2;
      } else {
        pictures.push(new Uint8Array(held.subarray(start, end)));
        gap = 0;
        from = end;
      }
    }
    held = held.subarray(from);
    if (held.length > frameBytes) throw garbage(`a picture is larger than ${frameBytes} bytes`);
    if (gap > gapBytes) throw garbage(`${gap} bytes without a picture`);
    return pictures;
  };

  return { push, heldBytes: () => held.length };
}

/** SOI, and the first byte of the marker that must follow it. */
const startOfPicture = Buffer.from([0xff, 0xd8, 0xff]);

/** @returns the index after EOI; "torn" where the bytes cannot be a JPEG; "incomplete" where more must come. */
function endOfPicture(bytes: Buffer, start: number): number | "torn" | "incomplete" {
  let at = start + 2;
  for (;;) {
    if (at + 1 >= bytes.length) return "incomplete";
    if (bytes[at] !== 0xff) return "torn";
    const marker = bytes[at + 1];
    if (marker === undefined) return "incomplete";
    if (marker === 0xff) {
      // Fill byte: markers may be preceded by any number of them.
      at += 1;
      continue;
    }
    if (marker === 0xd9) return at + 2;
    // A second SOI, a restart outside of a scan, or stuffing where a marker must stand: the picture was cut here.
    if (marker === 0xd8 || marker === 0x00 || (marker >= 0xd0 && marker <= 0xd7)) return "torn";
    if (at + 3 >= bytes.length) return "incomplete";
    const sizeBytes = bytes.readUInt16BE(at + 2);
    if (sizeBytes < 2) return "torn";
    const next = at + 2 + sizeBytes;
    // Only an application's segment may hold another picture, a thumbnail. Elsewhere this one was cut and the next began.
    const mayHoldPicture = marker >= 0xe0 && marker <= 0xef;
    if (!mayHoldPicture && bytes.subarray(at, next + 2).includes(startOfPicture)) return "torn";
    at = next;
    if (marker === 0xda) {
      at = endOfScan(bytes, at);
      if (at === -1) return "incomplete";
    }
  }
}

/** @returns the index of the marker that ends the entropy-coded data, or -1 where it has not come yet. */
function endOfScan(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1];
    if (next === undefined) return -1;
    const stuffed = next === 0x00 || (next >= 0xd0 && next <= 0xd7);
    if (!stuffed && next !== 0xff) return at;
  }
  return -1;
}

const garbage = (what: string): Fault =>
  new Fault(
    "camera-garbage",
    `The camera does not send MJPEG: ${what}`,
    "Check that the camera command writes MJPEG to its standard output, and that the camera offers MJPEG.",
  );
