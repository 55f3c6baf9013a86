import {
  type ComparedWay,
  compareWays,
  type EvenWays,
  type WayBook,
  withPunch,
  withRefusal,
} from "./core/even-ways.ts";
import type { Event } from "./core/event.ts";
import { Fault } from "./core/fault.ts";
import type { Clock } from "./core/ports/senses.ts";
import type { Screen } from "./core/ports/wall.ts";
import type { Method } from "./core/record.ts";
import { localText } from "./core/time.ts";
import type { RefusedWhy, View } from "./core/view.ts";

export interface EvenWaysRooms {
  readonly file: {
    readonly get: () => WayBook;
    readonly change: (change: (before: WayBook) => WayBook) => Promise<unknown>;
  };
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly timeZone: string;
  /** A disk that does not take it. Throws what is no `Fault`. */
  readonly note: (error: unknown) => void;
}

/** Watches what people see, to say whether one way makes them wait longer than another. */
export interface EvenWaysWatch {
  /** What stands on the wall begins a visit, or ends it with a refusal. */
  readonly watch: <S extends Pick<Screen, "show">>(screen: S) => S;
  /** A durable punch ends it. */
  readonly saw: (event: Event) => void;
  readonly told: () => EvenWays;
  /** Writes what was counted now and then, and at the end, until `signal` aborts. */
  readonly keep: (signal: AbortSignal) => Promise<void>;
}

/** A card of flash memory is not worn out by it; what a power cut takes along is an hour of counting. */
const saveMs = 3_600_000;

/** Nobody stands there, or the one before has their answer. */
const restful: readonly View["at"][] = [
  "starting",
  "idle",
  "identify",
  "thanks",
  "refused",
  "duplicate",
  "out-of-order",
];

/** What was tried, where a wall says why it was not enough. What is nobody's way, such as a full disk, is not here. */
const triedBy: Readonly<Partial<Record<RefusedWhy, ComparedWay>>> = {
  ...{ "not-sure": "face", "not-live": "face", several: "face", "needs-badge": "face" },
  "badge-unknown": "badge",
  ...{ "pass-late": "pass", "pass-used": "pass", "pass-elsewhere": "pass" },
};

const wayOf: Readonly<Partial<Record<Method, ComparedWay>>> = { face: "face", card: "badge", pin: "pin", qr: "pass" };

export function createEvenWays({ file, clock, timeZone, note }: EvenWaysRooms): EvenWaysWatch {
  let book = file.get();
  /** When the wall first reacted to whoever stands there, monotonic; null while nobody does. */
  let sinceMs: number | null = null;
  /** The same of the visit that has just ended: thanks stand there before the punch is told. */
  let endedMs: number | null = null;
  let shown: View["at"] = "starting";
  const today = (): string => localText(clock.now().utcMs, timeZone).slice(0, 10);

  return {
    watch: (screen) => ({
      ...screen,
      show: (screenful) => {
        const { view } = screenful;
        if (view.at !== shown) {
          const way = view.at === "refused" ? triedBy[view.why] : undefined;
          if (way !== undefined) book = withRefusal(book, today(), way);
          if (restful.includes(view.at)) {
            endedMs = sinceMs;
            sinceMs = null;
          } else sinceMs ??= clock.now().monoMs;
          shown = view.at;
        }
        screen.show(screenful);
      },
    }),
    saw: (event) => {
      if (event.kind !== "saved" || event.draft.draft !== "punch") return;
      const { methods, at } = event.draft;
      const began = endedMs ?? sinceMs;
      endedMs = null;
      // The next one may have stepped up already, where nobody waits for thanks to be over.
      sinceMs = restful.includes(shown) ? null : event.at.monoMs;
      const [method] = methods;
      // Who showed two is compared with nobody.
      const way = methods.length === 1 && method !== undefined ? wayOf[method] : undefined;
      if (way === undefined) return;
      book = withPunch(book, today(), way, event.at.monoMs - Math.min(began ?? at.monoMs, at.monoMs));
    },
    told: () => compareWays(book),
    keep: async (signal) => {
      while (!signal.aborted) {
        await clock.sleep(saveMs, signal);
        await file
          .change(() => book)
          .catch((error: unknown) => {
            if (!(error instanceof Fault)) throw error;
            note(error);
          });
      }
    },
  };
}
