import { describe, expect, test } from "vitest";
import { merkleRoot, noRecordHash } from "../../../kiosk/core/chain.ts";
import { type JwsTyp, signJws } from "../../../kiosk/core/jws.ts";
import { isOfReceipt, longReceiptCode, readReceiptCode } from "../../../kiosk/core/receipt.ts";
import { sourceOf } from "../../../kiosk/core/record.ts";
import { pack } from "../../../kiosk/uplink/contract/batch.ts";
import { wrap } from "../../../kiosk/uplink/contract/envelope.ts";
import { unwrapFromCloud } from "../../../kiosk/uplink/contract/keys.ts";
import { isIncluded } from "../../../kiosk/uplink/contract/tree.ts";
import { ackEvent, type SignedEvent, type StatusEvent } from "../../../kiosk/uplink/contract/wire.ts";
import { gapsOf } from "../../../kiosk/uplink/receiver/gaps.ts";
import { takeIn } from "../../../kiosk/uplink/receiver/intake.ts";
import type { Stand } from "../../../kiosk/uplink/receiver/life.ts";
import { openMemorySink } from "../../../kiosk/uplink/receiver/memory-sink.ts";
import { proofOf } from "../../../kiosk/uplink/receiver/proof.ts";
import { openReceiver } from "../../../kiosk/uplink/receiver/receiver.ts";
import { openKeyRegistry } from "../../../kiosk/uplink/receiver/registry.ts";
import type { Sink } from "../../../kiosk/uplink/receiver/sink.ts";
import { channelIn, lettersIn } from "../../../kiosk/uplink/receiver/wrappers.ts";
import { identity, newKey, signedWire, smallJournal, type TestKey } from "./parts.ts";

const source = sourceOf(identity);
const cloud = newKey();
const topic = `lintel1/acme/blr-01/${identity.device}/up/rec`;

/** A chain of records with any types, data and signers. */
function chainOf(links: readonly { readonly type: string; readonly data: object; readonly key: TestKey }[]) {
  const made: { readonly event: SignedEvent; readonly jws: string; readonly rh: string }[] = [];
  for (const [seq, { type, data, key }] of links.entries()) {
    const event = {
      ...{ specversion: "1.0" as const, id: `id-${seq}`, source, type: `dev.lintel.${type}.v1` },
      ...{ time: "2026-01-01T00:00:00.000Z", epoch: 1, seq, prev: made.at(-1)?.rh ?? noRecordHash, data },
    };
    made.push({ event, ...signJws("lintel-rec+jws", JSON.stringify(event), key.signer) });
  }
  return made;
}
const bytesOf = ({ jws }: { readonly jws: string }): Uint8Array => Buffer.from(jws);
const boot = { type: "boot", data: { boot: 1, fw: "0.1.0" } };

function receiverOver(sink: Sink, key: TestKey) {
  const keys = openKeyRegistry();
  keys.add(identity, key.signer.kid, key.signer.publicKey);
  return { keys, receiver: openReceiver({ sink, keys, name: "payroll", signer: cloud.signer, nowMs: Date.now }) };
}

