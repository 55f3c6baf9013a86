import type { Signer } from "../../kiosk/core/jws.ts";
import { utcText } from "../../kiosk/core/time.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import { configRequest, rosterRequest, timeRequest } from "../../kiosk/uplink/contract/requests.ts";
import type { TopicCodec } from "../../kiosk/uplink/contract/topics.ts";
import { type SignedEvent, type StatusEvent, statusEvent } from "../../kiosk/uplink/contract/wire.ts";
import { type Letter, letterTo } from "../../kiosk/uplink/receiver/letter.ts";
import { openOutbox } from "../../kiosk/uplink/receiver/outbox.ts";
import { type Ingested, identityOf } from "../../kiosk/uplink/receiver/receiver.ts";
import { openRosterPublisher } from "../../kiosk/uplink/receiver/roster-publisher.ts";
import type { Sink } from "../../kiosk/uplink/receiver/sink.ts";
import type { CloudSigners } from "./cloud-keys.ts";
import { getRoster, type KeptRoster, stepFrom } from "./roster.ts";
import { getSettings, settingsFor } from "./settings.ts";

/** What goes down besides receipts: orders, answers, rosters, settings. All of it is in the store, nothing of it here. */
export interface Dispatch {
  readonly answer: (heard: Pick<Ingested, "statuses" | "requests">) => Promise<Mail>;
  /** Orders whose turn it is. */
  readonly turns: () => Promise<readonly Letter[]>;
  /** For every clock that was last heard online and has not what it should have. */
  readonly round: () => Promise<Mail>;
}

export interface Mail {
  /** Somebody waits for it. */
  readonly urgent: readonly Letter[];
  /** Pages, which may be thousands: not faster than a broker and a clock take them. */
  readonly pages: readonly Letter[];
}

/** A clock that did not take a version is offered it again at most this often, unless it asks. */
const offerAgainMs = 60_000;
/** How old the answer to "is there a newer roster?" may be. */
const freshMs = 2000;
const knownMax = 50_000;

