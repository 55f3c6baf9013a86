import type { ConsentWords } from "./words.ts";

export const germanConsent: ConsentWords = { close: "Schließen" };
