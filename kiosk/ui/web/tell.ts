import type { Place } from "../../core/view.ts";

/** How a place says times and dates. Times come as RFC 3339 text or epoch milliseconds and are told in the place's zone. */
export interface Tell {
  /** "08:57", or "8:57 AM" where people say it so. */
  readonly time: (when: string | number) => string;
  /** The digits alone and, where there is one, the part of the day: the large clock sets them in two sizes. */
  readonly clock: (when: number) => { readonly digits: string; readonly dayPart: string };
  readonly date: (when: number) => string;
  readonly partOfDay: (when: string | number) => "morning" | "afternoon" | "evening";
}

const made = new Map<string, Tell>();

/** Intl formatters are slow to make on a small board, so one set is kept per place. */
export function tellFor({ locale, timeZone }: Place): Tell {
  const key = `${locale} ${timeZone}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const tell = makeTell(locale, timeZone);
  made.set(key, tell);
  return tell;
}

function makeTell(locale: string, timeZone: string): Tell {
  const time = new Intl.DateTimeFormat(locale, { timeZone, hour: "2-digit", minute: "2-digit" });
  const date = new Intl.DateTimeFormat(locale, { timeZone, weekday: "long", day: "numeric", month: "long" });
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
    partOfDay: (when) => {
      const hours = Number(hour.format(new Date(when)));
      return hours >= 4 && hours < 12 ? "morning" : hours >= 12 && hours < 18 ? "afternoon" : "evening";
    },
  };
}
