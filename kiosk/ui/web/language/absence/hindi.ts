import type { AbsenceWords } from "./words.ts";

export const hindiAbsence: AbsenceWords = { close: "बंद करें" };
