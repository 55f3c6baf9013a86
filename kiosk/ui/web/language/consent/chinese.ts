import type { ConsentWords } from "./words.ts";

export const chineseConsent: ConsentWords = { close: "关闭" };
