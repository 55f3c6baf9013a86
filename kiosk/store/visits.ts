import { z } from "zod";
import { Fault, isFault } from "../core/fault.ts";
import { guestsNotes } from "../core/guests/view.ts";
import { isPersonId, type PersonId } from "../core/person.ts";
import type { Position } from "../core/record.ts";
import type { Vault } from "../core/vault.ts";

/**
 * Visits, each sealed under a key of its own: who it is, how to reach them, and when they were here lie in pieces of their
 * own, so that destroying one key makes one visit unreadable wherever a copy of it went.
 */

const subject = z.string().refine((text): text is PersonId => isPersonId(text));
const utcMs = z.int();
const kept = z.strictObject({
  host: subject.nullable(),
  /** expected: an invitation, and nobody has come. new: made, and the journal knows nothing of it. over: they went. */
  stage: z.enum(["expected", "new", "asked", "unanswered", "here", "over"]),
  isInvited: z.boolean(),
  number: z.string(),
  token: z.string(),
  /** When what is personal was collected: its days are counted from here. */
  madeUtcMs: utcMs,
  inUtcMs: utcMs.nullable(),
  outUtcMs: utcMs.nullable(),
  end: z.enum(["out", "auto-out", "declined"]).nullable(),
  dueUtcMs: utcMs,
  expUtcMs: utcMs,
  window: z.strictObject({ fromUtcMs: utcMs, untilUtcMs: utcMs, code: z.string().nullable() }).nullable(),
  reply: z.strictObject({ answer: z.enum(["come", "wait", "no"]), note: z.enum(guestsNotes).nullable() }).nullable(),
  /** The newest record when it was made: what the journal says of it comes after. */
  after: z.strictObject({ epoch: z.int(), seq: z.int() }),
});
type Kept = z.infer<typeof kept>;

export interface KeptVisit extends Kept {
  readonly v: PersonId;
}

/** What only the evacuation list and the holder of the tenant's key may read. */
export interface Caller {
  readonly name: string;
  /** Empty where they gave none. */
  readonly contact: string;
}

export interface Visits {
  readonly all: () => readonly KeptVisit[];
  readonly of: (v: PersonId) => KeptVisit | null;
  /** Empty where it was never said, or cannot be read any more. */
  readonly callerOf: (v: PersonId) => Promise<Caller>;
  /** Durable when it resolves. Who it is goes first: without the rest it is nothing, and is removed at the next start. */
  readonly make: (visit: KeptVisit, caller: Caller | null) => Promise<void>;
  readonly change: (v: PersonId, change: Partial<Kept>) => Promise<KeptVisit | null>;
  /** What is personal goes at once; that there was an invitation stays. */
  readonly forgetCaller: (v: PersonId) => Promise<void>;
  /** The key, then everything. */
  readonly destroy: (v: PersonId) => Promise<boolean>;
  /** Visits that do not open: nothing is known of them but what the journal says. */
  readonly damaged: readonly PersonId[];
  readonly faults: readonly Fault[];
}

export interface VisitsOptions {
  readonly vault: Vault;
}

const pieces = { visit: "visit", name: "name", contact: "contact" } as const;

/** @throws Fault `disk-full`, `state-unwritable`. */
export async function openVisits({ vault }: VisitsOptions): Promise<Visits> {
  const visits = new Map<PersonId, KeptVisit>();
  const damaged: PersonId[] = [];
  const faults: Fault[] = [];
  for (const v of vault.subjects().filter((sub) => sub.startsWith("v_"))) {
    try {
      const bytes = await vault.get(v, pieces.visit);
      // Cut short while it was made: nobody was told anything.
      if (bytes === null) await vault.destroy(v);
      else visits.set(v, { v, ...readKept(bytes) });
    } catch (error) {
      if (!isFault(error, "seal-broken")) throw error;
      damaged.push(v);
      faults.push(error);
    }
  }
  const write = ({ v, ...rest }: KeptVisit): Promise<void> =>
    vault.put(v, pieces.visit, Buffer.from(JSON.stringify(kept.parse(rest))));
  const text = async (v: PersonId, piece: string): Promise<string> => {
    try {
      return Buffer.from((await vault.get(v, piece)) ?? []).toString();
    } catch (error) {
      if (isFault(error, "seal-broken")) return "";
      throw error;
    }
  };
  return {
    damaged,
    faults,
    all: () => [...visits.values()],
    of: (v) => visits.get(v) ?? null,
    callerOf: async (v) => ({ name: await text(v, pieces.name), contact: await text(v, pieces.contact) }),
    make: async (visit, caller) => {
      if (caller !== null) await vault.put(visit.v, pieces.name, Buffer.from(caller.name));
      if (caller !== null && caller.contact !== "") {
        await vault.put(visit.v, pieces.contact, Buffer.from(caller.contact));
      }
      await write(visit);
      visits.set(visit.v, visit);
    },
    change: async (v, change) => {
      const before = visits.get(v);
      if (before === undefined) return null;
      const next = { ...before, ...change };
      await write(next);
      // Destroyed while it was written.
      if (!visits.has(v)) await vault.destroy(v);
      else visits.set(v, next);
      return next;
    },
    forgetCaller: async (v) => {
      await vault.drop(v, pieces.contact);
      await vault.drop(v, pieces.name);
    },
    destroy: async (v) => {
      const was = visits.delete(v);
      return (await vault.destroy(v)) > 0 || was;
    },
  };
}

function readKept(bytes: Uint8Array): Kept {
  const found = kept.safeParse(JSON.parse(Buffer.from(bytes).toString()));
  if (found.success) return found.data;
  throw new Fault("seal-broken", "a visit cannot be read", "It goes by itself; ask the visitor to sign in again.");
}

export const nowhere: Position = { epoch: 0, seq: -1 };
