import type { Bulletins } from "./bulletins.ts";
import { type CloudOptions, openCloud } from "./cloud.ts";
import type { Event } from "./core/event.ts";
import type { OrderHandler } from "./core/orders.ts";
import type { Policy } from "./core/policy.ts";
import type { Journal, JournalLife, KeyRing } from "./core/ports/journal.ts";
import type { RosterChanges } from "./core/ports/people.ts";
import { utcText } from "./core/time.ts";
import type { Vitals } from "./core/vitals.ts";
import { createEnding } from "./ending.ts";
import { bootId } from "./host/clock.ts";
import type { Lock } from "./lock.ts";
import { type Network, openNetwork, readTrust } from "./network.ts";
import type { Erasure } from "./privacy/erasure.ts";
import type { RoomCodes } from "./room-codes.ts";
import { openRotation } from "./rotation.ts";
import { keepOrderedEnd, orderedEndIn } from "./store/ordered-end.ts";
import type { Speaker } from "./uplink/statements.ts";
import type { TimeFix } from "./uplink/time-check.ts";

export interface OutsideOptions
  extends Pick<CloudOptions, "config" | "afar" | "roster" | "settings" | "log" | "tail" | "again" | "ending"> {
  readonly speaker: Omit<Speaker, "journal" | "condition" | "signer"> & { readonly signer: KeyRing };
  readonly journal: Journal & JournalLife;
  readonly vitals: Vitals;
  /** How camera and reader are, for the status. */
  readonly rooms: RoomCodes["codes"];
  readonly boot: number;
  readonly erasure: Pick<Erasure, "handlers">;
  /** Orders that others carry out. */
  readonly handlers: readonly (readonly [string, OrderHandler])[];
  readonly bulletins: Pick<Bulletins, "announce">;
  readonly post: (event: Event) => void;
  readonly rosterChanged: (changes: RosterChanges) => void;
  readonly note: (error: unknown) => void;
  readonly lock: Pick<Lock, "cause" | "maySend" | "handlers">;
  /** Somebody signed what time it is. */
  readonly learnt?: (fix: TimeFix) => void;
}

/** Everything beyond the wall: the broker, who receipts, and what the cloud may order. */
export interface Outside extends Network {
  /** Appends, and what was written down is sent soon. */
  readonly append: Journal["append"];
  /** Who may sign people's passes. */
  readonly passKeys: Policy["passKeys"];
  /** Names of all who must have a record before it may go. */
  readonly receivers: readonly string[];
  /** Destroys former keys that nobody needs any more. For the start, and whenever a cursor moved. */
  readonly retireKeys: () => void;
  /** Takes what comes down until `signal` aborts. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** @throws Fault where keys or files of the cloud's side are not as they must be. */
export async function openOutside(options: OutsideOptions, rooms: AsyncDisposableStack): Promise<Outside> {
  const { config, speaker, journal, vitals, boot, erasure, handlers, bulletins, post, rosterChanged, note, ...more } =
    options;
  const { lock } = more;
  const { clock, signer } = speaker;
  const append: Journal["append"] = async (body, at) => {
    const appended = await journal.append(body, at);
    network.uplink.wake();
    return appended;
  };
  const trust = await readTrust(config);
  const rotation = openRotation({ ring: signer, journal, clock, receivers: trust.required });
  const end = createEnding({
    ...{ journal, clock, receivers: trust.required, isDemo: config.broker === "embedded" },
    book: { read: () => orderedEndIn(config.state), keep: (end) => keepOrderedEnd(config.state, end) },
    ...{ close: more.again, stop: more.ending },
  });
  const cloud = await openCloud(
    {
      ...{ ...more, config, trust, rosterChanged },
      speaker: { ...speaker, journal: { append, read: journal.read, head: journal.head } },
      bootId: await bootId(),
      screen: {
        announce: bulletins.announce,
        identify: (forMs) => post({ kind: "identify", forMs, at: clock.now() }),
      },
      setVolume: (percent) => post({ kind: "volume", percent, at: clock.now() }),
      more: [
        ...erasure.handlers,
        ...handlers,
        ...lock.handlers,
        ["key.rotate", rotation.handle],
        ["decommission", end],
      ],
    },
    rooms,
  );
  // Records are never rewritten, only understood better: what time it truly was is one more record.
  const fixed = (fix: TimeFix): void => {
    cloud.learn(fix);
    options.learnt?.(fix);
    const { monoMs, utcMs, errMs } = fix;
    const data = { boot, mono: Math.round(monoMs), utc: utcText(utcMs), err: Math.ceil(errMs), src: "ack" } as const;
    append({ type: "timefix", data }, clock.now())
      .then(({ event }) => post({ kind: "time-fixed", fix: event, at: clock.now() }))
      .catch(note);
  };
  const network = await openNetwork(
    config,
    {
      ...{ ...speaker, journal, vitals, fixed },
      condition: () => {
        const cause = lock.cause();
        return { ...vitals.condition(), ...options.rooms(), ...cloud.condition(), ...(cause && { lock: cause }) };
      },
      isSilenced: () => !lock.maySend(),
      heard: cloud.heard,
      receipted: cloud.receipted,
      yieldTo: async (claim) => {
        const notice = await journal.yieldTo(claim, clock.now());
        if (notice !== null) post({ kind: "notice", notice, at: clock.now() });
        return notice !== null;
      },
    },
    rooms,
    trust,
  );
  cloud.connect(network.uplink);
  return {
    ...{ ...network, append, receivers: trust.required, run: cloud.run },
    passKeys: trust.keys.flatMap(({ role, kid, key }) => (role === "pass" ? [{ kid, key }] : [])),
    retireKeys: () => void rotation.retire().catch(note),
  };
}
