import { counting } from "../counted.ts";
import type { AlertWords } from "./words.ts";

const counted = counting("de");

export const germanAlert: AlertWords = {
  entry: "Notfall",
  raise: {
    say: "Alarm auslösen?",
    more: "Alle erfahren es, und hier steht, wer da ist.",
    yes: "Alarm auslösen",
    no: "Nein, zurück",
  },
  on: {
    say: "Notfall",
    since: (time) => `seit ${time}`,
    people: (count) =>
      counted(count, { one: (n) => `${n} Person, die hier arbeitet`, other: (n) => `${n}, die hier arbeiten` }),
    visitors: (count) => counted(count, { one: (n) => `${n} Gast`, other: (n) => `${n} Gäste` }),
    doubtful: (count) =>
      counted(count, { one: (n) => `${n} ist vielleicht gegangen`, other: (n) => `${n} sind vielleicht gegangen` }),
    stage: {
      "not-saved": "Nicht gespeichert und nicht gesendet: Ruf selbst Hilfe.",
      saved: "Wird gesendet. Antwortet niemand, ruf selbst Hilfe.",
      sent: "Das Büro weiß es.",
    },
    visitor: "Gast",
    isDoubtful: "vielleicht gegangen",
    nobody: "Diese Uhr weiß von niemandem im Haus.",
    badge: "Ausweise zählen weiter.",
    end: "Es ist vorbei",
  },
  end: {
    say: "Ist es vorbei?",
    more: "Der Alarm endet an dieser Wand, und das Büro erfährt es.",
    yes: "Ja, es ist vorbei",
    no: "Nein, zurück",
  },
};
