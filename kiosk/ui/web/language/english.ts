import { englishAbsence } from "./absence/english.ts";
import { englishAlert } from "./alert/english.ts";
import { englishConsent } from "./consent/english.ts";
import { counting } from "./counted.ts";
import { ended } from "./ended.ts";
import { englishGuests } from "./guests/english.ts";
import { languages } from "./languages.ts";
import { englishRights } from "./rights/english.ts";
import { englishVisit } from "./visit/english.ts";
import type { Words } from "./words.ts";

const counted = counting("en");

const named = (greeting: string) => (name: string) => (name === "" ? `${greeting}.` : `${greeting}, ${name}`);

const problems: Words["look"]["problem"] = {
  "too-far": "Come a little closer.",
  "too-close": "A small step back, please.",
  "off-centre": "Step to the middle.",
  turned: "Look straight at the screen.",
  "too-dark": "A light behind you hides your face.",
  "too-bright": "The light on your face is too strong.",
  blurred: "Hold still for a moment.",
  several: "One person at a time, please.",
};
const turn = { left: "Please turn your head to your left.", right: "Please turn your head to your right." };

export const english: Words = {
  ...languages.english,
  languages: "Languages",
  moreTime: "More time",
  fullStop: ".",
  greeting: { morning: named("Good morning"), afternoon: named("Good afternoon"), evening: named("Good evening") },
  starting: {
    say: "One moment. This clock is waking up.",
    step: {
      journal: "Opening the book of times",
      people: "Reading who works here",
      models: "Getting ready to see you",
      camera: "Starting the camera",
    },
  },
  idle: {
    say: "Look at the screen to clock in or out.",
    sayBadgeOnly: "Tap your badge to clock in or out.",
    sayWaking: "The camera is waking up. Tap your badge, it counts the same.",
    sayResting: "The camera is resting. Tap your badge, it counts the same.",
    sayRestingAlone: "The camera is resting. It will be back in a moment.",
    sayNothing: "This clock cannot see you just now. Please tell the office.",
    sayBadgeUntil: (time) => `Please use your badge until ${time}.`,
    sayNoFaceUntil: (time) => `This clock does not go by faces until ${time}. Please tell the office.`,
    badgeAlone: "Until then this clock goes by badges alone.",
    camera: {
      on: "Camera on · faces stay here",
      starting: "Camera waking up",
      lost: "Camera resting",
      off: "Camera off",
    },
    keeps: "What this clock keeps about you",
  },
  identify: {
    say: "Here I am: this is the clock you look for.",
    more: "Clocking in and out works as always.",
    site: "Site",
    gate: "Gate",
    device: "Clock",
  },
  look: {
    say: "Look at the screen.",
    hold: "Good. Hold it there.",
    problem: problems,
    challenge: { "turn-left": turn.left, "turn-right": turn.right, blink: "Please blink." },
    straightAgain: "Good. Now look straight again.",
    alsoBadge: "Please tap your badge as well.",
    alsoFace: "Thank you. Now look at the screen.",
    badgeRead: "Your badge is read.",
    orBadge: "or tap your badge, it counts the same",
    aside: "Not here to clock in? Step aside.",
  },
  enrol: {
    pose: {
      straight: "Look straight at the screen.",
      "a-little-left": "Turn your head a little to your left.",
      "a-little-right": "Turn your head a little to your right.",
      "turn-left": turn.left,
      "turn-right": turn.right,
      blink: "Please blink.",
    },
    problem: {
      ...problems,
      turned: "Hold your head as in the drawing.",
      "too-dark": "It is too dark. Please put on a light.",
      "too-bright": "The light is too strong. Please step out of it.",
      nobody: "Please stand in front of the clock.",
      "another-face": "Please stay the only one in front of the clock.",
      "eyes-closed": "Please keep your eyes open.",
    },
    taken: (accepted, needed) => `${accepted} of ${needed} done`,
    keeps: "Only numbers made from your face are kept. No picture.",
    keeping: "One moment.",
    keepingMore: "Writing down the numbers.",
    stop: "Stop",
  },
  enrolled: {
    kept: (name) => (name === "" ? "Done." : ended(`Done, ${name}`)),
    keptMore: "This clock knows you now.",
    notKept: "That did not work. Nothing was kept.",
    notKeptMore: "It is not your fault. Please ask whoever is setting this up with you: they can see why.",
    close: "Close",
  },
  saving: {
    say: (name) => (name === "" ? "One moment." : `One moment, ${name}`),
    more: "Writing down your time.",
  },
  thanks: {
    kind: { in: "In", out: "Out", "break-start": "Break", "break-end": "Back", transfer: "New job" },
    changed: "changed",
    saved: "Saved on this clock",
    received: (by) => `Received by ${by}`,
    onItsWay: "On its way",
    noNetwork: "Waiting for the network",
    choose: {
      in: "I am coming in",
      out: "I am leaving",
      "break-start": "Make it a break",
      "break-end": "Back from a break",
    },
    next: "Next person may step up",
  },
  receipt: {
    say: "Your receipt. It proves this time.",
    hold: "Touch to keep it here",
    stays: "It stays for a while",
  },
  refused: {
    notSure: "We could not be sure it is you.",
    several: "One person at a time, please.",
    severalMore: "Let one person stand in front of the clock.",
    needsBadge: "Your face alone is not enough here.",
    needsBadgeTap: "Please tap your badge.",
    needsBadgeMore: "That is this clock's limit, not yours.",
    badgeUnknown: "This badge is new to this clock.",
    badgeUnknownMore: "Please show it to the office, so that it works next time.",
    notAllowed: "This is for supervisors.",
    notAllowedMore: "Please ask yours to come to the clock.",
    pass: {
      "pass-late": { say: "This pass is too old.", more: "Open it again in the app: it is new every half minute." },
      "pass-used": { say: "This pass was shown before.", more: "Wait a moment and show the next one." },
      "pass-elsewhere": { say: "This pass is for another site.", more: "Please ask at the office." },
      "pass-visitor": {
        say: "This is a visitor's pass.",
        more: "This clock does not receive visitors. Please ask at the reception.",
      },
    },
    notSaved: "Your time is not saved.",
    notSavedMore: "This clock could not write it down. Please tell your supervisor now.",
    tellWhen: "If it does not work, tell the office you were here at",
    tellNow: "Say that you were here at",
    useBadge: "Tap your badge, it counts the same.",
    useCamera: "Look at the screen, it counts the same.",
    retryCamera: "Try the camera again",
    retry: "Try again",
    close: "Close",
  },
  duplicate: {
    since: {
      in: (time) => `Already in since ${time}.`,
      out: (time) => `Already out since ${time}.`,
      "break-start": (time) => `On a break since ${time}.`,
      "break-end": (time) => `Back since ${time}.`,
      transfer: (time) => `On this job since ${time}.`,
    },
    more: (name) => (name === "" ? "It is counted once." : `It is counted once, ${name}`),
    choose: {
      in: "I am coming in",
      out: "I am leaving",
      "break-start": "I start a break",
      "break-end": "Back from a break",
    },
    close: "All good",
  },
  outOfOrder: {
    say: "This clock is out of order.",
    more: "It cannot save your time. Please tell your supervisor now.",
    forTechnician: "For the technician",
  },
  unreachable: {
    say: "One moment, please.",
    more: "This screen cannot reach its clock, so it cannot tell you whether your time is saved. Please tell somebody at the office.",
  },
  otherWay: "Another way",
  badge: {
    title: "Badge",
    how: "Tap it below the screen",
    starting: "The badge reader is waking up",
    resting: "The badge reader is resting",
  },
  locked: {
    order: "This clock is locked as a precaution. Your times count, stay safe here and are sent once it is unlocked.",
    housing:
      "Somebody opened this clock's housing. It uses no faces until it has been looked at; your times count as always.",
    kept: "Sent once the clock is unlocked",
  },
  truths: {
    offline: (waiting) =>
      waiting === 0
        ? "No network. What you clock is kept here."
        : counted(waiting, { other: (n) => `No network. Saved here; ${n} waiting to be sent.` }),
    undelivered: (waiting) =>
      waiting === 0
        ? "What you clock is saved here and will be sent."
        : counted(waiting, { other: (n) => `Saved here; ${n} waiting to be sent.` }),
    setAside: "An older book of times was set aside here. Ask the office if yours is missing.",
    damaged: "A page of this clock's book of times is damaged. What you clock now is safe.",
    lost: (from, to) => (from === to ? `Number ${from} is missing.` : `Numbers ${from} to ${to} are missing.`),
    pretended: "Camera, badge reader and payroll are pretended here",
    demo: "Demo",
  },
  outage: {
    cause: {
      "broker-unreachable": "The broker does not answer.",
      "broker-refused": "The broker does not let this clock in, or it is the wrong one.",
      "broker-taken-over": "Another box uses this clock's identity.",
      "certificate-expired": "A certificate has expired.",
      "clock-wrong": "The time of this box is wrong.",
      "receipt-invalid": "A receipt came that is not genuine.",
      "receiver-silent": "The broker takes everything, and nobody sends receipts.",
    },
    otherCause: "What is clocked here does not arrive.",
    safe: (waiting) =>
      waiting === 0
        ? "Nothing is lost: what is clocked is saved here and will be sent."
        : counted(waiting, { other: (n) => `Nothing is lost: ${n} saved here, and will be sent.` }),
    next: "What to do",
    found: "What the clock found",
    since: "Since",
    code: "Code",
  },
  notice: {
    title: "What this clock keeps about you",
    parts: {
      camera: {
        head: "The camera looks, and forgets.",
        body: "It looks for a face in front of the clock. Pictures are never stored and never leave this clock.",
      },
      face: {
        head: "Your face is kept as numbers, if you agreed.",
        body: "They are locked on this clock and compared only here. Take your agreement back at any time: they are erased.",
      },
      times: {
        head: "Your times are kept and sent to payroll.",
        body: "Each one says when, whether in or out, and a number that stands for you. No name, no picture.",
      },
      badge: {
        head: "Your badge counts the same.",
        body: "You never have to use the camera.",
      },
    },
    close: "Close",
  },
  consent: englishConsent,
  rights: englishRights,
  guests: englishGuests,
  absence: englishAbsence,
  alert: englishAlert,
  visit: englishVisit,
};
