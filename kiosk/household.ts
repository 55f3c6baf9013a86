import { join } from "node:path";
import type { Config } from "./config.ts";
import type { HashCard } from "./core/card.ts";
import type { ConsentId } from "./core/consent.ts";
import type { Event } from "./core/event.ts";
import type { PersonId } from "./core/person.ts";
import type { Journal, JournalConsents } from "./core/ports/journal.ts";
import type { Clock, Frame } from "./core/ports/senses.ts";
import { daysWith } from "./core/retention.ts";
import type { Vault } from "./core/vault.ts";
import { type GuestBook, openGuestBook } from "./guests/book.ts";
import { visitsForErasure } from "./guests/keepsakes.ts";
import { type Known, type KnownOptions, openKnown } from "./known.ts";
import type { Members } from "./members.ts";
import { readTrust } from "./network.ts";
import { openPictures, type Pictures } from "./pictures.ts";
import { guestsOf } from "./policy.ts";
import { type Consenting, openConsenting } from "./privacy/consenting.ts";
import type { Keeping } from "./privacy/keeping.ts";
import { createOwnPictures, type OwnPictures } from "./privacy/own-pictures.ts";
import { pinsForErasure } from "./privacy/own-retention.ts";
import { keyOfRing, readKeyring } from "./store/keyring.ts";
import { openPins, type SealedPins } from "./store/pins.ts";
import type { KeyBox } from "./store/seal.ts";
import { openVault } from "./store/vault.ts";
import { openVisitorSeal } from "./uplink/visitor-seal.ts";

export interface HouseholdOptions extends Pick<KnownOptions, "rekey" | "sealing"> {
  readonly config: Config;
  readonly clock: Clock;
  readonly boot: number;
  /** `sourceOf` this clock. */
  readonly source: string;
  readonly journal: Pick<Journal, "append" | "read" | "head"> & JournalConsents;
  readonly keyBox: KeyBox;
  readonly hashCard: HashCard;
  readonly keeping: Keeping;
  /** Takes somebody out of the gallery: unknown to the very next frame. */
  readonly takeOut: (person: PersonId) => Promise<void>;
  /** Forgets what hangs on the wall for somebody. */
  readonly forgetMessages: (sub: PersonId) => Promise<void>;
  readonly post: (event: Event) => void;
  readonly note: (fault: unknown) => void;
  /** The newest picture of the camera; null while it is away. */
  readonly frame: () => Frame | null;
  /** Open later than this, and looked for when they are needed. */
  readonly later: {
    readonly members: () => Members | null;
    readonly enrol: (person: PersonId, consentId: ConsentId) => Promise<unknown>;
    /** Ends the enrolment of somebody who is being erased. */
    readonly interrupt: (sub: PersonId) => void;
  };
}

/** Everybody of whom this clock keeps something: who works here and who visits, what of theirs is sealed, and by what right. */
export interface Household extends Omit<Known, "vault"> {
  readonly vault: Vault;
  readonly pins: SealedPins;
  /** Null where no pictures of punches are taken. */
  readonly pictures: (Pictures & { readonly own: OwnPictures }) | null;
  readonly visits: GuestBook;
  readonly consenting: Consenting;
}

/** Opened together, because forgetting somebody concerns all of it. @throws Fault what the stores throw. */
export async function openHousehold(options: HouseholdOptions, rooms: AsyncDisposableStack): Promise<Household> {
  const { config, clock, journal, keyBox, keeping, takeOut, post, note, later } = options;
  const sealed = join(config.state, "people");
  const pins = rooms.use(
    await openPins({ directory: join(config.state, "pins"), boot: options.boot, now: clock.now, keyBox }),
  );
  if (pins.notice !== null) note(pins.notice);
  const pictures = await openPictures({
    ...{ config, keyBox, clock, note, frame: options.frame },
    mayTake: (sub) => consenting.consents.picturesOf(sub).may,
  });
  if (pictures !== null) rooms.use(pictures.snapshots);
  let guests: GuestBook | null = null;
  const { vault, ...known } = await openKnown(
    {
      ...{ state: config.state, hashCard: options.hashCard, keyBox, journal, clock, note },
      ...(options.rekey && { rekey: options.rekey }),
      ...(options.sealing && { sealing: options.sealing }),
      openVault: (isSuppressed) => openVault({ directory: sealed, keyBox, isSuppressed }),
      forget: async (sub) => {
        await takeOut(sub);
        await options.forgetMessages(sub);
        await keeping.lastSeen.forget(sub, "all");
        consenting.consents.forget(sub);
      },
      changed: () => void later.members()?.reread().catch(note),
      interrupt: later.interrupt,
      ...{ isHeld: keeping.holds.isHeld, stays: keeping.stays },
      elsewhere: [
        pinsForErasure(pins),
        visitsForErasure(() => guests),
        ...(pictures === null ? [] : [pictures.forErasure]),
      ],
    },
    rooms,
  );
  if (vault === null) throw new RangeError("the vault was asked for");
  const visits = await openGuestBook({
    ...{ vault, journal, clock, timeZone: config.timeZone, policy: guestsOf(config) },
    seal: config.visitorKey === undefined ? null : await openVisitorSeal(config.visitorKey),
    told: (answer) => post({ kind: "counter", answer, at: clock.now() }),
  });
  guests = visits;
  visits.faults.forEach(note);
  const consenting = await openConsenting({
    ...{ config, vault, people: known.people, clock, source: options.source, note, takeOut, journal },
    keys: (await readTrust(config)).keys,
    keyOf: (kid) => keyOfRing(readKeyring(config.state))(kid),
    members: later.members,
    enrol: later.enrol,
    told: (answer) => post({ kind: "counter", answer, at: clock.now() }),
    known: async () => own?.follow(),
  });
  const own =
    pictures &&
    createOwnPictures({
      ...{ snapshots: pictures.snapshots, isOn: pictures.evidence !== null, holds: keeping.holds },
      ...{ consents: consenting.consents, days: daysWith(config.retention).snapshot },
    });
  return { ...known, vault, pins, pictures: pictures && own && { ...pictures, own }, visits, consenting };
}
