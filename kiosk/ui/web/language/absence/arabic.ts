import type { AbsenceWords } from "./words.ts";

export const arabicAbsence: AbsenceWords = { close: "إغلاق" };
