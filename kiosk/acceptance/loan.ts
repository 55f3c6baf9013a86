import type { Event } from "../core/event.ts";
import { Fault } from "../core/fault.ts";
import { personId } from "../core/person.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { Screen } from "../core/ports/wall.ts";
import type { Attention } from "../core/sight.ts";
import type { Screenful, View } from "../core/view.ts";

/** What somebody does with the clock's eyes while they have them. */
export interface Borrower {
  readonly attention: () => Attention;
  readonly saw: (event: Extract<Event, { kind: "sight" }>) => void;
  /** What the wall shows meanwhile; null leaves the station's own. */
  readonly view: () => View | null;
}

/**
 * The clock's eyes, lent to a test. While they are away the station sees nobody, so whatever is presented becomes nobody's
 * punch; badges, PINs and everything that is touched go to the station as ever.
 */
export interface Loan {
  /** @throws Fault `desk-refused` where somebody has them, or an enrolment goes on. */
  readonly take: (borrower: Borrower) => void;
  /** Gives them back once nobody stands there any more: whoever was presented last shall not punch by it. */
  readonly giveBack: (borrower: Borrower) => void;
  /** For the eyes: who looks, and who is told. */
  readonly attention: () => Attention;
  readonly post: (event: Event) => void;
  /** The station's screen, over which a test may show its own view. */
  readonly over: <S extends Pick<Screen, "show">>(screen: S) => S;
}

export interface LoanOptions {
  readonly clock: Pick<Clock, "now">;
  /** Known once there is one. */
  readonly station: { readonly post: (event: Event) => void; readonly attention: () => Attention };
  /** Nothing that was seen of one is carried over to the next. */
  readonly forget: () => void;
}

/** Somebody who is nobody: a claim of theirs keeps the engine from comparing anybody with anybody. */
export const nobody = personId(`p_${"0".repeat(20)}`);

/** Pictures in a row without a face, after which the place is free. */
const emptyMin = 3;
/** Whoever stays longer than this has come to punch. */
const stayMaxMs = 8_000;

const glance: Attention = { effort: "glance", claim: null, challenge: null, codes: false };

export function createLoan({ clock, station, forget }: LoanOptions): Loan {
  let borrower: Borrower | null = null;
  let isComingBack = false;
  let last: Screenful | null = null;
  let show: (screenful: Screenful) => void = () => {};
  let shown: View | null = null;

  const draw = (): void => {
    const view = borrower?.view() ?? null;
    if (last === null || (view === null && shown === null)) return;
    shown = view;
    show(view === null ? last : { ...last, view });
  };

  const set = (next: Borrower | null, coming: boolean): void => {
    borrower = next;
    isComingBack = coming;
    forget();
    draw();
  };

  /** Nobody's test any more, and the place is not free yet. */
  const emptying = (): Borrower => {
    const untilMs = clock.now().monoMs + stayMaxMs;
    let empty = 0;
    return {
      attention: () => glance,
      saw: ({ sight }) => {
        empty = sight.faces === 0 ? empty + 1 : 0;
        if (empty >= emptyMin || clock.now().monoMs >= untilMs) set(null, false);
      },
      view: () => null,
    };
  };

  return {
    take: (next) => {
      if ((borrower !== null && !isComingBack) || station.attention().effort === "enrol") {
        throw new Fault(
          "desk-refused",
          "somebody else uses the clock's camera now",
          "Wait until the enrolment or the other test is over, then try again.",
        );
      }
      set(next, false);
    },
    giveBack: (former) => {
      if (borrower === former) set(emptying(), true);
    },
    attention: () => {
      const own = station.attention();
      // A camera that is away, or a clock that is not ready, is so for everybody.
      return borrower === null || own.effort === "off" ? own : borrower.attention();
    },
    post: (event) => {
      if (event.kind !== "sight" || borrower === null) return station.post(event);
      borrower.saw(event);
      draw();
    },
    over: (screen) => {
      show = screen.show;
      return {
        ...screen,
        show: (screenful) => {
          last = screenful;
          const view = borrower?.view() ?? null;
          shown = view;
          screen.show(view === null ? screenful : { ...screenful, view });
        },
      };
    },
  };
}
