import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../../kiosk/core/ports.ts";
import { isBefore, sourceOf } from "../../kiosk/core/record.ts";
import { openMemoryJournal } from "../../kiosk/store/memory-journal.ts";
import { openPostgresSink } from "../../kiosk/uplink/receiver/postgres-sink.ts";
import { openUplink } from "../../kiosk/uplink/uplink.ts";
import { openReceiptKey } from "../../provisioning/receive/keys.ts";
import { openPostgres } from "../../test/receiver/postgres.ts";
import { startReceiver } from "../../test/receiver/receiver-process.ts";
import { bound, quantile, type Row } from "../measure.ts";
import { body, identity, type Key } from "./device.ts";
import { optionsOf } from "./scene.ts";

const backlog = 100_000;
/** A punch now and then. */
const liveEveryMs = 500;

/**
 * A month's backlog to `lintel receive` with PostgreSQL, a process of its own that verifies and keeps every record, while
 * people go on punching; broker limits as usual. A live punch counts from its commit here until it is committed there:
 * its receipt has to wait for what was before it, because receipts speak of a whole beginning.
 */
export async function month(brokerUrl: string, device: Key, clock: Clock): Promise<readonly Row[]> {
  const journal = openMemoryJournal({ identity, signer: device.signer, clock, firmware: "bench", boot: 1 });
  for (let n = 0; n < backlog; n += 1) await journal.append(body(clock), clock.now());
  await using postgres = await openPostgres();
  const url = await postgres.create();
  const folder = await mkdtemp(join(tmpdir(), "lintel-bench-"));
  const [devices, key] = [join(folder, "devices"), join(folder, "key.pem")];
  await writeFile(devices, JSON.stringify({ source: sourceOf(identity), jwk: device.jwk }));
  const { jwk } = openReceiptKey(key);
  await using process = startReceiver("--broker", brokerUrl, "--sink", url, "--devices", devices, "--key", key);
  await process.says("Receiving as payroll");
  await using looking = await openPostgresSink({ url });
  const startMs = performance.now();
  const receiver = { name: "payroll", jwk };
  await using uplink = await openUplink(optionsOf({ brokerUrl, device, clock, journal }, receiver, true));
  const waits: { readonly seq: number; readonly atMs: number }[] = [];
  const waitsMs: number[] = [];
  const end = journal.head();
  let punchedMs = Number.NEGATIVE_INFINITY;
  while (isBefore(journal.cursor("payroll"), end)) {
    await delay(20);
    const now = performance.now();
    if (now - punchedMs >= liveEveryMs) {
      punchedMs = now;
      const { stored } = await journal.append(body(clock), clock.now());
      waits.push({ seq: stored.seq, atMs: now });
      uplink.wake();
    }
    const [oldest] = waits;
    const stream = { source: sourceOf(identity), epoch: end.epoch };
    if (oldest !== undefined && (await looking.read.page(stream, oldest.seq, 1)).length > 0) {
      waitsMs.push(performance.now() - oldest.atMs);
      waits.shift();
    }
    if (now - startMs > 180_000) throw new Error("a month's backlog did not drain in three minutes");
  }
  const drainedMs = performance.now() - startMs;
  await process.end("SIGTERM");
  await rm(folder, { recursive: true });
  return [
    bound("100,000 punches of backlog into PostgreSQL, until the last is receipted", drainedMs, 60_000, "ms"),
    bound("a live punch meanwhile, until the receiver has committed it (p95)", quantile(waitsMs, 0.95), 2000, "ms"),
  ];
}
