import type { AlertWords } from "./words.ts";

export const hindiAlert: AlertWords = { close: "बंद करें" };
