import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Signer } from "../../kiosk/core/jws.ts";
import { personId } from "../../kiosk/core/person.ts";
import type { RecordBody } from "../../kiosk/core/record.ts";
import { openSystemClock } from "../../kiosk/host/clock.ts";
import { openJournal } from "../../kiosk/store/journal.ts";
import { compare, type Row } from "../measure.ts";

/** A durable punch, against the least that any durable log must do: append the same bytes and fdatasync. */
export async function measure(): Promise<readonly Row[]> {
  // Beside the checkout: /tmp may be memory, where nothing is durable and everything is fast.
  const directory = mkdtempSync(join(import.meta.dirname, "../results-"));
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const signer: Signer = {
    kid: "A".repeat(16),
    alg: "EdDSA",
    publicKey,
    sign: (input) => sign(null, Buffer.from(input), privateKey),
  };
  const clock = await openSystemClock();
  const identity = { tenant: "bench", site: "bench", device: `k${"0".repeat(20)}` };
  const common = { directory, identity, signer, clock, firmware: "bench", boot: 1, isFirstStart: true };
  const file = openSync(join(directory, "floor"), "a");
  try {
    await using journal = await openJournal(common);
    const { stored } = await journal.append(body(clock.now().monoMs), clock.now());
    const bytes = randomBytes(Buffer.byteLength(stored.jws));
    return [
      await compare({
        what: "durable append (build, sign, commit)",
        against: "append and fdatasync of the same bytes",
        reads: "cost",
        target: 2,
        ours: () => journal.append(body(clock.now().monoMs), clock.now()),
        theirs: () => {
          writeSync(file, bytes);
          fdatasyncSync(file);
        },
        rounds: 15,
        repeat: 200,
      }),
    ];
  } finally {
    closeSync(file);
    rmSync(directory, { recursive: true });
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
