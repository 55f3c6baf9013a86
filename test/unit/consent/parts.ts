import type { PolicyStanding } from "../../../kiosk/core/consent/types.ts";
import type { PersonId } from "../../../kiosk/core/person.ts";
import type { People } from "../../../kiosk/core/ports/people.ts";
import { sourceOf } from "../../../kiosk/core/record.ts";
import type { Vault } from "../../../kiosk/core/vault.ts";
import { type ConsentRooms, type Consents, createConsents } from "../../../kiosk/privacy/consents.ts";
import type { MemoryJournal } from "../../../kiosk/store/memory-journal.ts";
import { anyPolicy, keptPolicy } from "../../consented.ts";
import { realClock as clock, identity, type TestKey } from "../uplink/parts.ts";

/** A vault that is forgotten with the process. Its bytes may be read and changed, as a thief would. */
export interface MemoryVault extends Vault {
  readonly bytes: Map<string, Uint8Array>;
}

export function openMemoryVault(): MemoryVault {
  const bytes = new Map<string, Uint8Array>();
  const of = (sub: PersonId): readonly string[] => [...bytes.keys()].filter((key) => key.startsWith(`${sub}/`));
  return {
    bytes,
    subjects: () => [...new Set([...bytes.keys()].map((key) => key.split("/")[0] as PersonId))],
    pieces: (sub) => of(sub).map((key) => key.slice(sub.length + 1)),
    get: async (sub, piece) => bytes.get(`${sub}/${piece}`) ?? null,
    put: async (sub, piece, what) => void bytes.set(`${sub}/${piece}`, what),
    drop: async (sub, piece) => bytes.delete(`${sub}/${piece}`),
    destroy: async (sub) => {
      const keys = of(sub);
      for (const key of keys) bytes.delete(key);
      return keys.length;
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

export const allowing: PolicyStanding = { now: keptPolicy(anyPolicy), coming: null };

interface Given extends Partial<Omit<ConsentRooms, "journal" | "people">> {
  readonly key: TestKey;
  readonly journal: MemoryJournal;
  readonly people: Pick<People, "all" | "templates" | "put">;
}

/** The real thing, with an employer who allows faces and a vault in memory. */
export const openTestConsents = ({ key, journal, people, ...more }: Given): Consents =>
  createConsents({
    ...{ journal, people, clock },
    vault: openMemoryVault(),
    keyOf: (kid) => (kid === key.signer.kid ? key.signer.publicKey : undefined),
    source: sourceOf(identity),
    site: identity.site,
    policy: () => allowing,
    advance: async () => {},
    takeOut: async () => {},
    changed: async () => {},
    told: () => {},
    note: () => {},
    ...more,
  });
