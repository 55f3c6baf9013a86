import { execFileSync } from "node:child_process";
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compactVerify, importJWK } from "jose";
import { expect, onTestFinished, test } from "vitest";
import type { Signer } from "../../../kiosk/core/jws.ts";
import type { RecordBody } from "../../../kiosk/core/record.ts";
import { bootId, openSystemClock, testClock } from "../../../kiosk/host/clock.ts";
import { openSigner } from "../../../kiosk/host/signer.ts";
import { openJournal } from "../../../kiosk/store/journal.ts";
import { makeRecord, recordIds } from "../../../kiosk/store/make-record.ts";
import { countPeopleAfter } from "../../../kiosk/store/spans.ts";
import { openWitness, readWitness } from "../../../kiosk/store/witness.ts";
import { at, punch, startMs } from "../../contract/journal.ts";
import vectors from "../../fixtures/uplink-vectors.json" with { type: "json" };

async function folder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "lintel-records-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

test("the records that we make are the published vectors, byte for byte", () => {
  const d = Buffer.from(vectors.seedHex, "hex").toString("base64url");
  const privateKey = createPrivateKey({ key: { ...vectors.jwk, d }, format: "jwk" });
  const publicKey = createPublicKey(privateKey);
  const signer: Signer = {
    kid: vectors.kid,
    alg: "EdDSA",
    publicKey,
    sign: (si) => sign(null, Buffer.from(si), privateKey),
  };
  const identity = { tenant: "acme", site: "blr-01", device: "k7f3q9m2xw4t8v6p1r5s0" };
  for (const { payload, jws, recordHash } of vectors.records) {
    const { id, time, epoch, seq, prev, type, data } = JSON.parse(payload);
    const body = { type: type.split(".")[2], data } as RecordBody;
    const draft = { epoch, seq, prev, id, body, at: { utcMs: Date.parse(time), monoMs: 0 } };
    const { event, stored } = makeRecord(draft, identity, signer);
    expect(JSON.stringify(event)).toBe(payload);
    expect(stored).toMatchObject({ jws, rh: recordHash });
  }
});

test("jose and openssl, which know nothing of us, find our record good", async () => {
  const directory = await folder();
  const signer = await openSigner(join(directory, "identity"));
  const identity = { tenant: "acme", site: "blr-01", device: signer.device };
  const options = { identity, signer, clock: testClock(startMs), firmware: "0.1.0", boot: 1, isFirstStart: true };
  await using journal = await openJournal({ directory: join(directory, "journal"), ...options });
  const { event, stored } = await journal.append(punch(), at(0));
  const published = JSON.parse(await readFile(join(directory, "journal", "device.pub.jwk"), "utf8"));
  const { payload, protectedHeader } = await compactVerify(stored.jws, await importJWK(published, "EdDSA"));
  expect(JSON.parse(Buffer.from(payload).toString())).toEqual(event);
  expect(protectedHeader).toEqual({ alg: "EdDSA", kid: signer.kid, typ: "lintel-rec+jws" });

  const dot = stored.jws.lastIndexOf(".");
  await writeFile(join(directory, "input"), stored.jws.slice(0, dot));
  await writeFile(join(directory, "signature"), Buffer.from(stored.jws.slice(dot + 1), "base64url"));
  await writeFile(join(directory, "key.pem"), signer.publicKey.export({ type: "spki", format: "pem" }));
  const openssl = "pkeyutl -verify -rawin -pubin -inkey key.pem -in input -sigfile signature".split(" ");
  expect(execFileSync("openssl", openssl, { cwd: directory }).toString()).toContain("Verified Successfully");
});

test("the identity is made once, readable by its owner alone, and fresh until a journal was written under it", async () => {
  const directory = join(await folder(), "identity");
  const first = await openSigner(directory);
  expect(first.device).toMatch(/^k[0-9a-hjkmnp-tv-z]{20}$/);
  expect(first.kid).toMatch(/^[A-Za-z0-9_-]{16}$/);
  expect((await stat(join(directory, "device.key.jwk"))).mode & 0o777).toBe(0o600);
  const second = await openSigner(directory);
  expect([second.fresh, second.kid, second.device]).toEqual([true, first.kid, first.device]);
  await second.markUsed();
  expect((await openSigner(directory)).fresh).toBe(false);
});

