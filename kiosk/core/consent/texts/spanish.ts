import type { Facts, Texts } from "./kinds.ts";

const purposes = {
  "work-day": "para anotar cuándo empieza y termina tu jornada",
  "secure-area": "para dejarte entrar en zonas cerradas",
  safety: "para la seguridad de todos",
} as const;

const right = ({ basis }: Facts): string => {
  if (basis.kind === "consent") return "Tu libre decisión. Si dices que no, no pasa nada.";
  return basis.kind === "law" ? `Una ley: ${basis.ref}` : `Un acuerdo: ${basis.ref}`;
};

export const spanish: Texts = {
  lang: "es",
  dir: "ltr",
  why: [
    "Este reloj puede reconocer tu cara cuando entras y sales.",
    "Sin ella todo cuenta igual: conservas tu tarjeta y tu PIN.",
    "Tú decides. Puedes retirarlo aquí cuando quieras, con dos toques.",
  ],
  items: (facts) => [
    {
      head: "Quién pregunta",
      body: `${facts.controller}. Preguntas: ${facts.contact}.${facts.dpo === null ? "" : ` Protección de datos: ${facts.dpo}.`}`,
    },
    { head: "Para qué", body: `Solo ${facts.purposes.map((one) => purposes[one]).join(", ")}.` },
    {
      head: "Qué se guarda",
      body: "Números calculados a partir de tu cara. Ninguna foto. Se quedan en este reloj, bajo llave.",
    },
    { head: "Con qué derecho", body: right(facts) },
    {
      head: "Cuánto tiempo",
      body: `Hasta que lo retires, dejes la empresa o no vengas en ${facts.templateDays} días.${
        facts.termDays === null ? "" : ` Termina solo a los ${facts.termDays} días.`
      }`,
    },
    {
      head: "Qué queda",
      body: `Que aceptaste y cuándo se guarda ${facts.consentDays} días como prueba.`,
    },
    { head: "Quién lo recibe", body: "Nadie. Tu cara no se vende, no se presta y no se enseña a nadie." },
    {
      head: "Tus derechos",
      body: `Verlo, copiarlo, bloquearlo, borrarlo: aquí o a través de ${facts.contact}.`,
    },
    { head: "Dónde reclamar", body: `${facts.authority}.` },
    { head: "Versión", body: `Normas ${facts.policyV}, ${facts.site}.` },
  ],
  agree: ({ controller }) => `Lo he leído. Acepto que ${controller} use mi cara para esto y durante este tiempo.`,
  both: ({ minAge }) => [
    `Con menos de ${minAge} años decides junto con tu madre, padre o tutor.`,
    "Leedlo juntos. Si uno dice que no, no se guarda nada.",
    "Tras un año como mucho se os pregunta otra vez.",
    "Retirarlo puedes aquí tú solo, en cualquier momento.",
    "Del tutor solo queda que alguien aceptó y un número hecho del dibujo.",
  ],
  guardianAgree: ({ controller }) =>
    `Soy su madre, padre o tutor. He leído esto con la persona menor. Acepto que ${controller} use su cara para esto y durante este tiempo.`,
};
