import type { AbsenceWords } from "./words.ts";

export const englishAbsence: AbsenceWords = { close: "Close" };
