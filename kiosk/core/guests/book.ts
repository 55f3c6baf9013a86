import type { Memory } from "../memory.ts";
import type { PersonId } from "../person.ts";
import type { Stamp } from "../time.ts";
import type { GuestsMemory, Invite, Visit } from "./types.ts";

/** The book of visits in the memory: changed by copying, as everything there. */

export const withGuests = (memory: Memory, change: Partial<GuestsMemory>): Memory => ({
  ...memory,
  guests: { ...memory.guests, ...change },
});

export const visitOf = ({ guests }: Memory, v: PersonId): Visit | null => guests.visits.get(v) ?? null;

export const withVisit = (memory: Memory, visit: Visit): Memory =>
  withGuests(memory, { visits: new Map(memory.guests.visits).set(visit.v, visit) });

/** Nothing of it is left. An invitation that was used stays used. */
export function withoutVisit(memory: Memory, v: PersonId): Memory {
  const { guests } = memory;
  const visit = guests.visits.get(v);
  const isUsed = visit?.isInvited === true && visit.stage === "here";
  return withGuests(memory, {
    visits: without(guests.visits, v),
    asked: without(guests.asked, v),
    writing: withoutOne(guests.writing, v),
    ...(isUsed && { used: new Set(guests.used).add(v), invites: without(guests.invites, v) }),
  });
}

export const isWriting = ({ guests }: Memory, v: PersonId): boolean => guests.writing.has(v);

export const withWriting = (memory: Memory, v: PersonId, is: boolean): Memory =>
  withGuests(memory, {
    writing: is ? new Set(memory.guests.writing).add(v) : withoutOne(memory.guests.writing, v),
  });

export const withAsked = (memory: Memory, v: PersonId, untilMs: number | null): Memory =>
  withGuests(memory, {
    asked: untilMs === null ? without(memory.guests.asked, v) : new Map(memory.guests.asked).set(v, untilMs),
  });

/** The open visit that a typed number means. */
export const visitByNumber = ({ guests }: Memory, number: string): Visit | null =>
  [...guests.visits.values()].find((visit) => visit.number === number) ?? null;

export const inviteByCode = ({ guests }: Memory, code: string): Invite | null =>
  [...guests.invites.values()].find((invite) => invite.code === code) ?? null;

const soonestMs = 1_000;
/** A wall clock may be set at any time, so it is looked at again however far the hour is. */
const latestMs = 60_000;

/** When there is something to do for visitors again. */
export function planned(memory: Memory, { monoMs, utcMs }: Stamp): Memory {
  const { visits, asked, nextMs } = memory.guests;
  const hours = [...visits.values()].map(({ dueUtcMs }) => monoMs + Math.min(dueUtcMs - utcMs, latestMs));
  const times = [...asked.values(), ...hours];
  const next = times.length === 0 ? null : Math.max(monoMs + soonestMs, Math.min(...times));
  return next === nextMs ? memory : withGuests(memory, { nextMs: next });
}

function without<V>(map: ReadonlyMap<PersonId, V>, v: PersonId): ReadonlyMap<PersonId, V> {
  if (!map.has(v)) return map;
  const left = new Map(map);
  left.delete(v);
  return left;
}

function withoutOne(set: ReadonlySet<PersonId>, v: PersonId): ReadonlySet<PersonId> {
  return set.has(v) ? new Set([...set].filter((one) => one !== v)) : set;
}
