import { join } from "node:path";
import { Fault } from "./core/fault.ts";
import type { PersonId } from "./core/person.ts";
import type { Suppressed } from "./core/ports/forgetting.ts";
import type { Journal } from "./core/ports/journal.ts";
import type { RosterStore } from "./core/ports/people.ts";
import type { Clock } from "./core/ports/senses.ts";
import type { Vault } from "./core/vault.ts";
import { type Erasure, type ErasureRooms, erasedIn, openErasure } from "./privacy/erasure.ts";
import { openPeople, type PeopleOptions, type SealedPeople } from "./store/people.ts";
import { openRoster } from "./store/roster.ts";
import { openSuppressed } from "./store/suppressed.ts";
import type { SealedVault } from "./store/vault.ts";

export interface KnownOptions
  extends Omit<PeopleOptions, "directory" | "isSuppressed" | "vault">,
    Pick<ErasureRooms, "elsewhere" | "interrupt" | "isHeld" | "stays" | "rekey" | "sealing"> {
  readonly state: string;
  /** The vault that people share with other pieces of theirs; closed with the rooms. Default: people have one alone. */
  readonly openVault?: (isSuppressed: (sub: PersonId) => boolean) => Promise<SealedVault>;
  readonly journal: Pick<Journal, "append" | "read" | "head">;
  readonly clock: Pick<Clock, "now">;
  /** Forgets somebody wherever else something of theirs may be: the gallery, the board. */
  readonly forget: (sub: PersonId) => Promise<void>;
  /** Somebody was forgotten. */
  readonly changed: () => void;
  readonly note: (fault: unknown) => void;
}

/** Whom this clock knows: its own people, the cloud's roster, and who must not come back. */
export interface Known {
  readonly people: SealedPeople;
  readonly roster: RosterStore;
  readonly suppressed: Suppressed;
  readonly vault: Vault | null;
  readonly erasure: Erasure;
}

/** Opened together, because forgetting somebody concerns all of it. */
export async function openKnown(options: KnownOptions, rooms: AsyncDisposableStack): Promise<Known> {
  const {
    state,
    journal,
    clock,
    forget,
    changed,
    note,
    elsewhere,
    interrupt,
    isHeld,
    stays,
    rekey,
    sealing,
    openVault: _,
    ...more
  } = options;
  const suppressed = await openSuppressed({ directory: state, remembered: () => erasedIn(journal) });
  const vault = (await options.openVault?.(suppressed.has)) ?? null;
  if (vault !== null) rooms.use(vault);
  const people = rooms.use(
    await openPeople({
      ...more,
      ...(vault && { vault }),
      directory: join(state, "people"),
      isSuppressed: suppressed.has,
    }),
  );
  const roster = rooms.use(
    await openRoster({
      directory: join(state, "roster"),
      // The device's keys are for every folder; a key in a file is one folder's own.
      ...(more.keyBox?.holds && { keyBox: more.keyBox }),
    }),
  );
  for (const notice of [suppressed.notice, ...people.faults, roster.notice]) if (notice instanceof Fault) note(notice);
  const erasure = openErasure({
    ...{ journal, people, suppressed, clock, changed },
    withdraw: forget,
    ...(vault && { vault }),
    ...(elsewhere && { elsewhere }),
    ...(interrupt && { interrupt }),
    ...(isHeld && { isHeld }),
    ...(stays && { stays }),
    ...(rekey && { rekey }),
    ...(sealing && { sealing }),
    roster: {
      count: async (sub) => (await roster.items()).filter(({ id }) => id === sub).length,
      forget: async (sub) => ((await roster.erase(sub, clock.now())) ? 1 : 0),
      root: () => roster.standing().root,
    },
  });
  return { people, roster, suppressed, vault, erasure };
}
