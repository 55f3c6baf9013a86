import { ended } from "../ended.ts";
import type { GuestsWords } from "./words.ts";

const to = (host: string): string => (host === "" ? "a la oficina" : `a ${host}`);
const The = (host: string): string => (host === "" ? "La oficina" : host);

export const spanishGuests: GuestsWords = {
  start: {
    say: "Hola. ¿Qué necesita?",
    arrive: "Visito a alguien",
    code: "Tengo un número",
    leave: "Me voy",
    pass: "¿Tiene un código en imagen? Póngalo delante de la cámara.",
  },
  ask: { name: "¿Cómo se llama?", host: "¿A quién visita?", contact: "¿Cómo le encontramos?" },
  hint: {
    name: "Basta con su nombre.",
    host: "Escriba las tres primeras letras.",
    contact: "Teléfono o correo, solo si quiere.",
  },
  isMore: "Muchos nombres empiezan así. Otra letra, por favor.",
  office: "La oficina",
  next: "Seguir",
  skip: "Sin esto",
  space: "Espacio",
  letters: "Más letras",
  check: {
    say: "¿Está bien así?",
    name: "Nombre",
    host: "Visita a",
    contact: "Contacto",
    keeps: (days) => `Lo guardamos ${days} días. Después desaparece para siempre.`,
    here: "Se queda en este reloj, cerrado con llave.",
    sent: "Está cerrado, y solo la oficina tiene la llave.",
    ask: (host) => `Sí, pregunten ${to(host)}`,
    signIn: "Sí, apúntenme",
  },
  code: {
    arrive: "Escriba su número.",
    leave: "Escriba el número que le dimos.",
    unknown: "No conocemos este número. Pruebe otra vez.",
    wait: "Han sido muchas veces. Espere un minuto o pregunte en la oficina.",
  },
  busy: "Un momento.",
  asking: { say: (host) => ended(`Preguntamos ${to(host)}`, "."), more: "Espere aquí, un minuto como mucho." },
  number: "Su número",
  again: "Si alguien necesita el reloj ahora, vuelva con este número.",
  keep: "Lo necesita al salir. Puede hacer una foto del código.",
  askAgain: "Preguntar otra vez",
  leaving: { say: "¿Se va ya?", yes: "Sí, apunten mi salida", no: "No" },
  told: {
    welcome: (host) => ({ say: "Adelante.", more: `${The(host)} sabe que está aquí.` }),
    soon: (host) => ({
      say: "Espere aquí, por favor.",
      more: `${The(host)} sabe que está aquí y necesita un momento.`,
    }),
    "in-unanswered": (host) => ({
      say: "Su entrada está apuntada.",
      more: `${The(host)} todavía no ha respondido. Espere aquí o llame.`,
    }),
    unanswered: (host) => ({
      say: "Nadie ha respondido.",
      more: `Llame ${to(host)}, o espere aquí y pregunte otra vez.`,
    }),
    declined: (host) => ({
      say: "Hoy no puede ser.",
      more: `${The(host)} no puede recibirle ahora. No guardamos nada.`,
    }),
    early: (host, when) => ({
      say: "Llega temprano.",
      more: `Le esperan desde el ${when}. Podemos preguntar ${to(host)} ahora.`,
    }),
    expired: () => ({ say: "Esta invitación ya pasó.", more: "Aún puede entrar: díganos a quién visita." }),
    used: () => ({ say: "Esta invitación ya se usó.", more: "Aún puede entrar: díganos a quién visita." }),
    goodbye: () => ({ say: "Adiós.", more: "Su salida está apuntada. Gracias por venir." }),
    "not-saved": () => ({ say: "Esto no se ha guardado.", more: "Dígaselo a alguien de la oficina." }),
    full: () => ({ say: "Este reloj está lleno.", more: "Vaya a la oficina para entrar." }),
  },
  note: {
    "minutes-5": "Tarda unos 5 minutos.",
    "minutes-15": "Tarda unos 15 minutos.",
    reception: "Vaya a la recepción, por favor.",
    "another-day": "Venga otro día, por favor.",
  },
  done: "Listo",
};
