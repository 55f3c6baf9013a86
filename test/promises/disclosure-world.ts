import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type PersonId, personId } from "../../kiosk/core/person.ts";
import type { ErasureData, PunchData, RecordBody } from "../../kiosk/core/record.ts";
import { localText } from "../../kiosk/core/time.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { openJournal } from "../../kiosk/store/journal.ts";
import { eventOfOwn } from "../../kiosk/uplink/contract/envelope.ts";
import { keyFromJwk } from "../../kiosk/uplink/contract/keys.ts";
import { identityOf, openReceiver } from "../../kiosk/uplink/receiver/receiver.ts";
import { openKeyRegistry } from "../../kiosk/uplink/receiver/registry.ts";
import type { Sink } from "../../kiosk/uplink/receiver/sink.ts";

/** A clock that led a life somebody will want to see a month of, in a real journal, and whoever received all of it. */

export const ann = personId("p_00000000000000000ann");
export const bob = personId("p_00000000000000000bob");
const eve = personId("p_00000000000000000eve");

export const timeZone = "Europe/Berlin";
export const month = { first: "2026-11-01", last: "2026-11-30" } as const;

interface PunchWish {
  readonly sub: PersonId;
  readonly kind: PunchData["kind"];
  readonly src?: PunchData["t"]["src"];
  readonly boot?: number;
  readonly monoMs?: number;
}

const punchOf = (utcMs: number, { sub, kind, src = "ntp", boot = 1, monoMs = 1 }: PunchWish): RecordBody => ({
  type: "punch",
  data: {
    ...{ kind, sub, method: ["card"], assure: { match: "none", live: "na", card: "static" } },
    t: { local: localText(utcMs, timeZone), tz: timeZone, src, err: 25, age: 60, boot, mono: monoMs },
    ...{ loc: "gate-1", pol: "default.1", dec: "accept" },
  },
});

const hash = "A".repeat(43);
const forgotten = (sub: PersonId): ErasureData => ({
  ...{ cmd: null, sub, counts: { card: 1 }, dek: "destroyed", kek_rot: null, assure: "software" },
  ...{ tpl_root: hash, ros_root: hash, nonmember: { left: null, right: null, size: 0, paths: [] }, sup_v: 1 },
  kept: [{ cls: "punch", basis: "law:working-time", until: "2030-12-01T00:00:00.000Z" }],
});

/** What stands in the journal, by the name that the test has for it. */
export type Written = Readonly<Record<string, { readonly id: string; readonly seq: number }>>;

export async function openDisclosureWorld() {
  const folder = await mkdtemp(join(tmpdir(), "lintel-disclosure-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
  const state = join(folder, "state");
  const signer = await openSigner(join(state, "identity"));
  const first = signer.publicKey.export({ format: "jwk" });
  const journal = await openJournal({
    ...{ directory: state, identity: { tenant: "acme", site: "blr-01", device: signer.device }, signer },
    ...{ clock: await openSystemClock(), firmware: "0.1.0", boot: 1, isFirstStart: true, ballastBytes: 64 * 1024 },
  });
  onTestFinished(() => journal[Symbol.asyncDispose]());
  const written: Record<string, { readonly id: string; readonly seq: number }> = {};
  const write = async (name: string, at: string, body: (utcMs: number) => RecordBody) => {
    const utcMs = Date.parse(at);
    const { stored } = await journal.append(body(utcMs), { utcMs, monoMs: utcMs % 1_000_000 });
    written[name] = { id: stored.id, seq: stored.seq };
    return stored;
  };
  const punch = (name: string, at: string, wish: PunchWish) => write(name, at, (utcMs) => punchOf(utcMs, wish));

  // Berlin's November begins at 23:00 UTC.
  await punch("too early", "2026-10-31T22:59:59.999Z", { sub: ann, kind: "in" });
  await punch("first", "2026-10-31T23:00:00.000Z", { sub: ann, kind: "in" });
  await punch("bob's", "2026-11-02T07:00:00.000Z", { sub: bob, kind: "in" });
  const next = await signer.prepare("a test");
  const changed = await journal.rotate(next, { utcMs: Date.parse("2026-11-02T08:00:00.000Z"), monoMs: 5 });
  written.keychange = { id: changed.stored.id, seq: changed.stored.seq };
  const out = await punch("out", "2026-11-02T16:00:00.000Z", { sub: ann, kind: "out" });
  await write("changed", "2026-11-02T16:00:05.000Z", () => ({
    type: "correction",
    data: { ref: out.id, kind: "break-start", sub: ann, reason: "screen", by: "self" },
  }));
  await write("leave", "2026-11-03T10:00:00.000Z", () => ({
    type: "leave",
    data: { sub: ann, act: "asked", k: 1, from: "2026-12-24", to: "2026-12-24" },
  }));
  // A boot that did not know the time, and came to know it: what it took for 1970 was the 5th.
  const lost = { src: "none", boot: 2 } as const;
  await punch("reckoned", "1970-01-01T00:10:00.000Z", { sub: ann, kind: "in", ...lost, monoMs: 600_000 });
  await write("timefix", "2026-11-05T06:20:00.000Z", () => ({
    type: "timefix",
    data: { boot: 2, mono: 1_200_000, utc: "2026-11-05T06:20:00.000Z", err: 50, src: "ack" },
  }));
  // One that never came to know it, between the 5th and the 9th.
  await punch("undated", "1970-01-01T00:05:00.000Z", { sub: ann, kind: "out", src: "none", boot: 3 });
  await punch("eve's", "2026-11-09T07:00:00.000Z", { sub: eve, kind: "in", boot: 4 });
  await punch("last", "2026-11-30T22:59:59.999Z", { sub: ann, kind: "out", boot: 4 });
  const after = await punch("december", "2026-11-30T23:00:00.000Z", { sub: ann, kind: "in", boot: 4 });
  await punch("later", "2026-12-02T07:00:00.000Z", { sub: ann, kind: "in", boot: 4 });
  // She says that she began before midnight: that is November.
  const asked = await write("asked", "2026-12-01T08:00:00.000Z", () => ({
    type: "correction",
    data: {
      ...{ ref: after.id, kind: "in", sub: ann, reason: "time", by: "self", state: "asked" },
      at: "2026-11-30T22:30:00.000Z",
    },
  }));
  await write("declined", "2026-12-01T09:00:00.000Z", () => ({
    type: "correction",
    data: {
      ...{ ref: after.id, kind: "in", sub: ann, reason: "time", by: "supervisor", sup: bob },
      ...{ state: "declined", req: asked.id },
    },
  }));
  await write("forgotten", "2026-12-10T08:00:00.000Z", () => ({ type: "erasure", data: forgotten(ann) }));
  await journal.checkpoint({ utcMs: Date.parse("2026-12-10T09:00:00.000Z"), monoMs: 9 });
  const records = journal.read({ epoch: 0, seq: -1 }, 10_000);

  return {
    ...{ folder, journal, written: written as Written, first },
    /** All of it, as a receiver takes it in. */
    received: async (sink: Sink): Promise<void> => {
      const keys = openKeyRegistry();
      const { kid, key } = keyFromJwk({ kty: first.kty ?? "", crv: first.crv ?? "", x: first.x ?? "" });
      keys.add(identityOf(eventOfOwn(records[0]?.jws ?? "").source), kid, key);
      const receiver = openReceiver({ sink, keys, name: "payroll", signer: null });
      for (const { jws } of records) await receiver.ingest([{ topic: null, bytes: Buffer.from(jws) }]);
    },
  };
}
