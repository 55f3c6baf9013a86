import type { RightsWords } from "./words.ts";

export const germanRights: RightsWords = { close: "Schließen" };
