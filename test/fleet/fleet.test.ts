import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSqliteSink } from "../../kiosk/uplink/receiver/sqlite-sink.ts";
import type { Figures } from "../../provisioning/fleet/figures.ts";
import { brokers } from "../contract/broker-parts.ts";
import { startReceiver } from "../receiver/receiver-process.ts";

/** `lintel fleet` as a planner runs it: its own process, a real broker, `lintel receive` in another. */

const cli = join(import.meta.dirname, "../../provisioning/cli.ts");

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function fleet(...args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [cli, "fleet", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

let folder: string;
let house: AsyncDisposableStack;
beforeEach(() => {
  house = new AsyncDisposableStack();
  folder = mkdtempSync(join(tmpdir(), "lintel-fleet-test-"));
  house.defer(() => rmSync(folder, { recursive: true, maxRetries: 10 }));
});
afterEach(() => house.disposeAsync());

const file = (name: string): string => join(folder, name);

async function openMosquitto(): Promise<string> {
  const open = brokers.find(([name]) => name === "mosquitto")?.[1];
  if (open === undefined) throw new Error("mosquitto wanted");
  return `mqtt://127.0.0.1:${house.use(await open()).port}`;
}

const receiverFlags = (broker: string) => [
  ...["--broker", broker, "--sink", `sqlite:${file("payroll.sqlite")}`],
  ...["--devices", file("devices"), "--key", file("receipts.pem")],
];

test("40 virtual kiosks with journals on disk: every punch is receipted, also after their process began anew", {
  timeout: 120_000,
}, async () => {
  const broker = await openMosquitto();
  const of = ["--kiosks", "40", "--seed", "the same"];
  expect(await fleet(...of, "--devices-out", file("devices"))).toMatchObject({ code: 0 });
  expect(readFileSync(file("devices"), "utf8").trim().split("\n")).toHaveLength(40);
  await using receiver = startReceiver(...receiverFlags(broker));
  await receiver.says("Receiving as payroll");
  const run = [...of, "--broker", broker, "--receiver-key", file("receipts.pem"), "--arrive", "1", "--json"];
  const work = ["--punches-per-minute", "1200", "--minutes", "0.1", "--rush", "3", "--state", file("state")];
  const first = await fleet(...run, ...work);
  expect(first.code, first.stderr).toBe(0);
  const figures = JSON.parse(first.stdout) as Figures;
  expect(figures).toMatchObject({ kiosks: 40, journals: "disk", refused: 0, owed: 0, troubles: {} });
  expect(figures.punches).toBeGreaterThan(100);
  expect(figures.receipted).toBe(figures.punches);
  // One message with the record and one with the receipt, and a few to keep in touch.
  expect(figures.perPunch.messagesUp).toBeGreaterThan(1);
  expect(figures.perPunch.messagesUp).toBeLessThan(2);
  expect(figures.perPunch.bytesUp).toBeGreaterThan(900);

  const second = await fleet(...run, ...work);
  expect(second.code, second.stderr).toBe(0);
  expect(await receiver.end("SIGTERM")).toBe(0);
  await using sink = openSqliteSink(file("payroll.sqlite"));
  const kept = await sink.read.ofType("dev.lintel.punch.v1");
  expect(kept).toHaveLength(figures.punches + (JSON.parse(second.stdout) as Figures).punches);
  expect(new Set(kept.map(({ source }) => source)).size).toBeGreaterThan(30);
  expect((await sink.read.streams()).every(({ epoch }) => epoch === 1)).toBe(true);
  expect(receiver.stderr()).not.toContain("FORK");
});

test("nobody receipts: the punches are called lost and the exit code is 1", { timeout: 60_000 }, async () => {
  const broker = await openMosquitto();
  const of = ["--kiosks", "5", "--devices-out", file("devices")];
  await fleet(...of);
  const receiver = startReceiver(...receiverFlags(broker));
  await receiver.says("Receiving as payroll");
  await receiver.end("SIGKILL");
  const run = await fleet(
    ...[...of, "--broker", broker, "--receiver-key", file("receipts.pem"), "--arrive", "0"],
    ...["--punches-per-minute", "600", "--minutes", "0.05", "--drain", "1", "--journals", "memory"],
  );
  expect(run.code, run.stderr).toBe(1);
  expect(run.stdout).toMatch(/[1-9]\d* punches, 0 receipted, 0 refused by a journal, [1-9]\d* lost/);
});

test("what cannot be carried out says why and what to do, and ends with 2", { timeout: 60_000 }, async () => {
  const broker = ["--broker", "mqtt://127.0.0.1:1"];
  for (const [args, why] of [
    [["--kiosks", "0"], "at least 1"],
    [["--kiosks", "3"], "config-invalid"],
    [["--kiosks", "3", ...broker], "config-invalid"],
    [["--kiosks", "3", ...broker, "--receiver-key", cli], "key-unusable"],
    [["--kiosks", "3", "--devices-out", join(folder, "no/such/folder")], "state-unwritable"],
  ] as const) {
    const run = await fleet(...args);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(why);
  }
});
