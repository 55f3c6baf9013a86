import { recordHash } from "../../core/chain.ts";
import { eventOfOwn } from "../contract/envelope.ts";
import { recordEvent } from "../contract/wire.ts";
import { type Ending, endingsAbout, endingsOf } from "./ending.ts";
import type { Outcome } from "./ledger.ts";
import { type Around, aroundOf, blankLife, counted, type Stand, type Stream, standOf } from "./life.ts";
import { orderNewsIn } from "./order-shelf.ts";
import { agedOf, isSameAge } from "./since.ts";
import type { About, Drawer, Loaded, SavedLife, Sink } from "./sink.ts";
import type { VerifiedRecord } from "./verify.ts";

/**
 * The ledger over a sink: no memory of its own, so that any number of receivers may share one database, each may get any
 * message, and each may be killed at any moment. Whatever is answered was read in the transaction that made it durable.
 */

/** "My newest record in this epoch is number `seq`": what is short of it is missing. */
export interface Head extends Stream {
  readonly seq: number;
}

export interface Statement {
  readonly source: string;
  readonly jws: string;
  readonly heardMs: number;
}

export interface Taken {
  /** For each record, in order. */
  readonly outcomes: readonly Outcome[];
  /** How far the devices in question now are, every epoch, older ones first: all of it is durable. */
  readonly stands: readonly Stand[];
}

/** One transaction for all of it. */
export async function takeIn(
  sink: Sink,
  records: readonly VerifiedRecord[],
  heads: readonly Head[] = [],
  statements: readonly Statement[] = [],
  nowMs = Date.now(),
): Promise<Taken> {
  const sources = [...new Set([...records, ...heads, ...statements].map(({ source }) => source))].sort();
  if (sources.length === 0) return { outcomes: [], stands: [] };
  return sink.transact(sources, async (drawer) => {
    for (const { source, jws, heardMs } of statements) await drawer.putStatus(source, jws, heardMs);
    const outcomes = await putAll(drawer, records);
    const fresh = records.filter((_, index) => outcomes[index] === "new");
    const news = fresh.flatMap(orderNewsIn);
    if (news.length > 0) await drawer.tellOrders(news, nowMs);
    const recounts = recountsOf(records, outcomes);
    return { outcomes, stands: await settle(drawer, sources, { recounts, places: placesOf(fresh), heads, nowMs }) };
  });
}

/** How far a device is, every epoch, older ones first. */
export async function standsOf(sink: Sink, sources: readonly string[], nowMs = Date.now()): Promise<readonly Stand[]> {
  if (sources.length === 0) return [];
  const nothing: News = { recounts: new Set(), places: new Map(), heads: [], nowMs };
  return sink.transact([...sources].sort(), (drawer) => settle(drawer, sources, nothing));
}

async function putAll(drawer: Drawer, records: readonly VerifiedRecord[]): Promise<readonly Outcome[]> {
  if (records.length === 0) return [];
  const there = await drawer.put(records);
  const outcomes = records.map(({ rh }, index): Outcome => {
    const kept = there[index] ?? null;
    return kept === null ? "new" : kept.rh === rh ? "duplicate" : "fork";
  });
  const forks = records.filter((_, index) => outcomes[index] === "fork");
  if (forks.length > 0) await drawer.putForks(forks);
  return outcomes;
}

const keyOf = ({ source, epoch }: Stream): string => `${source} ${epoch}`;

/** Devices of which everything is counted anew: a fork or a declaration may reach back to what was counted. */
function recountsOf(records: readonly VerifiedRecord[], outcomes: readonly Outcome[]): Set<string> {
  const sources = new Set<string>();
  for (const [index, record] of records.entries()) {
    // What was forgotten is short of what was counted, or lets it go on: nothing that was counted changes.
    const declares = endingsOf(record).some(({ isForgotten }) => isForgotten !== true);
    const changesPast = outcomes[index] === "fork" || (outcomes[index] === "new" && declares);
    if (changesPast) sources.add(record.source);
  }
  return sources;
}

/** The lowest place of each stream that was put. */
function placesOf(records: readonly VerifiedRecord[]): Map<string, Head> {
  const lowest = new Map<string, Head>();
  for (const { source, event } of records) {
    const place = { source, epoch: event.epoch, seq: event.seq };
    if ((lowest.get(keyOf(place))?.seq ?? Number.POSITIVE_INFINITY) > place.seq) lowest.set(keyOf(place), place);
  }
  return lowest;
}

/** What a transaction brought. */
interface News {
  /** Devices that are counted anew. */
  readonly recounts: ReadonlySet<string>;
  /** The lowest place of each stream that was put. */
  readonly places: ReadonlyMap<string, Head>;
  readonly heads: readonly Head[];
  readonly nowMs: number;
}

