import { counting } from "../counted.ts";
import { ended } from "../ended.ts";
import type { VisitWords } from "./words.ts";

const counted = counting("en");

export const englishVisit: VisitWords = {
  way: {
    face: { title: "Face", how: "Look at the screen" },
    pin: { title: "PIN", how: "Type it on the screen" },
    qr: { title: "Pass", how: "Show its code to the camera" },
  },
  ways: {
    say: {
      punch: "How would you like to clock in or out?",
      me: "Who are you? Then your hours stand here.",
      muster: "Who are you? Then you see who is in.",
      override: "Supervisors: who are you?",
      consent: "Your face at this clock: who are you?",
      rights: "What this clock knows about you: who are you?",
      absence: "Your leave: who are you?",
      alert: "Supervisors: is the alert over? Who are you?",
    },
    more: "Each of them counts the same.",
  },
  errand: {
    me: "My hours",
    muster: "Who is in",
    override: "Supervisor",
    consent: "Use my face",
    rights: "My data",
    absence: "My leave",
    alert: "End the alert",
  },
  back: "Back",
  close: "Close",
  without: "Go on without it",
  withoutMore: "It counts. Somebody looks at it later.",
  pin: {
    number: "Type your number.",
    pin: "Now type your PIN.",
    typed: (count) => `${count} typed`,
    erase: "Erase",
    enter: "Done",
    checking: "One moment.",
    wrong: "Number and PIN do not belong together. Please try again.",
    wait: (time) => `That was often. Please wait until ${time}, or take another way.`,
  },
  also: {
    badge: "Please tap your badge as well.",
    pin: "Please type your PIN as well.",
    qr: "Please show your pass as well.",
  },
  choose: {
    say: (name) => (name === "" ? "What is it?" : `What is it, ${name}?`),
    more: (kind) => `If you walk on, it is: ${kind}.`,
  },
  openShift: {
    say: "You did not clock out.",
    since: (day, time) => `Last here: ${day}, ${time}.`,
    ended: "When did you leave?",
    same: "I am still at work",
  },
  time: { earlier: "Earlier", later: "Later", confirm: (time) => `It was ${time}`, unknown: "I do not know" },
  hours: {
    say: (name) => (name === "" ? "Your hours" : `Your hours, ${name}`),
    standing: { in: "You are in.", break: "You are on a break.", out: "You are out." },
    today: "Today",
    total: "14 days",
    work: "Work",
    pause: "Break",
    open: "still open",
    unsure: "not sure",
    asked: "asked about",
    job: "Change job",
    request: "Something is wrong",
  },
  kind: {
    in: "In",
    out: "Out",
    "break-start": "Break",
    "break-end": "Back",
    transfer: "New job",
    attest: "Confirmed",
    unknown: "Not sure",
  },
  job: { say: "What do you work on now?", now: "now" },
  request: {
    day: "Which day is it about?",
    mark: "Which time is it about?",
    missing: "A time is missing",
    kind: "What was it?",
    time: (kind) => `${kind}: when was it?`,
    reason: "What happened?",
    more: "Nothing changes before your supervisor agrees.",
    reasons: {
      forgot: "I forgot",
      "clock-did-not-work": "The clock did not work",
      "wrong-button": "I touched the wrong one",
      "worked-elsewhere": "I worked elsewhere",
      other: "Something else",
    },
  },
  notMe: "That was not me",
  told: {
    "not-me": {
      say: "Thank you for saying so.",
      more: "This time does not count for you. Please clock in again yourself.",
    },
    asked: { say: "It is written down.", more: "Your supervisor decides. You see it in your hours." },
    punched: { say: (name) => ended(`Written down for ${name}`), more: "Supervisor and reason stand beside it." },
  },
  muster: {
    say: (count) =>
      count === 0
        ? "Nobody is in."
        : counted(count, { one: () => "One person is in.", other: (n) => `${n} people are in.` }),
    doubtful: (count) =>
      counted(count, {
        one: () => "One may have left without clocking out.",
        other: (n) => `${n} may have left without clocking out.`,
      }),
    isDoubtful: "perhaps gone",
    isBreak: "on a break",
    since: (time) => `since ${time}`,
  },
  page: (page, pages) => `Page ${page} of ${pages}`,
  next: "Next",
  before: "Before",
  override: {
    person: "For whom?",
    reason: (name) => `Why, for ${name}?`,
    kind: (name) => `What is it for ${name}?`,
    reasons: {
      "badge-forgotten": "Badge forgotten",
      "badge-broken": "Badge broken",
      "not-recognised": "Not recognised",
      "not-enrolled-yet": "New here",
      "cannot-reach": "Cannot reach the clock",
      other: "Something else",
    },
  },
};
