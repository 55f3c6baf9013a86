import type { DemoState, Place, Strip, View } from "../../core/view.ts";

/** Every view with fixed contents, so that anybody can look at the whole wall without a clock. Nobody here is real. */
export interface Sample {
  readonly id: string;
  readonly title: string;
  /** Null is a page that lost its clock. */
  readonly view: View | null;
  readonly strip?: Partial<Strip>;
  readonly isDark?: boolean;
  readonly over?: "notice" | "drawer" | "outage";
}

export const samplePlace: Place = {
  site: "Riverside Works",
  gate: "Gate 2",
  timeZone: "Europe/Madrid",
  locale: "en-GB",
};
export const sampleNowMs = Date.parse("2026-11-23T08:57:20+01:00");
export const sampleStrip: Strip = {
  camera: "on",
  reader: "on",
  uplink: "online",
  waiting: 0,
  outage: null,
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
  { id: "starting", title: "Waking up", view: { at: "starting", step: "models" } },
  { id: "idle", title: "Idle", view: idle },
  { id: "idle-ways", title: "Idle, with more ways", view: { ...idle, ways: ["badge", "pin", "qr", "face"] } },
  { id: "idle-camera-lost", title: "Idle, camera lost", view: idle, strip: { camera: "lost" } },
  {
    id: "idle-face-rests",
    title: "Idle, only badges for a while",
    view: { ...idle, faceRestsUntil: "2026-11-23T14:32:00+01:00" },
  },
  {
    id: "idle-face-rests-alone",
    title: "Idle, faces rest and there is no reader",
    view: { ...idle, faceRestsUntil: "2026-11-23T14:32:00+01:00" },
    strip: { reader: "none" },
  },
  { id: "idle-offline", title: "Idle, no network", view: idle, strip: { uplink: "offline", waiting: 12 } },
  {
    id: "idle-outage",
    title: "Idle, nothing arrives, and the technician may ask why",
    view: idle,
    strip: { uplink: "offline", waiting: 12, outage },
  },
  {
    id: "idle-bulletins",
    title: "Idle, with words of the office",
    view: { ...idle, bulletins },
    strip: { outage, waiting: 2 },
  },
  { id: "outage", title: "Why nothing arrives", view: idle, strip: { waiting: 12, outage }, over: "outage" },
  { id: "identify", title: "Somebody looks for this clock", view: { at: "identify", device: "k3v8m2q7x4w9t1v6r3s5" } },
  {
    id: "idle-set-aside",
    title: "Idle, older journal set aside, reader lost",
    view: idle,
    strip: { notice: { reason: "journal-lost", lost: [120, 131] }, reader: "lost" },
  },
  {
    id: "idle-damaged",
    title: "Idle, the journal has a damaged page",
    view: idle,
    strip: { notice: { reason: "corrupt", lost: null } },
  },
  { id: "idle-demo", title: "Idle in the demo", view: idle, strip: { simulated: true } },
  { id: "idle-dark", title: "Idle, nobody came for a while", view: idle, isDark: true },
  { id: "notice", title: "What this clock keeps", view: idle, over: "notice" },
  { id: "drawer", title: "The demo's drawer", view: idle, strip: { simulated: true }, over: "drawer" },
  { id: "look", title: "Look, too far", view: { ...look, problem: "too-far", progress: 0.62 } },
  { id: "look-light", title: "Look, against the light", view: { ...look, problem: "too-dark", progress: 0.2 } },
  { id: "look-hold", title: "Look, nearly there", view: { ...look, problem: null, progress: 0.86 } },
  {
    id: "look-turn-left",
    title: "Look, turn to the left",
    view: { ...look, problem: "turned", challenge: { kind: "turn-left", isReturning: false, progress: 0.55 } },
  },
  {
    id: "look-turn-right",
    title: "Look, turn to the right, not begun",
    view: { ...look, challenge: { kind: "turn-right", isReturning: false, progress: 0 } },
  },
  {
    id: "look-straight-again",
    title: "Look, straight again",
    view: { ...look, problem: "turned", challenge: { kind: "turn-left", isReturning: true, progress: 1 } },
  },
  {
    id: "look-blink",
    title: "Look, blink",
    view: { ...look, challenge: { kind: "blink", isReturning: false, progress: 0.4 } },
  },
  {
    id: "look-turn-too-far",
    title: "Look, asked to turn, too far away",
    view: {
      ...look,
      problem: "too-far",
      challenge: { kind: "turn-left", isReturning: false, progress: 0.2 },
    },
  },
  { id: "look-also-badge", title: "Look, the badge as well", view: { ...look, progress: 1, alsoWants: "badge" } },
  {
    id: "look-also-face",
    title: "Look, the face as well",
    view: { ...look, box: null, progress: 0, alsoWants: "face" },
  },
  { id: "enrol", title: "Enrolment, straight", view: enrol },
  {
    id: "enrol-a-little-left",
    title: "Enrolment, a little to the left, eyes closed",
    view: { ...enrol, pose: "a-little-left", accepted: 1, problem: "eyes-closed" },
  },
  {
    id: "enrol-a-little-right",
    title: "Enrolment, a little to the right, too dark",
    view: { ...enrol, pose: "a-little-right", accepted: 2, problem: "too-dark" },
  },
  {
    id: "enrol-turn-left",
    title: "Enrolment, turn to the left",
    view: { ...enrol, pose: "turn-left", accepted: 4 },
  },
  {
    id: "enrol-turn-right",
    title: "Enrolment, turn to the right, another face",
    view: { ...enrol, pose: "turn-right", accepted: 4, problem: "another-face" },
  },
  { id: "enrol-blink", title: "Enrolment, blink", view: { ...enrol, pose: "blink", accepted: 4 } },
  {
    id: "enrol-nobody",
    title: "Enrolment, nobody there",
    view: { ...enrol, problem: "nobody", box: null },
  },
  { id: "enrol-keeping", title: "Enrolment, keeping", view: { ...enrol, accepted: 5, isKeeping: true } },
  { id: "enrolled", title: "Enrolled", view: { at: "enrolled", name: "Ana M.", isKept: true } },
  { id: "not-enrolled", title: "Not enrolled", view: { at: "enrolled", name: "Ana M.", isKept: false } },
  { id: "saving", title: "Saving", view: { at: "saving", name: "Ana M." } },
  { id: "thanks", title: "Thanks, received", view: thanks },
  {
    id: "thanks-offline",
    title: "Thanks, no network, changed",
    view: { ...thanks, kind: "break-start", received: null, changed: true, choices: [] },
    strip: { uplink: "offline", waiting: 13 },
  },
  {
    id: "thanks-bulletin",
    title: "Thanks, words for this person, the receipt stays",
    view: {
      ...thanks,
      held: true,
      bulletins: [{ id: "p1", text: "Your new badge is ready. Please fetch it at the reception before Friday." }],
    },
  },
  {
    id: "thanks-long-name",
    title: "Thanks, a long name, three choices",
    view: {
      ...thanks,
      name: "Maximiliana-Konstantinopoulou W.",
      kind: "out",
      choices: ["break-start", "in", "break-end"],
    },
  },
  { id: "not-sure", title: "Not sure", view: { at: "refused", why: "not-sure", local, canRetry: true } },
  { id: "several", title: "More than one person", view: { at: "refused", why: "several", local, canRetry: true } },
  {
    id: "needs-badge",
    title: "The badge is needed",
    view: { at: "refused", why: "needs-badge", local, canRetry: false },
  },
  {
    id: "badge-unknown",
    title: "Unknown badge",
    view: { at: "refused", why: "badge-unknown", local, canRetry: false },
  },
  {
    id: "pass-late",
    title: "A pass that is too old",
    view: { at: "refused", why: "pass-late", local, canRetry: false },
  },
  {
    id: "pass-used",
    title: "A pass that was shown before",
    view: { at: "refused", why: "pass-used", local, canRetry: false, ways: ["badge", "pin", "qr"] },
  },
  {
    id: "pass-elsewhere",
    title: "A pass for another site",
    view: { at: "refused", why: "pass-elsewhere", local, canRetry: false },
  },
  {
    id: "pass-visitor",
    title: "A visitor's pass where no visitors are received",
    view: { at: "refused", why: "pass-visitor", local, canRetry: false },
  },
  { id: "not-saved", title: "Not saved", view: { at: "refused", why: "not-saved", local, canRetry: false } },
  {
    id: "duplicate",
    title: "Already in",
    view: { at: "duplicate", name: "Ana M.", kind: "in", sinceLocal: local, choices: ["out", "break-start"] },
  },
  {
    id: "out-of-order",
    title: "Out of order",
    view: { at: "out-of-order", code: "disk-full", remedy: "Free space on the disk, then restart the clock." },
  },
  { id: "unreachable", title: "The page lost its clock", view: null },
];
