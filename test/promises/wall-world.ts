import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { cardHash } from "../../kiosk/core/card.ts";
import type { Event } from "../../kiosk/core/event.ts";
import { Fault } from "../../kiosk/core/fault.ts";
import { blankMemory, type Memory, recalled, withPeople } from "../../kiosk/core/memory.ts";
import { type Person, personId } from "../../kiosk/core/person.ts";
import { defaultPolicy, type Policy } from "../../kiosk/core/policy.ts";
import type { Screenful, Touch, View } from "../../kiosk/core/view.ts";
import { testClock } from "../../kiosk/host/clock.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { createStation } from "../../kiosk/run.ts";
import { openJournal } from "../../kiosk/store/journal.ts";

/** A wall with the real loop on a real journal on disk; the clock is moved by hand, and the power can go at any moment. */

export const ana: Person = {
  ...{ id: personId("p_00000000000000000ana"), displayName: "Ana Morales", badges: [cardHash("4711")], lookAlikes: [] },
};
const sue: Person = {
  ...{ id: personId("p_00000000000000000sue"), displayName: "Sue Visor", badges: [cardHash("4712")], lookAlikes: [] },
  perm: ["supervise"],
};

export interface WallOptions {
  readonly people?: readonly Person[];
  readonly policy?: Partial<Policy>;
  readonly memory?: Partial<Memory>;
  readonly observed?: (event: Event) => void;
}

export type WallWorld = Awaited<ReturnType<typeof openWallWorld>>;

export async function openWallWorld(options: WallOptions = {}) {
  const state = await mkdtemp(join(tmpdir(), "lintel-wall-"));
  onTestFinished(() => rm(state, { recursive: true, force: true, maxRetries: 10 }));
  const clock = testClock(Date.UTC(2026, 10, 23, 9));
  const policy: Policy = {
    ...{ ...defaultPolicy, timeZone: "Europe/Berlin", challengeShare: 0, alert: true, leave: true },
    ...options.policy,
  };
  let people = options.people ?? [ana, sue];
  let screen: Screenful | null = null;
  let isIll = false;
  let boots = 0;

  const boot = async () => {
    boots += 1;
    const signer = await openSigner(state);
    const identity = { tenant: "t", site: "s", device: signer.device };
    const journal = await openJournal({
      ...{ directory: state, identity, signer, clock, firmware: "0", boot: boots, isFirstStart: signer.fresh },
      ballastBytes: 65_536,
    });
    await signer.markUsed();
    const stop = new AbortController();
    const start = withPeople({ ...blankMemory, ...options.memory }, people);
    const station = createStation({
      memory: recalled(start, journal.recall(clock.now().utcMs - 16 * 86_400_000, 16 * 86_400_000)),
      policy,
      place: { site: "", gate: "", timeZone: policy.timeZone, locale: "en" },
      clock,
      journal: {
        append: (body, at) => {
          if (isIll) throw new Fault("disk-full", "the disk is full", "Free space.");
          return journal.append(body, at);
        },
        probe: journal.probe,
      },
      screen: {
        show: (next) => {
          screen = next;
        },
      },
      moment: () => ({ clock: clock.quality(), boot: boots }),
      forget: () => {},
      enrolled: () => {},
      observed: options.observed ?? (() => {}),
    });
    const running = station.run(stop.signal);
    station.post({ kind: "room", room: "reader", state: { is: "up" }, at: clock.now() });
    station.post({ kind: "ready", at: clock.now() });
    const cut = async (): Promise<void> => {
      stop.abort();
      await running;
      await journal[Symbol.asyncDispose]();
    };
    return { journal, station, cut };
  };
  let life = await boot();
  onTestFinished(() => life.cut());

  const view = (): View | null => screen?.view ?? null;
  const until = async <T>(what: string, look: () => T | null | undefined | false): Promise<T> => {
    for (const endMs = performance.now() + 20_000; performance.now() < endMs; ) {
      const found = look();
      if (found !== null && found !== undefined && found !== false) return found;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    throw new Error(`${what} did not come; the wall shows ${JSON.stringify(view())}`);
  };
  const post = (event: Event): void => life.station.post(event);
  return {
    ...{ state, clock, policy, view, until, post },
    touch: (touch: Touch): void => post({ kind: "touch", touch, at: clock.now() }),
    tap: (badge: string): void =>
      post({ kind: "tap", tap: { badge: cardHash(badge), at: clock.now() }, at: clock.now() }),
    at: <A extends View["at"]>(at: A) =>
      until(at, () => {
        const now = view();
        return now?.at === at ? (now as Extract<View, { at: A }>) : null;
      }),
    /** Data of all records of one type, oldest first. */
    records: (type: string): readonly Record<string, unknown>[] =>
      life.journal
        .read({ epoch: 0, seq: -1 }, 10_000)
        .map(({ jws }) => JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString()))
        .filter((event) => event.type === `dev.lintel.${type}.v1`)
        .map((event) => ({ id: event.id, ...event.data })),
    disk: (ill: boolean): void => {
      isIll = ill;
    },
    /** What a new roster brings. */
    roster: (next: readonly Person[]): void => {
      people = next;
      post({ kind: "people", people: next, enrolled: 0, at: clock.now() });
    },
    /** The power goes and comes. */
    restart: async (): Promise<void> => {
      await life.cut();
      life = await boot();
    },
    muster: () => life.station.muster(),
  };
}
