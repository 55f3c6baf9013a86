import { expect, test } from "vitest";
import { noRecordHash, recordHash } from "../../kiosk/core/chain.ts";
import { personId } from "../../kiosk/core/person.ts";
import type { Journal } from "../../kiosk/core/ports/journal.ts";
import type { PunchData, RecordBody } from "../../kiosk/core/record.ts";
import type { Stamp } from "../../kiosk/core/time.ts";
import { eventOf } from "../../kiosk/store/make-record.ts";

export const startMs = Date.UTC(2026, 10, 2, 8, 0, 0);
export const at = (ms: number): Stamp => ({ utcMs: startMs + ms, monoMs: ms });

const ann = personId("p_8m2q7x4w9t1v6r3s5k0n");

export function punch(kind: PunchData["kind"] = "in"): RecordBody {
  const t = {
    local: "2026-11-02T09:00:00.000+01:00",
    tz: "Europe/Berlin",
    src: "ntp",
    err: 25,
    age: 60,
    boot: 1,
    mono: 1,
  } as const;
  const assure = { match: "high", live: "pass", card: "none" } as const;
  return {
    type: "punch",
    data: { kind, sub: ann, method: ["face"], assure, t, loc: "gate-1", pol: "default.1", dec: "accept" },
  };
}

const beforeEverything = { epoch: 0, seq: -1 };

/** What every journal promises, whatever it is made of. */
export function journalContract(name: string, open: () => Promise<Journal>): void {
  test(`${name}: begins with a genesis and a boot record`, async () => {
    await using journal = await open();
    const types = journal.read(beforeEverything, 10).map(({ type }) => type);
    expect(types).toEqual(["genesis", "boot"]);
    expect(journal.head()).toMatchObject({ epoch: 1, seq: 1 });
    expect(journal.notice).toBeNull();
  });

  test(`${name}: numbers records without a gap and chains each to the one before`, async () => {
    await using journal = await open();
    for (let count = 0; count < 20; count += 1) await journal.append(punch(), at(count));
    let previous = noRecordHash;
    for (const [index, record] of journal.read(beforeEverything, 100).entries()) {
      expect(record).toMatchObject({ epoch: 1, seq: index });
      expect(record.rh).toBe(recordHash(record.jws.slice(0, record.jws.lastIndexOf("."))));
      expect(eventOf(record.jws).prev).toBe(previous);
      previous = record.rh;
    }
    expect(journal.head()).toMatchObject({ epoch: 1, seq: 21, rh: previous });
  });

  test(`${name}: gives back what was appended, by position and by range`, async () => {
    await using journal = await open();
    const { event, stored } = await journal.append(punch("out"), at(5));
    expect(journal.at(stored)).toEqual(stored);
    expect(eventOf(stored.jws)).toEqual(event);
    expect(event.time).toBe("2026-11-02T08:00:00.005Z");
    expect(journal.at({ epoch: 1, seq: 99 })).toBeUndefined();
    expect(journal.at({ epoch: 7, seq: 0 })).toBeUndefined();
    expect(journal.read({ epoch: 1, seq: 1 }, 10)).toEqual([stored]);
    expect(journal.read(stored, 10)).toEqual([]);
    expect(journal.read(beforeEverything, 1)).toHaveLength(1);
  });

  test(`${name}: gives record ids that only grow, also when the clock is set back ten years`, async () => {
    await using journal = await open();
    const ids: string[] = [];
    for (const ms of [0, 0, 0, -315_360_000_000, 5, 5]) ids.push((await journal.append(punch(), at(ms))).event.id);
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test(`${name}: recalls punches and corrections since a moment, and nothing else`, async () => {
    await using journal = await open();
    await journal.append(punch("in"), at(0));
    const { event } = await journal.append(punch("out"), at(1_000));
    const correction = { ref: event.id, kind: "in", sub: ann, reason: "chosen-on-screen", by: "self" } as const;
    await journal.append({ type: "correction", data: correction }, at(2_000));
    await journal.append({ type: "audit", data: { act: "enrol", sub: ann, by: "t1", detail: "x" } }, at(3_000));
    const types = journal.recall(startMs + 1_000).map(({ type }) => type);
    expect(types).toEqual(["dev.lintel.punch.v1", "dev.lintel.correction.v1"]);
  });

  test(`${name}: recalls what was written under a false date by its place, and the time fix that dates it`, async () => {
    await using journal = await open();
    await journal.append(punch("in"), at(0));
    const weekMs = 7 * 24 * 3_600_000;
    await journal.append(punch("break-start"), at(weekMs));
    await journal.append(punch("break-end"), at(-10 * 365 * 24 * 3_600_000));
    const fix = { boot: 1, mono: 5_000, utc: "2026-11-09T08:00:05.000Z", err: 40, src: "ack" } as const;
    await journal.append({ type: "timefix", data: fix }, at(-1_000));
    await journal.append(punch("out"), at(weekMs + 9_000));
    const kinds = (sinceMs: number, spanMs?: number) =>
      journal.recall(startMs + sinceMs, spanMs).map(({ type, data }) => ("kind" in data ? data.kind : type));
    const newest = ["break-start", "break-end", "dev.lintel.timefix.v1", "out"];
    expect(kinds(weekMs)).toEqual(newest);
    expect(kinds(0)).toEqual(["in", ...newest]);
    // The clock ran ahead by years: nobody punched since then, and nothing is forgotten for it.
    expect(kinds(20 * 365 * 24 * 3_600_000, weekMs)).toEqual(newest);
    expect(kinds(20 * 365 * 24 * 3_600_000, 2 * weekMs)).toEqual(["in", ...newest]);
  });

  test(`${name}: moves each receiver's cursor forward only, and counts the punches and corrections that wait`, async () => {
    await using journal = await open();
    expect(journal.waiting("payroll")).toBe(0);
    for (let count = 0; count < 8; count += 1) await journal.append(punch(), at(count));
    expect(journal.cursor("payroll")).toEqual(beforeEverything);
    expect(journal.waiting("payroll")).toBe(8);
    journal.moveCursor("payroll", { epoch: 1, seq: 6 });
    journal.moveCursor("payroll", { epoch: 1, seq: 2 });
    expect(journal.cursor("payroll")).toEqual({ epoch: 1, seq: 6 });
    expect(journal.waiting("payroll")).toBe(3);
    expect(journal.waiting("auditor")).toBe(8);
    await journal.append({ type: "audit", data: { act: "enrol", sub: ann, by: "t1", detail: "x" } }, at(9));
    expect(journal.waiting("payroll")).toBe(3);
    journal.moveCursor("payroll", journal.head());
    expect(journal.waiting("payroll")).toBe(0);
    expect(() => journal.moveCursor("payroll", { epoch: 1, seq: 11 })).toThrow(RangeError);
  });

  test(`${name}: refuses a record that is too large, and gives its number to the next one`, async () => {
    await using journal = await open();
    const { seq } = journal.head();
    const body = { type: "audit", data: { act: "enrol", sub: null, by: "t1", detail: "x".repeat(9_000) } } as const;
    await expect(journal.append(body, at(0))).rejects.toMatchObject({ code: "record-too-large" });
    expect((await journal.append(punch(), at(1))).stored.seq).toBe(seq + 1);
  });

  test(`${name}: a probe changes nothing that anybody can read`, async () => {
    await using journal = await open();
    const before = journal.head();
    await journal.probe();
    expect(journal.head()).toEqual(before);
    expect(journal.waiting("payroll")).toBe(0);
  });
}
