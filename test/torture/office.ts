import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openSigner } from "../../kiosk/host/signer.ts";
import { openReceiptKey } from "../../provisioning/receive/keys.ts";
import { type ReceiverProcess, startReceiver } from "../receiver/receiver-process.ts";

/** Everything a payroll office has: its receipt key, the list of clocks, and `lintel receive` kept running. */
export interface Office extends AsyncDisposable {
  readonly folder: string;
  /** State folder of its one clock, whose key it knows already. */
  readonly state: string;
  /** JWK file for the clock. */
  readonly receiptKey: string;
  /** `lintel receive` of the group, started again whenever it ends, as systemd would. */
  readonly hire: (brokerUrl: string, sink: string) => Hired;
}

export interface Hired extends AsyncDisposable {
  /** Resolves when it listens (again). */
  readonly listens: () => Promise<void>;
  /** At once, in the middle of whatever it does. It comes back after `awayMs`. */
  readonly kill: (awayMs?: number) => Promise<void>;
}

/** @param state where the clock lives; a folder of the office's own where nothing is said. */
export async function openOffice(state?: string): Promise<Office> {
  const folder = mkdtempSync(join(tmpdir(), "lintel-torture-"));
  const clockFolder = state ?? join(folder, "state");
  const { device, publicJwk } = await openSigner(clockFolder);
  const devices = join(folder, "devices.ndjson");
  writeFileSync(devices, `${JSON.stringify({ source: `urn:lintel:acme:blr-01:${device}`, jwk: publicJwk })}\n`);
  const keyFile = join(folder, "receipts.pem");
  const receiptKey = join(folder, "receipts.jwk");
  writeFileSync(receiptKey, JSON.stringify(openReceiptKey(keyFile).jwk));
  const hire = (brokerUrl: string, sink: string): Hired => {
    const flags = ["--broker", brokerUrl, "--sink", sink, "--devices", devices, "--key", keyFile, "--share", "payroll"];
    let isHired = true;
    let pauseMs = 0;
    let now: ReceiverProcess = startReceiver(...flags);
    const keeping = (async () => {
      while (isHired) {
        await now.ended();
        // Whoever comes too early for the broker or the database ends with a sentence, and is started again.
        for (const until = performance.now() + Math.max(pauseMs, 300); isHired && performance.now() < until; )
          await delay(50);
        pauseMs = 0;
        if (isHired) now = startReceiver(...flags);
      }
    })();
    return {
      listens: async () => {
        for (const deadline = performance.now() + 60_000; performance.now() < deadline; await delay(20)) {
          if (now.stderr().includes("Receiving as payroll")) return;
        }
        throw new Error(`the receiver does not come back: ${now.stderr()}`);
      },
      kill: async (awayMs = 0) => {
        pauseMs = awayMs;
        await now.end("SIGKILL");
      },
      [Symbol.asyncDispose]: async () => {
        isHired = false;
        await now[Symbol.asyncDispose]();
        await keeping;
      },
    };
  };
  return {
    folder,
    state: clockFolder,
    receiptKey,
    hire,
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  };
}
