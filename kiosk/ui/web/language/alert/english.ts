import type { AlertWords } from "./words.ts";

export const englishAlert: AlertWords = { close: "Close" };
