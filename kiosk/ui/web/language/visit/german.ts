import { counting } from "../counted.ts";
import { ended } from "../ended.ts";
import type { VisitWords } from "./words.ts";

const counted = counting("de");

export const germanVisit: VisitWords = {
  way: {
    face: { title: "Gesicht", how: "Schau auf den Bildschirm" },
    pin: { title: "PIN", how: "Auf dem Bildschirm tippen" },
    qr: { title: "Code", how: "Der Kamera zeigen" },
  },
  ways: {
    say: {
      punch: "Wie möchtest du kommen oder gehen?",
      me: "Wer bist du? Dann stehen hier deine Stunden.",
      muster: "Wer bist du? Dann siehst du, wer da ist.",
      override: "Für die Leitung: Wer bist du?",
      consent: "Dein Gesicht an dieser Uhr: Wer bist du?",
      rights: "Was diese Uhr über Sie weiß: Wer sind Sie?",
      absence: "Dein Urlaub: Wer bist du?",
      alert: "Für die Leitung: Ist der Alarm vorbei? Wer bist du?",
    },
    more: "Alles zählt genauso.",
  },
  errand: {
    me: "Meine Stunden",
    muster: "Wer ist da",
    override: "Leitung",
    consent: "Mit Gesicht stempeln",
    rights: "Meine Daten",
    absence: "Mein Urlaub",
    alert: "Alarm beenden",
  },
  back: "Zurück",
  close: "Schließen",
  without: "Ohne weitermachen",
  withoutMore: "Es zählt. Jemand sieht es sich später an.",
  pin: {
    number: "Tipp deine Nummer.",
    pin: "Jetzt deine PIN.",
    typed: (count) => `${count} getippt`,
    erase: "Löschen",
    enter: "Fertig",
    checking: "Einen Moment.",
    wrong: "Nummer und PIN gehören nicht zusammen. Bitte noch einmal.",
    wait: (time) => `Das war oft. Bitte warte bis ${time} oder nimm einen anderen Weg.`,
  },
  also: {
    badge: "Bitte halte auch deinen Ausweis hin.",
    pin: "Bitte tipp auch deine PIN.",
    qr: "Bitte zeig auch deinen Code.",
  },
  choose: {
    say: (name) => (name === "" ? "Was ist es?" : `Was ist es, ${name}?`),
    more: (kind) => `Wenn du weitergehst, gilt: ${kind}.`,
  },
  openShift: {
    say: "Du hast dich nicht abgemeldet.",
    since: (day, time) => `Zuletzt hier: ${day}, ${time}.`,
    ended: "Wann bist du gegangen?",
    same: "Ich arbeite noch",
  },
  time: { earlier: "Früher", later: "Später", confirm: (time) => `Es war ${time}`, unknown: "Weiß ich nicht" },
  hours: {
    say: (name) => (name === "" ? "Deine Stunden" : `Deine Stunden, ${name}`),
    standing: { in: "Du bist da.", break: "Du bist in der Pause.", out: "Du bist gegangen." },
    today: "Heute",
    total: "14 Tage",
    work: "Arbeit",
    pause: "Pause",
    open: "noch offen",
    unsure: "nicht sicher",
    asked: "angefragt",
    job: "Andere Aufgabe",
    request: "Da stimmt etwas nicht",
  },
  kind: {
    in: "Gekommen",
    out: "Gegangen",
    "break-start": "Pause",
    "break-end": "Zurück",
    transfer: "Neue Aufgabe",
    attest: "Bestätigt",
    unknown: "Nicht sicher",
  },
  job: { say: "Woran arbeitest du jetzt?", now: "jetzt" },
  request: {
    day: "Um welchen Tag geht es?",
    mark: "Um welche Zeit geht es?",
    missing: "Eine Zeit fehlt",
    kind: "Was war es?",
    time: (kind) => `${kind}: Wann war es?`,
    reason: "Was ist passiert?",
    more: "Es ändert sich nichts, bevor deine Leitung zustimmt.",
    reasons: {
      forgot: "Ich habe es vergessen",
      "clock-did-not-work": "Die Uhr ging nicht",
      "wrong-button": "Falsch getippt",
      "worked-elsewhere": "Ich war woanders",
      other: "Etwas anderes",
    },
  },
  notMe: "Das war ich nicht",
  told: {
    "not-me": {
      say: "Danke, dass du es sagst.",
      more: "Diese Zeit zählt nicht für dich. Bitte melde dich selbst noch einmal an.",
    },
    asked: { say: "Es ist aufgeschrieben.", more: "Deine Leitung entscheidet. Du siehst es bei deinen Stunden." },
    punched: { say: (name) => ended(`Aufgeschrieben für ${name}`), more: "Leitung und Grund stehen dabei." },
  },
  muster: {
    say: (count) =>
      count === 0
        ? "Niemand ist da."
        : counted(count, { one: () => "Eine Person ist da.", other: (n) => `${n} Personen sind da.` }),
    doubtful: (count) =>
      counted(count, {
        one: () => "Eine ist vielleicht gegangen, ohne es zu sagen.",
        other: (n) => `${n} sind vielleicht gegangen, ohne es zu sagen.`,
      }),
    isDoubtful: "vielleicht weg",
    isBreak: "in der Pause",
    since: (time) => `seit ${time}`,
  },
  page: (page, pages) => `Seite ${page} von ${pages}`,
  next: "Weiter",
  before: "Davor",
  override: {
    person: "Für wen?",
    reason: (name) => `Warum, für ${name}?`,
    kind: (name) => `Was ist es für ${name}?`,
    reasons: {
      "badge-forgotten": "Ausweis vergessen",
      "badge-broken": "Ausweis kaputt",
      "not-recognised": "Nicht erkannt",
      "not-enrolled-yet": "Neu hier",
      "cannot-reach": "Kommt nicht an die Uhr",
      other: "Etwas anderes",
    },
  },
};