describe("a receiver", () => {
  test("keeps records, sets strangers aside, and answers a clock that asks", async () => {
    const key = newKey();
    const { receiver } = receiverOver(openMemorySink(), key);
    const journal = smallJournal(key);
    journal.grow(4);
    const letters = journal.records.map(({ jws }) => ({ topic, bytes: Buffer.from(jws) }));
    const stranger = { topic, bytes: signedWire("lintel-rec+jws", { ...blank, ...place(5) }, newKey()) };
    const n = "what-is-it";
    const head = { seq: 4, rh: journal.head().rh };
    const sync = signedWire(
      "lintel-req+jws",
      { ...blank, type: "dev.lintel.sync.v1", data: { sess: "0199c82c-c000-7000-8000-000000000000", ep: 1, head, n } },
      key,
    );
    const { fresh, outcomes, quarantined, stands, answers } = await receiver.ingest([
      ...letters,
      stranger,
      ...letters.slice(0, 2),
      { topic: topic.replace("/rec", "/req"), bytes: sync },
    ]);
    expect(fresh.map(({ event }) => event.seq)).toEqual([0, 1, 2, 3, 4]);
    expect(outcomes).toEqual({ new: 5, duplicate: 2, fork: 0 });
    expect(quarantined.map(({ code }) => code)).toEqual([1004]);
    expect(stands).toMatchObject([{ epoch: 1, upto: 4, rh: head.rh, miss: [] }]);
    expect(answers.map((letter) => letter.topic)).toEqual([topic.replace("up/rec", "dn/ack")]);
    const ackKey = {
      kid: cloud.signer.kid,
      key: cloud.signer.publicKey,
      role: "ack",
      source: "urn:lintel:acme:cloud:payroll",
    };
    const { event } = unwrapFromCloud(answers[0]?.bytes ?? Buffer.of(), "lintel-ack+jws", "ack", [ackKey]);
    expect(ackEvent.parse(event).data).toMatchObject({ upto: 4, rh: head.rh, n, rcv: "payroll" });
  });

  test("takes a batch without a topic, and one bad record in it spoils no other", async () => {
    const key = newKey();
    const sink = openMemorySink();
    const { receiver } = receiverOver(sink, key);
    const [first, second, third] = chainOf([boot, boot, boot].map((link) => ({ ...link, key })));
    const broken = `${second?.jws.slice(0, -4)}AAAA`;
    const bag = pack([first?.jws ?? "", broken, third?.jws ?? ""]);
    const { fresh, quarantined, stands } = await receiver.ingest([{ topic: null, bytes: bag ?? Buffer.of() }]);
    expect(fresh.map(({ event }) => event.seq)).toEqual([0, 2]);
    expect(quarantined).toMatchObject([{ code: 1006 }]);
    expect(stands).toMatchObject([{ upto: 0, miss: [[1, 1]] }]);
    expect(await sink.read.counts()).toEqual({ records: 2, forks: 0, quarantined: 1 });
  });

  test("believes the new key from the record after its keychange, also where another receiver met that record", async () => {
    const [old, fresh] = [newKey(), newKey()];
    const sink = openMemorySink();
    const signed = Buffer.from(fresh.signer.sign(chainOf([{ ...boot, key: old }])[0]?.rh ?? "")).toString("base64url");
    const change = {
      old: old.signer.kid,
      new: { kid: fresh.signer.kid, jwk: fresh.jwk, alg: "EdDSA" },
      sig_new: signed,
    };
    const records = chainOf([
      { ...boot, key: old },
      { type: "keychange", data: change, key: old },
      { ...boot, key: fresh },
      { ...boot, key: old },
    ]);
    const one = receiverOver(sink, old);
    const letters = records.map((record) => ({ topic, bytes: bytesOf(record) }));
    const other = receiverOver(sink, old);
    expect((await one.receiver.ingest(letters.slice(0, 2))).fresh.length).toBe(2);
    // The other one never saw the change itself. What the old key signs after it is nobody's.
    const { fresh: taken, quarantined } = await other.receiver.ingest(letters.slice(2));
    expect(taken.map(({ event }) => event.seq)).toEqual([2]);
    expect(quarantined.map(({ code }) => code)).toEqual([1004]);
  });

  test("learns nothing from a keychange whose new key is not held, and takes nothing from a revoked one", async () => {
    const [old, fresh] = [newKey(), newKey()];
    const change = {
      ...{ old: old.signer.kid, new: { kid: fresh.signer.kid, jwk: fresh.jwk, alg: "EdDSA" } },
      sig_new: Buffer.from(old.signer.sign("something else")).toString("base64url"),
    };
    const records = chainOf([
      { ...boot, key: old },
      { type: "keychange", data: change, key: old },
      { ...boot, key: fresh },
      { ...boot, key: old },
      { ...boot, key: old },
    ]);
    const { keys, receiver } = receiverOver(openMemorySink(), old);
    const letters = records.map((record) => ({ topic, bytes: bytesOf(record) }));
    expect((await receiver.ingest(letters.slice(0, 4))).fresh.map(({ event }) => event.seq)).toEqual([0, 1, 3]);
    keys.revoke(old.signer.kid, { epoch: 1, seq: 4 });
    expect((await receiver.ingest(letters.slice(4))).quarantined.map(({ code }) => code)).toEqual([1004]);
  });
});

