import type { Facts, Texts } from "./kinds.ts";

const purposes = {
  "work-day": "um festzuhalten, wann dein Arbeitstag beginnt und endet",
  "secure-area": "um dich in gesicherte Bereiche zu lassen",
  safety: "damit alle sicher sind",
} as const;

const right = ({ basis }: Facts): string => {
  if (basis.kind === "consent") return "Deine freie Entscheidung. Ein Nein hat keine Nachteile.";
  return basis.kind === "law" ? `Ein Gesetz: ${basis.ref}` : `Eine Vereinbarung: ${basis.ref}`;
};

export const german: Texts = {
  lang: "de",
  dir: "ltr",
  why: [
    "Diese Uhr kann dein Gesicht erkennen, wenn du kommst und gehst.",
    "Ohne zählt alles genauso: Ausweis und PIN bleiben dir.",
    "Du entscheidest. Du kannst es hier jederzeit mit zwei Berührungen zurücknehmen.",
  ],
  items: (facts) => [
    {
      head: "Wer fragt",
      body: `${facts.controller}. Fragen: ${facts.contact}.${facts.dpo === null ? "" : ` Datenschutz: ${facts.dpo}.`}`,
    },
    { head: "Wofür", body: `Nur ${facts.purposes.map((one) => purposes[one]).join(", ")}.` },
    {
      head: "Was gespeichert wird",
      body: "Zahlen, die aus deinem Gesicht berechnet sind. Kein Bild. Sie bleiben verschlossen auf dieser Uhr.",
    },
    { head: "Mit welchem Recht", body: right(facts) },
    {
      head: "Wie lange",
      body: `Bis du es zurücknimmst, ausscheidest oder ${facts.templateDays} Tage nicht kommst.${
        facts.termDays === null ? "" : ` Es endet von selbst nach ${facts.termDays} Tagen.`
      }`,
    },
    {
      head: "Was bleibt",
      body: `Dass und wann du zugestimmt hast, bleibt als Nachweis ${facts.consentDays} Tage.`,
    },
    { head: "Wer es bekommt", body: "Niemand. Dein Gesicht wird nicht verkauft, verliehen oder gezeigt." },
    {
      head: "Deine Rechte",
      body: `Ansehen, kopieren, sperren, löschen: hier oder über ${facts.contact}.`,
    },
    { head: "Wo du dich beschweren kannst", body: `${facts.authority}.` },
    { head: "Fassung", body: `Regeln ${facts.policyV}, ${facts.site}.` },
  ],
  agree: ({ controller }) =>
    `Ich habe das gelesen. Ich stimme zu, dass ${controller} mein Gesicht dafür und für diese Zeit nutzt.`,
  both: ({ minAge }) => [
    `Unter ${minAge} entscheidest du mit Eltern oder Vormund.`,
    "Lest es zusammen. Sagt eins von euch nein, bleibt nichts.",
    "Spätestens nach einem Jahr werdet ihr beide neu gefragt.",
    "Zurücknehmen kannst du es hier jederzeit allein.",
    "Vom Vormund bleibt nur, dass jemand zustimmte, und eine Zahl aus der Zeichnung.",
  ],
  guardianAgree: ({ controller }) =>
    `Ich bin Mutter, Vater oder Vormund. Ich habe das mit ihr oder ihm gelesen. Ich stimme zu, dass ${controller} das Gesicht dafür und für diese Zeit nutzt.`,
};
