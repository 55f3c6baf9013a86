import type { RightsWords } from "./words.ts";

export const hindiRights: RightsWords = { close: "बंद करें" };
