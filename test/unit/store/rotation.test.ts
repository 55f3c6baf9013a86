import {
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Journal, StoredRecord } from "../../../kiosk/core/ports/journal.ts";
import { type GenesisData, type KeychangeData, sourceOf } from "../../../kiosk/core/record.ts";
import { testClock } from "../../../kiosk/host/clock.ts";
import { type DeviceSigner, openSigner } from "../../../kiosk/host/signer.ts";
import { openRotation } from "../../../kiosk/rotation.ts";
import { connect } from "../../../kiosk/store/connection.ts";
import { openJournal } from "../../../kiosk/store/journal.ts";
import { eventOf, makeRecord } from "../../../kiosk/store/make-record.ts";
import { openMemoryJournal } from "../../../kiosk/store/memory-journal.ts";
import { kidIn } from "../../../kiosk/store/succession.ts";
import { verifyJournal } from "../../../kiosk/store/verify.ts";
import { openLedger } from "../../../kiosk/uplink/receiver/ledger.ts";
import { openMemoryShelf } from "../../../kiosk/uplink/receiver/memory-shelf.ts";
import { type KeyRegistry, openKeyRegistry } from "../../../kiosk/uplink/receiver/registry.ts";
import { verifyRecord } from "../../../kiosk/uplink/receiver/verify.ts";
import { at, punch, startMs } from "../../contract/journal.ts";
import { journalFile, journalFolder } from "../../crash/clockwork.ts";
import { copyOf, scratch } from "../../scratch.ts";

const everything = [{ epoch: 0, seq: -1 }, 100_000] as const;

interface Clockwork {
  readonly ring: DeviceSigner;
  readonly journal: Awaited<ReturnType<typeof openJournal>>;
}

async function open(state: string, wrap: (ring: DeviceSigner) => DeviceSigner = (ring) => ring): Promise<Clockwork> {
  const own = await openSigner(join(state, "identity"));
  const ring = wrap(own);
  const identity = { tenant: "acme", site: "blr-01", device: ring.device };
  const more = {
    clock: testClock(startMs),
    firmware: "0.1.0",
    boot: 1,
    isFirstStart: ring.fresh,
    ballastBytes: 65_536,
  };
  const journal = await openJournal({ directory: journalFolder(state), identity, signer: ring, ...more });
  await ring.markUsed();
  return { ring, journal };
}

const order = (id: string) => ({ id, op: "key.rotate", args: {}, expiresUtcMs: 0 });

const rotationOf = ({ ring, journal }: Clockwork, receivers = ["payroll"]) =>
  openRotation({ ring, journal, clock: testClock(startMs), receivers });

/** A receiver that was told the first key alone, and takes records in this order until no more of them verify. */
function received(records: readonly StoredRecord[], keys: KeyRegistry, source: string) {
  const ledger = openLedger(openMemoryShelf());
  let left = [...records];
  for (let before = -1; before !== left.length; ) {
    before = left.length;
    left = left.filter((record) => {
      try {
        const verified = verifyRecord(Buffer.from(record.jws), keys);
        ledger.take(verified);
        keys.learn(verified);
        return false;
      } catch {
        return true;
      }
    });
  }
  return { left, stands: ledger.stands(source) };
}

function registryOf(ring: Pick<DeviceSigner, "kid" | "publicKey" | "device">): KeyRegistry {
  const keys = openKeyRegistry();
  keys.add({ tenant: "acme", site: "blr-01", device: ring.device }, ring.kid, ring.publicKey);
  return keys;
}

const keychanges = (journal: Pick<Journal, "read">): readonly StoredRecord[] =>
  journal.read(...everything).filter(({ type }) => type === "keychange");

