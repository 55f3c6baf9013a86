import type { GuestsWords } from "./words.ts";

export const englishGuests: GuestsWords = { close: "Close" };
