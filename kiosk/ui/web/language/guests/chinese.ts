import type { GuestsWords } from "./words.ts";

export const chineseGuests: GuestsWords = { close: "关闭" };
