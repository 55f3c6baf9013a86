import type { AlertWords } from "./words.ts";

export const chineseAlert: AlertWords = { close: "关闭" };
