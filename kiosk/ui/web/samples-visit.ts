import type { View } from "../../core/view.ts";
import type { Sample } from "./sample.ts";

/** Views of a visit by hand, with fixed contents. Nobody here is real. */

const local = "2026-11-23T08:57:03.120+01:00";
const name = "Ana M.";
const at = (time: string): string => `2026-11-23T${time}:00.000+01:00`;

const mark = (id: string, kind: "in" | "out" | "break-start" | "break-end", time: string) =>
  ({ id, kind, local: at(time), isSure: true, isChanged: false, job: null }) as const;
const marks = [
  mark("m1", "in", "06:02"),
  mark("m2", "break-start", "09:30"),
  mark("m3", "break-end", "10:01"),
  mark("m4", "out", "14:31"),
] as const;
const day = (back: number) =>
  ({
    day: new Date(Date.UTC(2026, 10, 23 - back)).toISOString().slice(0, 10),
    workMin: back % 7 > 4 ? 0 : 478 - 7 * back,
    breakMin: back % 7 > 4 ? 0 : 30,
    isOpen: back === 0,
    isUnsure: back === 3,
    asked: back === 8 ? 1 : 0,
    marks: back === 0 ? marks : [],
  }) as const;
const days = Array.from({ length: 14 }, (_, back) => day(back));

const pad = {
  at: "pin",
  step: "number",
  number: "",
  count: 0,
  order: [1, 2, 3, 4, 5, 6, 7, 8, 9, 0],
  canEnter: false,
  isChecking: false,
  problem: null,
  waitUntil: null,
  errand: "punch",
  ways: ["badge", "qr", "face"],
  canSkip: false,
} as const satisfies View;

const asking = (ask: Extract<View, { at: "request" }>["ask"]): View => ({ at: "request", name, ask });
const overriding = (ask: Extract<View, { at: "override" }>["ask"]): View => ({ at: "override", ask });
const people = ["Ana Morales", "Bo", "Chidi Okafor", "Dana Weiss", "Emre Yıldız", "Farah Haddad", "Grace Liu", "Hugo"];

