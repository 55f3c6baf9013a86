import type { Event } from "./core/event.ts";
import type { LockCause } from "./core/lock.ts";
import type { Checked } from "./core/ports/journal.ts";
import type { UplinkNews } from "./core/ports/uplink.ts";
import { isBefore, type Position } from "./core/record.ts";

/** One line of the log: a sentence for people and its facts for programs. Pseudonyms and numbers only. */
export interface Line {
  readonly level: "info" | "warn";
  readonly sentence: string;
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
}

/** What an event is worth in the log; most are worth nothing. */
export function lineOf(event: Event): Line | null {
  switch (event.kind) {
    case "saved":
      return savedLine(event);
    case "save-failed": {
      const { draft } = event.draft;
      const what = draft === "alarm" ? "An alarm" : draft === "note" || draft === "look" ? "A record" : "A punch";
      return {
        level: "warn",
        sentence: `${what} could NOT be saved. ${event.remedy}`,
        fields: { event: "save-failed", what: event.draft.draft, code: event.code },
      };
    }
    case "locked":
      return lockedLine(event.locked);
    default:
      return null;
  }
}

function lockedLine(locked: LockCause | null): Line {
  const fields = { event: "locked", cause: locked };
  if (locked === null) return { level: "info", sentence: "The clock is not locked", fields };
  const why = locked === "order" ? "by order; its records stay here" : "because its housing was opened";
  return { level: "warn", sentence: `The clock is locked ${why}. It counts punches and uses no faces`, fields };
}

/** A badge reader was plugged in, pulled out, or does not work. */
export const readerLine = ({ is, label }: { readonly is: string; readonly label: string }): Line => ({
  level: "info",
  sentence: `Badge reader ${is}: ${label}`,
  fields: { event: "reader", is, label },
});

/** What the check of the whole journal found; null while it goes on. */
export function checkedLine({ is, records, of }: Checked): Line | null {
  const fields = { event: "journal-checked", records, of, good: is === "good" };
  if (is === "running") return null;
  if (is === "good") return { level: "info", sentence: `The journal is whole: ${records} records checked`, fields };
  const sentence = `The journal has a bad record after ${records} good ones. Copy the state folder, then start the clock anew: it repairs what it can and says what is gone`;
  return { level: "warn", sentence, fields };
}

function savedLine({ draft, position, id }: Extract<Event, { kind: "saved" }>): Line {
  const where = `record ${position.epoch}/${position.seq}`;
  switch (draft.draft) {
    case "punch": {
      const { kind, person, methods } = draft;
      // Whoever forces somebody may stand beside them: the receivers learn of it, and no screen and no log line.
      const flags = draft.flags.filter((flag) => flag !== "duress");
      const how = methods.join(" and ");
      const ending = flags.length === 0 ? "" : `; to be looked at: ${flags.join(", ")}`;
      return {
        level: "info",
        sentence: `Punch ${kind} by ${how}, ${person}: saved as ${where}${ending}`,
        fields: { event: "saved", sub: person, kind, id, ...position, flags: flags.join(" ") || null },
      };
    }
    case "correction": {
      const { kind, person } = draft;
      return {
        level: "info",
        sentence: `Changed to ${kind}, ${person}: saved as ${where}`,
        fields: { event: "saved", sub: person, kind, id, ...position },
      };
    }
    case "request": {
      const { person, data } = draft;
      const { kind, reason, state = "granted" } = data;
      return {
        level: "info",
        sentence: `Correction to ${kind} (${reason}, ${state}), ${person}: saved as ${where}`,
        fields: { event: "saved", sub: person, kind, reason, id, ...position },
      };
    }
    case "look": {
      const { person, what, role } = draft;
      return {
        level: "info",
        sentence: `A look at others (${what}, ${role}) by ${person}: saved as ${where}`,
        fields: { event: "saved", what: `look at ${what}`, sub: person, id, ...position },
      };
    }
    case "note":
      return {
        level: "info",
        sentence: `A record of the kind ${draft.body.type}: saved as ${where}`,
        fields: { event: "saved", what: draft.body.type, id, ...position },
      };
    case "alarm": {
      const { count, windowMs, restMs } = draft;
      const inS = (ms: number): number => Math.round(ms / 1_000);
      return {
        level: "warn",
        sentence: `Alarm: ${count} faces did not seem alive within ${inS(windowMs)} s. Only badges count for ${inS(restMs)} s: saved as ${where}`,
        fields: { event: "alarm", count, windowS: inS(windowMs), restS: inS(restMs), id, ...position },
      };
    }
  }
}

/** A line for every step of the receipt cursor, and none for news that tell nothing new. */
export function receiptLines(): { readonly line: (news: UplinkNews) => Line | null } {
  let last: Position | null = null;
  return {
    line: ({ receipted, receiver }) => {
      const isNew = receipted !== null && (last === null || isBefore(last, receipted));
      if (!isNew) return null;
      last = receipted;
      const { epoch, seq } = receipted;
      const sentence = `Receipt from ${receiver}: everything up to record ${epoch}/${seq} is stored there`;
      return { level: "info", sentence, fields: { event: "receipt", receiver, epoch, upto: seq } };
    },
  };
}

export interface Welcome {
  readonly url: string;
  readonly state: string;
  readonly device: string;
  readonly isDemo: boolean;
  /** Where a curious program may listen; null with a real broker. */
  readonly demoBrokerUrl: string | null;
  readonly camera: string;
}

/** What a newcomer reads first: where to look, what is real, what is pretended, where everything is kept. */
export function welcomeLines({ url, state, device, isDemo, demoBrokerUrl, camera }: Welcome): readonly Line[] {
  const pretended = [
    ...(isDemo
      ? ["the lens (real footage is replayed)", "the card reader"]
      : camera.startsWith("replay:")
        ? ["the lens (a file is replayed)"]
        : []),
    ...(demoBrokerUrl === null ? [] : ["the broker and payroll office (real MQTT and signatures, in this process)"]),
  ];
  const say = (sentence: string, fields: Line["fields"]): Line => ({ level: "info", sentence, fields });
  return [
    say(`The clock is at ${url}`, { event: "ready", url, device, state, demoBroker: demoBrokerUrl }),
    say("Real: face detection, liveness, recognition, journal, signatures, receipts", { event: "real" }),
    say(`Pretended: ${pretended.length === 0 ? "nothing" : pretended.join("; ")}`, {
      event: "pretended",
      count: pretended.length,
    }),
    say(`Everything is kept in ${state}; Ctrl+C stops, --fresh starts a demo over`, { event: "state", state }),
  ];
}

/** @param count people whose templates are of another model. */
export function outdatedLine(count: number, space: string): Line | null {
  if (count === 0) return null;
  const sentence = `${count} people must enrol again: their templates are of another model (lintel people re-enrol-list)`;
  return { level: "warn", sentence, fields: { event: "must-enrol-again", count, space } };
}
