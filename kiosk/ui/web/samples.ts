import type { DemoState, Place, Strip, View } from "../../core/view.ts";
import type { Sample } from "./sample.ts";
import { absenceSamples } from "./samples-absence.ts";
import { alertSamples } from "./samples-alert.ts";
import { consentSamples } from "./samples-consent.ts";
import { guestsSamples } from "./samples-guests.ts";
import { rightsSamples } from "./samples-rights.ts";
import { visitSamples } from "./samples-visit.ts";

export const samplePlace: Place = {
  site: "Riverside Works",
  gate: "Gate 2",
  timeZone: "Europe/Madrid",
  locale: "en-GB",
  notice: {
    controller: "Riverside Works Ltd",
    contact: "privacy@riverside.example, room 4",
    version: "3 of 1 September 2026",
    url: "https://riverside.example/clock",
    keep: [
      { cls: "frame", days: 0 },
      { cls: "template", days: 180 },
      { cls: "consent", days: 1_095 },
      { cls: "snapshot", days: 0 },
      { cls: "punch", days: 35 },
      { cls: "visitor", days: 30 },
      { cls: "audit", days: 365 },
      { cls: "log", days: 30 },
    ],
  },
};
export const sampleNowMs = Date.parse("2026-11-23T08:57:20+01:00");
export const sampleStrip: Strip = {
  camera: "on",
  reader: "on",
  uplink: "online",
  waiting: 0,
  outage: null,
  locked: null,
  notice: null,
  simulated: false,
  volume: 100,
};
export const sampleDemo: DemoState = {
  scenes: [
    { id: "empty", label: "Nobody" },
    { id: "ana", label: "Ana, from the morning shift" },
    { id: "stranger", label: "Somebody new" },
    { id: "photo", label: "Somebody with a photo of Ana" },
  ],
  scene: "ana",
  auto: true,
  badges: [
    { id: "ana", label: "Ana's badge" },
    { id: "unknown", label: "A badge nobody knows" },
  ],
  network: "connected",
};

const outage = {
  code: "certificate-expired",
  message:
    "The broker says that this box's certificate has expired (mqtt.example:8883: tlsv13 alert certificate expired)",
  remedy: "Renew the device's certificate and replace its file; punches are kept here meanwhile.",
  sinceMs: Date.parse("2026-11-21T03:12:00+01:00"),
} as const satisfies Strip["outage"];
const bulletins = [
  { id: "b3", text: "Tomorrow the north gate is closed. Please use Gate 2." },
  { id: "b2", text: "غدًا في الساعة 09:00 تدريب على الإخلاء." },
  { id: "b1", text: "Flu shots on Thursday, 10 to 12, in the canteen." },
] as const;
const local = "2026-11-23T08:57:03.120+01:00";
const box = { x: 0.35, y: 0.25, width: 0.3, height: 0.4 };
const idle = { at: "idle", faceRestsUntil: null, bulletins: [] } as const satisfies View;
const look = {
  at: "look",
  box,
  problem: null,
  progress: 0.5,
  challenge: null,
  alsoWants: null,
} as const satisfies View;
const enrol = {
  at: "enrol",
  pose: "straight",
  accepted: 0,
  needed: 5,
  problem: null,
  box,
  isKeeping: false,
} as const satisfies View;
const thanks = {
  at: "thanks",
  name: "Ana M.",
  kind: "in",
  local,
  receipt: "04EN-9T2P-5K80-00G0-000J-3DW6-7XQB-K1M8-4RG0",
  held: false,
  bulletins: [],
  saved: true,
  received: { by: "payroll", local: "2026-11-23T08:57:04.000+01:00" },
  choices: ["out", "break-end"],
  changed: false,
} as const satisfies View;

