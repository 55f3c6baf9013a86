import type { Credentials, DeskAnswer, DeskNews, DeskRequest, WorkRequest } from "../desk.ts";
import type { Actor } from "../roles.ts";
import type { DemoAct, DemoState, Screenful, Touch } from "../view.ts";
import type { Frame } from "./senses.ts";

/** Where people touch the clock: its screen, and the technician's desk. */

export interface Screen extends AsyncDisposable {
  readonly url: string;
  /** Draws this; the newest wins. */
  readonly show: (screenful: Screenful) => void;
  /** The picture for the preview, passed through as it is. */
  readonly preview: (frame: Frame) => void;
  /** What people touch. Ends when `signal` aborts. */
  readonly touches: (signal: AbortSignal) => AsyncIterable<Touch>;
}

/** What a newcomer may do in the drawer of the page; exists only while rooms are simulated. */
export interface DemoDesk {
  readonly state: () => DemoState;
  readonly act: (act: DemoAct) => void;
}

/**
 * Answers one request. `tell` says how it goes meanwhile and never waits; `gone` aborts when whoever asked hung up.
 * @param shown what came with it to show who asks.
 * @throws a Fault for whoever asked; anything else is a bug.
 */
export type Clerk = (
  request: DeskRequest,
  tell: (news: DeskNews) => void,
  gone: AbortSignal,
  shown: Credentials,
) => Promise<DeskAnswer>;

/** Does what was asked, once it is known who asks and that they may. */
export type Worker = (
  request: WorkRequest,
  tell: (news: DeskNews) => void,
  gone: AbortSignal,
  actor?: Actor,
) => Promise<DeskAnswer>;

/** Where a technician's tool talks to the running clock. */
export interface Desk extends AsyncDisposable {
  /**
   * Lets the clerk answer whatever is asked until `signal` aborts; requests that come earlier wait. A Fault is told to
   * whoever asked and to nobody else; a bug of the clerk is thrown. What is not understood, too long, too slow or too
   * much at once is refused without troubling the clerk.
   */
  readonly serve: (clerk: Clerk, signal: AbortSignal) => Promise<void>;
}
