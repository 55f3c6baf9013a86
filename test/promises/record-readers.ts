import { withLeave } from "../../kiosk/core/absence/asked.ts";
import { noAbsence } from "../../kiosk/core/absence/types.ts";
import { withAlerts } from "../../kiosk/core/alert/recall.ts";
import { noAlert } from "../../kiosk/core/alert/types.ts";
import { attendanceOf } from "../../kiosk/core/attendance/attendance.ts";
import { noRecordHash } from "../../kiosk/core/chain.ts";
import { type ConsentNote, notesOf, reckon } from "../../kiosk/core/consent/book.ts";
import { standingFrom } from "../../kiosk/core/consent/standing.ts";
import { signJws } from "../../kiosk/core/jws.ts";
import type { ErasureData, RecordBody, RecordEvent } from "../../kiosk/core/record.ts";
import { timesCsv } from "../../kiosk/core/rights/copy.ts";
import { requestsOf } from "../../kiosk/core/rights/requests.ts";
import { provesAbsence } from "../../kiosk/core/template-set.ts";
import { createTrail } from "../../kiosk/office/trail.ts";
import { nextKeyOf } from "../../kiosk/uplink/contract/next-key.ts";
import { fixedTime } from "../../kiosk/uplink/contract/true-time.ts";
import type { WireRecord } from "../../kiosk/uplink/contract/wire.ts";
import { endingsOf } from "../../kiosk/uplink/receiver/ending.ts";
import { openMemorySink } from "../../kiosk/uplink/receiver/memory-sink.ts";
import { orderNewsIn } from "../../kiosk/uplink/receiver/order-shelf.ts";
import { openReceiver } from "../../kiosk/uplink/receiver/receiver.ts";
import { openKeyRegistry } from "../../kiosk/uplink/receiver/registry.ts";
import { saidBy } from "../../provisioning/sealed.ts";
import { identity, newKey } from "../unit/uplink/parts.ts";
import { ann, oldKid, samples, sureTime } from "./record-samples.ts";

/** Whoever reads records: each says what it makes of one, so that a member that is gone shows or does not. */
type Reader = (event: RecordEvent) => unknown;

const key = newKey();
const source = `urn:lintel:${identity.tenant}:${identity.site}:${identity.device}`;

/** Id `story-N` is what some samples speak of. */
export const eventOf = (body: RecordBody, seq: number, id = `sample-${seq}`, epoch = 2): RecordEvent => ({
  ...{ specversion: "1.0", id, source, type: `dev.lintel.${body.type}.v1`, time: "2026-11-02T08:00:00.000Z" },
  ...{ epoch, seq, prev: noRecordHash, data: body.data },
});

/** What came before, so that a record has something to change. */
const before: readonly RecordEvent[] = samples.flatMap((body, at) => {
  if (body.type === "punch" && at === 0) {
    return [
      eventOf({ type: "punch", data: { ...body.data, kind: "in", dec: "accept", t: sureTime } }, 1, "story-1", 1),
    ];
  }
  const { data } = body as { readonly data: { readonly state?: string; readonly act?: string } };
  if (body.type === "correction" && data.state === "asked") return [eventOf(body, 2, "story-2", 1)];
  if (body.type === "consent" && data.act === "given") {
    return [eventOf(body, 3, "story-3", 1), eventOf(body, 7, "story-7", 1)];
  }
  if (body.type === "request" && data.state === "asked") return [eventOf(body, 4, "story-4", 1)];
  return body.type === "leave" && data.act === "asked" ? [eventOf(body, 5, "story-5", 1)] : [];
});
/** A punch of a boot that does not know the time. */
const undated = (mono: number): RecordEvent =>
  eventOf(samples[1] ?? { type: "boot", data: { boot: 1, fw: "" } }, mono, `undated-${mono}`, 2);
const later: RecordEvent = eventOf(
  { type: "timefix", data: { boot: 2, mono: 2_000, utc: "2026-11-04T00:00:00.000Z", err: 1, src: "ack" } },
  90,
);

const note = ({ id, time, epoch, seq, data }: RecordEvent): ConsentNote =>
  ({ id, utcMs: Date.parse(time), epoch, seq, data }) as ConsentNote;

const wire = (event: RecordEvent): WireRecord => event as unknown as WireRecord;
const read = (event: RecordEvent) => ({ source, event: wire(event), jws: "", rh: "", kid: oldKid, flaw: null });

