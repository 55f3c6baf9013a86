import type { AbsenceWords } from "./words.ts";

export const spanishAbsence: AbsenceWords = { close: "Cerrar" };
