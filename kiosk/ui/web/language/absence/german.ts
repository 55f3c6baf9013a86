import { counting } from "../counted.ts";
import type { AbsenceWords } from "./words.ts";

const counted = counting("de");

export const germanAbsence: AbsenceWords = {
  say: (name) => `${name}, dein Urlaub`,
  kinds: { 1: "Urlaub", 2: "Anderswo arbeiten", 3: "Fortbildung" },
  balance: (days, kind) => counted(days, { one: (n) => `${kind}: ${n} Tag`, other: (n) => `${kind}: ${n} Tage` }),
  asOf: (balance, day) => `${balance}, Stand ${day}`,
  onLeave: "Laut Büro hast du heute frei. Deine Zeit zählt.",
  noBalance: "Das Büro hat dieser Uhr nicht gesagt, wie viel Urlaub du hast.",
  ask: "Tage beantragen",
  state: { waiting: "Wartet auf das Büro", granted: "Genehmigt", declined: "Nicht genehmigt" },
  span: (from, to) => (from === to ? from : `${from} bis ${to}`),
  kind: "Was möchtest du beantragen?",
  first: "Welcher ist der erste Tag?",
  last: "Welcher ist der letzte Tag?",
  earlier: "Frühere Tage",
  later: "Spätere Tage",
  lastMore: (first) => `Ab ${first}`,
  days: (days) => counted(days, { one: (n) => `${n} Tag`, other: (n) => `${n} Tage` }),
  overlaps: "Einige dieser Tage hast du schon beantragt.",
  confirm: "Soll das an das Büro gehen?",
  send: "Ja, absenden",
  cancel: "Zurücknehmen?",
  takeBack: "Ja, zurücknehmen",
  saving: "Einen Moment",
  told: {
    asked: {
      say: "Beantragt.",
      more: "Hier gespeichert und unterwegs zum Büro. Die Antwort steht dann an dieser Uhr.",
    },
    cancelled: { say: "Zurückgenommen.", more: "Das Büro erfährt davon." },
  },
  notSaved: { say: "Das ließ sich nicht speichern.", more: "Nichts wurde beantragt. Bitte sag es dem Büro selbst." },
};
