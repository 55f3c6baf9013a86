import type { Facts, Texts } from "./kinds.ts";

const purposes = {
  "work-day": "to note when your work-day starts and ends",
  "secure-area": "to let you into locked areas",
  safety: "to keep people safe",
} as const;

const right = ({ basis }: Facts): string => {
  if (basis.kind === "consent") return "Your own free choice. Nothing bad happens if you say no.";
  return basis.kind === "law" ? `The law: ${basis.ref}` : `An agreement: ${basis.ref}`;
};

export const english: Texts = {
  lang: "en",
  dir: "ltr",
  why: [
    "This clock can know your face when you come and go.",
    "Without it everything counts the same: your badge and your PIN stay.",
    "You choose. You can take it back here at any time, with two touches.",
  ],
  items: (facts) => [
    {
      head: "Who asks",
      body: `${facts.controller}. Questions: ${facts.contact}.${facts.dpo === null ? "" : ` Data protection: ${facts.dpo}.`}`,
    },
    { head: "What for", body: `Only ${facts.purposes.map((one) => purposes[one]).join(", ")}.` },
    { head: "What is kept", body: "Numbers made from your face. No picture. They stay on this clock, locked." },
    { head: "By what right", body: right(facts) },
    {
      head: "For how long",
      body: `Until you take it back, leave, or do not come for ${facts.templateDays} days.${
        facts.termDays === null ? "" : ` It ends by itself after ${facts.termDays} days.`
      }`,
    },
    { head: "What stays", body: `That you agreed, and when, is kept for ${facts.consentDays} days as proof.` },
    { head: "Who gets it", body: "Nobody. Your face is not sold, lent or shown to anyone." },
    { head: "Your rights", body: `See it, copy it, freeze it, delete it: here, or through ${facts.contact}.` },
    { head: "Where to complain", body: `${facts.authority}.` },
    { head: "Version", body: `Policy ${facts.policyV}, ${facts.site}.` },
  ],
  agree: ({ controller }) => `I have read this. I agree that ${controller} uses my face for this, and for this time.`,
  both: ({ minAge }) => [
    `Under ${minAge} you decide together with a parent or guardian.`,
    "Read it together. If one of you says no, nothing is kept.",
    "After a year at the latest you are both asked again.",
    "You alone can take it back here at any time.",
    "Of the guardian it is only kept that one agreed, and a number made from the drawn name.",
  ],
  guardianAgree: ({ controller }) =>
    `I am their parent or guardian. I have read this with them. I agree that ${controller} uses their face for this, and for this time.`,
};
