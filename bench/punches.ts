import { generateKeyPairSync, sign } from "node:crypto";
import type { Signer } from "../kiosk/core/jws.ts";
import { kidOf } from "../kiosk/core/kid.ts";
import { personId } from "../kiosk/core/person.ts";
import type { Appended, Journal } from "../kiosk/core/ports/journal.ts";
import type { Clock } from "../kiosk/core/ports/senses.ts";
import type { RecordBody } from "../kiosk/core/record.ts";
import { openSystemClock } from "../kiosk/host/clock.ts";
import { type JournalOptions, openJournal } from "../kiosk/store/journal.ts";

/** A clock's journal as the benches use it: real keys, real records, real disk. */
export interface PunchBench {
  readonly clock: Clock;
  readonly signer: Signer;
  readonly open: (directory: string, more?: Partial<JournalOptions>) => ReturnType<typeof openJournal>;
  readonly punch: (journal: Journal) => Promise<Appended>;
}

export async function punchBench(): Promise<PunchBench> {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const { kty = "", crv = "", x = "" } = publicKey.export({ format: "jwk" });
  const signer: Signer = {
    kid: kidOf({ kty, crv, x }),
    alg: "EdDSA",
    publicKey,
    sign: (input) => sign(null, Buffer.from(input), privateKey),
  };
  const clock = await openSystemClock();
  const identity = { tenant: "bench", site: "bench", device: `k${"0".repeat(20)}` };
  const common = { identity, signer, clock, firmware: "bench", boot: 1, isFirstStart: true };
  return {
    clock,
    signer,
    open: (directory, more) => openJournal({ directory, ...common, ...more }),
    punch: (journal) => journal.append(body(clock.now().monoMs), clock.now()),
  };
}

const yearsMs = 5 * 365 * 24 * 3_600_000;

/** Writes `count` punches, spread over the five years until now, in large commits. */
export async function fill({ open, clock }: PunchBench, directory: string, count: number): Promise<void> {
  await using journal = await open(directory, { groupRecords: 4_096 });
  const nowMs = clock.now().utcMs;
  const crowd = 16_384;
  for (let from = 0; from < count; from += crowd) {
    const size = Math.min(crowd, count - from);
    const at = (index: number) => ({ utcMs: nowMs - yearsMs * (1 - (from + index) / count), monoMs: from + index });
    await Promise.all(Array.from({ length: size }, (_, index) => journal.append(body(from + index), at(index))));
  }
}

const body = (mono: number): RecordBody => ({
  type: "punch",
  data: {
    kind: "in",
    sub: personId(`p_${"0".repeat(20)}`),
    method: ["face"],
    assure: { match: "high", live: "pass", card: "none" },
    t: { local: "2026-11-23T08:57:03.120+01:00", tz: "Europe/Berlin", src: "ntp", err: 25, age: 412, boot: 17, mono },
    loc: "gate-2",
    pol: "default.1",
    dec: "accept",
  },
});
