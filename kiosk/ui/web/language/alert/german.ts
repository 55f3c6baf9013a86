import type { AlertWords } from "./words.ts";

export const germanAlert: AlertWords = { close: "Schließen" };
