import { ended } from "../ended.ts";
import type { GuestsWords } from "./words.ts";

const the = (host: string): string => (host === "" ? "das Büro" : host);
const The = (host: string): string => (host === "" ? "Das Büro" : host);

export const germanGuests: GuestsWords = {
  start: {
    say: "Willkommen. Was können wir für Sie tun?",
    arrive: "Ich besuche jemanden",
    code: "Ich habe eine Nummer",
    leave: "Ich gehe wieder",
    pass: "Sie haben einen Code als Bild? Halten Sie ihn vor die Kamera.",
  },
  ask: { name: "Wie heißen Sie?", host: "Wen besuchen Sie?", contact: "Wie erreichen wir Sie?" },
  hint: {
    name: "Ihr Name genügt.",
    host: "Tippen Sie die ersten drei Buchstaben.",
    contact: "Telefon oder E-Mail, nur wenn Sie wollen.",
  },
  isMore: "So fangen viele Namen an. Bitte noch ein Buchstabe.",
  office: "Das Büro",
  next: "Weiter",
  skip: "Ohne",
  space: "Leer",
  letters: "Mehr Buchstaben",
  check: {
    say: "Stimmt das?",
    name: "Name",
    host: "Besucht",
    contact: "Kontakt",
    keeps: (days) => `Wir behalten das ${days} Tage. Dann ist es für immer weg.`,
    here: "Es bleibt verschlossen in dieser Uhr.",
    sent: "Es ist verschlossen, und nur das Büro hat den Schlüssel.",
    ask: (host) => `Ja, fragen Sie ${the(host)}`,
    signIn: "Ja, melden Sie mich an",
  },
  code: {
    arrive: "Tippen Sie Ihre Nummer.",
    leave: "Tippen Sie die Nummer, die Sie bekommen haben.",
    unknown: "Diese Nummer kennen wir nicht. Bitte noch einmal.",
    wait: "Das war oft. Bitte warten Sie eine Minute, oder fragen Sie im Büro.",
  },
  busy: "Einen Moment.",
  asking: {
    say: (host) => ended(`Wir fragen ${the(host)}`, "."),
    more: "Bitte warten Sie hier, höchstens eine Minute.",
  },
  number: "Ihre Nummer",
  again: "Braucht jetzt jemand die Uhr, kommen Sie mit dieser Nummer wieder.",
  keep: "Sie brauchen sie beim Gehen. Den Code dürfen Sie fotografieren.",
  askAgain: "Noch einmal fragen",
  leaving: { say: "Gehen Sie wieder?", yes: "Ja, melden Sie mich ab", no: "Nein" },
  told: {
    welcome: (host) => ({ say: "Willkommen.", more: `${The(host)} weiß, dass Sie da sind.` }),
    soon: (host) => ({
      say: "Bitte warten Sie hier.",
      more: `${The(host)} weiß, dass Sie da sind, und braucht noch einen Moment.`,
    }),
    "in-unanswered": (host) => ({
      say: "Sie sind angemeldet.",
      more: `${The(host)} hat noch nicht geantwortet. Bitte warten Sie hier, oder rufen Sie an.`,
    }),
    unanswered: (host) => ({
      say: "Niemand hat geantwortet.",
      more: `Bitte rufen Sie ${the(host)} an, oder warten Sie hier und fragen noch einmal.`,
    }),
    declined: (host) => ({
      say: "Heute leider nicht.",
      more: `${The(host)} hat gerade keine Zeit. Wir behalten davon nichts.`,
    }),
    early: (host, when) => ({
      say: "Sie sind früh da.",
      more: `Sie werden ab ${when} erwartet. Wir können ${the(host)} jetzt fragen.`,
    }),
    expired: () => ({
      say: "Diese Einladung ist vorbei.",
      more: "Sie können sich trotzdem anmelden: Sagen Sie uns, wen Sie besuchen.",
    }),
    used: () => ({
      say: "Diese Einladung wurde schon benutzt.",
      more: "Sie können sich trotzdem anmelden: Sagen Sie uns, wen Sie besuchen.",
    }),
    goodbye: () => ({ say: "Auf Wiedersehen.", more: "Sie sind abgemeldet. Danke für Ihren Besuch." }),
    "not-saved": () => ({ say: "Das wurde nicht gespeichert.", more: "Bitte sagen Sie es im Büro." }),
    full: () => ({ say: "Diese Uhr ist voll.", more: "Bitte melden Sie sich im Büro an." }),
  },
  note: {
    "minutes-5": "Es dauert etwa 5 Minuten.",
    "minutes-15": "Es dauert etwa 15 Minuten.",
    reception: "Bitte gehen Sie zum Empfang.",
    "another-day": "Bitte kommen Sie an einem anderen Tag.",
  },
  done: "Fertig",
};