/** Every record has the key that the records before it name. */
function expectNamedKeys(journal: Pick<Journal, "read">, firstKid: string): void {
  let expected = firstKid;
  for (const record of journal.read(...everything)) {
    const { data } = eventOf(record.jws);
    if (record.type === "genesis") expected = (data as GenesisData).keys[0]?.kid ?? "";
    expect(kidIn(record.jws), `${record.epoch}/${record.seq}`).toBe(expected);
    if (record.type === "keychange") expected = (data as KeychangeData).new.kid;
  }
}

test("a rotation at each of 300 places of a growing backlog: everything verifies, and the receiver goes on over it", async () => {
  for (let place = 2; place < 302; place += 1) {
    const ring = await openSigner(join(scratch(), "identity"));
    const identity = { tenant: "acme", site: "blr-01", device: ring.device };
    const keys = registryOf(ring);
    const journal = openMemoryJournal({
      identity,
      signer: ring,
      clock: testClock(startMs),
      firmware: "0.1.0",
      boot: 1,
    });
    for (let n = 2; n < place + 5; n += 1) {
      if (n === place) await journal.rotate(await ring.prepare("why"), at(n));
      await journal.append(punch(), at(n));
    }
    const records = journal.read(...everything);
    const { left, stands } = received(records, keys, sourceOf(identity));
    expect(left).toEqual([]);
    expect(stands).toMatchObject([{ upto: records.length - 1, miss: [], bad: [], forks: [] }]);
  }
}, 240_000);

test("sixty rotations among crowds that share commits: each record has the key that the chain names there", async () => {
  const state = scratch();
  const clockwork = await open(state);
  const { ring, journal } = clockwork;
  const first = { kid: ring.kid, publicKey: ring.publicKey, device: ring.device, jwk: ring.publicJwk };
  const rotation = rotationOf(clockwork);
  for (let round = 0; round < 60; round += 1) {
    const some = (count: number) => Array.from({ length: count }, () => journal.append(punch(), at(round)));
    await Promise.all([...some(round % 7), rotation.handle(order(`o${round}`)), ...some(3)]);
  }
  expectNamedKeys(journal, first.kid);
  expect(keychanges(journal)).toHaveLength(60);
  const keys = registryOf(first);
  const source = `urn:lintel:acme:blr-01:${ring.device}`;
  const { left, stands } = received(journal.read(...everything), keys, source);
  expect(left).toEqual([]);
  expect(stands).toMatchObject([{ upto: journal.head().seq, rh: journal.head().rh, miss: [], bad: [] }]);
  while (journal.check().is === "running");
  expect(journal.check().is).not.toBe("bad");
  await journal[Symbol.asyncDispose]();
  expect(verifyJournal(journalFolder(state), { publicKeys: [first.jwk] }).firstBad).toBeNull();
  expect(verifyJournal(journalFolder(state)).firstBad).toBeNull();
  const again = await open(state);
  expect(again.journal.notice).toBeNull();
  expect(again.journal.head().epoch).toBe(1);
  await again.journal[Symbol.asyncDispose]();
});

test("whatever the order of arrival, a receiver who was told the first key learns the others", async () => {
  const clockwork = await open(scratch());
  const { ring, journal } = clockwork;
  const first = { kid: ring.kid, publicKey: ring.publicKey, device: ring.device };
  const rotation = rotationOf(clockwork);
  for (let round = 0; round < 8; round += 1) {
    await journal.append(punch(), at(round));
    await rotation.handle(order(`o${round}`));
  }
  const records = journal.read(...everything);
  const source = `urn:lintel:acme:blr-01:${ring.device}`;
  fc.assert(
    fc.property(fc.shuffledSubarray([...records], { minLength: records.length }), (shuffled) => {
      const { left, stands } = received(shuffled, registryOf(first), source);
      expect(left).toEqual([]);
      expect(stands).toMatchObject([{ upto: records.length - 1, miss: [], bad: [] }]);
    }),
    { numRuns: 40 },
  );
  await journal[Symbol.asyncDispose]();
});