const blank = {
  specversion: "1.0" as const,
  id: "id",
  source,
  type: "dev.lintel.boot.v1",
  time: "2026-01-01T00:00:00.000Z",
};
const place = (seq: number) => ({ epoch: 1, seq, prev: noRecordHash, data: boot.data });

describe("what clouds hand over", () => {
  const key = newKey();
  const [record] = chainOf([{ ...boot, key }]);
  if (record === undefined) throw new Error("a record wanted");
  const wire = Buffer.from(wrap(record.jws, record.event));
  const base64 = wire.toString("base64");
  const json: unknown = JSON.parse(wire.toString());
  const aws = { b: base64, t: topic, pr: "certificate" };
  test.each<readonly [string, unknown, string | null]>([
    ["a payload of MQTT", wire, null],
    ["a bare token as a Kafka value's text", record.jws, null],
    ["a Lambda behind an IoT rule with encode()", aws, topic],
    ["a Lambda behind an IoT rule with SELECT *", json, null],
    [
      "SQS",
      { Records: [{ messageId: "1", receiptHandle: "r", body: JSON.stringify(aws), eventSource: "aws:sqs" }] },
      topic,
    ],
    ["Kinesis", { Records: [{ kinesis: { data: Buffer.from(JSON.stringify(aws)).toString("base64") } }] }, topic],
    [
      "MSK",
      {
        eventSource: "aws:kafka",
        records: { "lintel-0": [{ topic: "lintel", partition: 0, offset: 7, value: base64 }] },
      },
      null,
    ],
    [
      "Event Grid, MQTT 3.1.1",
      [{ specversion: "1.0", type: "MQTT.EventPublished", subject: topic, data_base64: base64 }],
      topic,
    ],
    [
      "Event Grid, a CloudEvent of ours",
      { ...(json as object), data: undefined, data_base64: Buffer.from(record.jws).toString("base64") },
      null,
    ],
    ["Event Hubs in batches", [json, json], null],
    [
      "IoT Hub through Event Grid",
      {
        eventType: "Microsoft.Devices.DeviceTelemetry",
        data: { properties: { lt: "rec" }, systemProperties: {}, body: base64 },
      },
      null,
    ],
    [
      "IoT Hub through Event Grid, as JSON",
      { type: "Microsoft.Devices.DeviceTelemetry", data: { properties: { lt: "rec" }, body: json } },
      null,
    ],
  ])("is opened: %s", async (_, event, from) => {
    const letters = lettersIn(event);
    expect(letters.map((letter) => letter.topic)).toEqual(letters.map(() => from));
    const keys = openKeyRegistry();
    keys.add(identity, key.signer.kid, key.signer.publicKey);
    const receiver = openReceiver({ sink: openMemorySink(), keys, name: "payroll", signer: null });
    const { fresh, quarantined } = await receiver.ingest(letters);
    expect(quarantined).toEqual([]);
    expect(fresh.map(({ rh }) => rh)).toEqual([record.rh]);
  });

  test("the channel of a message without a topic is what its header says, and nothing where it says nothing", () => {
    const typs: readonly JwsTyp[] = [
      "lintel-rec+jws",
      "lintel-sta+jws",
      "lintel-req+jws",
      "lintel-tel+jws",
      "lintel-cmd+jws",
    ];
    expect(typs.map((typ) => channelIn(signedWire(typ, record.event, key)))).toEqual([
      "rec",
      "sta",
      "req",
      "tel",
      null,
    ]);
    expect([Buffer.of(), Buffer.of(0x7b), Buffer.from("no"), Buffer.from("{}")].map(channelIn)).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect([null, 5, undefined, {}].flatMap(lettersIn).map(({ bytes }) => channelIn(bytes))).toEqual([null]);
  });
});

