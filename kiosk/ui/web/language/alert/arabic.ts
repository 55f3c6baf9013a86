import type { AlertWords } from "./words.ts";

export const arabicAlert: AlertWords = { close: "إغلاق" };
