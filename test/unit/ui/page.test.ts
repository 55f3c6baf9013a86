import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blankMemory } from "../../../kiosk/core/memory.ts";
import { defaultPolicy } from "../../../kiosk/core/policy.ts";
import { onTouch } from "../../../kiosk/core/touch.ts";
import { catalogue, wordsFor } from "../../../kiosk/ui/web/language/catalogue.ts";
import { counting, westernDigits } from "../../../kiosk/ui/web/language/counted.ts";
import { isDark, shiftOf } from "../../../kiosk/ui/web/rest.ts";
import { samplePlace } from "../../../kiosk/ui/web/samples.ts";
import { tellFor } from "../../../kiosk/ui/web/tell.ts";

describe("what an idle wall does to last", () => {
  test("walks at most six pixels from its place and two in a minute, the same at the same time", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (nowMs) => {
        const [here, next] = [shiftOf(nowMs), shiftOf(nowMs + 60_000)];
        expect(shiftOf(nowMs)).toEqual(here);
        for (const axis of ["xPx", "yPx"] as const) {
          expect(Math.abs(here[axis])).toBeLessThanOrEqual(6);
          expect(Math.abs(next[axis] - here[axis])).toBeLessThanOrEqual(2);
        }
      }),
    );
  });

  test("stands nowhere for longer than ten minutes, and visits more than a hundred places in a day", () => {
    const places = Array.from({ length: 24 * 60 }, (_, minute) => JSON.stringify(shiftOf(minute * 60_000)));
    expect(new Set(places).size).toBeGreaterThan(100);
    let [stays, longest] = [1, 1];
    for (const [minute, place] of places.entries()) {
      stays = place === places[minute - 1] ? stays + 1 : 1;
      longest = Math.max(longest, stays);
    }
    expect(longest).toBeLessThanOrEqual(10);
  });

  test("goes dark only while idle, only where it is wished, and only after that long", () => {
    const idle = { at: "idle", faceRestsUntil: null, bulletins: [] } as const;
    const ease = { speech: false, scanMs: null, darkAfterMin: 5 };
    expect(isDark(idle, 0, 5 * 60_000 - 1, ease)).toBe(false);
    expect(isDark(idle, 0, 5 * 60_000, ease)).toBe(true);
    expect(isDark(idle, 0, 1e9, { ...ease, darkAfterMin: 0 })).toBe(false);
    expect(isDark(idle, 0, 1e9, undefined)).toBe(false);
    expect(isDark({ at: "saving", name: "" }, 0, 1e9, ease)).toBe(false);
    expect(isDark(null, 0, 1e9, ease)).toBe(false);
  });
});

describe("every language", () => {
  /** Every sentence of a catalogue by its path, functions with something plausible. */
  function sentencesOf(words: unknown, path = ""): readonly (readonly [string, string])[] {
    if (typeof words === "string") return [[path, words]];
    if (typeof words === "function") {
      return ["1", 2, 5, 11, 100].flatMap((value, index) => sentencesOf(words(value, value), `${path}(${index})`));
    }
    if (typeof words !== "object" || words === null) return [];
    return Object.entries(words).flatMap(([key, value]) => sentencesOf(value, `${path}.${key}`));
  }

  test.each(catalogue)(
    "$name has the same sentences as English, all of them filled and none of them English",
    (words) => {
      const english = new Map(sentencesOf(wordsFor("en")));
      const own = new Map(sentencesOf(words));
      expect([...own.keys()].toSorted()).toEqual([...english.keys()].toSorted());
      expect([...own].filter(([, said]) => said.trim() === "" || /undefined|null|\[object/.test(said))).toEqual([]);
      if (words.lang === "en") return;
      const same = [...own].filter(([path, said]) => english.get(path) === said).map(([path]) => path);
      // Words that are the same in both ("No", "Supervisor", "Name"), and ways of writing.
      const alike = [
        ...["lang", "dir", "fullStop", "truths.demo", "outage.code", "saving", "thanks.kind", "visit.way.pin.title"],
        ...["consent.notYet", "rights.role.supervisor", "rights.choices.off", "rights.fact.name"],
        ...["guests.leaving.no", "guests.check.name", "absence.span(0)"],
      ];
      expect(same.filter((path) => !alike.some((known) => path.startsWith(`.${known}`)))).toEqual([]);
    },
  );

  test("says how many wait in the form that the number takes there", () => {
    const waiting = (lang: string, count: number): string => wordsFor(lang).truths.offline(count);
    expect(waiting("en", 12)).toBe("No network. Saved here; 12 waiting to be sent.");
    expect([waiting("de", 1), waiting("de", 2)].map((said) => /wartet |warten /.exec(said)?.[0])).toEqual([
      "wartet ",
      "warten ",
    ]);
    const arabic = [0, 1, 2, 3, 11, 100].map((count) => waiting("ar", count));
    expect(new Set(arabic).size).toBe(6);
    expect(waiting("ar", 12)).toContain("12");
    expect(counting("ar")(3, { few: (n) => `few ${n}`, other: (n) => n })).toBe("few 3");
  });

  test("has western digits, unless the site asks for others in its own locale", () => {
    expect(westernDigits("ar-EG")).toBe("ar-EG-u-nu-latn");
    expect(westernDigits("ar-EG-u-nu-arab")).toBe("ar-EG-u-nu-arab");
    const at = Date.parse("2026-11-23T13:05:00+01:00");
    for (const words of catalogue) expect(tellFor(samplePlace, words).time(at)).toBe("13:05");
    const cairo = { ...samplePlace, locale: "ar-EG-u-nu-arab", timeZone: "Africa/Cairo" };
    expect(tellFor(cairo, wordsFor("ar")).time(at)).toMatch(/[٠-٩]/);
  });

  test("tells the time as the site does, also to strangers, and in the site's zone", () => {
    const at = Date.parse("2026-11-23T18:05:00Z");
    const texas = { ...samplePlace, locale: "en-US", timeZone: "America/Chicago" };
    expect(tellFor(texas, wordsFor("en")).clock(at)).toEqual({ digits: "12:05", dayPart: "PM" });
    expect(tellFor(texas, wordsFor("de")).clock(at).digits).toBe("12:05");
    expect(tellFor(texas, wordsFor("de")).date(at)).toMatch(/Montag/);
    expect(tellFor({ ...samplePlace, timeZone: "Asia/Kolkata" }, wordsFor("hi")).time(at)).toBe("23:35");
  });
});

describe("more time", () => {
  const at = { utcMs: 1_000_000, monoMs: 50_000 };
  const shown = (untilMs: number) =>
    ({ ...blankMemory, state: { at: "refused", why: "not-sure", since: at, untilMs } }) as const;
  const until = (memory: Parameters<typeof onTouch>[0]): number => {
    const [{ state }] = onTouch(memory, { touch: "more-time" }, at, defaultPolicy);
    return "untilMs" in state ? state.untilMs : Number.NaN;
  };

  test("lets a refusal stand for another half minute, as often as it is asked for, and never shortens", () => {
    expect(until(shown(51_000))).toBe(80_000);
    expect(until(shown(90_000))).toBe(90_000);
  });

  test("changes nothing where nothing waits to go", () => {
    const idle = { ...blankMemory, state: { at: "idle" } } as const;
    expect(onTouch(idle, { touch: "more-time" }, at, defaultPolicy)).toEqual([idle, []]);
  });
});
