import { execFile } from "node:child_process";
import { cpSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { personId } from "../../kiosk/core/person.ts";
import type { StoredRecord } from "../../kiosk/core/ports/journal.ts";
import type { ErasureData, PurgeData } from "../../kiosk/core/record.ts";
import { usualDays } from "../../kiosk/core/retention.ts";
import { provesAbsence } from "../../kiosk/core/template-set.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";
import { openFileKeyBox } from "../../kiosk/store/seal.ts";
import { openVault } from "../../kiosk/store/vault.ts";
import { verifyJournal } from "../../kiosk/store/verify.ts";
import { actData } from "../../kiosk/uplink/contract/acts.ts";
import { certificatesOf, forgetIn } from "../../kiosk/uplink/receiver/forget.ts";
import { takeIn } from "../../kiosk/uplink/receiver/intake.ts";
import { proofOf } from "../../kiosk/uplink/receiver/proof.ts";
import { openKeyRegistry } from "../../kiosk/uplink/receiver/registry.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { verifyRecord } from "../../kiosk/uplink/receiver/verify.ts";
import { makeCloudKeys } from "../../provisioning/receive/cloud-keys.ts";
import { punch } from "../contract/journal.ts";
import { copyOf, scratch } from "../scratch.ts";
import {
  canaries,
  fill,
  type Household,
  letterToHer,
  marked,
  openHousehold,
  others,
  pin,
  templateOf,
  turn,
} from "./household.ts";
import { dayMs, holding, hourMs, startMs } from "./time-machine.ts";

const run = promisify(execFile);
const cli = new URL("../../provisioning/cli.ts", import.meta.url).pathname;

const records = ({ journal }: Pick<Household, "journal">, wanted?: string): readonly StoredRecord[] =>
  journal.read({ epoch: 0, seq: -1 }, 10_000).filter(({ type }) => wanted === undefined || type === wanted);

const dataOf = <T>(list: readonly StoredRecord[]): readonly T[] => list.map(({ jws }) => eventOf(jws).data as T);

const erasures = (house: Household): readonly ErasureData[] => dataOf(records(house, "erasure"));

const order = (id: string, sub = marked.id) => ({ id, op: "erase.subject", args: { sub }, expiresUtcMs: 0 });

const ordered = ({ erasure }: Household, id: string): Promise<unknown> => {
  const handler = new Map(erasure.handlers).get("erase.subject");
  if (handler === undefined) throw new Error("erase.subject has no handler");
  return handler(order(id));
};

/** Where anything of her stands in the folder; the files of the running database, of its log and of its free pages too. */
const tracesIn = (state: string) => holding(state, canaries);

test("SC-21 the certificate names what went, what stays, by which duty and until when, and proves that she is unknown", async () => {
  await using house = await openHousehold({ state: scratch() });
  await fill(house);
  const wage = await house.journal.append(punch(), house.clock.now());
  const { data } = await house.erasure.erase(marked.id, null);
  expect(actData["dev.lintel.erasure.v1"].safeParse(data).error).toBeUndefined();
  expect(data).toMatchObject({
    ...{ cmd: null, sub: marked.id, dek: "destroyed", assure: "software", kek_rot: "2026-11-02T08:00:00.000Z" },
    counts: { template: 1, roster: 1, card: 1, name: 1, piece: 1, snapshot: 1, pin: 1 },
  });
  const until = (days: number) => new Date(startMs + days * dayMs).toISOString();
  expect(data.kept).toEqual([
    { cls: "punch", basis: "law:working-time", until: until(usualDays.punch) },
    { cls: "consent", basis: "law:proof-of-consent", until: until(usualDays.consent) },
    { cls: "audit", basis: "law:accountability", until: until(usualDays.audit) },
  ]);
  expect(provesAbsence(marked.id, data.nonmember, data.tpl_root)).toBe(true);
  expect(house.journal.at(wage.stored)).toEqual(wage.stored);
});

test("SC-9 P7 what is ordered of three clocks while one is away is done on two and pending on one, then done; she is known on none", async () => {
  const folder = scratch();
  const store = join(folder, "store.sqlite");
  const keys = openKeyRegistry();
  const houses: Household[] = [];
  await using _ = {
    [Symbol.asyncDispose]: async () => void (await Promise.all(houses.map((one) => one[Symbol.asyncDispose]()))),
  };
  for (const name of ["one", "two", "three"]) {
    const state = join(folder, name);
    const { device, kid, publicKey } = await openSigner(state);
    keys.add({ tenant: "acme", site: "blr-01", device }, kid, publicKey);
    const house = await openHousehold({ state });
    await fill(house);
    houses.push(house);
  }
  const send = async (house: Household | undefined): Promise<void> => {
    if (house === undefined) throw new Error("three clocks wanted");
    await using sink = openSqliteSink(store);
    const verified = records(house).map(({ jws }) => verifyRecord(Buffer.from(jws), keys));
    await takeIn(sink, verified);
  };
  const report = async (...flags: readonly string[]) => {
    const asked = run(process.execPath, [cli, "erase", marked.id, "--from", `sqlite:${store}`, "--json", ...flags]);
    const { stdout } = await asked.catch((error: { readonly stdout: string }) => error);
    const { clocks, stubs } = JSON.parse(stdout) as { clocks: { is: string }[]; stubs: unknown };
    return { is: clocks.map(({ is }) => is).toSorted(), stubs };
  };
  const [first, second, away] = houses;
  for (const house of houses) await send(house);
  expect(await report()).toMatchObject({ is: ["not-ordered", "not-ordered", "not-ordered"] });
  const officer = join(folder, "officer.json");
  makeCloudKeys(officer, "acme");
  expect(await report("--keys", officer)).toMatchObject({ is: ["ordered", "ordered", "ordered"] });
  for (const house of [first, second]) {
    if (house === undefined) throw new Error("three clocks wanted");
    await ordered(house, "0199-terminate");
    await send(house);
  }
  expect(await report("--stubs")).toMatchObject({ is: ["done", "done", "ordered"], stubs: { stubs: 0 } });
  if (away === undefined) throw new Error("three clocks wanted");
  await ordered(away, "0199-terminate");
  await send(away);
  expect(await report()).toMatchObject({ is: ["done", "done", "done"] });
  for (const { people, pins, roster } of houses) {
    expect(people.templates().map(({ person }) => person)).not.toContain(marked.id);
    expect(await pins.check({ who: { number: "4711" }, pin })).toMatchObject({ is: "wrong" });
    expect((await roster.items()).map(({ id }) => id)).not.toContain(marked.id);
  }
});

test("SC-21 P7 in a backend her records become stubs when their own time is over, and the log is as provable as before", async () => {
  const state = scratch();
  const keys = openKeyRegistry();
  const { device, kid, publicKey } = await openSigner(state);
  keys.add({ tenant: "acme", site: "blr-01", device }, kid, publicKey);
  await using house = await openHousehold({ state });
  await fill(house);
  const about = (body: ReturnType<typeof punch>) =>
    body.type === "punch" ? { ...body, data: { ...body.data, sub: marked.id } } : body;
  for (let n = 0; n < 300; n += 1)
    await house.journal.append(n % 3 === 0 ? about(punch()) : punch(), house.clock.now());
  const store = join(scratch(), "store.sqlite");
  await using sink = openSqliteSink(store);
  const send = () =>
    takeIn(
      sink,
      records(house).map(({ jws }) => verifyRecord(Buffer.from(jws), keys)),
    );
  await send();
  const later = startMs + (usualDays.punch + 1) * dayMs;
  // Nobody proved anything yet.
  expect(await forgetIn(sink, marked.id, usualDays, later)).toMatchObject({ stubs: 0, waiting: [expect.any(String)] });
  await house.erasure.erase(marked.id, null);
  await send();
  // Wages are kept as long as the law wants.
  expect(await forgetIn(sink, marked.id, usualDays, startMs + dayMs)).toEqual({ stubs: 0, waiting: [] });
  expect(await forgetIn(sink, marked.id, usualDays, later)).toEqual({ stubs: 100, waiting: [] });
  const [stream] = await sink.read.streams();
  if (stream === undefined) throw new Error("a stream wanted");
  const page = await sink.read.page(stream, 0, 1_000);
  const stub = page.find(({ jws }) => jws === null);
  if (stub === undefined) throw new Error("a stub wanted");
  expect(await proofOf(stub, sink.read)).toMatchObject({ index: stub.seq });
  const { id } = eventOf(records(house).find(({ rh }) => rh === stub.rh)?.jws ?? "");
  const shown = await run(process.execPath, [cli, "proof", id, "--from", `sqlite:${store}`]);
  expect(shown.stdout).toMatch(/^stub 1\/\d+ of urn:lintel:.*\nProved: number/);
  expect((await run(process.execPath, [cli, "gaps", `sqlite:${store}`])).stdout).toContain("complete up to 1/");
  expect((await send()).outcomes.every((outcome) => outcome === "duplicate")).toBe(true);
  expect((await certificatesOf(marked.id, sink.read)).map(({ isProved }) => isProved)).toEqual([true]);
});

test("IC-19 P7 after it no byte of the state folder says who she was: name, cards, PIN, face, papers and pictures", async () => {
  const state = scratch();
  await using house = await openHousehold({ state });
  await fill(house);
  // Papers and pictures lie open nowhere, or the scan would prove nothing.
  expect(await holding(state, ["picture of p_m"])).toHaveLength(1);
  await house.journal.append(punch(), house.clock.now());
  await house.erasure.erase(marked.id, null);
  expect(await tracesIn(state)).toEqual([]);
  expect(
    await holding(
      state,
      others.map(({ displayName }) => displayName),
    ),
  ).toEqual([]);
  // The pseudonym stands in records, on the list of those who must not come back and on the roster's of those who went.
  const named = (await holding(state, [marked.id])).map((file) => file.slice(state.length + 1).replace(/-wal$/, ""));
  expect([...new Set(named)].toSorted()).toEqual(["roster/roster.sqlite", "suppressed.json"]);
});

test("IC-19 P7 cut at any step, the next start ends in the whole erasure, one proof of it, and no byte of hers", async () => {
  const state = scratch();
  {
    await using house = await openHousehold({ state });
    await fill(house);
  }
  const steps: string[] = [];
  {
    await using whole = await openHousehold({ state: copyOf(state), step: (what) => void steps.push(what) });
    await ordered(whole, "0199-order");
  }
  expect(steps).toEqual(["gallery", "vault", "pictures", "gallery", "before erasure", "after erasure"]);
  for (const [cut, what] of steps.entries()) {
    const crashed = copyOf(state);
    let passed = -1;
    const step = (): void => {
      passed += 1;
      if (passed === cut) throw new Error("the power is cut");
    };
    const left = await (async () => {
      await using house = await openHousehold({ state: crashed, step });
      await expect(ordered(house, "0199-order"), what).rejects.toThrow("the power is cut");
      return copyOf(crashed);
    })();
    await using house = await openHousehold({ state: left });
    expect(
      house.people.templates().map(({ person }) => person),
      what,
    ).not.toContain(marked.id);
    await house.erasure.resume();
    expect(erasures(house), what).toMatchObject([
      { cmd: "0199-order", counts: { template: 1, piece: 1, snapshot: 1 } },
    ]);
    expect(await tracesIn(left), what).toEqual([]);
    expect(verifyJournal(left), what).toMatchObject({ firstBad: null });
  }
});

test("IC-20 OH-10 what an old backup still has of her cannot be read: her key is destroyed, and what is put back is forgotten again", async () => {
  const state = scratch();
  const backup = scratch();
  {
    await using house = await openHousehold({ state });
    await fill(house);
    cpSync(state, backup, { recursive: true });
    await house.erasure.erase(marked.id, null);
  }
  // The sealed pieces of the backup, under the keys as they are now: noise.
  const mixed = copyOf(state);
  for (const piece of ["person", "signature"]) {
    const name = join("vault", `${marked.id}.${piece}.sealed`);
    cpSync(join(backup, name), join(mixed, name));
  }
  {
    await using house = await openHousehold({ state: mixed });
    await expect(house.vault.get(marked.id, "signature")).rejects.toMatchObject({ code: "seal-broken" });
    await house.erasure.resume();
    expect(house.vault.pieces(marked.id)).toEqual([]);
  }
  expect(await tracesIn(mixed)).toEqual([]);
  // The whole vault of the backup, keys and all: she is unknown from the first moment, and forgotten once more.
  const restored = copyOf(state);
  for (const name of ["vault", "pictures", "people"])
    cpSync(join(backup, name), join(restored, name), { recursive: true });
  await using house = await openHousehold({ state: restored });
  expect(house.people.all().map(({ id }) => id)).not.toContain(marked.id);
  expect(house.people.templates().map(({ person }) => person)).not.toContain(marked.id);
  expect(await house.erasure.resume()).toBe(1);
  expect(await tracesIn(restored)).toEqual([]);
  expect(erasures(house)).toMatchObject([
    { dek: "destroyed" },
    { dek: "destroyed", counts: { piece: 1, snapshot: 1 } },
  ]);
});

test("IC-27 OH-12 P7 whoever leaves is forgotten 30 days after the roster said so, without anybody doing anything, and whoever comes back before is not", async () => {
  const state = scratch();
  const [ana, , third] = others;
  if (ana === undefined || third === undefined) throw new Error("others wanted");
  await using house = await openHousehold({ state });
  await fill(house);
  await house.sweep();
  await turn(house.roster, [], [marked, ana]);
  await house.sweep();
  house.clock.advance(29 * dayMs);
  await house.sweep();
  expect(house.people.all().map(({ id }) => id)).toContain(marked.id);
  await turn(house.roster, [ana], []);
  house.clock.advance(2 * dayMs);
  await house.sweep();
  expect(house.people.all().map(({ id }) => id)).not.toContain(marked.id);
  expect(house.people.all().map(({ id }) => id)).toContain(ana.id);
  expect(erasures(house)).toMatchObject([{ sub: marked.id, cmd: null, dek: "destroyed" }]);
  expect(dataOf<PurgeData>(records(house, "purge"))).toMatchObject([{ cls: "person", n: 1, days: 30 }]);
  expect(await tracesIn(state)).toEqual([]);
  // A roster from before does not bring her back.
  await turn(house.roster, [marked], []);
  expect(house.suppressed.has(marked.id)).toBe(true);
  await expect(house.people.put(marked, templateOf(marked))).rejects.toMatchObject({ code: "person-suppressed" });
});

test("P7 a face that nobody uses for 180 days is forgotten, name and card stay; one that was used counts from that day", async () => {
  const state = scratch();
  const [ana] = others;
  if (ana === undefined) throw new Error("others wanted");
  {
    await using house = await openHousehold({ state });
    await fill(house);
    await house.sweep();
    house.clock.advance(100 * dayMs);
    const body = punch();
    if (body.type !== "punch") throw new Error("a punch wanted");
    house.retention.wrote({ ...body, data: { ...body.data, sub: ana.id, method: ["face"] } });
    house.retention.wrote({ ...body, data: { ...body.data, sub: marked.id, method: ["card"] } });
    await house.sweep();
  }
  const faces = (house: Household) => house.people.templates().map(({ person }) => person);
  await using house = await openHousehold({ state, nowUtcMs: startMs + 179 * dayMs });
  await house.sweep();
  expect(faces(house)).toHaveLength(4);
  house.clock.advance(3 * dayMs);
  await house.sweep();
  expect(faces(house)).toEqual([ana.id]);
  expect(house.people.all()).toHaveLength(4);
  expect(house.withdrawn).toContain(marked.id);
  const purges = dataOf<PurgeData>(records(house, "purge")).filter(({ cls }) => cls === "template");
  expect(purges).toMatchObject([{ n: 3, days: 180 }]);
  house.clock.advance(99 * dayMs);
  await house.sweep();
  expect(faces(house)).toEqual([]);
});

test("P13 what a legal hold keeps of her stays sealed until the hold ends, the certificate says so, and then it goes with a second proof", async () => {
  const state = scratch();
  await using house = await openHousehold({ state });
  await fill(house);
  const untilUtcMs = startMs + 60 * dayMs;
  await house.keeping.holds.set(
    {
      ...{ sub: marked.id, classes: ["person", "snapshot"], fromUtcMs: null, untilUtcMs },
      ...{ owner: "case-4711", reason: "dispute" },
    },
    "desk",
  );
  const { data } = await house.erasure.erase(marked.id, null);
  expect(data).toMatchObject({ dek: "none", counts: { template: 1, name: 1, piece: 0 } });
  expect(data.kept).toContainEqual({ cls: "person", basis: "hold:dispute", until: new Date(untilUtcMs).toISOString() });
  // Nobody is matched with her; whoever the hold is for can read what it keeps, and nothing is added to it.
  expect(house.people.templates().map(({ person }) => person)).not.toContain(marked.id);
  expect(Buffer.from((await house.vault.get(marked.id, "signature")) ?? []).toString()).toBe(letterToHer);
  await expect(house.vault.put(marked.id, "more", Buffer.from("x"))).rejects.toMatchObject({
    code: "person-suppressed",
  });
  expect(house.vault.pieces(marked.id)).toEqual(["signature"]);
  expect(await house.pictures.left()).toEqual([marked.id]);
  await house.sweep();
  expect(erasures(house)).toHaveLength(1);
  const lifted = await openHousehold({ state: copyOf(state) });
  {
    await using early = lifted;
    const [hold] = early.keeping.holds.live();
    await early.keeping.holds.lift(hold?.id ?? "", "desk");
    await early.sweep();
    expect(early.vault.pieces(marked.id)).toEqual([]);
    expect(erasures(early).at(-1)).toMatchObject({ dek: "destroyed", counts: { piece: 1, snapshot: 1 } });
  }
  house.clock.advance(60 * dayMs + hourMs);
  await house.sweep();
  expect(house.vault.pieces(marked.id)).toEqual([]);
  expect(await house.pictures.left()).toEqual([]);
  expect(erasures(house).at(-1)).toMatchObject({ dek: "destroyed", counts: { piece: 1, snapshot: 1 } });
  expect(await holding(state, [letterToHer, "picture of p_m"])).toEqual([]);
});

test("P7 erased while she is being enrolled: the enrolment is told to end, and nothing that it still keeps is kept", async () => {
  const state = scratch();
  await using house = await openHousehold({ state });
  await fill(house);
  const erased = house.erasure.erase(marked.id, null);
  const late = house.people.put(marked, templateOf(marked)).catch((error: unknown) => error);
  await erased;
  await late;
  await expect(house.people.put(marked, templateOf(marked))).rejects.toMatchObject({ code: "person-suppressed" });
  await expect(house.vault.put(marked.id, "signature", Buffer.from("x"))).rejects.toMatchObject({
    code: "person-suppressed",
  });
  expect(house.interrupted).toContain(marked.id);
  expect(await tracesIn(state)).toEqual([]);
});

test("OH-10 a visitor who is erased leaves a pseudonym and a proof: the key of the visit is destroyed, and a backup of it opens no more", async () => {
  const state = scratch();
  const visitor = personId(`v_${"q".repeat(20)}`);
  const contact = "+44 7700 900123 quentin@visitors.example";
  await using house = await openHousehold({ state });
  await house.vault.put(visitor, "visit", Buffer.from(contact));
  const [sealed = ""] = (await readdir(join(state, "vault"))).filter((name) => name.startsWith(visitor));
  const backup = await readFile(join(state, "vault", sealed));
  const handler = new Map(house.erasure.handlers).get("erase.visitor");
  const asked = { id: "v-1", op: "erase.visitor", expiresUtcMs: 0 };
  await expect(handler?.({ ...asked, args: { sub: marked.id } })).rejects.toMatchObject({ code: "order-refused" });
  await handler?.({ ...asked, args: { sub: visitor } });
  expect(erasures(house)).toMatchObject([
    { sub: visitor, dek: "destroyed", counts: { piece: 1 }, kept: [{ cls: "visitor", basis: "law:proof-of-visit" }] },
  ]);
  await writeFile(join(state, "vault", sealed), backup);
  await using again = await openVault({
    directory: join(state, "vault"),
    keyBox: await openFileKeyBox(join(state, "people", "device.seal")),
  });
  await expect(again.get(visitor, "visit")).rejects.toMatchObject({ code: "seal-broken" });
  expect(await holding(state, [contact, "quentin"])).toEqual([]);
});
