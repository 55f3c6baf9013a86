/** The forms of one sentence by how many there are; which of them a number takes is the language's business (CLDR). */
export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, (count: string) => string>>> & {
  readonly other: (count: string) => string;
};

/** @returns the form of `forms` for a number, with the number as the language writes it, in western digits. */
export function counting(lang: string): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(lang);
  const digits = new Intl.NumberFormat(westernDigits(lang));
  return (count, forms) => (forms[rules.select(count)] ?? forms.other)(digits.format(count));
}

/**
 * Western digits on every wall, because badges, pay slips and receipt codes have them, unless a site asks for others in
 * its own locale (`ar-EG-u-nu-arab`).
 */
export const westernDigits = (locale: string): string => {
  const wish = new Intl.Locale(locale);
  return wish.numberingSystem === undefined ? new Intl.Locale(wish, { numberingSystem: "latn" }).toString() : locale;
};
