import { spanishAbsence } from "./absence/spanish.ts";
import { spanishAlert } from "./alert/spanish.ts";
import { spanishConsent } from "./consent/spanish.ts";
import { counting } from "./counted.ts";
import { ended } from "./ended.ts";
import { spanishGuests } from "./guests/spanish.ts";
import { languages } from "./languages.ts";
import { spanishRights } from "./rights/spanish.ts";
import { spanishVisit } from "./visit/spanish.ts";
import type { Words } from "./words.ts";

const counted = counting("es");

const named = (greeting: string) => (name: string) => (name === "" ? `${greeting}.` : `${greeting}, ${name}`);

const problems: Words["look"]["problem"] = {
  "too-far": "Acércate un poco.",
  "too-close": "Un pasito atrás, por favor.",
  "off-centre": "Ponte en el centro.",
  turned: "Mira de frente a la pantalla.",
  "too-dark": "Una luz detrás de ti te tapa la cara.",
  "too-bright": "Te da demasiada luz en la cara.",
  blurred: "No te muevas un momento.",
  several: "De uno en uno, por favor.",
};
const turn = {
  left: "Gira la cabeza a tu izquierda, por favor.",
  right: "Gira la cabeza a tu derecha, por favor.",
};

export const spanish: Words = {
  ...languages.spanish,
  languages: "Idiomas",
  moreTime: "Más tiempo",
  fullStop: ".",
  greeting: { morning: named("Buenos días"), afternoon: named("Buenas tardes"), evening: named("Buenas noches") },
  starting: {
    say: "Un momento. Este reloj se está despertando.",
    step: {
      journal: "Abriendo el libro de horas",
      people: "Leyendo quién trabaja aquí",
      models: "Preparándose para verte",
      camera: "Encendiendo la cámara",
    },
  },
  idle: {
    say: "Mira la pantalla para fichar.",
    sayBadgeOnly: "Acerca tu tarjeta para fichar.",
    sayWaking: "La cámara se está despertando. Acerca tu tarjeta: vale lo mismo.",
    sayResting: "La cámara descansa. Acerca tu tarjeta: vale lo mismo.",
    sayRestingAlone: "La cámara descansa. Vuelve en un momento.",
    sayNothing: "Este reloj no puede verte ahora. Avisa en la oficina, por favor.",
    sayBadgeUntil: (time) => `Usa tu tarjeta hasta las ${time}, por favor.`,
    sayNoFaceUntil: (time) => `Este reloj no mira caras hasta las ${time}. Avisa en la oficina, por favor.`,
    badgeAlone: "Hasta entonces aquí solo valen las tarjetas.",
    camera: {
      on: "Cámara encendida · las caras se quedan aquí",
      starting: "La cámara se despierta",
      lost: "La cámara descansa",
      off: "Cámara apagada",
    },
    keeps: "Qué guarda este reloj sobre ti",
  },
  identify: {
    say: "Aquí estoy: este es el reloj que buscas.",
    more: "Se puede fichar como siempre.",
    site: "Centro",
    gate: "Puerta",
    device: "Reloj",
  },
  look: {
    say: "Mira la pantalla.",
    hold: "Bien. Quédate así.",
    problem: problems,
    challenge: { "turn-left": turn.left, "turn-right": turn.right, blink: "Parpadea, por favor." },
    straightAgain: "Bien. Ahora mira otra vez de frente.",
    alsoBadge: "Acerca también tu tarjeta, por favor.",
    alsoFace: "Gracias. Ahora mira la pantalla.",
    badgeRead: "Tu tarjeta está leída.",
    orBadge: "o acerca tu tarjeta: vale lo mismo",
    aside: "¿No vienes a fichar? Hazte a un lado.",
  },
  enrol: {
    pose: {
      straight: "Mira de frente a la pantalla.",
      "a-little-left": "Gira un poco la cabeza a tu izquierda.",
      "a-little-right": "Gira un poco la cabeza a tu derecha.",
      "turn-left": turn.left,
      "turn-right": turn.right,
      blink: "Parpadea, por favor.",
    },
    problem: {
      ...problems,
      turned: "Pon la cabeza como en el dibujo.",
      "too-dark": "Está muy oscuro. Enciende una luz, por favor.",
      "too-bright": "Hay demasiada luz. Apártate un poco, por favor.",
      nobody: "Ponte delante del reloj, por favor.",
      "another-face": "Quédate a solas delante del reloj, por favor.",
      "eyes-closed": "Mantén los ojos abiertos, por favor.",
    },
    taken: (accepted, needed) => `${accepted} de ${needed} hechas`,
    keeps: "Solo se guardan números hechos de tu cara. Ninguna imagen.",
    keeping: "Un momento.",
    keepingMore: "Apuntando los números.",
    stop: "Parar",
  },
  enrolled: {
    kept: (name) => (name === "" ? "Listo." : ended(`Listo, ${name}`)),
    keptMore: "Este reloj ya te conoce.",
    notKept: "No ha salido bien. No se ha guardado nada.",
    notKeptMore: "No es culpa tuya. Pregunta a quien lo prepara contigo: puede ver por qué.",
    close: "Cerrar",
  },
  saving: {
    say: (name) => (name === "" ? "Un momento." : `Un momento, ${name}`),
    more: "Apuntando tu hora.",
  },
  thanks: {
    kind: { in: "Entrada", out: "Salida", "break-start": "Descanso", "break-end": "De vuelta", transfer: "Otra tarea" },
    changed: "cambiado",
    saved: "Guardado en este reloj",
    received: (by) => `Recibido por ${by}`,
    onItsWay: "En camino",
    noNetwork: "Esperando la red",
    choose: {
      in: "Estoy entrando",
      out: "Me voy",
      "break-start": "Es un descanso",
      "break-end": "Vuelvo del descanso",
    },
    next: "Puede pasar la siguiente persona",
  },
  receipt: {
    say: "Tu comprobante. Prueba esta hora.",
    hold: "Toca para que se quede",
    stays: "Se queda un rato",
  },
  refused: {
    notSure: "No hemos podido saber si eres tú.",
    several: "De uno en uno, por favor.",
    severalMore: "Que solo haya una persona delante del reloj.",
    needsBadge: "Aquí no basta solo con tu cara.",
    needsBadgeTap: "Acerca tu tarjeta, por favor.",
    needsBadgeMore: "Es un límite de este reloj, no tuyo.",
    badgeUnknown: "Este reloj aún no conoce esta tarjeta.",
    badgeUnknownMore: "Enséñala en la oficina y la próxima vez funcionará.",
    notAllowed: "Esto es para responsables.",
    notAllowedMore: "Pide a tu responsable que venga al reloj.",
    pass: {
      "pass-late": {
        say: "Este pase es demasiado viejo.",
        more: "Ábrelo otra vez en la aplicación: cambia cada medio minuto.",
      },
      "pass-used": { say: "Este pase ya se ha mostrado.", more: "Espera un momento y muestra el siguiente." },
      "pass-elsewhere": { say: "Este pase es de otro centro.", more: "Pregunta en la oficina, por favor." },
      "pass-visitor": {
        say: "Este pase es de visita.",
        more: "Este reloj no recibe visitas. Pregunta en recepción, por favor.",
      },
    },
    notSaved: "Tu hora no está guardada.",
    notSavedMore: "Este reloj no ha podido apuntarla. Avisa ahora a tu responsable, por favor.",
    tellWhen: "Si no funciona, di en la oficina que estabas aquí a las",
    tellNow: "Di que estabas aquí a las",
    useBadge: "Acerca tu tarjeta: vale lo mismo.",
    useCamera: "Mira la pantalla: vale lo mismo.",
    retryCamera: "Otra vez con la cámara",
    retry: "Otra vez",
    close: "Cerrar",
  },
  duplicate: {
    since: {
      in: (time) => `Ya estás dentro desde las ${time}.`,
      out: (time) => `Ya saliste a las ${time}.`,
      "break-start": (time) => `En descanso desde las ${time}.`,
      "break-end": (time) => `De vuelta desde las ${time}.`,
      transfer: (time) => `En esta tarea desde las ${time}.`,
    },
    more: (name) => (name === "" ? "Cuenta una sola vez." : `Cuenta una sola vez, ${name}`),
    choose: {
      in: "Estoy entrando",
      out: "Me voy",
      "break-start": "Empiezo un descanso",
      "break-end": "Vuelvo del descanso",
    },
    close: "Está bien",
  },
  outOfOrder: {
    say: "Este reloj no funciona.",
    more: "No puede guardar tu hora. Avisa ahora a tu responsable, por favor.",
    forTechnician: "Para el técnico",
  },
  unreachable: {
    say: "Un momento, por favor.",
    more: "Esta pantalla no encuentra su reloj y no sabe si tu hora está guardada. Avisa en la oficina, por favor.",
  },
  otherWay: "De otra manera",
  badge: {
    title: "Tarjeta",
    how: "Acércala debajo de la pantalla",
    starting: "El lector de tarjetas se despierta",
    resting: "El lector de tarjetas descansa",
  },
  locked: {
    order:
      "Este reloj está bloqueado por precaución. Tus horas cuentan, quedan seguras aquí y se enviarán al desbloquearlo.",
    housing:
      "Alguien ha abierto la carcasa de este reloj. No usa caras hasta que lo revisen; tus horas cuentan como siempre.",
    kept: "Se enviará al desbloquearlo",
  },
  truths: {
    offline: (waiting) =>
      waiting === 0
        ? "Sin red. Lo que fichas se guarda aquí."
        : counted(waiting, {
            one: (n) => `Sin red. Guardado aquí; queda ${n} por enviar.`,
            other: (n) => `Sin red. Guardado aquí; quedan ${n} por enviar.`,
          }),
    undelivered: (waiting) =>
      waiting === 0
        ? "Lo que fichas se guarda aquí y se enviará."
        : counted(waiting, {
            one: (n) => `Guardado aquí; queda ${n} por enviar.`,
            other: (n) => `Guardado aquí; quedan ${n} por enviar.`,
          }),
    setAside: "Aquí se apartó un libro de horas anterior. Pregunta en la oficina si falta tu hora.",
    damaged: "Una página del libro de horas de este reloj está dañada. Lo que fichas ahora está a salvo.",
    lost: (from, to) => (from === to ? `Falta el número ${from}.` : `Faltan los números ${from} a ${to}.`),
    pretended: "La cámara, el lector y la nómina son aquí de mentira",
    demo: "Demo",
  },
  outage: {
    cause: {
      "broker-unreachable": "El broker no contesta.",
      "broker-refused": "El broker no deja entrar a este reloj, o no es el suyo.",
      "broker-taken-over": "Otro aparato se hace pasar por este reloj.",
      "certificate-expired": "Un certificado ha caducado.",
      "clock-wrong": "La hora de este aparato está mal.",
      "receipt-invalid": "Ha llegado un recibo que no es auténtico.",
      "receiver-silent": "El broker lo acepta todo y nadie envía recibos.",
    },
    otherCause: "Lo que se ficha aquí no llega.",
    safe: (waiting) =>
      waiting === 0
        ? "No se pierde nada: lo que se ficha se guarda aquí y se enviará."
        : counted(waiting, {
            one: (n) => `No se pierde nada: ${n} guardado aquí, y se enviará.`,
            other: (n) => `No se pierde nada: ${n} guardados aquí, y se enviarán.`,
          }),
    next: "Qué hacer",
    found: "Qué ha visto el reloj",
    since: "Desde",
    code: "Código",
  },
  notice: {
    title: "Qué guarda este reloj sobre ti",
    parts: {
      camera: {
        head: "La cámara mira y olvida.",
        body: "Busca una cara delante del reloj. Las imágenes nunca se guardan ni salen de este reloj.",
      },
      face: {
        head: "Tu cara se guarda en números, si dijiste que sí.",
        body: "Están cerrados en este reloj y solo se comparan aquí. Puedes decir que no cuando quieras: se borran.",
      },
      times: {
        head: "Tus horas se guardan y van a la nómina.",
        body: "Cada una dice cuándo, si entrada o salida, y un número que te representa. Sin nombre, sin imagen.",
      },
      badge: {
        head: "Tu tarjeta vale lo mismo.",
        body: "Nunca tienes que usar la cámara.",
      },
    },
    close: "Cerrar",
  },
  consent: spanishConsent,
  rights: spanishRights,
  guests: spanishGuests,
  absence: spanishAbsence,
  alert: spanishAlert,
  visit: spanishVisit,
};
