import { counting } from "../counted.ts";
import type { AbsenceWords } from "./words.ts";

const counted = counting("en");
/** In the middle of a sentence. */
const small = (kind: string): string => `${kind}`.toLowerCase();

export const englishAbsence: AbsenceWords = {
  say: (name) => `${name}, your leave`,
  kinds: { 1: "Leave", 2: "Working elsewhere", 3: "Training" },
  balance: (days, kind) =>
    counted(days, {
      one: (n) => `${n} day of ${small(kind)}`,
      other: (n) => `${n} days of ${small(kind)}`,
    }),
  asOf: (balance, day) => `${balance}, as of ${day}`,
  onLeave: "The office has you on leave today. Your time counts.",
  noBalance: "The office has not told this clock how much leave you have.",
  ask: "Ask for days",
  state: { waiting: "Waiting for the office", granted: "Granted", declined: "Not granted" },
  span: (from, to) => (from === to ? from : `${from} to ${to}`),
  kind: "What would you like to ask for?",
  first: "Which is the first day?",
  last: "Which is the last day?",
  earlier: "Earlier days",
  later: "Later days",
  lastMore: (first) => `From ${first}`,
  days: (days) => counted(days, { one: (n) => `${n} day`, other: (n) => `${n} days` }),
  overlaps: "You have asked for some of these days already.",
  confirm: "Shall this go to the office?",
  send: "Yes, send it",
  cancel: "Take this back?",
  takeBack: "Yes, take it back",
  saving: "One moment",
  told: {
    asked: { say: "Asked.", more: "Saved here, and on its way to the office. The answer will stand at this clock." },
    cancelled: { say: "Taken back.", more: "The office will hear of it." },
  },
  notSaved: { say: "This could not be saved.", more: "Nothing was asked for. Please tell the office yourself." },
};
