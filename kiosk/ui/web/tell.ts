import type { Place } from "../../core/view.ts";
import { westernDigits } from "./language/counted.ts";
import type { Words } from "./language/words.ts";

/** How a place says times and dates. Times come as RFC 3339 text or epoch milliseconds and are told in the place's zone. */
export interface Tell {
  /** "08:57", or "8:57 AM" where people say it so. */
  readonly time: (when: string | number) => string;
  /** The digits alone and, where there is one, the part of the day: the large clock sets them in two sizes. */
  readonly clock: (when: number) => { readonly digits: string; readonly dayPart: string };
  readonly date: (when: number) => string;
  /** `YYYY-MM-DD` as a short day of the week and the year: "Mon 23 Nov". */
  readonly day: (day: string) => string;
  /** `YYYY-MM-DD` as its number, and as its month: "23", "Nov". */
  readonly dayNumber: (day: string) => string;
  readonly month: (day: string) => string;
  readonly weekday: (day: string) => string;
  /** Day, month and year: "3 March 2027". */
  readonly longDate: (when: number) => string;
  /** Minutes as hours and minutes: "7 hr 35 min". */
  readonly duration: (minutes: number) => string;
  readonly number: (value: number) => string;
  readonly partOfDay: (when: string | number) => "morning" | "afternoon" | "evening";
}

const made = new Map<string, Tell>();

/**
 * The site decides whether its day has 12 or 24 hours and which digits it has, in every language: what stands on the
 * wall stays the same clock for whoever looks at it next. Intl formatters are slow to make on a small board, so one set
 * is kept per language.
 */
export function tellFor({ locale, timeZone }: Place, { lang }: Words): Tell {
  const key = `${lang} ${locale} ${timeZone}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const site = new Intl.Locale(locale);
  const tell = makeTell(
    westernDigits(site.language === new Intl.Locale(lang).language ? locale : lang),
    locale,
    timeZone,
  );
  made.set(key, tell);
  return tell;
}

function makeTell(locale: string, site: string, timeZone: string): Tell {
  const { hourCycle = "h23" } = new Intl.DateTimeFormat(site, { hour: "numeric" }).resolvedOptions();
  const time = new Intl.DateTimeFormat(locale, { timeZone, hour: "2-digit", minute: "2-digit", hourCycle });
  const date = new Intl.DateTimeFormat(locale, { timeZone, weekday: "long", day: "numeric", month: "long" });
  const short = new Intl.DateTimeFormat(locale, { timeZone: "UTC", weekday: "short", day: "numeric", month: "short" });
  const month = new Intl.DateTimeFormat(locale, { timeZone: "UTC", month: "short" });
  const weekday = new Intl.DateTimeFormat(locale, { timeZone: "UTC", weekday: "short" });
  const long = new Intl.DateTimeFormat(locale, { timeZone, day: "numeric", month: "long", year: "numeric" });
  const number = new Intl.NumberFormat(locale);
  const unit = (name: "hour" | "minute") =>
    new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "short" });
  const [hours, minutes] = [unit("hour"), unit("minute")];
  const hour = new Intl.DateTimeFormat("en", { timeZone, hour: "numeric", hourCycle: "h23" });
  return {
    time: (when) => time.format(new Date(when)),
    clock: (when) => {
      const parts = time.formatToParts(when);
      const text = (wanted: (type: string) => boolean): string =>
        parts
          .filter(({ type }) => wanted(type))
          .map(({ value }) => value)
          .join("")
          .trim();
      return { digits: text((type) => type !== "dayPeriod"), dayPart: text((type) => type === "dayPeriod") };
    },
    date: (when) => date.format(when).replace(",", ""),
    longDate: long.format,
    dayNumber: (day) => number.format(Number(day.slice(8))),
    month: (day) => month.format(new Date(`${day}T12:00:00Z`)),
    weekday: (day) => weekday.format(new Date(`${day}T12:00:00Z`)),
    day: (day) => short.format(new Date(`${day}T12:00:00Z`)).replace(",", ""),
    duration: (min) =>
      min < 60
        ? minutes.format(min)
        : [hours.format(Math.floor(min / 60)), ...(min % 60 === 0 ? [] : [minutes.format(min % 60)])].join(" "),
    number: number.format,
    partOfDay: (when) => {
      const hours = Number(hour.format(new Date(when)));
      return hours >= 4 && hours < 12 ? "morning" : hours >= 12 && hours < 18 ? "afternoon" : "evening";
    },
  };
}