export const readers: Readonly<Record<string, Reader>> = {
  "attendance (core/attendance)": (event) => [...attendanceOf([...before, event, later]).books],
  "time that is fixed later (core/attendance)": (event) => [...attendanceOf([undated(10), event]).books],
  "true time of a punch (contract/true-time)": ({ type, data }) =>
    type === "dev.lintel.timefix.v1" ? fixedTime({ boot: 2, mono: 1 }, data as Parameters<typeof fixedTime>[1]) : null,
  "somebody's own copy (core/rights/copy)": (event) => timesCsv([event]),
  "requests and their month (core/rights/requests)": (event) => requestsOf([...before, event], Date.UTC(2027, 0)),
  "leave at the wall (core/absence)": (event) => [...withLeave(noAbsence, [...before, event]).asked],
  "the alert at the wall (core/alert)": (event) => withAlerts({ ...noAlert, raised: null }, [raised, event]),
  "the gate before the matcher and the list of what was agreed (core/consent)": (event) => {
    if (event.type !== "dev.lintel.consent.v1") return null;
    const notes = notesOf([...before.filter(({ type }) => type === event.type), event].map(note), ann);
    const grounds = { policy: null, nowUtcMs: Date.UTC(2027, 0) };
    return standingFrom({ said: reckon(notes), notes, toldV: 0 }, "used", grounds);
  },
  "keys that follow (contract/next-key)": (event) =>
    event.type === "dev.lintel.keychange.v1" ? nextKeyOf(wire(event), oldKid).kid : null,
  "what is lost and forgotten (receiver/ending)": (event) => endingsOf({ event: wire(event), flaw: null }),
  "what became of orders (receiver/order-shelf)": (event) => orderNewsIn(read(event)),
  "proof of absence (core/template-set)": ({ type, data }) => {
    if (type !== "dev.lintel.erasure.v1") return null;
    const { sub, nonmember, tpl_root } = data as ErasureData;
    return [sub, provesAbsence(sub, nonmember, tpl_root)];
  },
  "the manifest of an export (provisioning/sealed)": (event) => {
    const { jws } = signJws("lintel-rec+jws", JSON.stringify(event), key.signer);
    const said = saidBy({ by: "clock", jws }, () => key.signer.publicKey, null);
    return said && [said.n, said.h];
  },
};

const raised = eventOf(
  { type: "alert", data: { act: "raised", by: "wall", cmd: null, loc: "x", on: 1, visitors: 0 } },
  6,
  "story-6",
  1,
);

/** Those that take a while: a trail over a journal, and a receiver that keeps and counts. */
export const slowReaders: Readonly<Record<string, (event: RecordEvent) => Promise<unknown>>> = {
  "the audit trail (office/trail)": async (event) => {
    const stored = { epoch: 2, seq: event.seq, rh: "", jws: JSON.stringify(event), type: kindOf(event), id: event.id };
    const journal = {
      read: ({ epoch, seq }: { readonly epoch: number; readonly seq: number }) =>
        epoch < 2 || seq < stored.seq ? [stored] : [],
      head: () => stored,
    };
    const trail = createTrail({ journal, eventOf: (jws) => JSON.parse(jws), breathe: async () => {} });
    const wishes = [{ person: ann }, { act: "export" }, { by: "o_00000000000000000bob" }, {}];
    const every = { person: null, act: null, by: null, sinceUtcMs: null };
    const found = await Promise.all(wishes.map((wish) => trail.find({ ...every, ...wish }, 9)));
    return [found.map(({ lines }) => lines.length), await trail.looksAt(ann)];
  },
  "a receiver (receiver/receiver)": async (event) => {
    const keys = openKeyRegistry();
    keys.add(identity, key.signer.kid, key.signer.publicKey);
    await using sink = openMemorySink();
    const receiver = openReceiver({ sink, keys, name: "payroll", signer: null });
    const { jws } = signJws("lintel-rec+jws", JSON.stringify(event), key.signer);
    const { fresh, quarantined } = await receiver.ingest([{ topic: null, bytes: Buffer.from(jws) }]);
    return [fresh.length, quarantined.map(({ code }) => code), (await sink.read.byId(`${event.id}`)).length];
  },
};

const kindOf = ({ type }: RecordEvent): string => String(type).split(".")[2] ?? "";
