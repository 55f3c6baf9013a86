import { cardHash } from "../../kiosk/core/card.ts";
import { type Person, personId } from "../../kiosk/core/person.ts";
import type { FaceSeen } from "../../kiosk/core/sight.ts";
import type { Touch } from "../../kiosk/core/view.ts";
import type { Day } from "./day.ts";

/** Who comes to the wall in a day, and what they do there. */

const crowd = 240;
const withPin = 8;
const languages = ["en", "es", "de", "hi", "ar", "zh"];
const numberOf = (n: number): string => String(4_100 + n);
const pin = "7294";

export const crowdOf = (): readonly Person[] =>
  Array.from({ length: crowd }, (_, n) => ({
    id: personId(`p_${String(n).padStart(20, "0")}`),
    displayName: `Person Number${n}`,
    badges: [cardHash(`card-${n}`)],
    lookAlikes: [],
    lang: languages[n % languages.length] ?? "en",
  }));

/** Three shifts: how many come in each hour, relative to a quiet one. */
const peaks: Readonly<Record<number, number>> = { 5: 8, 6: 4, 12: 3, 13: 8, 14: 4, 21: 8, 22: 4 };
const shareOf = (hour: number): number => peaks[hour] ?? 1;
const daysShare = Array.from({ length: 24 }, (_, hour) => shareOf(hour)).reduce((sum, share) => sum + share);

/** Visits of an hour when the day has so many. */
export const visitsIn = (hour: number, visitsOfDay: number): number =>
  Math.max(1, Math.round((visitsOfDay * shareOf(hour)) / daysShare));

export interface Crowd {
  /** Whoever is next comes, does what they do, and leaves an idle wall behind. */
  readonly next: () => Promise<void>;
}

export async function gather(day: Day, people: readonly Person[]): Promise<Crowd> {
  for (let n = 0; n < withPin; n += 1) {
    const person = people[n];
    if (person !== undefined) await day.pins.set(person.id, { number: numberOf(n), pin });
  }
  let [visits, tracks, walkers] = [0, 0, 0];

  const touch = (what: Touch): Promise<void> => day.happen({ kind: "touch", touch: what });
  const tap = (n: number): Promise<void> =>
    day.happen({ kind: "tap", tap: { badge: cardHash(`card-${n}`), at: day.clock.now() } });
  const someone = (): number => {
    walkers += 1;
    return walkers % crowd;
  };
  const look = async (who: number | null): Promise<void> => {
    tracks += 1;
    for (let frame = 1; frame <= 6; frame += 1) {
      await day.pass(100);
      day.preview();
      const face = faceOf(frame, tracks, who === null ? null : (people[who] ?? null));
      const sight = { at: day.clock.now(), faces: 1, face, codes: [], enrol: null };
      await day.happen({ kind: "sight", sight, draw: 0.9 });
    }
  };
  const leave = async (): Promise<void> => {
    await day.pass(300);
    const sight = { at: day.clock.now(), faces: 0, face: null, codes: [], enrol: null };
    await day.happen({ kind: "sight", sight, draw: 0.9 });
  };
  /** Whatever stands there goes by itself. */
  const rest = async (): Promise<void> => {
    for (let n = 0; day.view().at !== "idle"; n += 1) {
      if (n > 200) throw new Error(`the wall stays at ${day.view().at}`);
      await day.pass(1_000);
    }
  };
  /** By locators, which hold nothing of the page. */
  const byPin = async (n: number, typed: string): Promise<void> => {
    await touch({ touch: "way", way: "pin" });
    await day.page.locator('.screen[data-at="pin"] .pad').waitFor();
    for (const word of [numberOf(n), typed]) {
      for (const digit of word) await day.press(".pad .key", (Number(digit) + 9) % 10);
      await day.page.locator(".pad .key-word:last-child:enabled").waitFor();
      await day.press(".pad .key-word:last-child");
    }
  };

  const byBadge = (): Promise<void> => tap(someone());
  const byFace = (): Promise<void> => look(someone());
  /** Which of a hundred visitors does what; everybody else shows a badge. */
  const others: Readonly<Record<number, () => Promise<void>>> = {
    2: async () => {
      const who = someone();
      await tap(who);
      await day.pass(900);
      await tap(who);
    },
    12: async () => {
      await byBadge();
      await touch({ touch: "choose", kind: "break-start" });
      await touch({ touch: "hold" });
    },
    22: async () => {
      await touch({ touch: "ways" });
      await touch({ touch: "errand", errand: "me" });
      await byBadge();
      await touch({ touch: "more-time" });
      await touch({ touch: "dismiss" });
    },
    32: () => byPin(visits % withPin, pin),
    42: async () => {
      await byFace();
      await touch({ touch: "not-me" });
      await leave();
    },
    52: async () => {
      await tap(crowd + 1);
      await touch({ touch: "retry" });
    },
    62: async () => {
      for (let n = 0; n < 4; n += 1) {
        await byBadge();
        await day.pass(700);
      }
    },
    72: async () => {
      await look(null);
      await day.pass(8_000);
      await leave();
    },
    82: async () => {
      await touch({ touch: "errand", errand: "muster" });
      await touch({ touch: "page", page: 1 });
      await touch({ touch: "dismiss" });
    },
    92: async () => {
      await day.page
        .locator(".language")
        .nth(visits % 5)
        .dispatchEvent("click");
      await byBadge();
      await touch({ touch: "errand", errand: "me" });
      await touch({ touch: "request" });
      await touch({ touch: "dismiss" });
    },
    97: () => byPin(visits % withPin, "1111"),
    99: async () => {
      await byBadge();
      await touch({ touch: "jobs" });
      await touch({ touch: "pick", id: "press" });
    },
  };
  return {
    next: async () => {
      visits += 1;
      const other = others[visits % 100];
      if (other !== undefined) await other();
      else if (visits % 3 === 0) {
        await byFace();
        await leave();
      } else await byBadge();
      await rest();
    },
  };
}

function faceOf(frame: number, track: number, who: Person | null): FaceSeen {
  const isSure = frame > 4;
  return {
    ...{ track, box: { x: 0.3 + frame / 100, y: 0.3, width: 0.4, height: 0.4 }, problem: null },
    ...{ progress: who === null ? 0.4 : Math.min(1, frame / 5), live: isSure ? 0.9 : null },
    ...{ repeats: false, company: false, able: { turn: true, blink: true }, challenge: null },
    match: who !== null && isSure ? { person: who.id, similarity: 0.9, margin: 0.5, agreeing: 5 } : null,
    claim: null,
  };
}
