import type { Check } from "../check.ts";
import { scanned } from "../scan.ts";

/** How pictures begin, long enough that chance does not write it: JFIF, Exif, plain JPEG, PNG, WebP. */
const beginnings = [
  Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 0x4a, 0x46, 0x49, 0x46]),
  Buffer.from([0xff, 0xd8, 0xff, 0xe1]),
  Buffer.from([0xff, 0xd8, 0xff, 0xdb, 0x00, 0x43]),
  Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
];
const webp = Buffer.from("WEBPVP8");

export const pictures: Check = {
  ids: ["EC-6", "SC-10", "P6", "OH-15", "OH-16"],
  how: "a scan of every byte of the state folder for the beginnings of pictures",
  look: ({ config }) =>
    scanned(config.state, isPicture, {
      clean: "no picture lies there in clear",
      found: (name) => `a picture lies in ${name}`,
    }),
};

function isPicture(piece: Buffer): boolean {
  if (piece.includes(webp)) return true;
  return beginnings.some((beginning) => {
    for (let at = piece.indexOf(beginning); at >= 0; at = piece.indexOf(beginning, at + 1)) {
      // Four bytes alone come by chance once in four billion: an Exif picture names itself two bytes on.
      if (beginning.length > 4 || piece.toString("latin1", at + 6, at + 10) === "Exif") return true;
    }
    return false;
  });
}