test("cut at any step of a rotation, the next start goes on with the key that the records name, and turns no order into two keys", async () => {
  const state = scratch();
  const cuts = new Map<string, string>();
  const clockwork = await open(state, (ring) => ({
    ...Object.defineProperties({} as DeviceSigner, Object.getOwnPropertyDescriptors(ring)),
    prepare: async (cause) => {
      const key = await ring.prepare(cause);
      cuts.set("the new key is made", copyOf(state));
      return key;
    },
    adopt: (kid) => {
      const copy = copyOf(state);
      cuts.set("the change is committed", copy);
      const half = copyOf(state);
      const old = ring.kid;
      linkSync(join(half, "identity", "device.key.jwk"), join(half, "identity", `device.former.${old}.jwk`));
      cuts.set("the old key has its new name", half);
      ring.adopt(kid);
      cuts.set("the new key is in its place", copyOf(state));
    },
    get kid() {
      return ring.kid;
    },
    get publicKey() {
      return ring.publicKey;
    },
  }));
  const firstKid = clockwork.ring.kid;
  await clockwork.journal.append(punch(), at(1));
  await rotationOf(clockwork).handle(order("o1"));
  cuts.set("the order is done", copyOf(state));
  await clockwork.journal[Symbol.asyncDispose]();
  expect([...cuts.keys()]).toHaveLength(5);
  for (const [name, copy] of cuts) {
    const next = await open(copy);
    expect(next.journal.notice, name).toBeNull();
    await next.journal.append(punch(), at(2));
    // The result was never written, so the order comes again.
    await rotationOf(next).handle(order("o1"));
    await next.journal.append(punch(), at(3));
    expect(keychanges(next.journal), name).toHaveLength(1);
    expect(next.journal.head().epoch, name).toBe(1);
    expectNamedKeys(next.journal, firstKid);
    expect(next.ring.former(), name).toEqual([firstKid]);
    await next.journal[Symbol.asyncDispose]();
    expect(verifyJournal(journalFolder(copy)).firstBad, name).toBeNull();
  }
});

test("a disk that does not take the copy of the change keeps nobody from punching, and is asked again", async () => {
  const state = scratch();
  const clockwork = await open(state);
  const { ring, journal } = clockwork;
  const first = ring.kid;
  const inTheWay = join(journalFolder(state), `keychange.${first}.jws.tmp`);
  mkdirSync(inTheWay);
  await rotationOf(clockwork).handle(order("o1"));
  await journal.append(punch(), at(1));
  // The records have changed hands; what is said besides is still said with the key that everybody knows.
  expect(ring.kid).toBe(first);
  expectNamedKeys(journal, first);
  expect(journal.changes()).toEqual([]);
  rmdirSync(inTheWay);
  await journal.append(punch(), at(2));
  expect(ring.kid).not.toBe(first);
  expect(journal.changes()).toMatchObject([{ old: first }]);
  expect(keychanges(journal)).toHaveLength(1);
  await journal[Symbol.asyncDispose]();
  expect(verifyJournal(journalFolder(state)).firstBad).toBeNull();
});

test("S10 the old private half is destroyed when every receiver has the change, not before, and no copy of it is left", async () => {
  const state = scratch();
  const clockwork = await open(state);
  const { ring, journal } = clockwork;
  const old = ring.kid;
  const { d } = JSON.parse(readText(join(state, "identity", "device.key.jwk"))) as { d: string };
  const rotation = rotationOf(clockwork, ["payroll", "archive"]);
  await rotation.handle(order("o1"));
  await journal.append(punch(), at(1));
  journal.moveCursor("payroll", journal.head());
  expect(await rotation.retire()).toEqual([]);
  expect(ring.former()).toEqual([old]);
  journal.moveCursor("archive", journal.head());
  expect(await rotation.retire()).toEqual([old]);
  expect(ring.former()).toEqual([]);
  expect(journal.changes()).toEqual([]);
  expect(await rotation.retire()).toEqual([]);
  await journal[Symbol.asyncDispose]();
  for (const file of filesIn(state)) expect(readText(file).includes(d), file).toBe(false);
  const again = await open(state);
  expect(again.ring.kid).toBe(ring.kid);
  expect(again.journal.notice).toBeNull();
  await again.journal[Symbol.asyncDispose]();
});

