import { counting } from "../counted.ts";
import type { AbsenceWords } from "./words.ts";

const counted = counting("es");

export const spanishAbsence: AbsenceWords = {
  say: (name) => `${name}, tus permisos`,
  kinds: { 1: "Vacaciones", 2: "Trabajar fuera", 3: "Formación" },
  balance: (days, kind) => counted(days, { one: (n) => `${kind}: ${n} día`, other: (n) => `${kind}: ${n} días` }),
  asOf: (balance, day) => `${balance}, a ${day}`,
  onLeave: "Según la oficina hoy tienes permiso. Tu tiempo cuenta.",
  noBalance: "La oficina no ha dicho a este reloj cuántos días tienes.",
  ask: "Pedir días",
  state: { waiting: "Esperando a la oficina", granted: "Concedido", declined: "No concedido" },
  span: (from, to) => (from === to ? from : `${from} a ${to}`),
  kind: "¿Qué quieres pedir?",
  first: "¿Cuál es el primer día?",
  last: "¿Cuál es el último día?",
  earlier: "Días anteriores",
  later: "Días siguientes",
  lastMore: (first) => `Desde ${first}`,
  days: (days) => counted(days, { one: (n) => `${n} día`, other: (n) => `${n} días` }),
  overlaps: "Ya has pedido algunos de estos días.",
  confirm: "¿Lo enviamos a la oficina?",
  send: "Sí, enviar",
  cancel: "¿Retirar esta petición?",
  takeBack: "Sí, retirar",
  saving: "Un momento",
  told: {
    asked: { say: "Pedido.", more: "Guardado aquí y de camino a la oficina. La respuesta aparecerá en este reloj." },
    cancelled: { say: "Retirado.", more: "La oficina lo sabrá." },
  },
  notSaved: { say: "No se ha podido guardar.", more: "No se ha pedido nada. Díselo tú a la oficina." },
};
