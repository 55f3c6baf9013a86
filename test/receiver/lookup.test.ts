import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { personId } from "../../kiosk/core/person.ts";
import type { Journal } from "../../kiosk/core/ports/journal.ts";
import { longReceiptCode } from "../../kiosk/core/receipt.ts";
import type { PunchData, RecordBody } from "../../kiosk/core/record.ts";
import { readKeyring } from "../../kiosk/store/keyring.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import { keyFromJwk } from "../../kiosk/uplink/contract/keys.ts";
import { isIncluded } from "../../kiosk/uplink/contract/tree.ts";
import { identityOf, openReceiver } from "../../kiosk/uplink/receiver/receiver.ts";
import { openKeyRegistry } from "../../kiosk/uplink/receiver/registry.ts";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import { at, punch } from "../contract/journal.ts";
import { openClockJournal } from "../crash/clockwork.ts";

/** A real journal of 300 punches, with the checkpoint that its clock signs after 256 records, and a receiver's store of it. */
const cli = join(import.meta.dirname, "../../provisioning/cli.ts");
let folder = "";
let records: readonly { readonly epoch: number; readonly seq: number; readonly rh: string; readonly jws: string }[] =
  [];
/** Which append is the correction of record 100; not among the two that are kept back. */
const correctedAt = 294;
const correction = (journal: Pick<Journal, "read">): RecordBody => {
  const [record] = journal.read({ epoch: 1, seq: 99 }, 1);
  const { id, data } = eventOfOwn(record?.jws ?? "") as unknown as { readonly id: string; readonly data: PunchData };
  return {
    type: "correction",
    data: { ref: id, sub: data.sub ?? personId("p_00000000000000000ana"), kind: "out", reason: "screen", by: "self" },
  };
};
const places = () => [`journal:${join(folder, "state/journal")}`, `sqlite:${join(folder, "payroll.sqlite")}`];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lintel-lookup-"));
  const state = join(folder, "state");
  await using journal = await openClockJournal(state);
  for (let n = 0; n < 300; n += 1) await journal.append(n === correctedAt ? correction(journal) : punch(), at(n));
  records = journal.read({ epoch: 0, seq: -1 }, 1000);
  const keys = openKeyRegistry();
  const { source } = eventOfOwn(records[0]?.jws ?? "");
  for (const jwk of readKeyring(join(state, "journal"))) {
    const { kid, key } = keyFromJwk(jwk);
    keys.add(identityOf(source), kid, key);
  }
  await using sink = openSqliteSink(join(folder, "payroll.sqlite"));
  const receiver = openReceiver({ sink, keys, name: "payroll", signer: null });
  const letters = records.map(({ jws }) => ({ topic: null, bytes: Buffer.from(jws) }));
  // Two are kept back: a gap for `lintel gaps`, after the checkpoint.
  await receiver.ingest(letters.filter((_, n) => n !== 290 && n !== 291));
});
afterAll(() => rm(folder, { recursive: true }));

function lintel(...args: readonly string[]): { readonly code: number; readonly out: string } {
  try {
    return { code: 0, out: execFileSync(process.execPath, [cli, ...args], { encoding: "utf8", stdio: "pipe" }) };
  } catch (error) {
    const { status, stdout, stderr } = error as {
      readonly status: number;
      readonly stdout: string;
      readonly stderr: string;
    };
    return { code: status, out: `${stdout}${stderr}` };
  }
}

const recordNo = (n: number) => {
  const record = records[n];
  if (record === undefined) throw new Error(`no record ${n}`);
  return { ...record, source: eventOfOwn(record.jws).source };
};

describe("an employee's receipt", () => {
  test("is found and proved in the journal and in the receiver's store", () => {
    for (const place of places()) {
      const { code: exit, out } = lintel("receipt", longReceiptCode(recordNo(100)), "--from", place);
      expect(out).toMatch(/Here: punch "in" .*record 1\/100 of urn:lintel:.*\nProved: number 100 of the 256 records/s);
      expect(exit).toBe(0);
    }
  });

  test("of a punch whose kind was changed leads to the change, and that of the change to the punch", () => {
    const change = recordNo(records.findIndex(({ jws }) => eventOfOwn(jws).type === "dev.lintel.correction.v1"));
    const [, store = ""] = places();
    const ofChange = lintel("receipt", longReceiptCode(change), "--from", store);
    expect(ofChange).toMatchObject({ code: 0 });
    expect(ofChange.out).toMatch(/Here: correction "out" .*\n.*\nBelongs to it: punch "in" .*1\/100 .*\nProved/s);
    const ofPunch = lintel("receipt", longReceiptCode(recordNo(100)), "--from", store);
    expect(ofPunch.out).toMatch(/Here: punch "in" .*\nProved.*\nBelongs to it: correction "out" /s);
  });

  test("for which there is no record says why, and a word that is no code is told apart from it", () => {
    const [journal = "", store = ""] = places();
    const known = recordNo(100);
    const rh = "B".repeat(43);
    const cases: readonly (readonly [string, string, RegExp])[] = [
      [store, longReceiptCode({ ...known, source: "urn:lintel:acme:blr-01:kelse" }), /clock that is not known here/],
      [store, longReceiptCode({ ...known, seq: 4_000 }), /1\/4000 .*has not come here yet/],
      [store, longReceiptCode({ ...known, epoch: 2 }), /journal it began later/],
      [store, longReceiptCode(recordNo(290)), /1\/290 .*is not here, though later ones are/],
      [journal, longReceiptCode({ ...known, rh }), /Another record stands at its place, punch "in"/],
    ];
    for (const [place, code, why] of cases) {
      const { code: exit, out } = lintel("receipt", code, "--from", place);
      expect(out).toMatch(/^No record here has this code\./);
      expect(out).toMatch(why);
      expect(exit).toBe(1);
    }
    for (const word of ["hello", "0000-0000"]) expect(lintel("receipt", word, "--from", store).code).toBe(2);
    expect(lintel("receipt", longReceiptCode(known), "--from", "sqlite:nowhere.sqlite").code).toBe(2);
  }, 180_000);
});

test("a proof can be checked with nothing but what it says, and what no checkpoint covers yet is not called proved", () => {
  for (const place of places()) {
    const { id } = eventOfOwn(recordNo(7).jws);
    const { proof } = JSON.parse(lintel("proof", id, "--from", place, "--json").out);
    expect(proof.record.jws).toBe(recordNo(7).jws);
    expect(eventOfOwn(proof.checkpoint.jws).data).toMatchObject({ size: proof.size, root: proof.root });
    expect(isIncluded(proof.record.rh, proof.index, proof.size, proof.path, proof.root)).toBe(true);
    const late = lintel("proof", eventOfOwn(recordNo(299).jws).id, "--from", place);
    expect(late).toMatchObject({ code: 1 });
    expect(late.out).toContain("No checkpoint covers it yet");
    expect(lintel("proof", "no-such-id", "--from", place)).toMatchObject({ code: 1, out: "No such record here.\n" });
  }
});

test("gaps are named with what they mean", () => {
  const { code, out } = lintel("gaps", places()[1] ?? "");
  expect(out).toMatch(/complete up to 1\/289, last heard never\n {2}pending 1\/290-291/);
  expect(code).toBe(0);
  const [device] = JSON.parse(lintel("gaps", places()[1] ?? "", "--json").out);
  expect(device.gaps).toMatchObject([{ epoch: 1, from: 290, to: 291, class: "pending" }]);
});