describe("what is not there", () => {
  const stand = (changes: Partial<Stand>): Stand => ({
    ...{
      source,
      epoch: 2,
      upto: 9,
      rh: noRecordHash,
      lost: [],
      bad: [],
      miss: [[10, 19]],
      have: [],
      gone: [],
      forks: [],
    },
    ...changes,
  });
  const said = (cur: readonly [number, number], low = 0, ep = 2): StatusEvent["data"] =>
    ({ ep, low, cur: { payroll: cur } }) as unknown as StatusEvent["data"];
  const classes = (status: StatusEvent["data"] | null, changes: Partial<Stand> = {}) =>
    gapsOf(stand(changes), status, "payroll").map((gap) => [gap.class, gap.from, gap.to]);

  test("is owed by the clock, or thought to be here, or held by nobody any more", () => {
    expect(classes(null)).toEqual([["pending", 10, 19]]);
    expect(classes(said([2, 9]))).toEqual([["pending", 10, 19]]);
    expect(classes(said([2, 14]))).toEqual([
      ["missing", 10, 14],
      ["pending", 15, 19],
    ]);
    expect(classes(said([2, 14], 12))).toEqual([
      ["gone", 10, 11],
      ["missing", 12, 14],
      ["pending", 15, 19],
    ]);
    expect(classes(said([3, 0], 12, 3))).toEqual([["missing", 10, 19]]);
    expect(classes(said([1, 50]))).toEqual([["pending", 10, 19]]);
  });

  test("was declared lost, or is there twice", () => {
    expect(classes(null, { miss: [], lost: [[3, 4]], forks: [7] })).toEqual([
      ["declared", 3, 4],
      ["fork", 7, 7],
    ]);
  });
});

describe("a receipt code", () => {
  const record = { source, epoch: 70_000, seq: 4711, rh: "Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm8" };
  const code = longReceiptCode(record);

  test("is read as people write it, and finds its record and no other", () => {
    const clue = readReceiptCode(
      ` ${code.toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "l")}`,
    );
    if (clue === null) throw new Error("it is a code");
    expect(isOfReceipt(clue, record)).toBe(true);
    expect(isOfReceipt(clue, { ...record, rh: noRecordHash })).toBe(false);
    for (const other of [{ seq: 4712 }, { epoch: 1 }, { source: "urn:lintel:acme:blr-01:k00000000000000000000" }]) {
      expect(isOfReceipt(clue, { ...record, ...other })).toBe(false);
    }
    expect(code).toMatch(/^([0-9A-Z]{4}-){8}[0-9A-Z]{4}$/);
  });

  test("is refused where it is none", () => {
    for (const text of [
      "",
      "4F7K",
      "4F7K-Q2M9",
      code.slice(0, -1),
      `${code}0`,
      `${code.slice(0, -4)}000U`,
      `Z${code.slice(1)}`,
    ]) {
      expect(readReceiptCode(text)).toBeNull();
    }
  });
});

test("a record is proved up to the first checkpoint after it, and a changed neighbour breaks the proof", async () => {
  const key = newKey();
  const before = chainOf(Array.from({ length: 7 }, () => ({ ...boot, key })));
  const hashes = before.map(({ rh }) => rh);
  const checkpoint = {
    type: "checkpoint",
    data: { size: 7, root: merkleRoot(hashes), head: hashes.at(-1) ?? "" },
    key,
  };
  const records = chainOf([...before.map(() => ({ ...boot, key })), checkpoint, { ...boot, key }]);
  const sink = openMemorySink();
  const { receiver } = receiverOver(sink, key);
  await receiver.ingest(records.map((record) => ({ topic, bytes: bytesOf(record) })));
  const at = async (seq: number) => {
    const [found] = await sink.read.page({ source, epoch: 1 }, seq, 1);
    if (found === undefined) throw new Error("it is there");
    return found;
  };
  for (let seq = 0; seq < 7; seq += 1) {
    const proof = await proofOf(await at(seq), sink.read);
    if (proof === null) throw new Error("there is a checkpoint");
    expect(proof.checkpoint.seq).toBe(7);
    expect(isIncluded(proof.record.rh, proof.index, proof.size, proof.path, proof.root)).toBe(true);
  }
  expect(await proofOf(await at(8), sink.read)).toBeNull();
  const other = openMemorySink();
  const twin = chainOf([{ type: "boot", data: { boot: 2, fw: "x" }, key }]);
  const changed = [...twin, ...records.slice(1)];
  const verified = (
    await receiverOver(openMemorySink(), key).receiver.ingest(
      changed.map((record) => ({ topic, bytes: bytesOf(record) })),
    )
  ).fresh;
  await takeIn(other, verified);
  await expect(proofOf(await at(3), other.read)).rejects.toMatchObject({ code: 2002 });
});
