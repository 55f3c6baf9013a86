import type { GuestsWords } from "./words.ts";

export const arabicGuests: GuestsWords = { close: "إغلاق" };
