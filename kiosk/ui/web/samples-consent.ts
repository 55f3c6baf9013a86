import type { View } from "../../core/view.ts";
import type { Sample } from "./sample.ts";

/** Views of deciding about one's face, with fixed contents. Nobody here is real. */

type Page = Extract<View, { at: "consent" }>["page"];

const at = (page: Page): View => ({ at: "consent", name: "Ana M.", lang: "en", dir: "ltr", page });
const receipt = "04HM-ASR9-78X0-0020-0012-3F6Y-8KQ2-7WDB-VT10";
const nothing = { read: false, stop: false, enrol: false, release: false } as const;
const since = "2026-09-04T06:58:00.000+02:00";

export const consentSamples: readonly Sample[] = [
  {
    id: "consent-home",
    title: "A face that is used",
    means: "Says that your face is used here and until when; one touch leads to stopping it.",
    view: at({
      is: "home",
      face: "used",
      sinceLocal: since,
      untilLocal: "2027-09-04T06:58:00.000+02:00",
      can: { ...nothing, stop: true },
    }),
  },
  {
    id: "consent-off",
    title: "No faces at this site",
    means: "The employer's policy has no faces here: badge and PIN count the same.",
    view: at({ is: "home", face: "off", sinceLocal: null, untilLocal: null, can: nothing }),
  },
  {
    id: "consent-frozen",
    title: "A face that rests",
    means: "Your face is kept and not used until you say so.",
    view: at({
      is: "home",
      face: "frozen",
      sinceLocal: since,
      untilLocal: null,
      can: { ...nothing, stop: true, release: true },
    }),
  },
  {
    id: "consent-why",
    title: "What it would be",
    means:
      "Three sentences before anything else: what it is, that it counts the same without, that it can be taken back.",
    view: at({
      is: "why",
      lines: [
        "This clock can know your face when you come and go.",
        "Without it everything counts the same: your badge and your PIN stay.",
        "You choose. You can take it back here at any time, with two touches.",
      ],
    }),
  },
  {
    id: "consent-notice",
    title: "What somebody agrees to",
    means: "The whole notice, item by item; agreeing is offered on its last page.",
    view: at({
      is: "notice",
      page: 0,
      pages: 4,
      items: [
        {
          head: "Who asks",
          body: "Riverside Works Ltd. Questions: privacy@riverside.example, room 4. Data protection: dpo@riverside.example.",
        },
        { head: "What for", body: "Only to note when your work-day starts and ends." },
        { head: "What is kept", body: "Numbers made from your face. No picture. They stay on this clock, locked." },
      ],
    }),
  },
  {
    id: "consent-agree",
    title: "The end of the notice",
    means: "Agree or do not: both are one touch, and nothing else depends on it.",
    view: at({
      is: "notice",
      page: 3,
      pages: 4,
      items: [{ head: "Version", body: "Policy 3, riverside." }],
    }),
  },
  {
    id: "consent-age",
    title: "Old enough?",
    means: "Whoever is younger than the law of the place asks uses badge or PIN, and nothing of them is kept.",
    view: at({ is: "age", years: 16 }),
  },
  {
    id: "consent-guardian",
    title: "Together with a guardian",
    means: "Where the employer's policy and the law of the place have it: both are there, or badge and PIN it is.",
    view: at({ is: "guardian", years: 15 }),
  },
  {
    id: "consent-both",
    title: "For both of them",
    means: "Said to the young person and the guardian together, before they read the notice together.",
    view: at({
      is: "both",
      lines: [
        "Under 16 you decide together with a parent or guardian.",
        "Read it together. If one of you says no, nothing is kept.",
        "After a year at the latest you are both asked again.",
        "You alone can take it back here at any time.",
        "Of the guardian it is only kept that one agreed, and a number made from the drawn name.",
      ],
    }),
  },
  {
    id: "consent-guardian-sign",
    title: "The guardian's name, drawn",
    means: "The guardian draws first, then the young person; of the guardian's drawing only a number is kept.",
    view: at({
      is: "guardian-sign",
      agree:
        "I am their parent or guardian. I have read this with them. I agree that Riverside Works Ltd uses their face for this, and for this time.",
      isEmpty: false,
    }),
  },
  {
    id: "consent-sign",
    title: "A name drawn with a finger",
    means: "Draw your name, or confirm with badge and PIN; the drawing stays sealed on this clock.",
    view: at({
      is: "sign",
      agree: "I have read this. I agree that Riverside Works Ltd uses my face for this, and for this time.",
      isEmpty: false,
      canBadgePin: true,
    }),
  },
  {
    id: "consent-given",
    title: "Agreed",
    means: "It is written down; the code proves it, and the clock can get to know the face now.",
    view: at({ is: "given", receipt, canEnrol: true }),
  },
  {
    id: "consent-stop",
    title: "Taking it back",
    means: "The second of two touches: the face is deleted at once, and nobody has to be asked.",
    view: at({ is: "stop" }),
  },
  {
    id: "consent-stopped",
    title: "Taken back",
    means: "The clock does not know the face any more; the badge counts the same from now on.",
    view: at({ is: "stopped", receipt }),
  },
  {
    id: "consent-declined",
    title: "Not agreed",
    means: "Nothing is kept of the face.",
    view: at({ is: "declined" }),
  },
  {
    id: "consent-young",
    title: "Too young",
    means: "Faces are used from a certain age on; nothing was kept.",
    view: at({ is: "young", years: 16, guardianYears: 15 }),
  },
  {
    id: "consent-failed",
    title: "It could not be done",
    means: "Nothing was changed; the code in the corner is for the technician.",
    view: at({ is: "failed", code: "disk-full" }),
  },
  {
    id: "consent-news",
    title: "The rules change",
    means: "Shown once after clocking in: read it, read it later, or stop using the face.",
    view: at({ is: "news", kind: "coming", fromLocal: "2026-12-23T00:00:00.000+01:00" }),
  },
  {
    id: "consent-again",
    title: "The rules have changed",
    means: "What faces are used for is new, so yours is not used until you agree anew.",
    view: at({ is: "news", kind: "asks-again", fromLocal: "2026-11-23T00:00:00.000+01:00" }),
  },
];
