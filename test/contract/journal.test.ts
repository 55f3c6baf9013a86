import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Fault } from "../../kiosk/core/fault.ts";
import { testClock } from "../../kiosk/host/clock.ts";
import { openSigner } from "../../kiosk/host/signer.ts";
import { openJournal } from "../../kiosk/store/journal.ts";
import { openMemoryJournal } from "../../kiosk/store/memory-journal.ts";
import { at, journalContract, punch, startMs } from "./journal.ts";
import { upkeepContract } from "./journal-upkeep.ts";

async function options() {
  const directory = await mkdtemp(join(tmpdir(), "lintel-journal-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const signer = await openSigner(join(directory, "identity"));
  const identity = { tenant: "acme", site: "blr-01", device: signer.device };
  const clock = testClock(startMs);
  return {
    directory: join(directory, "journal"),
    identity,
    signer,
    clock,
    firmware: "0.1.0",
    boot: 1,
    isFirstStart: true,
  };
}

journalContract("journal on SQLite", async () => openJournal(await options()));
journalContract("journal in memory", async () => openMemoryJournal(await options()));
upkeepContract("journal on SQLite", async () => openJournal(await options()));
upkeepContract("journal in memory", async () => openMemoryJournal(await options()));

test("journal in memory: fails as it is told, appends nothing, and goes on with the same number", async () => {
  await using journal = openMemoryJournal(await options());
  journal.failNext(new Fault("disk-full", "the disk is full", "Free some space."), 2);
  await expect(journal.append(punch(), at(0))).rejects.toMatchObject({ code: "disk-full" });
  await expect(journal.probe()).rejects.toMatchObject({ code: "disk-full" });
  expect((await journal.append(punch(), at(1))).stored.seq).toBe(2);
});