export const samples: readonly Sample[] = [
  {
    id: "starting",
    title: "Waking up",
    means: "The clock has been switched on and needs a few seconds; nothing is asked of you.",
    view: { at: "starting", step: "models" },
  },
  {
    id: "idle",
    title: "Idle",
    means: "Look at the screen, or tap your badge; the foot says what the camera does and what is kept.",
    view: idle,
  },
  {
    id: "idle-ways",
    title: "Idle, with more ways",
    means: "As idle, and one touch shows the PIN and the pass beside the badge.",
    view: { ...idle, ways: ["badge", "pin", "qr", "face"] },
  },
  {
    id: "idle-camera-lost",
    title: "Idle, camera lost",
    means: "The camera is not there or does not answer: badges count as ever, and it is tried again by itself.",
    view: idle,
    strip: { camera: "lost" },
  },
  {
    id: "idle-face-rests",
    title: "Idle, only badges for a while",
    means: "After too many tries with a picture faces rest until the time that stands there; badges count.",
    view: { ...idle, faceRestsUntil: "2026-11-23T14:32:00+01:00" },
  },
  {
    id: "idle-face-rests-alone",
    title: "Idle, faces rest and there is no reader",
    means: "The same at a clock without a badge reader: until then the office writes down who came.",
    view: { ...idle, faceRestsUntil: "2026-11-23T14:32:00+01:00" },
    strip: { reader: "none" },
  },
  {
    id: "idle-offline",
    title: "Idle, no network",
    means: "There is no network; every time is saved here and sent later, and the number says how many wait.",
    view: idle,
    strip: { uplink: "offline", waiting: 12 },
  },
  {
    id: "idle-outage",
    title: "Idle, nothing arrives, and the technician may ask why",
    means: "Times are saved and do not arrive; the technician finds the cause with one touch.",
    view: idle,
    strip: { uplink: "offline", waiting: 12, outage },
  },
  {
    id: "idle-bulletins",
    title: "Idle, with words of the office",
    means: "The office has something to say to everybody.",
    view: { ...idle, bulletins },
    strip: { outage, waiting: 2 },
  },
  {
    id: "outage",
    title: "Why nothing arrives",
    means: "The cause of what does not arrive, what to do, since when, and the code to ask for.",
    view: idle,
    strip: { waiting: 12, outage },
    over: "outage",
  },
  {
    id: "identify",
    title: "Somebody looks for this clock",
    means: "Somebody asked from afar which clock this is; clocking in and out works as always.",
    view: { at: "identify", device: "k3v8m2q7x4w9t1v6r3s5" },
  },
  {
    id: "idle-set-aside",
    title: "Idle, older journal set aside, reader lost",
    means: "An older book of times could not be read and was put aside; the office knows which numbers to look for.",
    view: idle,
    strip: { notice: { reason: "journal-lost", lost: [120, 131] }, reader: "lost" },
  },
  {
    id: "idle-damaged",
    title: "Idle, the journal has a damaged page",
    means: "A page of the book of times is damaged; new times are safe, and a technician should come.",
    view: idle,
    strip: { notice: { reason: "corrupt", lost: null } },
  },
  {
    id: "idle-locked",
    title: "Idle, locked by order",
    means:
      "Whoever runs this clock locked it from afar: it counts, sends nothing and uses no faces until it is unlocked.",
    view: idle,
    strip: { locked: "order", camera: "off", waiting: 12 },
  },
  {
    id: "thanks-locked",
    title: "Thanks, at a locked clock",
    means: "The punch counts and is kept here; it is sent once the clock is unlocked.",
    view: { ...thanks, received: null },
    strip: { locked: "order", camera: "off", waiting: 12 },
  },
  {
    id: "idle-opened",
    title: "Idle, its housing was opened",
    means:
      "Somebody opened the housing: faces rest until a supervisor has looked at it; badges and PINs count as always.",
    view: idle,
    strip: { locked: "housing", camera: "off" },
  },
  {
    id: "idle-demo",
    title: "Idle in the demo",
    means: "A demonstration: camera, reader and payroll are pretended, and the wall says so.",
    view: idle,
    strip: { simulated: true },
  },
  {
    id: "idle-dark",
    title: "Idle, nobody came for a while",
    means: "Nobody came for a while; a touch or a face wakes the wall.",
    view: idle,
    isDark: true,
  },
  {
    id: "notice",
    title: "What this clock keeps",
    means: "What this clock keeps about people, in four sentences.",
    view: idle,
    over: "notice",
  },
  {
    id: "drawer",
    title: "The demo's drawer",
    means: "The demonstration's own controls; no real clock has them.",
    view: idle,
    strip: { simulated: true },
    over: "drawer",
  },
  {
    id: "look",
    title: "Look, too far",
    means: "You are seen, and a little too far away.",
    view: { ...look, problem: "too-far", progress: 0.62 },
  },
  {
    id: "look-light",
    title: "Look, against the light",
    means: "The light comes from behind you: turn round, or go by badge.",
    view: { ...look, problem: "too-dark", progress: 0.2 },
  },
  {
    id: "look-hold",
    title: "Look, nearly there",
    means: "Nearly done: stay as you are.",
    view: { ...look, problem: null, progress: 0.86 },
  },
  {
    id: "look-turn-left",
    title: "Look, turn to the left",
    means: "The clock wants to see a living face: turn your head until the arrow is full.",
    view: { ...look, problem: "turned", challenge: { kind: "turn-left", isReturning: false, progress: 0.55 } },
  },
  {
    id: "look-turn-right",
    title: "Look, turn to the right, not begun",
    means: "The same to the other side.",
    view: { ...look, challenge: { kind: "turn-right", isReturning: false, progress: 0 } },
  },
  {
    id: "look-straight-again",
    title: "Look, straight again",
    means: "The movement was seen; look straight again.",
    view: { ...look, problem: "turned", challenge: { kind: "turn-left", isReturning: true, progress: 1 } },
  },
  {
    id: "look-blink",
    title: "Look, blink",
    means: "The clock wants to see a living face: blink once.",
    view: { ...look, challenge: { kind: "blink", isReturning: false, progress: 0.4 } },
  },
  {
    id: "look-turn-too-far",
    title: "Look, asked to turn, too far away",
    means: "The movement can only be seen from nearer, so that comes first.",
    view: {
      ...look,
      problem: "too-far",
      challenge: { kind: "turn-left", isReturning: false, progress: 0.2 },
    },
  },
  {
    id: "look-also-badge",
    title: "Look, the badge as well",
    means: "The face is known and the badge is wanted too, as the site has decided.",
    view: { ...look, progress: 1, alsoWants: "badge" },
  },
  {
    id: "look-also-face",
    title: "Look, the face as well",
    means: "The badge is read and the face is wanted too, as the site has decided.",
    view: { ...look, box: null, progress: 0, alsoWants: "face" },
  },
  {
    id: "enrol",
    title: "Enrolment, straight",
    means: "Somebody agreed to be known by their face; the first look is straight.",
    view: enrol,
  },
  {
    id: "enrol-a-little-left",
    title: "Enrolment, a little to the left, eyes closed",
    means: "A little to the left, with open eyes.",
    view: { ...enrol, pose: "a-little-left", accepted: 1, problem: "eyes-closed" },
  },
  {
    id: "enrol-a-little-right",
    title: "Enrolment, a little to the right, too dark",
    means: "A little to the right, with more light.",
    view: { ...enrol, pose: "a-little-right", accepted: 2, problem: "too-dark" },
  },
  {
    id: "enrol-turn-left",
    title: "Enrolment, turn to the left",
    means: "Further to the left.",
    view: { ...enrol, pose: "turn-left", accepted: 4 },
  },
  {
    id: "enrol-turn-right",
    title: "Enrolment, turn to the right, another face",
    means: "Somebody else came into the picture: stay alone.",
    view: { ...enrol, pose: "turn-right", accepted: 4, problem: "another-face" },
  },
  {
    id: "enrol-blink",
    title: "Enrolment, blink",
    means: "A blink, to show that a living face is learnt.",
    view: { ...enrol, pose: "blink", accepted: 4 },
  },
  {
    id: "enrol-nobody",
    title: "Enrolment, nobody there",
    means: "Nobody stands in front of the clock.",
    view: { ...enrol, problem: "nobody", box: null },
  },
  {
    id: "enrol-keeping",
    title: "Enrolment, keeping",
    means: "The numbers are being written; this cannot be stopped halfway.",
    view: { ...enrol, accepted: 5, isKeeping: true },
  },
  {
    id: "enrolled",
    title: "Enrolled",
    means: "The clock knows you from now on.",
    view: { at: "enrolled", name: "Ana M.", isKept: true },
  },
  {
    id: "not-enrolled",
    title: "Not enrolled",
    means: "It did not work and nothing was kept; whoever set it up can see why.",
    view: { at: "enrolled", name: "Ana M.", isKept: false },
  },
  { id: "saving", title: "Saving", means: "Your time is being written down.", view: { at: "saving", name: "Ana M." } },
  {
    id: "thanks",
    title: "Thanks, received",
    means: "Your time is saved here and received by payroll; the code proves it.",
    view: thanks,
  },
  {
    id: "thanks-offline",
    title: "Thanks, no network, changed",
    means: "Your time is saved here, and will be sent when there is a network.",
    view: { ...thanks, kind: "break-start", received: null, changed: true, choices: [] },
    strip: { uplink: "offline", waiting: 13 },
  },
  {
    id: "thanks-bulletin",
    title: "Thanks, words for this person, the receipt stays",
    means: "The office has something to say to you alone.",
    view: {
      ...thanks,
      held: true,
      bulletins: [{ id: "p1", text: "Your new badge is ready. Please fetch it at the reception before Friday." }],
    },
  },
  {
    id: "thanks-long-name",
    title: "Thanks, a long name, three choices",
    means: "The same with a long name and three ways to put it right.",
    view: {
      ...thanks,
      name: "Maximiliana-Konstantinopoulou W.",
      kind: "out",
      choices: ["break-start", "in", "break-end"],
    },
  },
  {
    id: "not-sure",
    title: "Not sure",
    means: "Nothing is held against you: go by badge, try again, or tell the office the time that stands there.",
    view: { at: "refused", why: "not-sure", local, canRetry: true },
  },
  {
    id: "several",
    title: "More than one person",
    means: "More than one face was there, so nobody's time was taken.",
    view: { at: "refused", why: "several", local, canRetry: true },
  },
  {
    id: "needs-badge",
    title: "The badge is needed",
    means: "The face alone is not enough here or not just now: tap your badge.",
    view: { at: "refused", why: "needs-badge", local, canRetry: false },
  },
  {
    id: "badge-unknown",
    title: "Unknown badge",
    means: "The badge works, and this clock does not know whose it is: the office can give it to you.",
    view: { at: "refused", why: "badge-unknown", local, canRetry: false },
  },
  {
    id: "pass-late",
    title: "A pass that is too old",
    means: "A pass is good for a minute: open it again.",
    view: { at: "refused", why: "pass-late", local, canRetry: false },
  },
  {
    id: "pass-used",
    title: "A pass that was shown before",
    means: "A pass counts once: show the next one.",
    view: { at: "refused", why: "pass-used", local, canRetry: false, ways: ["badge", "pin", "qr"] },
  },
  {
    id: "pass-elsewhere",
    title: "A pass for another site",
    means: "The pass was made for another site.",
    view: { at: "refused", why: "pass-elsewhere", local, canRetry: false },
  },
  {
    id: "pass-visitor",
    title: "A visitor's pass where no visitors are received",
    means: "The pass is a visitor's, and this clock is for those who work here.",
    view: { at: "refused", why: "pass-visitor", local, canRetry: false },
  },
  {
    id: "not-allowed",
    title: "For supervisors",
    means: "What was asked for is a supervisor's to do; nothing is held against whoever asked.",
    view: { at: "refused", why: "not-allowed", local, canRetry: false },
  },
  {
    id: "not-saved",
    title: "Not saved",
    means: "The disk did not take it: your time is NOT safe, and your supervisor has to know at once.",
    view: { at: "refused", why: "not-saved", local, canRetry: false },
  },
  {
    id: "duplicate",
    title: "Already in",
    means: "You were here a moment ago; it counts once, unless you say that you mean something else.",
    view: { at: "duplicate", name: "Ana M.", kind: "in", sinceLocal: local, choices: ["out", "break-start"] },
  },
  {
    id: "out-of-order",
    title: "Out of order",
    means: "The clock cannot save: tell your supervisor, and the technician reads the code in the corner.",
    view: { at: "out-of-order", code: "disk-full", remedy: "Free space on the disk, then restart the clock." },
  },
  {
    id: "unreachable",
    title: "The page lost its clock",
    means: "The screen lost its clock and does not pretend to know whether anything was saved.",
    view: null,
  },
  {
    id: "idle-errands",
    title: "Idle, with more to ask for",
    means: "As idle; hours, data, leave and more are two touches away, visitors and an emergency are one.",
    view: {
      ...idle,
      ways: ["badge", "pin", "face"],
      errands: ["me", "rights", "consent", "absence", "muster", "override"],
      visitors: true,
      alert: true,
    },
  },
  {
    id: "ways-errands",
    title: "Every way, and what else people come for",
    means: "Clock in whichever way you like, or say what else you came for.",
    view: {
      at: "ways",
      ways: ["badge", "pin", "qr", "face"],
      errand: "punch",
      errands: ["me", "rights", "consent", "absence", "muster", "override"],
    },
  },
  {
    id: "thanks-can",
    title: "Thanks, with more to do",
    means: "Your time is saved; if it was not you, one touch says so, and nobody has to be asked.",
    view: { ...thanks, can: { notMe: true, me: true, jobs: true } },
  },
  {
    id: "thanks-job",
    title: "Thanks, a new job",
    means: "From now on your time belongs to the job that stands there.",
    view: {
      ...thanks,
      kind: "transfer",
      job: "Assembly line 2",
      choices: [],
      can: { notMe: true, me: true, jobs: true },
    },
  },
  {
    id: "look-tail",
    title: "Look, while the last thanks still shows",
    means: "The next person may look while the one before still sees that their time is saved.",
    view: look,
    strip: { tail: { name: "Bo", kind: "out", local } },
  },
  ...visitSamples,
  ...guestsSamples,
  ...consentSamples,
  ...rightsSamples,
  ...absenceSamples,
  ...alertSamples,
];