export function openDispatch(
  sink: Sink,
  { name, signers }: CloudSigners,
  codec: TopicCodec,
  nowMs: () => number = Date.now,
): Dispatch {
  const outbox = openOutbox({ issuer: name, signers, shelf: sink.orders, nowMs, codec });
  const sender = (role: string) => {
    const signer: Signer | undefined = signers.get(role);
    return signer === undefined ? null : { issuer: name, signer, nowMs, codec };
  };
  const [time, config, ros] = [sender("tim"), sender("cfg"), sender("ros")];
  const publisher = ros === null ? null : openRosterPublisher(ros);
  const roster = cached("ros", getRoster, sink, nowMs);
  const settings = cached("cfg", getSettings, sink, nowMs);
  /** The session of each clock's last birth, and what it was offered when. */
  const sessions = bounded<string>();
  const offers = bounded<number>();

  const mayOffer = (key: string): boolean => {
    if (nowMs() - (offers.get(key) ?? Number.NEGATIVE_INFINITY) < offerAgainMs) return false;
    offers.set(key, nowMs());
    return true;
  };
  const rosterFor = async (source: string, have: Have, isAsked: boolean): Promise<readonly Letter[]> => {
    if (publisher === null) return [];
    const step = stepFrom(have, await roster.newest());
    if (step === null || (!isAsked && !mayOffer(`${source} ros ${step.after.v}`))) return [];
    return publisher.pages(identityOf(source), step.before, step.after);
  };
  const settingsOf = async (source: string, haveV: number, isAsked: boolean): Promise<readonly Letter[]> => {
    if (config === null) return [];
    const wanted = settingsFor(identityOf(source), await settings.newest());
    if (wanted === null || wanted.v <= haveV) return [];
    if (!isAsked && !mayOffer(`${source} cfg ${wanted.v}`)) return [];
    return [letterTo(identityOf(source), "cfg", wanted, config)];
  };
  /** A clock that says nothing of a roster or of settings takes none. */
  const offer = async ({ source, data: { state, ros, cfg } }: StatusEvent): Promise<Mail> => {
    if (state !== "online") return { urgent: [], pages: [] };
    return {
      urgent: cfg === undefined ? [] : await settingsOf(source, cfg.v, false),
      pages: ros === undefined ? [] : await rosterFor(source, ros, false),
    };
  };
  const reply = async (request: SignedEvent): Promise<Mail> => {
    const { source } = request;
    const asksTime = timeRequest.safeParse(request);
    if (asksTime.success && time !== null) {
      const data = { n: asksTime.data.data.n, utc: utcText(nowMs()) };
      return { urgent: [letterTo(identityOf(source), "tim", data, time)], pages: [] };
    }
    const asksRoster = rosterRequest.safeParse(request);
    if (asksRoster.success) {
      const { have: v, root } = asksRoster.data.data;
      return { urgent: [], pages: await rosterFor(source, { v, root }, true) };
    }
    const asksSettings = configRequest.safeParse(request);
    const urgent = asksSettings.success ? await settingsOf(source, asksSettings.data.data.have, true) : [];
    return { urgent, pages: [] };
  };
  const born = async ({ source, data: { state, sess } }: StatusEvent): Promise<readonly Letter[]> => {
    if (state !== "online" || sessions.get(source) === sess) return [];
    sessions.set(source, sess);
    return outbox.due(source);
  };
  return {
    turns: outbox.turns,
    answer: async ({ statuses, requests }) => {
      // The time first: its answer is worth less with every moment.
      const mails: Mail[] = [];
      for (const request of requests) mails.push(await reply(request));
      for (const status of statuses) {
        mails.push({ urgent: await born(status), pages: [] }, await offer(status));
      }
      return joined(mails);
    },
    round: async () => {
      // Asked because something changed: what was read a moment ago is what was there before.
      roster.forget();
      settings.forget();
      const mails: Mail[] = [];
      for (const source of new Set((await sink.read.streams()).map((stream) => stream.source))) {
        const said = await sink.read.status(source);
        const status = said === null ? null : statusEvent.safeParse(eventOfOwn(said.jws));
        if (status?.success) mails.push(await offer(status.data));
      }
      return joined(mails);
    },
  };
}

type Have = { readonly v: number; readonly root: string };

const joined = (mails: readonly Mail[]): Mail => ({
  urgent: mails.flatMap(({ urgent }) => urgent),
  pages: mails.flatMap(({ pages }) => pages),
});

/** Read again when its version moved, which is asked at most every two seconds. */
function cached<T extends KeptRoster | readonly unknown[]>(
  kind: string,
  read: (shelf: Sink["desired"]) => Promise<T>,
  { desired }: Sink,
  nowMs: () => number,
): { readonly newest: () => Promise<T>; readonly forget: () => void } {
  let kept: { readonly v: number; readonly value: T } | null = null;
  let askedMs = Number.NEGATIVE_INFINITY;
  return {
    newest: async () => {
      if (kept !== null && nowMs() - askedMs < freshMs) return kept.value;
      const v = await desired.version(kind);
      askedMs = nowMs();
      if (kept?.v !== v) kept = { v, value: await read(desired) };
      return kept.value;
    },
    forget: () => {
      askedMs = Number.NEGATIVE_INFINITY;
    },
  };
}

/** Forgets the oldest: a cache, of which nothing depends. */
function bounded<T>(): { readonly get: (key: string) => T | undefined; readonly set: (key: string, value: T) => void } {
  const known = new Map<string, T>();
  return {
    get: (key) => known.get(key),
    set: (key, value) => {
      known.delete(key);
      known.set(key, value);
      const [oldest] = known.keys();
      if (known.size > knownMax && oldest !== undefined) known.delete(oldest);
    },
  };
}
