import type { ViewOf, Weeks } from "./kinds.ts";
import type { Sample } from "./sample.ts";

/** Leave, with fixed contents. Nobody here is real. */

const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
const weeks = (monday: string, from: string): Weeks => ({
  days: Array.from({ length: 28 }, (_, n) => dayAfter(monday, n)).map((day) => ({ day, isOpen: day >= from })),
  canBefore: monday > from,
  canAfter: true,
});
const asked = (id: string, from: string, to: string, state: "waiting" | "granted" | "declined", k: 1 | 2 | 3 = 1) =>
  ({ id, k, from, to, state }) as const;
const waiting = asked("l1", "2026-12-21", "2026-12-31", "waiting");
const view = (page: ViewOf<"absence">["page"]) => ({ at: "absence", name: "Ana M.", page }) as const;

export const absenceSamples: readonly Sample[] = [
  {
    id: "thanks-leave",
    title: "Thanks, on a day of leave",
    means: "The office has you on leave; your time is saved all the same, and somebody looks at it later.",
    view: {
      ...{ at: "thanks", name: "Ana M.", kind: "in", local: "2026-11-23T08:57:03.120+01:00", held: false, saved: true },
      receipt: "04EN-9T2P-5K80-00G0-000J-3DW6-7XQB-K1M8-4RG0",
      ...{ bulletins: [], received: null, choices: ["out"], changed: false, isOnLeave: true },
    },
  },
  {
    id: "leave",
    title: "Leave: what is left and what was asked for",
    means: "What is left of your leave, on the day on which the office said so; what waits can be taken back.",
    view: view({
      is: "list",
      balances: [
        { k: 1, days100: 1250, asOf: "2026-11-20" },
        { k: 3, days100: 200, asOf: "2026-11-20" },
      ],
      asked: [
        waiting,
        asked("l2", "2026-11-27", "2026-11-27", "granted", 2),
        asked("l3", "2026-12-07", "2026-12-09", "declined"),
      ],
      canAsk: true,
    }),
  },
  {
    id: "leave-nothing",
    title: "Leave: nothing is known",
    means: "The clock says what it does not know instead of guessing.",
    view: view({ is: "list", balances: [], asked: [], canAsk: true }),
    strip: { uplink: "offline", waiting: 2 },
  },
  {
    id: "leave-kind",
    title: "Leave: which kind",
    means: "Three kinds and never a reason; nothing about health can be said here.",
    view: view({ is: "kind" }),
  },
  {
    id: "leave-first",
    title: "Leave: the first day",
    means: "Four weeks at a time; days that are over cannot be touched.",
    view: view({ is: "first", k: 1, weeks: weeks("2026-11-23", "2026-11-25") }),
  },
  {
    id: "leave-last",
    title: "Leave: the last day",
    means: "From the first day on.",
    view: view({ is: "last", k: 1, from: "2026-12-21", weeks: weeks("2026-12-21", "2026-12-21") }),
  },
  {
    id: "leave-confirm",
    title: "Leave: is that right?",
    means: "What goes to the office stands here once more before it goes.",
    view: view({ is: "confirm", k: 1, from: "2026-12-21", to: "2026-12-31", days: 11, overlaps: true }),
  },
  {
    id: "leave-cancel",
    title: "Leave: taken back?",
    means: "A request that nobody decided yet can be taken back.",
    view: view({ is: "cancel", leave: waiting }),
  },
  {
    id: "leave-asked",
    title: "Leave: asked for",
    means: "The request is saved here and goes to the office by itself, with a network or later.",
    view: view({ is: "told", what: "asked", from: "2026-12-21", to: "2026-12-31" }),
  },
  {
    id: "leave-not-saved",
    title: "Leave: not saved",
    means: "The disk did not take it: nothing was asked for, and the person must know.",
    view: view({ is: "not-saved" }),
  },
];
