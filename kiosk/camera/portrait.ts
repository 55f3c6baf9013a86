/**
 * A small upright picture out of the middle of a frame, where whoever uses the clock stands. Without anything else that a
 * camera writes into its files.
 */
export type Shrink = (jpeg: Uint8Array) => Promise<Uint8Array | null>;

const widthPx = 240;
const heightPx = 320;
const pixelsMax = 4096 * 3072;

/** The decoder is loaded only where pictures are wanted at all. */
export async function openPortraits(): Promise<Shrink> {
  const { default: sharp } = await import("sharp");
  sharp.concurrency(1);
  sharp.cache(false);
  return (jpeg) =>
    sharp(jpeg, { failOn: "truncated", limitInputPixels: pixelsMax })
      .autoOrient()
      .resize(widthPx, heightPx, { fit: "cover", position: "centre" })
      .jpeg({ quality: 60 })
      .toBuffer()
      // A torn frame is no picture, and no reason to wait.
      .catch(() => null);
}