test("where the change itself was lost with the end of the journal, it is carried over and sent: receivers can follow", async () => {
  const state = scratch();
  const clockwork = await open(state);
  const { ring, journal } = clockwork;
  const first = { kid: ring.kid, publicKey: ring.publicKey, device: ring.device };
  await journal.append(punch(), at(1));
  const before = journal.read(...everything);
  const older = scratch();
  cpSync(journalFolder(state), join(older, "journal"), { recursive: true });
  await rotationOf(clockwork).handle(order("o1"));
  for (let n = 0; n < 5; n += 1) await journal.append(punch(), at(n));
  const [change] = keychanges(journal);
  await journal[Symbol.asyncDispose]();
  // The database of before, and everything else as it is.
  for (const suffix of ["", "-wal"]) {
    const from = `${journalFile(older)}${suffix}`;
    rmSync(`${journalFile(state)}${suffix}`, { force: true });
    if (existsSync(from)) copyFileSync(from, `${journalFile(state)}${suffix}`);
  }
  const next = await open(state);
  expect(next.journal.head().epoch).toBe(2);
  expect(keychanges(next.journal)).toEqual([change]);
  expect(next.journal.waiting("payroll")).toBe(1);
  const records = next.journal.read(...everything);
  const { left, stands } = received(records, registryOf(first), `urn:lintel:acme:blr-01:${ring.device}`);
  expect(left).toEqual([]);
  expect(stands.at(-1)).toMatchObject({ epoch: 2, upto: next.journal.head().seq, miss: [], bad: [] });
  expect(stands[0]?.miss).toEqual([]);
  expect(before.every(({ rh }) => records.some((record) => record.rh === rh))).toBe(true);
  await next.journal[Symbol.asyncDispose]();
  expect(verifyJournal(journalFolder(state)).firstBad).toBeNull();
});

test("a record that a retired key signed is found, whoever has that key", async () => {
  const state = scratch();
  const stolen = await openSigner(join(state, "identity"));
  const clockwork = await open(state);
  const { ring, journal } = clockwork;
  await rotationOf(clockwork).handle(order("o1"));
  await journal.append(punch(), at(1));
  await journal[Symbol.asyncDispose]();
  // The thief goes on where the journal ends.
  const identity = { tenant: "acme", site: "blr-01", device: ring.device };
  const connection = await connect({
    file: journalFile(state),
    witnessDirectory: journalFolder(state),
    keys: ring,
    succeeded: () => {},
    make: (head, id, body, stamp) =>
      makeRecord({ epoch: head.epoch, seq: head.seq + 1, prev: head.rh, id, body, at: stamp }, identity, stolen),
  });
  connection.commit([{ body: punch(), at: at(2) }]);
  connection[Symbol.dispose]();
  expect(verifyJournal(journalFolder(state)).firstBad?.code).toBe("key-unnamed");
  const next = await open(state);
  expect(next.journal.head().epoch).toBe(2);
  await next.journal[Symbol.asyncDispose]();
});

test("a signature over prev by another key than the new one makes the change worthless", async () => {
  const state = scratch();
  const { ring, journal } = await open(state);
  const next = await ring.prepare("o1");
  const liar = { ...next, kid: next.kid, publicKey: next.publicKey, alg: next.alg, sign: () => ring.sign("no") };
  await journal.rotate(liar, at(1)).catch(() => undefined);
  await journal[Symbol.asyncDispose]();
  expect(verifyJournal(journalFolder(state)).firstBad?.code).toBe("key-unnamed");
});

const readText = (file: string): string => readFileSync(file, "latin1");

const filesIn = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
