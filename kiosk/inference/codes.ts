import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Picture } from "./picture.ts";

/** Reads QR codes out of pictures; loads its machinery with the first picture, because most clocks never show it one. */
export interface CodeReader {
  /** The texts of at most four codes; what is longer than 4 KB, or no text, is nobody's code. */
  readonly read: (picture: Picture) => Promise<readonly string[]>;
}

const codesMax = 4;
const textBytesMax = 4096;

export function openCodes(): CodeReader {
  let decoder: ReturnType<typeof openDecoder> | null = null;
  // Used again for every picture: the decoder wants four bytes a pixel, a megabyte that should not become garbage.
  let pixels = new Uint8ClampedArray(0);

  return {
    read: async (picture) => {
      decoder ??= openDecoder();
      const readBarcodes = await decoder;
      const { width, height } = picture;
      if (pixels.length !== width * height * 4) pixels = new Uint8ClampedArray(width * height * 4);
      fill(pixels, picture);
      const found = await readBarcodes(
        { data: pixels, width, height },
        {
          formats: ["QRCode"],
          maxNumberOfSymbols: codesMax,
          returnErrors: false,
        },
      );
      return found
        .filter(({ isValid, text }) => isValid && text !== "" && Buffer.byteLength(text) <= textBytesMax)
        .map(({ text }) => text)
        .slice(0, codesMax);
    },
  };
}

/** The package would fetch its WebAssembly from a content network on the internet; it lies beside it. */
async function openDecoder() {
  const { prepareZXingModule, readBarcodes } = await import("zxing-wasm/reader");
  const wasm = await readFile(fileURLToPath(import.meta.resolve("zxing-wasm/reader/zxing_reader.wasm")));
  const wasmBinary = wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength);
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  return readBarcodes;
}

function fill(pixels: Uint8ClampedArray, { rgb }: Picture): void {
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    pixels[to] = rgb[from] ?? 0;
    pixels[to + 1] = rgb[from + 1] ?? 0;
    pixels[to + 2] = rgb[from + 2] ?? 0;
    pixels[to + 3] = 255;
  }
}
