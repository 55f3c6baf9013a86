import type { GuestsWords } from "./words.ts";

export const hindiGuests: GuestsWords = { close: "बंद करें" };
