import type { Consented } from "./core/consent/gate.ts";
import { isFault } from "./core/fault.ts";
import type { Person, PersonId } from "./core/person.ts";
import type { Engine, Template } from "./core/ports/engine.ts";
import type { People, RosterItem, RosterStore } from "./core/ports/people.ts";
import type { Clock } from "./core/ports/senses.ts";
import { type Roll, rollOf } from "./roll.ts";

export interface MemberRooms {
  readonly people: Pick<People, "all" | "templates">;
  readonly roster: Pick<RosterStore, "items" | "standing" | "wasTakenOff">;
  /** Was forgotten here and must not come back, whatever a roster says. */
  readonly isSuppressed: (id: PersonId) => boolean;
  /** Those of them that their people agreed to, and that the employer's policy allows. */
  readonly gate: (templates: readonly Template[]) => readonly Consented<Template>[];
  readonly clock: Clock;
  /** The model space of the gallery; templates of another wait for their people to be enrolled again. */
  readonly spaceId: string;
  /** The engine that works now, with its gallery filled. */
  readonly engine: () => Pick<Engine, "admit" | "withdraw"> | null;
  readonly changed: () => void;
  /** What the roster has of people's PINs, whenever it may have changed. */
  readonly adopt: (verifiers: Roll["verifiers"]) => Promise<unknown>;
  /** So many items of the roster say nothing that we can read. */
  readonly unreadable: (count: number) => void;
  /** A disk that does not take what the roster says; it is taken at the next start. Throws what is no `Fault`. */
  readonly note: (error: unknown) => void;
}

/** Everybody this clock knows, and whose faces it looks for: its own people, and what the cloud's roster says of them. */
export interface Members {
  readonly all: () => readonly Person[];
  readonly gallery: () => readonly Consented<Template>[];
  /** Whether their face is among those that the engine was told to look for. */
  readonly isLookedFor: (id: PersonId) => boolean;
  /** Of our own people, whom the roster calls gone or took off. */
  readonly departed: () => readonly PersonId[];
  /** Somebody was enrolled, changed or forgotten here. */
  readonly refresh: () => Promise<void>;
  /** The roster changed. */
  readonly reread: () => Promise<void>;
  /** Lets people begin and end to be on the roster when it is time, until `signal` aborts. */
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** The wall clock may be set meanwhile, so nobody waits for longer than this without looking again. */
const lookMs = 15 * 60_000;

export async function openMembers(rooms: MemberRooms): Promise<Members> {
  const { people, roster, isSuppressed, clock, spaceId } = rooms;
  let items: readonly RosterItem[] = await roster.items();
  const rollNow = () => {
    const isUnsure = clock.quality().source === "none";
    return rollOf({
      local: people.all(),
      items: items.filter(({ id }) => !isSuppressed(id)),
      rosterV: roster.standing().v,
      utcMs: isUnsure ? null : clock.now().utcMs,
    });
  };
  let roll = rollNow();
  const gallery = (): readonly Consented<Template>[] => {
    const isLookedFor = (id: PersonId): boolean => !roll.gone.has(id) && !roster.wasTakenOff(id);
    const ours = people.templates().filter(({ spaceId: of, person }) => of === spaceId && isLookedFor(person));
    return rooms.gate(ours);
  };
  let shown = new Map(gallery().map((template) => [template.person, template]));

  /** The engine's gallery follows: one by one, because fifty thousand others are not concerned. */
  const follow = async (): Promise<void> => {
    const next = new Map(gallery().map((template) => [template.person, template]));
    const engine = rooms.engine();
    const came = [...next.values()].filter((template) => shown.get(template.person) !== template);
    const left = [...shown.keys()].filter((person) => !next.has(person));
    shown = next;
    if (engine === null) return;
    try {
      for (const person of left) await engine.withdraw(person);
      for (const template of came) await engine.admit(template);
    } catch (error) {
      // The next engine gets the whole gallery.
      if (!isFault(error, "engine-lost")) throw error;
    }
  };
  let last: Promise<unknown> = Promise.resolve();
  const update = (look: () => Promise<void>): Promise<void> => {
    const done = last.then(async () => {
      await look();
      roll = rollNow();
      if (roll.unreadable > 0) rooms.unreadable(roll.unreadable);
      await follow();
      await rooms.adopt(roll.verifiers);
      rooms.changed();
    });
    last = done.catch(() => undefined);
    return done;
  };
  const refresh = () => update(async () => {});
  return {
    all: () => roll.people,
    gallery,
    isLookedFor: (id) => shown.has(id),
    departed: () => people.all().flatMap(({ id }) => (roll.gone.has(id) || roster.wasTakenOff(id) ? [id] : [])),
    refresh,
    reread: () =>
      update(async () => {
        items = await roster.items();
      }),
    run: async (signal) => {
      while (!signal.aborted) {
        const leftMs = roll.untilUtcMs === null ? lookMs : roll.untilUtcMs - clock.now().utcMs;
        await clock.sleep(Math.min(lookMs, Math.max(1_000, leftMs)), signal);
        if (!signal.aborted && roll.untilUtcMs !== null && clock.now().utcMs >= roll.untilUtcMs)
          await refresh().catch(rooms.note);
      }
    },
  };
}

/** One of two was taken for the other, and said so: from now on neither face decides alone. */
export async function noteAlike(
  people: Pick<People, "all" | "templates" | "put">,
  [one, other]: readonly [PersonId, PersonId],
): Promise<void> {
  for (const [id, twin] of [
    [one, other],
    [other, one],
  ] as const) {
    const person = people.all().find((known) => known.id === id);
    if (person === undefined || person.lookAlikes.includes(twin)) continue;
    const template = people.templates().find((known) => known.person === id) ?? null;
    await people.put({ ...person, lookAlikes: [...person.lookAlikes, twin] }, template);
  }
}
