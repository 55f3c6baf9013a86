import type { ConsentWords } from "./words.ts";

export const hindiConsent: ConsentWords = { close: "बंद करें" };
