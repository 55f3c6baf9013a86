import type { UplinkNews } from "./core/ports.ts";
import { isBefore, type Position } from "./core/record.ts";
import type { Event } from "./core/station.ts";

/** One line of the log: a sentence for people and its facts for programs. Pseudonyms and numbers only. */
export interface Line {
  readonly level: "info" | "warn";
  readonly sentence: string;
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
}

/** What an event is worth in the log; most are worth nothing. */
export function lineOf(event: Event): Line | null {
  switch (event.kind) {
    case "saved": {
      const { draft, position, id } = event;
      const where = `record ${position.epoch}/${position.seq}`;
      const fields = { event: "saved", sub: draft.person, kind: draft.kind, id, ...position };
      const sentence =
        draft.draft === "punch"
          ? `Punch ${draft.kind} by ${draft.method}, ${draft.person}: saved as ${where}`
          : `Changed to ${draft.kind}, ${draft.person}: saved as ${where}`;
      return { level: "info", sentence, fields };
    }
    case "save-failed":
      return {
        level: "warn",
        sentence: `A punch could NOT be saved. ${event.remedy}`,
        fields: { event: "save-failed", code: event.code },
      };
    case "room":
      if (event.state.is !== "down") return null;
      return {
        level: "warn",
        sentence: `The ${event.room} is away (${event.state.code}). ${event.state.remedy}`,
        fields: { event: "room-down", room: event.room, code: event.state.code },
      };
    default:
      return null;
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
