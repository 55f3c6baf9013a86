import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { expect, test } from "vitest";
import { openReceiptKey } from "../../provisioning/receive/keys.ts";
import { brokers } from "../contract/broker-parts.ts";
import { until } from "../unit/uplink/parts.ts";
import { openPaperClock, type PaperClock } from "./paper-clock.ts";
import { openPostgres } from "./postgres.ts";
import { startReceiver } from "./receiver-process.ts";

const clocks = 5;
const each = 1000;

test("two receivers of one group, one of them killed, and their database too, keep 5,000 records once and receipt none early", {
  timeout: 120_000,
}, async () => {
  const openBroker = brokers.find(([name]) => name === "mosquitto")?.[1];
  if (openBroker === undefined) throw new Error("mosquitto wanted");
  await using broker = await openBroker();
  await using postgres = await openPostgres();
  const url = await postgres.create();
  const brokerUrl = `mqtt://127.0.0.1:${broker.port}`;
  const folder = await mkdtemp(join(tmpdir(), "lintel-group-"));
  const keyFile = join(folder, "receipts.pem");
  const { signer } = openReceiptKey(keyFile);
  const receiptKey = { kid: signer.kid, key: signer.publicKey, role: "ack", source: "urn:lintel:acme:cloud:payroll" };

  // Every receipt is held against the database at once, by a connection of the test's own.
  const early: string[] = [];
  let checked = 0;
  const checks = new Set<Promise<void>>();
  const look = async (source: string, upto: number): Promise<void> => {
    if (upto < 0) return;
    for (;;) {
      const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
      client.on("error", () => {});
      try {
        await client.connect();
        const { rows } = await client.query("SELECT count(*) AS n FROM lintel_record WHERE source = $1 AND seq <= $2", [
          source,
          upto,
        ]);
        if (Number(rows[0].n) !== upto + 1) early.push(`${source} ${upto}: ${rows[0].n}`);
        checked += 1;
        return;
      } catch {
        // The database is being killed: what it holds after its recovery counts.
        await delay(100);
      } finally {
        await client.end().catch(() => {});
      }
    }
  };
  const onAck = ({ upto }: { upto: number }, source: string) => {
    const check = look(source, upto).finally(() => checks.delete(check));
    checks.add(check);
  };
  await using made = new AsyncDisposableStack();
  const papers: PaperClock[] = [];
  for (let n = 0; n < clocks; n += 1) {
    papers.push(made.use(await openPaperClock({ brokerUrl, count: each, n, receiptKey, onAck })));
  }
  const devices = join(folder, "devices.ndjson");
  await writeFile(devices, papers.map(({ line }) => `${line}\n`).join(""));
  const flags = ["--broker", brokerUrl, "--sink", url, "--devices", devices, "--key", keyFile, "--share", "payroll"];
  await using one = startReceiver(...flags);
  await using other = startReceiver(...flags);
  await Promise.all([one.says("Receiving as payroll"), other.says("Receiving as payroll")]);
  // "Receiving" is said before the broker granted the subscription; a message to nobody would be nagged for anyway.
  const startedMs = performance.now();
  const sending = Promise.all(papers.map((paper) => paper.send("single")));
  const total = () => papers.reduce((sum, paper) => sum + paper.upto() + 1, 0);
  const nagging = setInterval(() => {
    for (const paper of papers) if (paper.upto() < each - 1) paper.nag();
  }, 700);
  try {
    await until("a fifth is receipted", () => total() >= (clocks * each) / 5, 60_000);
    await one.end("SIGKILL");
    await until("two fifths are receipted", () => total() >= (2 * clocks * each) / 5, 60_000);
    await postgres.kill();
    await other.says("(sink-lost)");
    await postgres.start();
    await using third = startReceiver(...flags);
    await until("everything is receipted", () => total() === clocks * each, 80_000);
    await sending;
    const tookMs = performance.now() - startedMs;
    // Before it listens to signals, a process that is asked to stop is simply ended.
    await third.says("Receiving as payroll");
    expect(await other.end("SIGTERM")).toBe(0);
    expect(await third.end("SIGTERM")).toBe(0);
    expect(other.stderr()).toContain("Stopped:");
    await Promise.all(checks);
    expect(early).toEqual([]);
    expect(checked).toBeGreaterThan(clocks);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query("SELECT source, seq, jws FROM lintel_record ORDER BY source, seq");
    const { rows: rest } = await client.query(
      "SELECT (SELECT count(*) FROM lintel_fork) AS forks, (SELECT count(*) FROM lintel_quarantine) AS refused",
    );
    await client.end();
    expect(rows.length).toBe(clocks * each);
    expect(rest).toEqual([{ forks: "0", refused: "0" }]);
    for (const paper of papers) {
      const kept = rows.filter(({ source }) => source === paper.source).map(({ jws }) => jws);
      expect(kept).toEqual(paper.records.map(({ jws }) => jws));
    }
    process.stdout.write(
      `${clocks * each} records in ${Math.round(tookMs)} ms, ${checked} receipts held against the database\n`,
    );
  } finally {
    clearInterval(nagging);
    await rm(folder, { recursive: true });
  }
});