test("started twice at once for the very first time, both have the same identity", async () => {
  const directory = join(await folder(), "identity");
  const signers = await Promise.all(Array.from({ length: 6 }, () => openSigner(directory)));
  expect(new Set(signers.map(({ kid, device }) => `${kid} ${device}`)).size).toBe(1);
  expect((await readdir(directory)).sort()).toEqual(["device.key.jwk", "identity.json", "unused"]);
});

test("a damaged key is a fault with a remedy, and never replaced behind anybody's back", async () => {
  const directory = join(await folder(), "identity");
  await openSigner(directory);
  const file = join(directory, "device.key.jwk");
  await chmod(file, 0o600);
  await writeFile(file, "{}");
  await expect(openSigner(directory)).rejects.toMatchObject({ code: "state-unwritable" });
  expect(await readFile(file, "utf8")).toBe("{}");
});

test("the kid of the vectors' key is the beginning of its thumbprint", async () => {
  const directory = await folder();
  const d = Buffer.from(vectors.seedHex, "hex").toString("base64url");
  await writeFile(join(directory, "device.key.jwk"), JSON.stringify({ ...vectors.jwk, d }));
  expect((await openSigner(directory)).kid).toBe(vectors.kid);
});

test("ids continue after the newest one, also when the clock was set back in between", () => {
  const newest = recordIds(null).next(startMs);
  expect(recordIds(newest).next(startMs - 1_000_000) > newest).toBe(true);
});

test("the witness believes the newer of its two slots, and the other when one is torn", async () => {
  const directory = await folder();
  const rh = (letter: string): string => letter.repeat(43);
  {
    using witness = await openWitness(directory);
    expect(readWitness(directory)).toBeNull();
    witness.note({ epoch: 1, seq: 8, rh: rh("A") });
    witness.note({ epoch: 1, seq: 9, rh: rh("B") });
    witness.settle();
  }
  expect(readWitness(directory)).toEqual({ epoch: 1, seq: 9, rh: rh("B") });
  const torn = await readFile(join(directory, "head.a"));
  await writeFile(join(directory, "head.a"), torn.fill(0, 20));
  expect(readWitness(directory)).toEqual({ epoch: 1, seq: 8, rh: rh("A") });
  using again = await openWitness(directory);
  again.note({ epoch: 2, seq: 0, rh: rh("C") });
  expect(readWitness(directory)).toEqual({ epoch: 2, seq: 0, rh: rh("C") });
  expect((await stat(join(directory, "head.a"))).size).toBe(512);
});

test("what waits is counted over epochs, without bookkeeping and without the numbers that are gone", () => {
  const spans = [
    { epoch: 1, first: 0, last: 20, gone: [[11, 12]] as const },
    { epoch: 2, first: 0, last: 4, gone: [] },
  ];
  const bookkeeping = [
    { epoch: 1, seq: 0 },
    { epoch: 1, seq: 15 },
    { epoch: 2, seq: 0 },
  ];
  const count = (epoch: number, seq: number) => countPeopleAfter(spans, bookkeeping, { epoch, seq });
  expect(count(0, -1)).toBe(21);
  expect(count(1, 11)).toBe(11);
  expect(count(1, 15)).toBe(9);
  expect(count(1, 30)).toBe(4);
  expect(count(2, 4)).toBe(0);
});

test("the system clock goes on, sleeps, wakes at once when told, and says how far it may be trusted", async () => {
  const clock = await openSystemClock();
  const before = clock.now();
  await clock.sleep(20, new AbortController().signal);
  expect(clock.now().monoMs).toBeGreaterThanOrEqual(before.monoMs + 18);
  await clock.sleep(60_000, AbortSignal.timeout(10));
  const { source, errorMs } = clock.quality();
  expect(source === "ntp" ? errorMs >= 1_000 : errorMs >= 3_600_000).toBe(true);
  expect(await bootId()).toBe(await bootId());
});

test("the test clock wakes sleepers in order when it is moved", async () => {
  const clock = testClock(startMs);
  const woken: string[] = [];
  const { signal } = new AbortController();
  const sleeps = [
    clock.sleep(20, signal).then(() => woken.push("late")),
    clock.sleep(10, signal).then(() => woken.push("early")),
  ];
  clock.advance(5);
  clock.setWall(0);
  clock.advance(20);
  await Promise.all(sleeps);
  expect(woken).toEqual(["early", "late"]);
  expect(clock.now()).toEqual({ utcMs: 20, monoMs: 25 });
});
