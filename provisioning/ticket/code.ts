import { extname } from "node:path";
import sharp from "sharp";
import { renderSVG, renderUnicodeCompact } from "uqr";
import { Fault } from "../../kiosk/core/fault.ts";

/** Codes as a telephone, a sheet of paper or a terminal shows them. */

/** Of a module, in pixels: held at arm's length before a camera of 640 pixels this is read. */
const modulePx = 10;

export const codeInTerminal = (text: string): string => renderUnicodeCompact(text, { ecc: "M", border: 2 });

/** @param name what it ends in says which kind: `.png` or `.svg`. @throws Fault `config-invalid` for anything else. */
export async function codeFile(text: string, name: string): Promise<Uint8Array> {
  const svg = Buffer.from(renderSVG(text, { ecc: "M", border: 4, pixelSize: modulePx }));
  if (extname(name) === ".svg") return svg;
  if (extname(name) === ".png") return sharp(svg).png({ colours: 2 }).toBuffer();
  throw new Fault("config-invalid", `${name} is no kind of picture`, "Name a file that ends in .png or .svg.");
}
