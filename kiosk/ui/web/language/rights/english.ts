import type { RightsWords } from "./words.ts";

export const englishRights: RightsWords = { close: "Close" };
