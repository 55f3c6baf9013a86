import type { Chapter } from "./blocks.ts";
import { acceptance, away, card, codes, hardware, replace, update } from "./chapters-care.ts";
import { before, fit, provision } from "./chapters-fit.ts";

export const title = "Field guide";

export const lead =
  "For whoever fits, sets up, accepts, mends and takes away a Lintel time clock. Made by `node provisioning/field-guide.ts`; `npm run -s lintel -- field-guide --html guide.html` makes the same as a page to be printed.";

/** Their numbers are named in their texts. */
export const chapters: readonly Chapter[] = [
  ...[before, fit, provision, codes, acceptance],
  ...[card, replace, update, away, hardware],
];
