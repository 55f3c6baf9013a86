import type { Check } from "../check.ts";
import { scanned } from "../scan.ts";

/** Members that hold what people are called and how to reach them, wherever they are written in clear. */
const marks = ['"displayName"', '"dn":', '\\"dn\\"', '"contact":', '"email"', '"phone"'].map((text) =>
  Buffer.from(text),
);

export const plaintext: Check = {
  ids: ["SC-1", "AR-2", "OH-5", "S1"],
  how: "a scan of every byte of the state folder for the members that names and contacts stand in",
  look: ({ config }) =>
    scanned(
      config.state,
      // The settings are the site's, and name nobody.
      (piece, { name }) => name !== "config.json" && marks.some((mark) => piece.includes(mark)),
      {
        clean: "no name and no contact lies there in clear",
        found: (name) => `something of a person lies in clear in ${name}`,
      },
    ),
};
