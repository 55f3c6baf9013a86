import type { ConsentWords } from "./words.ts";

export const englishConsent: ConsentWords = { close: "Close" };
