import { readFile } from "node:fs/promises";
import { type PolicyKept, taken } from "../core/consent/privacy-policy.ts";
import type { PolicyStanding } from "../core/consent/types.ts";
import { Fault } from "../core/fault.ts";
import { LuError } from "../core/jws.ts";
import type { OrderHandler } from "../core/orders.ts";
import type { Clock } from "../core/ports/senses.ts";
import { utcText } from "../core/time.ts";
import type { PolicyStore, ShelvedPolicy } from "../store/privacy-policies.ts";
import type { CloudKey } from "../uplink/contract/keys.ts";
import { readPolicy } from "../uplink/contract/privacy.ts";
import { argsOf, readArgs } from "../uplink/orders/args.ts";

export interface PrivacyRooms {
  readonly store: PolicyStore;
  /** Whose signature is believed; those of the role `cmd:dpo`. */
  readonly keys: readonly CloudKey[];
  readonly tenant: string;
  readonly clock: Pick<Clock, "now" | "quality">;
  /** Something that could not be done and keeps nobody from punching. */
  readonly note: (fault: Fault) => void;
}

/** The employer's policy that holds here, and the one that will. */
export interface Privacy {
  readonly standing: () => PolicyStanding;
  /**
   * Takes a signed policy. The one that is here already is taken again without effect.
   * @throws Fault `policy-refused`, `policy-notice-short`; what the store throws.
   */
  readonly take: (token: string) => Promise<PolicyKept>;
  /** The same from a file. What is wrong with it is noted: the policy before it goes on. */
  readonly takeFile: (path: string) => Promise<void>;
  /** When the standing changes by itself next, UTC; null: not as far as is known. */
  readonly nextUtcMs: () => number | null;
  /** Lets the coming policy hold once its time has come; whoever asks hears it without this. */
  readonly advance: () => Promise<void>;
  /** Called after each change. */
  readonly onChange: (changed: () => void) => void;
  /** `policy.set` */
  readonly handlers: readonly (readonly [string, OrderHandler])[];
}

interface Shelf {
  readonly kept: PolicyKept;
  readonly shelved: ShelvedPolicy;
}

export function openPrivacy({ store, keys, tenant, clock, note }: PrivacyRooms): Privacy {
  if (store.notice !== null) note(store.notice);
  const listeners: (() => void)[] = [];
  const read = (shelved: ShelvedPolicy | null): Shelf | null => {
    if (shelved === null) return null;
    try {
      const { policy, h } = readPolicy(shelved.jws, keys);
      return { shelved, kept: { policy, h, ...withoutToken(shelved) } };
    } catch (error) {
      if (!(error instanceof LuError)) throw error;
      // Also where the key that signed it is trusted no more: then its word is none either.
      const remedy = "Send a policy that a trusted key of the role cmd:dpo signed. Badges go on.";
      note(new Fault("policy-damaged", `the kept privacy policy is not believed: ${error.message}`, remedy, error));
      return null;
    }
  };
  const { now: first, coming: next } = store.get();
  let holds = read(first);
  let coming = read(next);

  /** A clock that does not know the time does not let time pass. */
  const isDue = (): boolean =>
    coming !== null && clock.quality().source !== "none" && clock.now().utcMs >= coming.kept.holdsFromUtcMs;
  const standing = (): PolicyStanding =>
    isDue() ? { now: coming?.kept ?? null, coming: null } : { now: holds?.kept ?? null, coming: coming?.kept ?? null };

  let last: Promise<unknown> = Promise.resolve();
  const oneByOne = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  const keep = async (after: { readonly holds: Shelf | null; readonly coming: Shelf | null }): Promise<void> => {
    await store.put({ now: after.holds?.shelved ?? null, coming: after.coming?.shelved ?? null });
    ({ holds, coming } = after);
    for (const changed of listeners) changed();
  };
  const settle = async (): Promise<void> => {
    if (isDue()) await keep({ holds: coming, coming: null });
  };

  const take: Privacy["take"] = (token) =>
    oneByOne(async () => {
      const { policy, h } = believed(token, keys);
      const known = [holds, coming].find((one) => one?.kept.h === h);
      if (known) return known.kept;
      await settle();
      const nowUtcMs = clock.now().utcMs;
      const kept = taken(policy, h, standing(), { tenant, nowUtcMs });
      const { receivedUtcMs, holdsFromUtcMs, asksFromV } = kept;
      const shelf = { kept, shelved: { jws: token, receivedUtcMs, holdsFromUtcMs, asksFromV } };
      await keep(holdsFromUtcMs <= nowUtcMs ? { holds: shelf, coming: null } : { holds, coming: shelf });
      return kept;
    });

  return {
    standing,
    take,
    takeFile: async (path) => {
      try {
        await take(await tokenIn(path));
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        note(error);
      }
    },
    nextUtcMs: () => coming?.kept.holdsFromUtcMs ?? null,
    advance: () => oneByOne(settle),
    onChange: (changed) => void listeners.push(changed),
    handlers: [
      [
        "policy.set",
        async (order) => {
          const { policy, holdsFromUtcMs } = await take(readArgs(argsOf["policy.set"], order).doc);
          return { detail: `version ${policy.v} holds from ${utcText(holdsFromUtcMs)}` };
        },
      ],
    ],
  };
}

const withoutToken = ({
  receivedUtcMs,
  holdsFromUtcMs,
  asksFromV,
}: ShelvedPolicy): Omit<PolicyKept, "policy" | "h"> => ({
  ...{ receivedUtcMs, holdsFromUtcMs, asksFromV },
});

function believed(token: string, keys: readonly CloudKey[]) {
  try {
    return readPolicy(token, keys);
  } catch (cause) {
    if (!(cause instanceof LuError)) throw cause;
    const remedy = "Sign it with a key of the role cmd:dpo that this clock trusts, as docs/uplink.md has it.";
    throw new Fault("policy-refused", `the privacy policy: ${cause.message}`, remedy, cause);
  }
}

async function tokenIn(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (cause) {
    const remedy = "Name the file of a signed policy with --privacy-policy.";
    throw new Fault("policy-refused", `the privacy policy: ${path} cannot be read`, remedy, cause);
  }
}
