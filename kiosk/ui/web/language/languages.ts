/** BCP 47, the name in its own words, and which way it runs. */
export interface Language {
  readonly lang: string;
  readonly name: string;
  readonly dir: "ltr" | "rtl";
}

/** Every language the wall speaks, in the order in which they stand on it. */
export const languages = {
  english: { lang: "en", name: "English", dir: "ltr" },
  spanish: { lang: "es", name: "Español", dir: "ltr" },
  german: { lang: "de", name: "Deutsch", dir: "ltr" },
  hindi: { lang: "hi", name: "हिन्दी", dir: "ltr" },
  arabic: { lang: "ar", name: "العربية", dir: "rtl" },
  chinese: { lang: "zh-Hans", name: "中文", dir: "ltr" },
} as const satisfies Readonly<Record<string, Language>>;

export const languageOf = (tag: string): string => tag.split("-")[0]?.toLowerCase() ?? "";
