import type { Config } from "../config.ts";
import type { ConsentWish } from "../core/consent/types.ts";
import type { ConsentId } from "../core/consent.ts";
import type { CounterAnswer } from "../core/counter-kinds.ts";
import { Fault } from "../core/fault.ts";
import type { KeyOf } from "../core/jws.ts";
import type { OrderHandler } from "../core/orders.ts";
import type { Person, PersonId } from "../core/person.ts";
import type { Journal, JournalConsents } from "../core/ports/journal.ts";
import type { People } from "../core/ports/people.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { Vault } from "../core/vault.ts";
import { openPolicyStore } from "../store/privacy-policies.ts";
import type { CloudKey } from "../uplink/contract/keys.ts";
import { createConsentDesk } from "./consent-desk.ts";
import { type Consents, createConsents } from "./consents.ts";
import { createDemoEmployer } from "./demo-policy.ts";
import { openPrivacy, type Privacy } from "./privacy.ts";

export interface ConsentingOptions {
  readonly config: Pick<Config, "state" | "tenant" | "site" | "broker" | "privacyPolicy">;
  /** Every key of the cloud; those of the role `cmd:dpo` sign policies. */
  readonly keys: readonly CloudKey[];
  /** The keys that this clock's records are proved by. */
  readonly keyOf: KeyOf;
  /** `sourceOf` this clock. */
  readonly source: string;
  readonly vault: Vault;
  readonly journal: Pick<Journal, "append"> & JournalConsents;
  readonly clock: Clock;
  readonly people: Pick<People, "all" | "templates" | "put">;
  readonly takeOut: (person: PersonId) => Promise<void>;
  /** Opened later than this: looked for when it is needed. */
  readonly members: () => { readonly all: () => readonly Person[]; readonly refresh: () => Promise<void> } | null;
  readonly enrol: (person: PersonId, consentId: ConsentId) => Promise<unknown>;
  readonly told: (answer: CounterAnswer) => void;
  /** What everybody said is read. */
  readonly known: () => Promise<void>;
  readonly note: (fault: unknown) => void;
}

/** Both keys of the gate: the employer's policy and everybody's own agreement. */
export interface Consenting {
  readonly privacy: Privacy;
  readonly consents: Consents;
  /** What the counter wishes; goes into `StationOptions.wish` for wishes of "consent". */
  readonly wish: (wish: ConsentWish) => Promise<CounterAnswer>;
  /** `policy.set` */
  readonly handlers: readonly (readonly [string, OrderHandler])[];
  /** Reads what is kept, then ends what time ends, until `signal` aborts. Until it has read, no face is looked for. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** @throws Fault `state-unwritable`, `disk-full`. */
export async function openConsenting(options: ConsentingOptions): Promise<Consenting> {
  const { config, keys, vault, people, clock, note, members } = options;
  const onDisk = await openPolicyStore(config.state);
  // A demo has an employer who is pretended, but where somebody brought a policy of their own.
  const isPretended = config.broker === "embedded" && config.privacyPolicy === undefined && onDisk.get().now === null;
  const employer = isPretended ? createDemoEmployer(config) : null;
  const privacy = openPrivacy({
    store: employer?.store ?? onDisk,
    keys: employer === null ? keys : [...keys, employer.key],
    ...{ tenant: config.tenant, clock, note },
  });
  if (employer !== null) await privacy.take(employer.token);
  if (config.privacyPolicy !== undefined) await privacy.takeFile(config.privacyPolicy);

  const consents = createConsents({
    ...options,
    site: config.site,
    policy: privacy.standing,
    advance: privacy.advance,
    changed: async () => members()?.refresh(),
  });
  privacy.onChange(() => void consents.refresh().catch(note));
  return {
    ...{ privacy, consents },
    wish: createConsentDesk({
      ...{ consents, policy: privacy.standing, vault },
      members: () => members()?.all() ?? people.all(),
      enrol: ({ id }, consentId) => options.enrol(id, consentId),
    }),
    handlers: privacy.handlers,
    run: async (signal) => {
      await consents
        .load()
        .then(options.known)
        .catch((error: unknown) => {
          if (!(error instanceof Fault)) throw error;
          note(error);
        });
      await consents.run(signal);
    },
  };
}
