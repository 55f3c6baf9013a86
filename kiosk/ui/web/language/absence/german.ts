import type { AbsenceWords } from "./words.ts";

export const germanAbsence: AbsenceWords = { close: "Schließen" };
