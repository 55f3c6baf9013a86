import { cardHash } from "./core/card.ts";
import { type Person, type PersonId, personId } from "./core/person.ts";
import type { RosterItem } from "./core/ports/people.ts";
import { rosterItem } from "./uplink/contract/roster.ts";

/** Everybody this clock knows now: those enrolled or entered here, and those whom the cloud's roster names. */
export interface Roll {
  readonly people: readonly Person[];
  /** When the next one begins or ends to be on the roster, UTC; null: nothing changes by itself. */
  readonly untilUtcMs: number | null;
  /** Whom the roster calls gone: their faces are looked for no more. Whoever is suspended, or not named, still is. */
  readonly gone: ReadonlySet<PersonId>;
  /** What the roster has of their PINs: never a PIN (docs/passes.md). */
  readonly verifiers: ReadonlyMap<PersonId, string>;
  /** Items that say nothing we can read: for the log. */
  readonly unreadable: number;
}

export interface RollParts {
  /** Of this clock: names, badges, look-alikes. */
  readonly local: readonly Person[];
  readonly items: readonly RosterItem[];
  /** Version of the roster; 0: there is none, and everybody here is as welcome as ever. */
  readonly rosterV: number;
  /** Null while nobody can say what time it is: then nobody is too early or too late. */
  readonly utcMs: number | null;
}

/**
 * Nobody loses paid time to a list. Whom the roster suspends, leaves out, does not want yet or not any more still
 * punches, and the punch is flagged `not-rostered` for a person to look at. Only names, language and cards come from the
 * roster; what was enrolled here stays.
 */
export function rollOf({ local, items, rosterV, utcMs }: RollParts): Roll {
  if (rosterV === 0) return { people: local, untilUtcMs: null, gone: new Set(), verifiers: new Map(), unreadable: 0 };
  const here = new Map(local.map((person) => [person.id, person]));
  const people: Person[] = [];
  const gone = new Set<PersonId>();
  const verifiers = new Map<PersonId, string>();
  let untilUtcMs: number | null = null;
  let unreadable = 0;
  for (const { id, text } of items) {
    const known = here.get(id);
    here.delete(id);
    const item = read(text);
    if (item === null) {
      unreadable += 1;
      // The cloud's mistake: whoever is known stays so, and a person should look.
      if (known !== undefined) people.push(offRoster(known));
      continue;
    }
    const isWanted = item.st === "active" && (utcMs === null || (item.fromMs <= utcMs && utcMs < item.untilMs));
    const next = utcMs === null || item.st !== "active" ? [] : [item.fromMs, item.untilMs].filter((ms) => ms > utcMs);
    for (const ms of next) if (Number.isFinite(ms) && (untilUtcMs === null || ms < untilUtcMs)) untilUtcMs = ms;
    // Somebody gone whom nobody enrolled here is nobody to this clock.
    if (known === undefined && item.st === "gone") continue;
    const cards = item.cards.map(cardHash);
    const person: Person = {
      ...(known ?? { id: personId(id), lookAlikes: [] }),
      displayName: item.dn ?? known?.displayName ?? "",
      badges: [...new Set([...(known?.badges ?? []), ...cards])],
      ...(cards.length > 0 && { rosterBadges: cards }),
      ...(item.lang !== undefined && { lang: item.lang }),
      ...(item.perm !== undefined && { perm: item.perm }),
      ...(item.shift !== undefined && { shift: item.shift }),
      ...(item.leave !== undefined && { leave: item.leave }),
      ...(item.bal && { balances: item.bal.map(({ k, days, asof }) => ({ k, days100: days, asOf: asof })) }),
      ...(item.req && { requests: item.req.map(({ ref, st, k, f, t }) => ({ ref, state: st, k, from: f, to: t })) }),
    };
    if (item.st === "gone") gone.add(person.id);
    if (item.pin !== undefined) verifiers.set(person.id, item.pin);
    people.push(isWanted ? person : offRoster(person));
  }
  people.push(...[...here.values()].map(offRoster));
  return { people, untilUtcMs, gone, verifiers, unreadable };
}

const offRoster = (person: Person): Person => ({ ...person, isOffRoster: true });

type Read = NonNullable<ReturnType<typeof rosterItem.safeParse>["data"]> & {
  readonly fromMs: number;
  readonly untilMs: number;
};

function read(text: string): Read | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const item = rosterItem.safeParse(value);
  if (!item.success) return null;
  const { vf, vt } = item.data;
  const fromMs = vf ? Date.parse(vf) : Number.NEGATIVE_INFINITY;
  const untilMs = vt ? Date.parse(vt) : Number.POSITIVE_INFINITY;
  // A date like the 30th of February bounds nothing.
  return {
    ...item.data,
    fromMs: Number.isNaN(fromMs) ? Number.NEGATIVE_INFINITY : fromMs,
    untilMs: Number.isNaN(untilMs) ? Number.POSITIVE_INFINITY : untilMs,
  };
}
