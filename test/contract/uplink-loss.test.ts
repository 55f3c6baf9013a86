import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Journal, StoredRecord } from "../../kiosk/core/ports/journal.ts";
import type { UplinkNews } from "../../kiosk/core/ports/uplink.ts";
import type { Position } from "../../kiosk/core/record.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { type DemoBackend, openDemoBackend } from "../../kiosk/uplink/sim/backend.ts";
import { openSimBroker } from "../../kiosk/uplink/sim/broker.ts";
import { openUplink } from "../../kiosk/uplink/uplink.ts";
import { journalFile, journalFolder, openClockJournal } from "../crash/clockwork.ts";
import { scratch } from "../scratch.ts";
import { quick, until } from "../unit/uplink/parts.ts";
import { at, punch } from "./journal.ts";
import { isReceipted } from "./journal-parts.ts";

/**
 * A damaged journal, from the flipped byte to the last receipt: the real journal, the real uplink, the embedded broker
 * and the demo's backend. Genesis and boot are numbers 0 and 1, the forty punches 2 to 41.
 */

const name = "demo-backend";
const beforeEverything = { epoch: 0, seq: -1 };

/** Forty punches, receipted as far as `receipt` says; the journal is then closed. */
async function fortyPunches(state: string, receipt: "none" | "some" | "all"): Promise<readonly StoredRecord[]> {
  const journal = await openClockJournal(state);
  const append = async (count: number) => {
    for (let n = 0; n < count; n += 1) await journal.append(punch(), at(n));
  };
  await append(15);
  if (receipt === "some") await deliver(state, journal);
  copyFileSync(journalFile(state), join(state, "older.sqlite"));
  copyFileSync(`${journalFile(state)}-wal`, join(state, "older.sqlite-wal"));
  await append(25);
  if (receipt === "all") await deliver(state, journal);
  const originals = journal.read(beforeEverything, 100);
  await journal[Symbol.asyncDispose]();
  return originals;
}

/** Connects the journal with the backend of this state folder until everything is receipted. */
async function deliver(state: string, journal: Journal): Promise<{ readonly stored: readonly string[] }> {
  const signer = await openSigner(join(state, "identity"));
  const identity = { tenant: "acme", site: "blr-01", device: signer.device };
  const clock = await openSystemClock();
  await using broker = await openSimBroker();
  await using backend: DemoBackend = await openDemoBackend({
    broker: { brokerUrl: broker.backendUrl },
    device: { identity, jwk: signer.publicJwk },
    stateDir: state,
    clock,
    coalesceMs: 20,
  });
  await using uplink = await openUplink({
    broker: { brokerUrl: broker.deviceUrl },
    receiver: backend.receiver,
    identity,
    signer,
    journal,
    clock,
    fw: "0.1.0",
    simulated: true,
    pace: quick,
  });
  const alarms: string[] = [];
  let newest: UplinkNews | null = null;
  const stop = new AbortController();
  const listening = (async () => {
    for await (const news of uplink.news(stop.signal)) {
      newest = news;
      if (news.trouble !== null) alarms.push(news.trouble.message);
    }
  })();
  await until("all receipted", () => isReceipted(journal, name));
  await until("the news says so", () => newest?.waiting === 0);
  stop.abort();
  await listening;
  expect(alarms).toEqual([]);
  expect(journal.waiting(name)).toBe(0);
  expect(backend.counts()).toMatchObject({ forks: 0, quarantined: 0 });
  return { stored: await backend.stored() };
}

/** Reopens, delivers, appends two more, delivers again, and says what the journal and the backend then have. */
async function recover(state: string) {
  await using journal = await openClockJournal(state);
  const { notice } = journal;
  await deliver(state, journal);
  for (let n = 0; n < 2; n += 1) await journal.append(punch("out"), at(100 + n));
  const { stored } = await deliver(state, journal);
  return { notice, stored, inJournal: journal.read(beforeEverything, 200), cursor: journal.cursor(name) };
}

function flip(state: string, { jws }: Pick<StoredRecord, "jws">): void {
  const bytes = readFileSync(journalFile(state));
  const index = bytes.indexOf(jws) + jws.length - 3;
  bytes[index] = (bytes[index] ?? 0) ^ 1;
  writeFileSync(journalFile(state), bytes);
}

const damages = [
  {
    what: "a record in the middle decayed",
    lost: [20, 20],
    epoch: 2,
    damage: (state: string, originals: readonly StoredRecord[]) => flip(state, originals[20] as StoredRecord),
  },
  {
    what: "two records decayed, with good ones between them",
    lost: [20, 30],
    epoch: 2,
    damage: (state: string, originals: readonly StoredRecord[]) => {
      flip(state, originals[20] as StoredRecord);
      flip(state, originals[30] as StoredRecord);
    },
  },
  {
    what: "the journal was rolled back to an older copy",
    lost: [17, 41],
    epoch: 2,
    damage: (state: string) => {
      copyFileSync(join(state, "older.sqlite"), journalFile(state));
      copyFileSync(join(state, "older.sqlite-wal"), `${journalFile(state)}-wal`);
    },
  },
  {
    what: "the journal is gone and the witness remembers it",
    lost: [0, 41],
    epoch: 2,
    damage: (state: string) => rmSync(journalFile(state)),
  },
  {
    what: "journal and witness are gone and only the identity is left",
    lost: null,
    epoch: null,
    damage: (state: string) => rmSync(journalFolder(state), { recursive: true }),
  },
] as const;

for (const receipted of ["none", "some", "all"] as const) {
  test.each(damages)(
    `$what, with ${receipted} receipted: the rest arrives once, and nothing waits for ever`,
    async (one) => {
      const state = scratch();
      const originals = await fortyPunches(state, receipted);
      one.damage(state, originals);
      const { notice, stored, inJournal, cursor } = await recover(state);
      expect(notice?.lost).toEqual(one.lost);
      const head = inJournal.at(-1) as Position;
      expect(cursor).toEqual({ epoch: head.epoch, seq: head.seq });
      if (one.epoch !== null) expect(head.epoch).toBe(one.epoch);
      const before = originals.slice(0, { none: 0, some: 17, all: 42 }[receipted]).map(({ jws }) => jws);
      expect(stored).toEqual([...new Set([...before, ...inJournal.map(({ jws }) => jws)])].toSorted(byPlace));
      expect(new Set(stored).size).toBe(stored.length);
    },
  );
}

function byPlace(a: string, b: string): number {
  const [left, right] = [a, b].map((jws) => JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString()));
  return left.epoch - right.epoch || left.seq - right.seq;
}