export const visitSamples: readonly Sample[] = [
  {
    id: "ways",
    title: "Every way beside the others",
    means: "Take whichever you like; none of them is worth less.",
    view: { at: "ways", ways: ["badge", "pin", "qr", "face"], errand: "punch" },
  },
  {
    id: "ways-supervisor",
    title: "Ways for a supervisor",
    means: "Supervisors say who they are with badge and PIN before they punch for somebody.",
    view: { at: "ways", ways: ["badge", "pin"], errand: "override" },
  },
  {
    id: "pin-number",
    title: "The number",
    means: "Type the short number that the office gave you; it is no secret.",
    view: { ...pad, number: "40", count: 2 },
  },
  {
    id: "pin",
    title: "The PIN",
    means: "Type your PIN; nobody sees it here, only how much of it there is.",
    view: { ...pad, step: "pin", count: 4, canEnter: true, order: [7, 1, 4, 0, 9, 2, 6, 3, 8, 5], ways: [] },
  },
  {
    id: "pin-wrong",
    title: "Number and PIN do not belong together",
    means: "One of the two was mistyped: begin again with the number.",
    view: { ...pad, problem: "wrong" },
  },
  {
    id: "pin-wait",
    title: "Too many tries",
    means: "To keep guessers out nothing is checked until the time that stands there; badge and face go on working.",
    view: { ...pad, problem: "wait", waitUntil: at("09:02") },
  },
  {
    id: "pin-also",
    title: "The PIN as well",
    means: "The site wants a PIN too; without it the time counts and is looked at later.",
    view: { ...pad, step: "pin", ways: [], canSkip: true },
  },
  {
    id: "also-badge",
    title: "The badge as well",
    means: "The site wants the badge too; without it the time counts and is looked at later.",
    view: { at: "also", name, wants: "badge" },
  },
  {
    id: "also-pass",
    title: "The pass as well",
    means: "The site wants the pass too; without it the time counts and is looked at later.",
    view: { at: "also", name, wants: "qr" },
  },
  {
    id: "choose",
    title: "What is it?",
    means: "Say whether you come or go; if you walk on, the likeliest stands.",
    view: { at: "choose", name, local, suggested: "in", kinds: ["in", "out", "break-start"] },
  },
  {
    id: "open-shift",
    title: "A shift that nobody ended",
    means: "Say when you left, that you do not know, or that you are still at it; your supervisor sees what you said.",
    view: {
      at: "open-shift",
      name,
      sinceLocal: "2026-11-22T06:03:00.000+01:00",
      endLocal: "2026-11-22T14:30:00.000+01:00",
      canEarlier: true,
      canLater: false,
    },
  },
  {
    id: "hours",
    title: "Own hours",
    means: "Your hours of today and of 14 days as this clock knows them; payroll may know more.",
    view: {
      at: "hours",
      name,
      standing: "in",
      job: "Assembly line 2",
      today: day(0),
      days,
      total: { workMin: 4_512, breakMin: 300, isUnsure: true },
      canJob: true,
      canRequest: true,
      canLeave: true,
    },
  },
  {
    id: "job",
    title: "What somebody works on",
    means: "Choose what you begin to work on; the time before belongs to what you did before.",
    view: {
      at: "job",
      name,
      groups: [
        { group: "", jobs: [{ code: "clean", label: "Cleaning" }] },
        {
          group: "Assembly",
          jobs: [
            { code: "a1", label: "Line 1" },
            { code: "a2", label: "Line 2" },
            { code: "a3", label: "Final inspection" },
          ],
        },
        { group: "Warehouse", jobs: [{ code: "w1", label: "Goods in" }] },
      ],
      now: "a2",
    },
  },
  {
    id: "request-day",
    title: "A correction: which day",
    means: "Ask for a correction in a few questions; nothing changes before a supervisor agrees.",
    view: asking({ what: "day", days }),
  },
  {
    id: "request-mark",
    title: "A correction: which time",
    means: "Touch the time that is wrong, or say that one is missing.",
    view: asking({ what: "mark", day: "2026-11-23", marks, canMissing: true }),
  },
  {
    id: "request-kind",
    title: "A correction: what it was",
    means: "Say what the time was for.",
    view: asking({ what: "kind", mark: marks[0], kinds: ["in", "out", "break-start", "break-end"] }),
  },
  {
    id: "request-time",
    title: "A correction: when",
    means: "Move the time in quarters of an hour until it is right, or say that you do not know.",
    view: asking({ what: "time", kind: "out", local: at("14:30"), canEarlier: true, canLater: true }),
  },
  {
    id: "request-reason",
    title: "A correction: why",
    means: "One touch says why, and it is written down.",
    view: asking({
      what: "reason",
      reasons: ["forgot", "clock-did-not-work", "wrong-button", "worked-elsewhere", "other"],
    }),
  },
  {
    id: "told-asked",
    title: "A request is written down",
    means: "A supervisor decides about what you asked for.",
    view: { at: "told", what: "asked", name },
  },
  {
    id: "told-not-me",
    title: "That was not me",
    means: "The time does not count for whoever was named; whoever stands here clocks in anew.",
    view: { at: "told", what: "not-me", name: "" },
  },
  {
    id: "told-punched",
    title: "Punched for somebody",
    means: "A supervisor's punch is written down with name and reason.",
    view: { at: "told", what: "punched", name: "Bo" },
  },
  {
    id: "muster",
    title: "Who is in",
    means: "Everybody who came and did not go, to be read aloud at an evacuation; it needs no network.",
    view: {
      at: "muster",
      count: 23,
      doubtful: 1,
      lines: people.map((person, index) => ({
        name: person,
        standing: index === 2 ? "break" : "in",
        sinceLocal: index === 5 ? null : at(`06:0${index}`),
        loc: index === 3 ? "Hall B" : "",
        isDoubtful: index === 6,
      })),
      page: 0,
      pages: 3,
    },
  },
  {
    id: "override-person",
    title: "A supervisor: for whom",
    means: "A supervisor picks whom they punch for.",
    view: overriding({
      what: "person",
      people: people.map((person, index) => ({ id: `p${index}`, name: person })),
      page: 1,
      pages: 4,
    }),
  },
  {
    id: "override-reason",
    title: "A supervisor: why",
    means: "The reason stands in the record.",
    view: overriding({
      what: "reason",
      name: "Bo",
      reasons: ["badge-forgotten", "badge-broken", "not-recognised", "not-enrolled-yet", "cannot-reach", "other"],
    }),
  },
  {
    id: "override-kind",
    title: "A supervisor: what",
    means: "The supervisor says what the punch is, and it is written down.",
    view: overriding({ what: "kind", name: "Bo", kinds: ["in", "out", "break-start"] }),
  },
];
