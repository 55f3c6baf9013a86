import { ended } from "../ended.ts";
import type { GuestsWords } from "./words.ts";

const the = (host: string): string => (host === "" ? "the office" : host);
const The = (host: string): string => (host === "" ? "The office" : host);

export const englishGuests: GuestsWords = {
  start: {
    say: "Welcome. What can we do for you?",
    arrive: "I am visiting somebody",
    code: "I have a number",
    leave: "I am leaving",
    pass: "You have a code as a picture? Hold it in front of the camera.",
  },
  ask: { name: "What is your name?", host: "Whom do you visit?", contact: "How can we reach you?" },
  hint: {
    name: "Your name is enough.",
    host: "Type the first three letters.",
    contact: "Phone or email, only if you want.",
  },
  isMore: "Many names begin like this. One more letter, please.",
  office: "The office",
  next: "Go on",
  skip: "Without it",
  space: "Space",
  letters: "More letters",
  check: {
    say: "Is this right?",
    name: "Name",
    host: "Visits",
    contact: "Contact",
    keeps: (days) => `We keep this for ${days} days. Then it is gone for good.`,
    here: "It stays on this clock, locked.",
    sent: "It is locked, and only the office has the key.",
    ask: (host) => `Yes, ask ${the(host)}`,
    signIn: "Yes, sign me in",
  },
  code: {
    arrive: "Type your number.",
    leave: "Type the number you were given.",
    unknown: "We do not know this number. Please try again.",
    wait: "That was often. Please wait a minute, or ask at the office.",
  },
  busy: "One moment.",
  asking: { say: (host) => ended(`We are asking ${the(host)}`, "."), more: "Please wait here, a minute at most." },
  number: "Your number",
  again: "If somebody else needs the clock now, come back with this number.",
  keep: "You need it when you leave. You can take a picture of the code.",
  askAgain: "Ask again",
  leaving: { say: "Are you leaving?", yes: "Yes, sign me out", no: "No" },
  told: {
    welcome: (host) => ({ say: "Welcome.", more: `${The(host)} knows that you are here.` }),
    soon: (host) => ({ say: "Please wait here.", more: `${The(host)} knows that you are here and needs a moment.` }),
    "in-unanswered": (host) => ({
      say: "You are signed in.",
      more: `${The(host)} has not answered yet. Please wait here, or call.`,
    }),
    unanswered: (host) => ({
      say: "Nobody has answered.",
      more: `Please call ${the(host)}, or wait here and ask again.`,
    }),
    declined: (host) => ({ say: "Not today, sorry.", more: `${The(host)} cannot see you now. We keep nothing of it.` }),
    early: (host, when) => ({
      say: "You are early.",
      more: `You are expected from ${when}. We can ask ${the(host)} now.`,
    }),
    expired: () => ({ say: "This invitation is over.", more: "You can still sign in: tell us whom you visit." }),
    used: () => ({ say: "This invitation was used.", more: "You can still sign in: tell us whom you visit." }),
    goodbye: () => ({ say: "Goodbye.", more: "You are signed out. Thank you for coming." }),
    "not-saved": () => ({ say: "This was not saved.", more: "Please tell somebody at the office." }),
    full: () => ({ say: "This clock is full.", more: "Please go to the office to sign in." }),
  },
  note: {
    "minutes-5": "It takes about 5 minutes.",
    "minutes-15": "It takes about 15 minutes.",
    reception: "Please go to the reception.",
    "another-day": "Please come another day.",
  },
  done: "Done",
};
