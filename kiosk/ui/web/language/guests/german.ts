import type { GuestsWords } from "./words.ts";

export const germanGuests: GuestsWords = { close: "Schließen" };
