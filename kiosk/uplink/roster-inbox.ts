import { type Backoff, waitMs } from "../core/backoff.ts";
import { Fault } from "../core/fault.ts";
import { LuError } from "../core/jws.ts";
import type { OrderHandlers } from "../core/orders.ts";
import type { RosterChanges, RosterStore } from "../core/ports/people.ts";
import { type Asker, question } from "./asking.ts";
import { checkAudience } from "./contract/audience.ts";
import { type CloudKey, unwrapFromCloud } from "./contract/keys.ts";
import { type RosterPage, rosterPage } from "./contract/roster.ts";
import { openRosterPages } from "./roster-pages.ts";

/** What comes down as `dn/ros`, until it is on the disk or refused. */
export interface RosterInbox extends AsyncDisposable {
  /** Resolves when everything that the message made possible is done. Whatever the bytes are, it does not reject. */
  readonly receive: (bytes: Uint8Array) => Promise<void>;
  /** For the status: `ros`. */
  readonly standing: RosterStore["standing"];
  /** `roster.pull` and `roster.reset`. */
  readonly handlers: OrderHandlers;
}

export interface RosterInboxOptions {
  readonly store: RosterStore;
  /** Those of the role `ros` count; asked for every message. */
  readonly keys: () => readonly CloudKey[];
  readonly asker: Asker;
  /** Groups that pages may speak to this clock by. Default: none. */
  readonly groups?: readonly string[];
  /** Sends a signed question, or loses it where there is no connection. */
  readonly request: (bytes: Uint8Array) => void;
  /** Somebody came, changed or left: after it is on the disk. */
  readonly changed?: (changes: RosterChanges) => void;
  /** A message that is not used, by its number. Also what was here before, so not worth a line each. */
  readonly refused?: (error: LuError) => void;
  /** The disk takes no roster; it is asked for again later. */
  readonly trouble?: (fault: Fault) => void;
  readonly pace?: Partial<RosterPace>;
  /** In [0, 1). */
  readonly random?: () => number;
}

export interface RosterPace {
  /** Pages lack and none came for this long: they are asked for. */
  readonly quietMs: number;
  /** Between two questions. */
  readonly backoff: Backoff;
  readonly tickMs: number;
}

const usualRosterPace: RosterPace = {
  quietMs: 5_000,
  backoff: { baseMs: 10_000, capMs: 900_000 },
  tickMs: 1_000,
};

/** Who was taken off is remembered for so long. */
const goneMs = 400 * 86_400_000;

export function openRosterInbox(options: RosterInboxOptions): RosterInbox {
  const { store, keys, asker, groups = [], random = Math.random } = options;
  const { clock } = asker;
  const pace = { ...usualRosterPace, ...options.pace };
  const pages = openRosterPages();
  const nowMs = () => clock.now().monoMs;
  let newestPageMs = nowMs();
  let isWanted = false;
  let attempt = 0;
  let askAgainMs = Number.NEGATIVE_INFINITY;

  const ask = () => {
    const { v, root } = store.standing();
    const part = pages.lacking();
    options.request(question("roster-request", { have: v, root, ...(part && { part }) }, asker));
    askAgainMs = nowMs() + waitMs(pace.backoff, attempt, random());
    attempt += 1;
  };
  const look = () => {
    const isStuck = pages.isOpen() && nowMs() - newestPageMs >= pace.quietMs;
    if ((isWanted || isStuck) && nowMs() >= askAgainMs) ask();
  };
  const refuse = (error: LuError) => {
    options.refused?.(error);
    // Of an older version nothing more is wanted than what is here.
    isWanted ||= error.code === 4001 || error.code === 4002;
  };

  /** Takes every step that is whole, one after the other. */
  const advance = async (): Promise<void> => {
    for (let next = pages.whole(store.standing().v); next !== null; next = pages.whole(store.standing().v)) {
      const { utcMs } = clock.now();
      const forgetBeforeMs = clock.quality().source === "none" ? null : utcMs - goneMs;
      try {
        const changes = await store.turn(next.step, clock.now(), forgetBeforeMs);
        isWanted = false;
        attempt = 0;
        options.changed?.(changes);
      } catch (error) {
        if (error instanceof LuError) {
          refuse(error);
          isWanted = true;
        } else if (error instanceof Fault) {
          options.trouble?.(error);
          isWanted = true;
        } else throw error;
      } finally {
        pages.drop(next.key);
      }
      if (pages.settle(store.standing().v)) refuse(new LuError(4001, "the roster leads on from another version"));
    }
  };
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };

  const stop = new AbortController();
  const watch = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await clock.sleep(pace.tickMs, stop.signal);
      if (!stop.signal.aborted) look();
    }
  };
  const watching = watch();
  return {
    receive: (bytes) => {
      try {
        const page = openPage(bytes, keys());
        checkAudience(page.aud, asker.identity, groups);
        const { v } = store.standing();
        if (page.to <= v) throw new LuError(4003, "the roster is not newer");
        if (page.base !== 0 && page.base < v) throw new LuError(4001, "the roster leads on from another version");
        if (pages.add(page)) newestPageMs = nowMs();
      } catch (error) {
        if (!(error instanceof LuError)) throw error;
        refuse(error);
        look();
        return last;
      }
      return inTurn(async () => {
        await advance();
        look();
      });
    },
    standing: store.standing,
    handlers: new Map([
      [
        "roster.pull",
        async () => {
          ask();
          return { detail: `asked for what follows version ${store.standing().v}` };
        },
      ],
      [
        "roster.reset",
        async () => {
          const changes = await store.reset();
          options.changed?.(changes);
          ask();
          return { detail: `${changes.gone.length} people forgotten; asked for a roster` };
        },
      ],
    ]),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await watching;
      await last;
    },
  };
}

/** @throws LuError 1001-1007. */
function openPage(bytes: Uint8Array, keys: readonly CloudKey[]): RosterPage["data"] {
  const { event } = unwrapFromCloud(bytes, "lintel-ros+jws", "ros", keys);
  const page = rosterPage.safeParse(event);
  if (!page.success) throw new LuError(1001, "no page of a roster");
  if (page.data.data.page >= page.data.data.pages) throw new LuError(1001, "a page beyond the last");
  return page.data.data;
}
