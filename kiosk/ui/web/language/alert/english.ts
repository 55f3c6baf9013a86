import { counting } from "../counted.ts";
import type { AlertWords } from "./words.ts";

const counted = counting("en");

export const englishAlert: AlertWords = {
  entry: "Emergency",
  raise: {
    say: "Raise the alert?",
    more: "Everybody is told, and who is in stands here.",
    yes: "Raise the alert",
    no: "No, go back",
  },
  on: {
    say: "Emergency",
    since: (time) => `since ${time}`,
    people: (count) => counted(count, { one: (n) => `${n} person who works here`, other: (n) => `${n} who work here` }),
    visitors: (count) => counted(count, { one: (n) => `${n} visitor`, other: (n) => `${n} visitors` }),
    doubtful: (count) => counted(count, { one: (n) => `${n} may have left`, other: (n) => `${n} may have left` }),
    stage: {
      "not-saved": "Not saved and not sent: call for help yourself.",
      saved: "Being sent. If nobody answers, call for help yourself.",
      sent: "The office has been told.",
    },
    visitor: "Visitor",
    isDoubtful: "may have left",
    nobody: "This clock knows of nobody inside.",
    badge: "Badges still count.",
    end: "It is over",
  },
  end: {
    say: "Is it over?",
    more: "The alert ends on this wall, and the office is told.",
    yes: "Yes, it is over",
    no: "No, go back",
  },
};
