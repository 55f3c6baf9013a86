import type { ConsentWords } from "./words.ts";

export const arabicConsent: ConsentWords = { close: "إغلاق" };
