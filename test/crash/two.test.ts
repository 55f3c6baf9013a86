import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openReceiptKey } from "../../provisioning/receive/keys.ts";
import { startKiosk } from "../process/kiosk.ts";
import { openChance } from "../torture/chance.ts";
import { twoOnOneJournal } from "../torture/two.ts";
import { seedOf } from "../torture/verdict.ts";

test("of two clocks that start on one folder one goes on unharmed, twenty times of twenty", {
  timeout: 240_000,
}, async () => {
  const seed = seedOf();
  const outcome = await twoOnOneJournal(openChance(seed), 20);
  const clean = { undecided: [], reused: [], lost: [], epochs: 1 };
  expect(outcome, `seed ${seed}`).toMatchObject(clean);
  expect(outcome.losers).toEqual(Array.from({ length: 20 }, () => "75 journal-busy"));
});

test("a second kiosk on the folder of a running one ends with 75 and says why, and the first goes on", async () => {
  const folder = await mkdtemp(join(tmpdir(), "lintel-two-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const key = join(folder, "receipts.jwk");
  await writeFile(key, JSON.stringify(openReceiptKey(join(folder, "receipts.pem")).jwk));
  const flags = ["--camera", "none", "--reader", "none", "--broker", "mqtt://127.0.0.1:1", "--receiver-key", key];
  const state = join(folder, "state");
  await using first = startKiosk(state, ...flags);
  const url = await first.url();
  await using second = startKiosk(state, ...flags);
  await second.line(({ code }) => code === "journal-busy");
  expect((await second.ended()).code).toBe(75);
  expect((await fetch(url)).status).toBe(200);
  expect(await first.end()).toEqual({ code: 0, signal: null });
});
