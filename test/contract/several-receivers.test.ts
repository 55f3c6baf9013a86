import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../../kiosk/config.ts";
import { openNetwork, readTrust } from "../../kiosk/network.ts";
import { openSimBroker } from "../../kiosk/uplink/sim/broker.ts";
import { identity, newKey, realClock, until } from "../unit/uplink/parts.ts";
import { isReceipted, memoryJournal } from "./journal-parts.ts";
import { openTestCloud } from "./uplink-cloud.ts";

test("three receivers of one file: each gets every record, and only the required ones keep records here", async () => {
  await using house = new AsyncDisposableStack();
  const state = await mkdtemp(join(tmpdir(), "lintel-receivers-"));
  house.defer(() => rm(state, { recursive: true }));
  const broker = house.use(await openSimBroker());
  const device = newKey();
  const cloud = async (name: string) =>
    house.use(await openTestCloud({ brokerUrl: broker.backendUrl, device, name, everyRecords: 50 }));
  const [payroll, vault] = [await cloud("payroll"), await cloud("vault")];
  // Nobody has ever heard of it again.
  const lost = newKey();
  const keys = [
    { ...payroll.receiver.jwk, role: "ack", name: "payroll" },
    { ...vault.receiver.jwk, role: "ack", name: "vault" },
    { ...lost.jwk, role: "ack", name: "museum", required: false },
  ];
  await writeFile(join(state, "cloud.json"), JSON.stringify({ keys }));
  const argv = ["--state", state, "--broker", broker.deviceUrl, "--cloud-keys", join(state, "cloud.json")];
  const config = readConfig([...argv, "--tenant", identity.tenant], {});
  const journal = memoryJournal(device);
  journal.grow(300);
  let receipts = 0;
  const speaker = { identity, signer: device.signer, journal, clock: realClock, fw: "0.1.0" };
  const receipted = (): void => {
    receipts += 1;
  };
  const trust = await readTrust(config);
  await openNetwork(config, { ...speaker, receipted }, house, trust);
  expect(trust.required).toEqual(["payroll", "vault"]);
  await until("both have all", () => trust.required.every((name) => isReceipted(journal, name)), 60_000);
  expect(receipts).toBeGreaterThan(1);
  expect(payroll.stored.size).toBe(vault.stored.size);
  expect(journal.cursor("museum")).toEqual({ epoch: 0, seq: -1 });
}, 90_000);
