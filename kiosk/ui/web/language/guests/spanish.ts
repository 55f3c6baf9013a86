import type { GuestsWords } from "./words.ts";

export const spanishGuests: GuestsWords = { close: "Cerrar" };
