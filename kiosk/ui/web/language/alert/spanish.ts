import { counting } from "../counted.ts";
import type { AlertWords } from "./words.ts";

const counted = counting("es");

export const spanishAlert: AlertWords = {
  entry: "Emergencia",
  raise: {
    say: "¿Dar la alerta?",
    more: "Se avisa a todos y aquí aparece quién está dentro.",
    yes: "Dar la alerta",
    no: "No, volver",
  },
  on: {
    say: "Emergencia",
    since: (time) => `desde las ${time}`,
    people: (count) =>
      counted(count, { one: (n) => `${n} persona que trabaja aquí`, other: (n) => `${n} que trabajan aquí` }),
    visitors: (count) => counted(count, { one: (n) => `${n} visitante`, other: (n) => `${n} visitantes` }),
    doubtful: (count) => counted(count, { one: (n) => `${n} quizá ya salió`, other: (n) => `${n} quizá ya salieron` }),
    stage: {
      "not-saved": "Ni guardada ni enviada: pide ayuda tú.",
      saved: "Enviando. Si nadie contesta, pide ayuda tú.",
      sent: "La oficina está avisada.",
    },
    visitor: "Visitante",
    isDoubtful: "quizá ya salió",
    nobody: "Este reloj no sabe de nadie dentro.",
    badge: "Las tarjetas siguen valiendo.",
    end: "Ha terminado",
  },
  end: {
    say: "¿Ha terminado?",
    more: "La alerta termina en esta pared y se avisa a la oficina.",
    yes: "Sí, ha terminado",
    no: "No, volver",
  },
};
