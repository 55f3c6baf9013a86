import type { AlertWords } from "./words.ts";

export const spanishAlert: AlertWords = { close: "Cerrar" };
