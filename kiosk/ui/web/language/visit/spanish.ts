import { counting } from "../counted.ts";
import { ended } from "../ended.ts";
import type { VisitWords } from "./words.ts";

const counted = counting("es");

export const spanishVisit: VisitWords = {
  way: {
    face: { title: "Cara", how: "Mira la pantalla" },
    pin: { title: "PIN", how: "Tecléalo en la pantalla" },
    qr: { title: "Pase", how: "Enseña el código a la cámara" },
  },
  ways: {
    say: {
      punch: "¿Cómo quieres fichar?",
      me: "¿Quién eres? Luego verás aquí tus horas.",
      muster: "¿Quién eres? Luego verás quién está.",
      override: "Responsables: ¿quién eres?",
      consent: "Tu cara en este reloj: ¿quién eres?",
      rights: "Lo que este reloj sabe de usted: ¿quién es usted?",
      absence: "Tus permisos: ¿quién eres?",
      alert: "Responsables: ¿terminó la alerta? ¿Quién eres?",
    },
    more: "Todas valen lo mismo.",
  },
  errand: {
    me: "Mis horas",
    muster: "Quién está",
    override: "Responsable",
    consent: "Usar mi cara",
    rights: "Mis datos",
    absence: "Mis permisos",
    alert: "Terminar la alerta",
  },
  back: "Atrás",
  close: "Cerrar",
  without: "Seguir sin ello",
  withoutMore: "Vale. Alguien lo mirará después.",
  pin: {
    number: "Teclea tu número.",
    pin: "Ahora tu PIN.",
    typed: (count) => `${count} tecleados`,
    erase: "Borrar",
    enter: "Listo",
    checking: "Un momento.",
    wrong: "El número y el PIN no van juntos. Prueba otra vez.",
    wait: (time) => `Han sido muchas veces. Espera hasta las ${time} o usa otra manera.`,
  },
  also: {
    badge: "Acerca también tu tarjeta, por favor.",
    pin: "Teclea también tu PIN, por favor.",
    qr: "Enseña también tu pase, por favor.",
  },
  choose: {
    say: (name) => (name === "" ? "¿Qué es?" : `¿Qué es, ${name}?`),
    more: (kind) => `Si sigues andando, es: ${kind}.`,
  },
  openShift: {
    say: "No fichaste la salida.",
    since: (day, time) => `La última vez aquí: ${day}, ${time}.`,
    ended: "¿Cuándo te fuiste?",
    same: "Sigo trabajando",
  },
  time: { earlier: "Antes", later: "Después", confirm: (time) => `Fue a las ${time}`, unknown: "No lo sé" },
  hours: {
    say: (name) => (name === "" ? "Tus horas" : `Tus horas, ${name}`),
    standing: { in: "Estás dentro.", break: "Estás en un descanso.", out: "Estás fuera." },
    today: "Hoy",
    total: "14 días",
    work: "Trabajo",
    pause: "Descanso",
    open: "aún abierto",
    unsure: "no es seguro",
    asked: "preguntado",
    job: "Otra tarea",
    request: "Algo está mal",
  },
  kind: {
    in: "Entrada",
    out: "Salida",
    "break-start": "Descanso",
    "break-end": "De vuelta",
    transfer: "Otra tarea",
    attest: "Confirmado",
    unknown: "No es seguro",
  },
  job: { say: "¿En qué trabajas ahora?", now: "ahora" },
  request: {
    day: "¿De qué día se trata?",
    mark: "¿De qué hora se trata?",
    missing: "Falta una hora",
    kind: "¿Qué fue?",
    time: (kind) => `${kind}: ¿cuándo fue?`,
    reason: "¿Qué pasó?",
    more: "Nada cambia hasta que tu responsable diga que sí.",
    reasons: {
      forgot: "Se me olvidó",
      "clock-did-not-work": "El reloj no funcionaba",
      "wrong-button": "Toqué otra cosa",
      "worked-elsewhere": "Trabajé en otro sitio",
      other: "Otra cosa",
    },
  },
  notMe: "No fui yo",
  told: {
    "not-me": { say: "Gracias por decirlo.", more: "Esta hora no cuenta para ti. Ficha tú otra vez, por favor." },
    asked: { say: "Está apuntado.", more: "Tu responsable decide. Lo verás en tus horas." },
    punched: { say: (name) => ended(`Apuntado para ${name}`), more: "Al lado quedan responsable y motivo." },
  },
  muster: {
    say: (count) =>
      count === 0
        ? "No hay nadie dentro."
        : counted(count, { one: () => "Hay una persona dentro.", other: (n) => `Hay ${n} personas dentro.` }),
    doubtful: (count) =>
      counted(count, { one: () => "Quizá una se fue sin fichar.", other: (n) => `Quizá ${n} se fueron sin fichar.` }),
    isDoubtful: "quizá se fue",
    isBreak: "en descanso",
    since: (time) => `desde las ${time}`,
  },
  page: (page, pages) => `Página ${page} de ${pages}`,
  next: "Siguiente",
  before: "Anterior",
  override: {
    person: "¿Para quién?",
    reason: (name) => `¿Por qué, para ${name}?`,
    kind: (name) => `¿Qué es para ${name}?`,
    reasons: {
      "badge-forgotten": "Olvidó la tarjeta",
      "badge-broken": "Tarjeta rota",
      "not-recognised": "No se reconoce",
      "not-enrolled-yet": "Acaba de llegar a la empresa",
      "cannot-reach": "No alcanza el reloj",
      other: "Otra cosa",
    },
  },
};
