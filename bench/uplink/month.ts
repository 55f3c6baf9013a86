import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../../kiosk/core/ports/senses.ts";
import type { UplinkNews } from "../../kiosk/core/ports/uplink.ts";
import { isBefore, type Position, sourceOf } from "../../kiosk/core/record.ts";
import { openMemoryJournal } from "../../kiosk/store/memory-journal.ts";
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
 * people go on punching; broker limits as usual. A live punch counts from its commit here until the clock knows by a
 * signed receipt that it is stored there (`upto` or `have`): that is when the screen says so.
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
  const startMs = performance.now();
  const receiver = { name: "payroll", jwk };
  await using uplink = await openUplink(optionsOf({ brokerUrl, device, clock, journal }, receiver, true));
  let waits: readonly { readonly seq: number; readonly atMs: number }[] = [];
  const waitsMs: number[] = [];
  const end = journal.head();
  let punchedMs = Number.NEGATIVE_INFINITY;
  while (isBefore(journal.cursor("payroll"), end)) {
    await delay(20);
    const now = performance.now();
    // What was punched before there was a connection is backlog itself.
    if (uplink.newest().online && now - punchedMs >= liveEveryMs) {
      punchedMs = now;
      const { stored } = await journal.append(body(clock), clock.now());
      waits = [...waits, { seq: stored.seq, atMs: now }];
      uplink.wake();
    }
    const news = uplink.newest();
    const isOver = ({ seq }: { readonly seq: number }) => isKnownStored({ epoch: end.epoch, seq }, news);
    for (const { atMs } of waits.filter(isOver)) waitsMs.push(performance.now() - atMs);
    waits = waits.filter((wait) => !isOver(wait));
    if (now - startMs > 180_000) throw new Error("a month's backlog did not drain in three minutes");
  }
  const drainedMs = performance.now() - startMs;
  // Those that still wait count as long as they did.
  for (const { atMs } of waits) waitsMs.push(performance.now() - atMs);
  await process.end("SIGTERM");
  await rm(folder, { recursive: true });
  return [
    bound("100,000 punches of backlog into PostgreSQL, until the last is receipted", drainedMs, 60_000, "ms"),
    bound("a live punch meanwhile, until its receipt is here (p95)", quantile(waitsMs, 0.95), 2000, "ms"),
  ];
}

const isKnownStored = (at: Position, { receipted, held }: UplinkNews): boolean =>
  (receipted !== null && !isBefore(receipted, at)) ||
  (held?.epoch === at.epoch && held.ranges.some(([from, to]) => from <= at.seq && at.seq <= to));