async function settle(
  drawer: Drawer,
  sources: readonly string[],
  { recounts, places, heads, nowMs }: News,
): Promise<readonly Stand[]> {
  const said = new Map(heads.map((head) => [keyOf(head), head] as const));
  const abouts = await drawer.about(sources);
  const endings = abouts.map(witnessed);
  const streams = sources.flatMap((source, index) => {
    const epochs = [...(abouts[index]?.epochs ?? []), ...(endings[index] ?? []).map(({ epoch }) => epoch)];
    return streamsOf(source, epochs, places, heads);
  });
  const around = new Map(
    sources.flatMap((source, index) => aroundsOf(source, abouts[index], endings[index] ?? [], streams)),
  );
  const stands = new Map<string, Stand>();
  let open = await drawer.load(streams);
  const blanked: SavedLife[] = [];
  for (const { life } of open) {
    const key = keyOf(life);
    // Declared lost, and here after all, is below what was counted as well.
    const isPast = recounts.has(life.source) || (places.get(key)?.seq ?? life.upto) < life.upto;
    const head = Math.max(life.head, said.get(key)?.seq ?? -1);
    if (isPast && life.upto !== -1) blanked.push({ ...blankLife(life), head, since: life.since });
    else if (head !== life.head) blanked.push({ ...life, head });
  }
  if (blanked.length > 0) {
    await drawer.save(blanked);
    open = await drawer.load(streams);
  }
  while (open.length > 0) {
    const changed: SavedLife[] = [];
    const unread: SavedLife[] = [];
    for (const loaded of open) {
      const { head } = loaded.life;
      const about = around.get(keyOf(loaded.life)) ?? aroundOf([], []);
      const { life, beyond, stand } = advance(loaded, about);
      stands.set(keyOf(life), stand);
      const isUnread = life !== loaded.life && beyond === 0 && !loaded.isAll;
      const since = isUnread ? loaded.life.since : agedOf(stand, loaded.life.since, nowMs);
      const isNews = life !== loaded.life || !isSameAge(since, loaded.life.since);
      // Also a stream that was not there before: this is how an epoch becomes known.
      if (isNews || life.upto === -1) changed.push({ ...life, head, since });
      if (isUnread) unread.push(loaded.life);
    }
    if (changed.length > 0) await drawer.save(changed);
    open = unread.length === 0 ? [] : await drawer.load(unread);
  }
  return streams.map((stream) => stands.get(keyOf(stream))).filter((stand) => stand !== undefined);
}

/** @param known epochs of which something was kept, or of which a later one says that they were. */
function streamsOf(
  source: string,
  known: readonly number[],
  places: ReadonlyMap<string, Head>,
  heads: readonly Head[],
): readonly Stream[] {
  const epochs = new Set(known);
  for (const one of [...places.values(), ...heads]) if (one.source === source) epochs.add(one.epoch);
  return [...epochs].sort((a, b) => a - b).map((epoch) => ({ source, epoch }));
}

/** What a device declared. A record of which there are two is no witness to anything. */
function witnessed({ forks, declarers }: About): readonly Ending[] {
  const isForked = ({ by, at }: Ending) => forks.some(({ epoch, seq }) => epoch === by && seq === at);
  return declarers.flatMap(endingsIn).filter((ending) => !isForked(ending));
}

function aroundsOf(
  source: string,
  about: About | undefined,
  endings: readonly Ending[],
  streams: readonly Stream[],
): readonly (readonly [string, Around])[] {
  const { forks = [] } = about ?? {};
  return streams
    .filter((stream) => stream.source === source)
    .map((stream) => {
      const ours = endingsAbout(endings, stream.epoch);
      const places = forks.filter(({ epoch }) => epoch === stream.epoch).map(({ seq }) => seq);
      return [keyOf(stream), aroundOf(ours, places)] as const;
    });
}

/** The sink gives only records whose `data` is what its type promises. */
const endingsIn = (jws: string): readonly Ending[] =>
  endingsOf({ event: recordEvent.parse(eventOfOwn(jws)), flaw: null });

function advance({ life: before, rows, isAll }: Loaded, around: Around) {
  let life: SavedLife = before;
  let next = 0;
  for (const row of rows) {
    const after = counted(life, row, around);
    if (after === null) break;
    life = { ...after, head: before.head, since: before.since };
    next += 1;
  }
  const beyond = rows.slice(next);
  return { life, beyond: beyond.length, stand: standOf(life, beyond, before.head, around, isAll) };
}

/** Record hash of a token that is kept. */
export const hashOf = (jws: string): string => recordHash(jws.slice(0, jws.lastIndexOf(".")));
