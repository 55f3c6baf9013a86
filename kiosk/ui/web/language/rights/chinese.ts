import type { RightsWords } from "./words.ts";

export const chineseRights: RightsWords = { close: "关闭" };
