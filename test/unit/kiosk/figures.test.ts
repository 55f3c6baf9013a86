import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { PunchDraft } from "../../../kiosk/core/draft.ts";
import type { Event } from "../../../kiosk/core/event.ts";
import type { Screen } from "../../../kiosk/core/ports/wall.ts";
import type { Screenful } from "../../../kiosk/core/view.ts";
import { openFigures } from "../../../kiosk/figures/endpoint.ts";
import { openOwed } from "../../../kiosk/owed.ts";
import { eventOf } from "../../../kiosk/store/make-record.ts";
import { openPki } from "../../brokers/pki.ts";
import { parseExposition } from "../../process/exposition.ts";
import { openClock, punches } from "../../provisioning/care.ts";
import { scratch } from "../../scratch.ts";

const at = { monoMs: 1_000, utcMs: 1_000 };
const hourMs = 3_600_000;

/** What a collector would get, from a real journal with `owed` punches that nobody receipted. */
async function watched(owed: number) {
  const state = scratch();
  const journal = await openClock(state);
  await punches(journal, owed);
  const pki = openPki(scratch());
  pki.authority("clock");
  const certificateFile = pki.file("clock.pem");
  const figures = await openFigures({
    ...{ port: 0, version: "1.2.3", journal, receivers: ["payroll"], directory: state, certificateFile },
    uplink: () => ({ online: false, waiting: owed, receipted: null, receiver: "payroll", trouble: null }),
    condition: () => ({ temp: 51_500 }),
    nowUtcMs: () => Date.now() + hourMs,
    ways: () => ({ days: 7, ways: [{ way: "badge", served: 75, refused: 25, medianMs: 250 }], uneven: [] }),
    owedSince: openOwed({ journal, writtenUtcMs: (jws) => Date.parse(eventOf(jws).time) }),
  });
  const read = async () => parseExposition(await (await fetch(String(figures.url))).text());
  const value = async (name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> => {
    const samples = [...(await read()).values()].flatMap((family) => family.samples);
    return samples.find(
      (one) => one.name === name && Object.entries(labels).every(([key, text]) => one.labels[key] === text),
    )?.value;
  };
  const close = async (): Promise<void> => {
    await figures[Symbol.asyncDispose]();
    await journal[Symbol.asyncDispose]();
  };
  return { figures, journal, value, certificateFile, [Symbol.asyncDispose]: close };
}

test("what is owed, since when, and what the box knows of itself", async () => {
  await using clock = await watched(3);
  const payroll = { receiver: "payroll" };
  expect(await clock.value("lintel_unreceipted_punches", payroll)).toBe(3);
  const age = await clock.value("lintel_oldest_unreceipted_age_seconds", payroll);
  expect(age).toBeGreaterThanOrEqual(3600);
  expect(age).toBeLessThan(3700);
  const { epoch, seq } = clock.journal.head();
  expect(await clock.value("lintel_receipt_lag_records", payroll)).toBe(seq + 1);
  clock.journal.moveCursor("payroll", { epoch, seq });
  expect(await clock.value("lintel_unreceipted_punches", payroll)).toBe(0);
  expect(await clock.value("lintel_oldest_unreceipted_age_seconds", payroll)).toBe(0);
  expect(await clock.value("lintel_receipt_lag_records", payroll)).toBe(0);
  expect(await clock.value("lintel_uplink_connected")).toBe(0);
  expect(await clock.value("lintel_temperature_celsius")).toBe(51.5);
  expect(await clock.value("lintel_way_median_seconds", { way: "badge" })).toBe(0.25);
  expect(await clock.value("lintel_way_refused_ratio", { way: "badge" })).toBe(0.25);
  expect(await clock.value("lintel_build_info", { version: "1.2.3" })).toBe(1);
  const ends = new X509Certificate(readFileSync(clock.certificateFile)).validToDate.getTime() / 1000;
  expect(await clock.value("lintel_certificate_expiry_timestamp_seconds")).toBe(ends);
});

test("a punch under force counts like any other, a refusal once however often it is drawn, a failed save by its code", async () => {
  await using clock = await watched(0);
  const { figures, value } = clock;
  const saved = (flags: PunchDraft["flags"]): Event => {
    const draft = {
      draft: "punch",
      kind: "in",
      person: "p_0123456789abcdefghjk",
      methods: ["pin"],
      flags,
      inferred: false,
      at,
    };
    return { kind: "saved", draft: draft as never, id: "x", position: { epoch: 1, seq: 9 }, rh: "", at };
  };
  for (const flags of [[], ["duress"], ["clock-weak"]] as const) figures.saw(saved(flags));
  expect(await value("lintel_punches_total", { ways: "pin", decision: "accept" })).toBe(2);
  expect(await value("lintel_punches_total", { ways: "pin", decision: "flag" })).toBe(1);

  const wall: Pick<Screen, "show" | "preview"> = { show: () => {}, preview: () => {} };
  const screen = figures.watch(wall);
  const shown = (view: object): void => screen.show({ view } as Screenful);
  for (let drawn = 0; drawn < 5; drawn += 1) shown({ at: "refused", why: "unknown", local: "08:00", canRetry: true });
  shown({ at: "idle" });
  shown({ at: "refused", why: "unknown", local: "08:00", canRetry: true });
  expect(await value("lintel_refusals_total", { code: "unknown" })).toBe(2);

  figures.saw({ kind: "save-failed", draft: {} as never, code: "disk-full", remedy: "", at });
  expect(await value("lintel_saves_failed_total", { code: "disk-full" })).toBe(1);
  figures.committed(40);
  expect(await value("lintel_journal_commit_seconds_sum")).toBe(0.04);

  const receipt = (seq: number): Event => ({
    kind: "uplink",
    news: { online: true, waiting: 0, receipted: { epoch: 1, seq }, receiver: "payroll", trouble: null },
    at: { monoMs: 3_000, utcMs: 3_000 },
  });
  figures.saw(receipt(8));
  expect(await value("lintel_receipt_seconds_count")).toBe(0);
  figures.saw(receipt(9));
  figures.saw(receipt(9));
  expect(await value("lintel_receipt_seconds_count")).toBe(3);
  expect(await value("lintel_receipt_seconds_sum")).toBe(6);
});
