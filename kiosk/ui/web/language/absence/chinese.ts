import type { AbsenceWords } from "./words.ts";

export const chineseAbsence: AbsenceWords = { close: "关闭" };
