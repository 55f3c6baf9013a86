import type { ConsentWords } from "./words.ts";

export const spanishConsent: ConsentWords = { close: "Cerrar" };
