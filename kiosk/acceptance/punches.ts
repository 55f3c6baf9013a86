import type { Receipts, TestMethod, TestPunch, Watched } from "../core/acceptance.ts";
import type { Event } from "../core/event.ts";
import type { PersonId } from "../core/person.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { UplinkNews } from "../core/ports/uplink.ts";
import { isBefore, type Position } from "../core/record.ts";

/** Punches of people who test the clock, as they are written and receipted. Who they are is not told on. */

export interface PunchRooms {
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly uplink: () => UplinkNews;
}

export interface Punches {
  /** The station handled this. */
  readonly observed: (event: Event) => void;
  /** The first punch of one of these people by this method that is written within `forS` seconds. */
  readonly watch: (
    wish: { readonly people: readonly PersonId[]; readonly method: TestMethod; readonly forS: number },
    gone: AbortSignal,
  ) => Promise<Watched & { readonly person: PersonId | null }>;
  /** Until every one of them is receipted, or `forS` seconds. */
  readonly receipts: (at: readonly Position[], forS: number, gone: AbortSignal) => Promise<Receipts>;
}

const lookEveryMs = 100;

export function createPunches({ clock, uplink }: PunchRooms): Punches {
  let onPunch: (event: Extract<Event, { kind: "saved" }>) => void = () => {};
  const until = async (isDone: () => boolean, forS: number, gone: AbortSignal): Promise<number> => {
    const beganMs = clock.now().monoMs;
    const untilMs = beganMs + forS * 1_000;
    while (!isDone() && clock.now().monoMs < untilMs && !gone.aborted) await clock.sleep(lookEveryMs, gone);
    return Math.round(clock.now().monoMs - beganMs);
  };
  return {
    observed: (event) => {
      if (event.kind === "saved" && event.draft.draft === "punch") onPunch(event);
    },
    watch: async ({ people, method, forS }, gone) => {
      let punch: TestPunch | null = null;
      let whose: PersonId | null = null;
      let others = 0;
      const hear: typeof onPunch = ({ draft, position, rh }) => {
        if (draft.draft !== "punch" || punch !== null) return;
        const { person, methods, flags, at } = draft;
        if (!people.includes(person)) others += 1;
        else if (method === "any" || methods.includes(method)) {
          whose = person;
          punch = { epoch: position.epoch, seq: position.seq, rh, methods, flags, utcMs: at.utcMs };
        }
      };
      onPunch = hear;
      await until(() => punch !== null, forS, gone);
      if (onPunch === hear) onPunch = () => {};
      return { of: "watch", punch, others, online: uplink().online, person: whose };
    },
    receipts: async (at, forS, gone) => {
      const count = (): number => at.filter((position) => isReceipted(position, uplink())).length;
      const tookMs = await until(() => count() === at.length, forS, gone);
      const { online, receiver } = uplink();
      return { of: "receipts", receipted: count(), wanted: at.length, online, receiver, tookMs };
    },
  };
}

const isReceipted = (position: Position, { receipted, held }: UplinkNews): boolean =>
  (receipted !== null && !isBefore(receipted, position)) ||
  (held?.epoch === position.epoch && held.ranges.some(([from, to]) => from <= position.seq && position.seq <= to));
