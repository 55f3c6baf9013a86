import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { longReceiptCode, receiptCode } from "../../kiosk/core/receipt.ts";
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
const places = () => [`journal:${join(folder, "state/journal")}`, `sqlite:${join(folder, "payroll.sqlite")}`];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lintel-lookup-"));
  const state = join(folder, "state");
  await using journal = await openClockJournal(state);
  for (let n = 0; n < 300; n += 1) await journal.append(punch(), at(n));
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
  test("is found and proved, from the screen's code and from the long one, in the journal and in the receiver's store", () => {
    for (const place of places()) {
      for (const code of [receiptCode(recordNo(100).rh), longReceiptCode(recordNo(100))]) {
        const { code: exit, out } = lintel("receipt", code, "--from", place);
        expect(out).toMatch(
          /Here: punch "in" .*record 1\/100 of urn:lintel:.*\nProved: number 100 of the 256 records/s,
        );
        expect(exit).toBe(0);
      }
    }
  });

  test("for which there is no record says so, and a word that is no code is told apart from it", () => {
    const [place = ""] = places();
    expect(lintel("receipt", "0000-0000", "--from", place)).toMatchObject({
      code: 1,
      out: "No record here has this code.\n",
    });
    expect(lintel("receipt", "hello", "--from", place).code).toBe(2);
    expect(lintel("receipt", "0000-0000", "--from", "sqlite:nowhere.sqlite").code).toBe(2);
  });
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
