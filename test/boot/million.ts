import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fill, punchBench } from "../../bench/punches.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { openJournal } from "../../kiosk/store/journal.ts";
import { startKiosk } from "../process/kiosk.ts";
import { newKey } from "../unit/uplink/parts.ts";

/**
 * How much later a clock is ready that has a million punches of five years, none of them receipted: `node test/boot/million.ts`. Starts a
 * clock with few and one with many in turns, because a busy computer is busy for both. Some minutes, and 2 GB of disk.
 */
const records = Number(process.argv[2] ?? 1_000_000);
const rounds = 7;
const laterMax = 1.2;

const median = (all: readonly number[]): number =>
  all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

const folder = mkdtempSync(join(tmpdir(), "lintel-million-"));
try {
  const key = join(folder, "receiver.jwk");
  writeFileSync(key, JSON.stringify(newKey().jwk));
  const [few, many] = [join(folder, "few"), join(folder, "many")];
  await grow(few, 10);
  const startedMs = performance.now();
  await grow(many, records);
  process.stdout.write(`${records} punches written in ${seconds(performance.now() - startedMs)}\n`);
  const took = { few: [] as Start[], many: [] as Start[] };
  for (let round = 0; round < rounds; round += 1) {
    took.few.push(await ready(few, key));
    took.many.push(await ready(many, key));
  }
  const ratio = compare("READY", ({ tookMs }) => tookMs, took);
  compare("processor time until then", ({ busyMs }) => busyMs, took);
  process.exitCode = ratio <= laterMax ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** Punches of five years, under the clock's own key. */
async function grow(state: string, count: number): Promise<void> {
  const signer = await openSigner(state);
  const identity = { tenant: "acme", site: "blr-01", device: signer.device };
  const bench = await punchBench();
  const common = { identity, signer, clock: bench.clock, firmware: "0.1.0", boot: 1, isFirstStart: signer.fresh };
  await fill({ ...bench, open: (directory, more) => openJournal({ directory, ...common, ...more }) }, state, count);
  await signer.markUsed();
}

interface Start {
  /** From the start of the process to READY. */
  readonly tookMs: number;
  /** Of that, the main thread on a processor: what others do on the computer changes it least. */
  readonly busyMs: number;
}

async function ready(state: string, key: string): Promise<Start> {
  const startedMs = performance.now();
  const flags = ["--broker", "mqtt://127.0.0.1:9", "--receiver-key", key, "--camera", "none", "--reader", "none"];
  await using clock = startKiosk(state, ...flags, "--tenant", "acme", "--site", "blr-01");
  await clock.url();
  const tookMs = performance.now() - startedMs;
  const { pid } = clock.child;
  const [busyNs] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, "utf8").split(" ");
  await clock.end();
  return { tookMs, busyMs: Number(busyNs) / 1e6 };
}

/** Says how the two did, and gives how many times as long the one with many took. */
function compare(what: string, of: (start: Start) => number, took: Record<"few" | "many", readonly Start[]>): number {
  const [few, many] = [took.few.map(of), took.many.map(of)];
  const [least, most] = [median(few), median(many)];
  const ratio = most / least;
  process.stdout.write(`${what}, 10 punches: ${seconds(least)} (${few.map(seconds).join(", ")})
${what}, ${records} punches: ${seconds(most)} (${many.map(seconds).join(", ")})
${ratio <= laterMax ? "ok  " : "NOT "} ${ratio.toFixed(2)} times as long (at most ${laterMax})\n`);
  return ratio;
}
