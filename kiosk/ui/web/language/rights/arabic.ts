import type { RightsWords } from "./words.ts";

export const arabicRights: RightsWords = { close: "إغلاق" };
