import type { Chapter } from "./blocks.ts";
import { acceptance, away, card, codes, hardware, replace, update } from "./chapters-care.ts";
import { before, fit, provision } from "./chapters-fit.ts";

export const title = "Field guide";

export const lead = "For whoever fits, sets up, accepts, mends and takes away a Lintel time clock.";

/** Their numbers are named in their texts. */
export const chapters: readonly Chapter[] = [
  ...[before, fit, provision, codes, acceptance],
  ...[card, replace, update, away, hardware],
];
