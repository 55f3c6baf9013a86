import type { OrderHandler } from "../core/orders.ts";
import type { Journal } from "../core/ports/journal.ts";
import type { Clock } from "../core/ports/senses.ts";
import type { AuditData } from "../core/record.ts";

export interface RenewalOptions {
  /** Durable when it resolves, in use from the next opening of the house on. */
  readonly renew: () => Promise<void>;
  readonly journal: Pick<Journal, "append">;
  readonly clock: Pick<Clock, "now">;
  /** Closes this house between two visits, and opens it anew. Returns at once. */
  readonly openAgain: (why: string) => void;
}

/**
 * Who may order that all faces are turned by a new key, and what the journal says of it. What was copied from here before
 * is then as far from its own person as anybody (ISO/IEC 24745, renewability); nobody has to come to the clock for it.
 */
export interface Renewal {
  /** For the desk, whose gate has written down who asked and why. @throws Fault `config-invalid` where the key is the site's own file. */
  readonly renew: () => Promise<void>;
  readonly handlers: readonly (readonly [string, OrderHandler])[];
  /** All that was stored is turned, the keys before are destroyed, and that stands in the journal. */
  readonly turned: (count: number) => Promise<void>;
}

export function createRenewal({ renew, journal, clock, openAgain }: RenewalOptions): Renewal {
  const note = async (said: Pick<AuditData, "by" | "detail" | "ref">): Promise<void> => {
    const data: AuditData = { act: "renew", sub: null, ...said };
    await journal.append({ type: "audit", data }, clock.now());
  };
  const opensAnew = (): void => openAgain("faces are turned by a new key");
  return {
    renew: async () => {
      await renew();
      opensAnew();
    },
    handlers: [
      [
        "template.renew",
        // Carried out again after a crash it makes one more key: what is stored is turned by the newest.
        async ({ id }) => {
          await note({ by: "cloud", detail: "ordered", ref: id });
          await renew();
          return { detail: "faces are turned by a new key from the next opening on, which is now", after: opensAnew };
        },
      ],
    ],
    turned: (count) => note({ by: "kiosk", detail: `turned: ${count}; the keys before are destroyed` }),
  };
}
